"""Why one row was classified as it was."""

from dataclasses import dataclass, replace
from html import escape

import numpy as np
import pandas as pd

from asonn.decisions import POINT, Decision, closeness, scores
from asonn.errors import AsonnError
from asonn.inference import memberships, winners
from asonn.ranges import RangeNetwork
from asonn.rules import Names, compared, rule_table, shown

COLUMNS = (
    "role", "combination", "class", "attribute", "value", "lower", "upper", "membership", "weight", "contribution",
    "categories",
)  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """What the combinations tell about a row.

    label, runner_up: the predicted class and the second (None if there is one class).
    score, runner_up_score: of the best combination of each, in [0, 1], 1 inside.
    combination, runner_up_combination: their numbers, as in `rules_` (-1: the class has none).
    support, runner_up_support: training rows that they represent.
    reason: one sentence, what decided.
    holding: one row a combination that holds the row: combination, class, support; the largest support first.
    contributions: of a scorecard, one row a combination with points: combination, class, closeness, and the points
        times the closeness for the label and the runner-up (of two classes, the difference); else empty.
    excluded_by: features whose range keeps the row out of the runner-up's combination.
    filled: features whose value is missing, and was read as the median or the most frequent category of training.
    ranges: one row a range of both combinations: role ("winner" or "runner-up"), combination, class, attribute, value,
        lower, upper, membership, weight, contribution; with unordered categories also categories, the labels in a set,
        whose lower and upper are NaN. The contributions of a combination add up to its score; a range
        whose value is missing is silent: membership NaN, contribution 0, the other weights renormalised.
    """

    label: object
    score: float
    combination: int
    support: float
    runner_up: object
    runner_up_score: float
    runner_up_combination: int
    runner_up_support: float
    reason: str
    holding: pd.DataFrame
    contributions: pd.DataFrame
    excluded_by: list[str]
    filled: list[str]
    ranges: pd.DataFrame

    def __str__(self) -> str:
        lines = [
            f"{self.label}: {_scored(self.score, self.combination, self.support)}",
            f"  {self.reason}",
        ]
        lines += [
            f"  held by combination {row.combination} of class {row[2]} (support {shown(row.support)})"
            for row in self.holding.itertuples()
        ]
        if self.filled:
            lines.append(f"  missing, and read as the median or the most frequent category: {', '.join(self.filled)}")
        lines += self._range_lines("winner")
        if self.runner_up is not None:
            scored = _scored(self.runner_up_score, self.runner_up_combination, self.runner_up_support)
            lines.append(f"runner-up {self.runner_up}: {scored}")
            if self.excluded_by:
                lines.append(f"  kept out by {', '.join(self.excluded_by)}")
            lines += self._range_lines("runner-up")
        if len(self.contributions):
            lines += ["points:", self.contributions.to_string(index=False, float_format="{:.2f}".format)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The same for notebooks."""
        tables = [self.ranges, self.holding, *([self.contributions] if len(self.contributions) else [])]
        style = {"index": False, "border": 0, "float_format": "{:.4g}".format}
        return f"<p><b>{escape(str(self.label))}</b>: {escape(self.reason)}</p>" + "".join(
            table.to_html(**style) for table in tables
        )

    def _range_lines(self, role: str) -> list[str]:
        chosen = self.ranges[self.ranges["role"] == role]
        return [
            f"  {compared(row)}: "
            + (
                "missing, silent"
                if np.isnan(row.membership)
                else f"membership {row.membership:.3f} × weight {row.weight:.3f} = {row.contribution:.3f}"
            )
            for row in chosen.itertuples()
        ]


def _scored(score: float, combination: int, support: float) -> str:
    if combination < 0:
        return "has no combination"
    return f"score {score:.3f} by combination {combination} (support {shown(support)})"


def explain(model, x) -> Explanation:
    """`ASONNClassifier.explain` of a classifier or of a pipeline that ends in one; x: one row, as `model` takes it.

    The features are named as the steps before the classifier name them, if they do. Raises AsonnError for other models.
    """
    last = model[-1] if hasattr(model, "steps") else model
    if not hasattr(last, "explain"):
        raise AsonnError(f"explain takes an ASONNClassifier or a pipeline that ends in one, got {type(last).__name__}.")
    if last is model or len(model.steps) == 1:
        return last.explain(x)
    row = x.to_frame().T.infer_objects() if isinstance(x, pd.Series) else x
    row = np.reshape(row, (1, -1)) if np.ndim(row) == 1 else row
    return last.explain(model[:-1].transform(row))


def explain_row(
    network: RangeNetwork, decision: Decision, names: Names, row: np.ndarray, filled: np.ndarray
) -> Explanation:
    """Explains the classification of one row: float64 (m,), NaN where missing; filled: bool (m,), where it was."""
    deficits, best, votes = winners(network, row[None, :])
    found = scores(network, decision, row[None, :])[0]
    first = int(found.argmax())
    others = np.delete(np.arange(len(found)), first)
    second = int(others[found[others].argmax()]) if len(others) else None

    def part(c: int | None) -> tuple:
        if c is None or np.isinf(deficits[0, c]):
            return None if c is None else names.classes[c], np.nan, -1, 0
        return names.classes[c], 1.0 - deficits[0, c], int(best[0, c]), network.support[best[0, c]].item()

    label, score, combination, support = part(first)
    runner_up, runner_up_score, runner_up_combination, runner_up_support = part(second)
    roles = [("winner", combination), ("runner-up", runner_up_combination)]
    tables = [_range_table(network, names, row, k, role) for role, k in roles if k >= 0]
    ranges = pd.concat(tables, ignore_index=True) if tables else _range_table(network, names, row, 0, "winner")[:0]
    outside = ranges[(ranges["role"] == "runner-up") & (ranges["membership"] < 1.0) & (ranges["weight"] > 0)]
    return Explanation(
        label=label,
        score=score,
        combination=combination,
        support=support,
        runner_up=runner_up,
        runner_up_score=runner_up_score,
        runner_up_combination=runner_up_combination,
        runner_up_support=runner_up_support,
        reason=_reason(network, decision, names, found, votes[0], first, second, part),
        holding=_holding(network, names, row),
        contributions=_contributions(network, decision, names, row, first, second),
        excluded_by=outside["attribute"].tolist(),
        filled=[names.attributes[a] for a in np.flatnonzero(filled)],
        ranges=ranges,
    )


def _reason(network, decision, names, found, votes, first, second, part) -> str:
    """What decided, as one sentence."""
    if second is None:
        return "there is one class"
    label, score, _, support = part(first)
    runner_up, other_score, _, other_support = part(second)
    if decision.form == "points":
        return f"points decide: {label} is {(found[first] - found[second]) / POINT:.1f} ahead of {runner_up}"
    if decision.form == "vote":
        if votes.any():
            counted = [f"{shown(votes[c].item())} for {names.classes[c]}" for c in np.argsort(-votes) if votes[c] > 0]
            return f"votes of the combinations that hold the row decide: {', '.join(counted)}"
        return "no combination holds the row: the nearest and the frequencies of the classes decide"
    if np.isnan(other_score):
        return "no other class has a combination"
    if score == other_score:
        return (
            f"{label} and {runner_up} score the same, {score:.3f}: the larger support decides, "
            f"{shown(support)} against {shown(other_support)}"
        )
    return f"the higher score decides: {score:.3f} against {other_score:.3f} for {runner_up}"


def _holding(network: RangeNetwork, names: Names, row: np.ndarray) -> pd.DataFrame:
    """The combinations that hold the row."""
    numbers = np.arange(len(network.classes))
    deficits, _, _ = winners(replace(network, classes=numbers, n_classes=len(numbers)), row[None, :])
    held = np.flatnonzero(deficits[0] == 0.0)
    held = held[np.argsort(-network.support[held], kind="stable")]
    return pd.DataFrame(
        {"combination": held, "class": names.classes[network.classes[held]], "support": network.support[held]}
    )


def _contributions(network, decision, names, row, first, second) -> pd.DataFrame:
    """What each combination adds to the points of the two first classes."""
    if decision.form != "points" or second is None:
        return pd.DataFrame()
    card = decision.points
    near = closeness(network, row[None, :], card.scales)[0]
    shared = {"combination": ["base", *range(len(near))], "class": ["", *names.classes[network.classes]]}
    table = pd.DataFrame(shared | {"closeness": [1.0, *near]})
    added = np.vstack([card.base, near[:, None] * card.points])
    if len(names.classes) == 2:
        table[f"points for {names.classes[first]}"] = added[:, first] - added[:, second]
    else:
        for c in (first, second):
            table[f"points for {names.classes[c]}"] = added[:, c]
    size = table.iloc[:, 3:].abs().max(axis=1)
    return table[size >= 0.05].sort_values(table.columns[3], ascending=False, kind="stable", ignore_index=True)


def _range_table(network: RangeNetwork, names: Names, row: np.ndarray, k: int, role: str) -> pd.DataFrame:
    """The ranges of one combination beside one row, the heaviest first."""
    chosen = slice(network.starts[k], network.starts[k + 1])
    attributes, weights = network.attributes[chosen], network.weights[chosen]
    inside = memberships(network, row, k)
    known_weight = weights[~np.isnan(inside)].sum()
    fractions = np.divide(weights, known_weight, out=np.zeros_like(weights), where=known_weight > 0)
    table = rule_table(network, names, chosen).assign(
        role=role,
        value=[names.value(a, row[a]) for a in attributes],
        membership=inside,
        contribution=np.nan_to_num(inside) * fractions,
    )
    columns = [name for name in COLUMNS if name in table]
    return table[columns].sort_values("weight", ascending=False, kind="stable")
