"""Why one row was classified as it was."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from asonn.inference import decide, memberships, winners
from asonn.ranges import RangeNetwork
from asonn.rules import Names


@dataclass(frozen=True)
class Explanation:
    """The combination that won, and the best one of the second class.

    label, runner_up: the predicted class and the second (None if there is one class).
    score, runner_up_score: in [0, 1], 1 inside the combination.
    combination, runner_up_combination: their numbers, as in `rules_`.
    support, runner_up_support: training rows that they represent.
    ranges: one row a range of both combinations: role ("winner" or "runner-up"), combination, class, attribute, value,
        lower, upper, membership, weight, contribution. The contributions of a combination add up to its score; a range
        whose value is missing is silent: membership NaN, contribution 0, the other weights renormalised.
    """

    label: object
    score: float
    combination: int
    support: int
    runner_up: object
    runner_up_score: float
    runner_up_combination: int
    runner_up_support: int
    ranges: pd.DataFrame

    def __str__(self) -> str:
        lines = [f"{self.label}: score {self.score:.3f} by combination {self.combination} (support {self.support})"]
        lines += self._range_lines("winner")
        if self.runner_up is not None:
            lines.append(
                f"runner-up {self.runner_up}: score {self.runner_up_score:.3f} by combination "
                f"{self.runner_up_combination} (support {self.runner_up_support})"
            )
            lines += self._range_lines("runner-up")
        return "\n".join(lines)

    def _range_lines(self, role: str) -> list[str]:
        chosen = self.ranges[self.ranges["role"] == role]
        return [
            f"  {row.attribute} = {_shown(row.value)}, range {_shown(row.lower)} to {_shown(row.upper)}: "
            + (
                "missing, silent"
                if np.isnan(row.membership)
                else f"membership {row.membership:.3f} × weight {row.weight:.3f} = {row.contribution:.3f}"
            )
            for row in chosen.itertuples()
        ]


def explain_row(network: RangeNetwork, names: Names, row: np.ndarray) -> Explanation:
    """Explains the classification of one row: float64 (m,), NaN where missing."""
    deficits, best = winners(network, row[None, :])
    first = int(decide(network, deficits, best)[0])
    second = None
    if network.n_classes > 1:
        rest = deficits.copy()
        rest[0, first] = np.inf
        second = int(decide(network, rest, best)[0])

    def part(c: int | None) -> tuple:
        if c is None:
            return None, np.nan, -1, 0
        return names.classes[c], 1.0 - deficits[0, c], int(best[0, c]), int(network.support[best[0, c]])

    label, score, combination, support = part(first)
    runner_up, runner_up_score, runner_up_combination, runner_up_support = part(second)
    tables = [_range_table(network, names, row, combination, "winner")]
    if second is not None:
        tables.append(_range_table(network, names, row, runner_up_combination, "runner-up"))
    return Explanation(
        label=label,
        score=score,
        combination=combination,
        support=support,
        runner_up=runner_up,
        runner_up_score=runner_up_score,
        runner_up_combination=runner_up_combination,
        runner_up_support=runner_up_support,
        ranges=pd.concat(tables, ignore_index=True),
    )


def _range_table(network: RangeNetwork, names: Names, row: np.ndarray, k: int, role: str) -> pd.DataFrame:
    """The ranges of one combination beside one row, the heaviest first."""
    chosen = np.arange(network.starts[k], network.starts[k + 1])
    attributes, weights = network.attributes[chosen], network.weights[chosen]
    inside = memberships(network, row, k)
    heard = weights[~np.isnan(inside)].sum()
    shares = np.divide(weights, heard, out=np.zeros_like(weights), where=heard > 0)
    table = pd.DataFrame(
        {
            "role": role,
            "combination": k,
            "class": names.classes[network.classes[k]],
            "attribute": [names.attributes[a] for a in attributes],
            "value": [names.value(a, row[a]) for a in attributes],
            "lower": [names.value(a, v) for a, v in zip(attributes, network.lower[chosen], strict=True)],
            "upper": [names.value(a, v) for a, v in zip(attributes, network.upper[chosen], strict=True)],
            "membership": inside,
            "weight": weights,
            "contribution": np.nan_to_num(inside) * shares,
        }
    )
    return table.sort_values("weight", ascending=False, kind="stable")


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
