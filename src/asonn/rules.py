"""The range network as a table and as sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from asonn.construction import Combinations, Extensions
from asonn.decisions import POINT, Decision
from asonn.errors import AsonnError
from asonn.graph import MISSING, AssociativeGraph
from asonn.ranges import RangeNetwork


@dataclass(frozen=True)
class Names:
    """What attributes, classes and category codes are called.

    attributes: names (m,); classes: labels (c,); categories: labels by code for each categorical attribute; units: of
    attributes by name; unordered: positions of the categorical attributes whose categories have no order.
    """

    attributes: Sequence[str]
    classes: np.ndarray
    categories: dict[int, list]
    units: dict[str, str] = field(default_factory=dict)
    unordered: Sequence[int] = ()

    def value(self, attribute: int, value: float) -> object:
        """A value as the user gave it: a number, or the label of a category."""
        if attribute in self.categories and not np.isnan(value):
            return self.categories[attribute][int(value)]
        return value

    def labels(self, network: RangeNetwork, r: int) -> tuple | None:
        """The labels of the categories that a set holds; None for a range."""
        held = network.categories(r)
        return held if held is None else tuple(self.categories[network.attributes[r]][k] for k in np.flatnonzero(held))

    def condition(self, network: RangeNetwork, r: int) -> str:
        """A range as a condition: "1.0 ≤ petal width ≤ 1.7", "colour in {red, blue}", "colour ≠ green"."""
        attribute, lower, upper = network.attributes[r], network.lower[r], network.upper[r]
        name = self.attributes[attribute]
        if attribute in self.categories:
            every, held = self.categories[attribute], self.labels(network, r)
            if held is None:
                held = every[int(lower) : int(upper) + 1]
            out = [label for label in every if label not in held] if attribute in self.unordered else every
            shorter, signs = (out, ("≠", "not in")) if len(out) < len(held) else (held, ("=", "in"))
            text = ", ".join(map(str, shorter))
            return f"{name} {signs[0]} {text}" if len(shorter) == 1 else f"{name} {signs[1]} {{{text}}}"
        unit = f" {self.units[name]}" if name in self.units else ""
        same = network.attributes == attribute
        bounds = np.concatenate([network.lower[same], network.upper[same]])
        low, high = (shown(bound.item(), bounds) for bound in (lower, upper))
        return f"{name} = {low}{unit}" if lower == upper else f"{low} ≤ {name} ≤ {high}{unit}"


def rule_table(network: RangeNetwork, names: Names, chosen: slice = slice(None)) -> pd.DataFrame:
    """One row a range: combination, class, attribute, lower, upper, weight, seeds, weeds, support.

    chosen: which ranges. lower and upper are training values, both inside; seeds and weeds count the training rows of
    the combination's class and of other classes inside that single range; support counts the rows of the class inside
    the whole combination. With unordered categories there is a last column, categories: the labels in a set, whose
    lower and upper are NaN.
    """
    ranges = np.arange(len(network.attributes))[chosen]
    combination = np.repeat(np.arange(len(network.classes)), np.diff(network.starts))[chosen]
    attributes = network.attributes[chosen]
    lower, upper = (
        [names.value(attribute, value) for attribute, value in zip(attributes, bound[chosen], strict=True)]
        if names.categories
        else bound[chosen]
        for bound in (network.lower, network.upper)
    )
    sets = {"categories": [names.labels(network, r) for r in ranges]} if names.unordered else {}
    return pd.DataFrame(
        {
            "combination": combination,
            "class": names.classes[network.classes[combination]],
            "attribute": pd.Series([names.attributes[a] for a in attributes], dtype="str"),
            "lower": lower,
            "upper": upper,
            "weight": network.weights[chosen],
            "seeds": network.seeds[chosen],
            "weeds": network.weeds[chosen],
            "support": network.support[combination],
        }
        | sets
    )


def growth_table(
    graph: AssociativeGraph, combinations: Combinations, extensions: Extensions, names: Names
) -> pd.DataFrame:
    """How each combination grew: one row a step, at the start of a combination one an attribute that its object knows.

    Columns: combination, class, step (0 at the start), event, attribute, lower, upper (data values of the attribute's
    range after the step; of categories their codes, of unordered ones the code that the step adds). Events: "start",
    the single values of the object; "pure", an extension by a value that no object of another class has; "best", the
    extension of the largest coefficient.
    """
    rows = []
    for k, seed in enumerate(combinations.seeds):
        low = graph.ranks[seed].copy()
        high = low.copy()
        steps = [(0, "start", attribute, -1, 0, 0) for attribute in np.flatnonzero(low != MISSING)]
        for step, place in enumerate(range(*extensions.starts[k : k + 2]), start=1):
            upward = bool(extensions.upward[place])
            event = "best" if extensions.best[place] else "pure"
            attribute, category = extensions.attributes[place], extensions.categories[place]
            steps.append((step, event, attribute, category, -(not upward), upward))
        for step, event, attribute, category, down, up in steps:
            if category >= 0:
                low[attribute] = high[attribute] = category
            else:
                low[attribute] += down
                high[attribute] += up
            values = graph.attribute_values(attribute)
            rows.append(
                {
                    "combination": k,
                    "class": names.classes[combinations.classes[k]],
                    "step": step,
                    "event": event,
                    "attribute": names.attributes[attribute],
                    "lower": values[low[attribute]],
                    "upper": values[high[attribute]],
                }
            )
    return pd.DataFrame(rows)


def combination_table(network: RangeNetwork, names: Names) -> pd.DataFrame:
    """One row a combination: combination, class, ranges, support, discrimination (0: contradictory)."""
    return pd.DataFrame(
        {
            "combination": np.arange(len(network.classes)),
            "class": names.classes[network.classes],
            "ranges": np.diff(network.starts),
            "support": network.support,
            "discrimination": network.discrimination,
        }
    )


def box_table(network: RangeNetwork, names: Names, x_attribute: str, y_attribute: str) -> pd.DataFrame:
    """Every combination as a rectangle on two ordered attributes, those included whose range spans all values.

    Columns: combination, class, x_attribute, x_lower, x_upper, y_attribute, y_lower, y_upper, support. Raises
    ValueError for an attribute that is not there, or whose categories have no order.
    """
    columns = {"combination": np.arange(len(network.classes)), "class": names.classes[network.classes]}
    for axis, name in (("x", x_attribute), ("y", y_attribute)):
        if name not in names.attributes:
            raise AsonnError(f"There is no attribute {name!r}; there are {', '.join(map(str, names.attributes))}.")
        attribute = list(names.attributes).index(name)
        if attribute in names.unordered:
            raise AsonnError(f"The categories of {name!r} have no order, so that no box can be drawn on them.")
        columns[f"{axis}_attribute"] = name
        columns[f"{axis}_lower"] = network.box_lower[:, attribute]
        columns[f"{axis}_upper"] = network.box_upper[:, attribute]
    return pd.DataFrame(columns | {"support": network.support})


def rule_text(
    network: RangeNetwork,
    names: Names,
    decision: Decision,
    max_conditions: int | None = None,
    min_support: float = 1,
) -> str:
    """One sentence a combination, by class and then by falling support, the heaviest range of each first."""
    lines = []
    for c, label in enumerate(names.classes):
        own = np.flatnonzero(network.classes == c)
        lines.append(f"class {label}: {len(own)} combination{'s' if len(own) != 1 else ''}")
        own = own[np.argsort(-network.support[own], kind="stable")]
        for k in own[network.support[own] >= min_support]:
            points = f" {_points_text(decision.points.points[k], names)}:" if decision.points else ""
            lines.append(f"  [{k}]{points} {sentence(network, decision, names, k, max_conditions)}")
        if hidden := int((network.support[own] < min_support).sum()):
            lines.append(f"  and {hidden} of support below {min_support:g}")
    if decision.points:
        base = _points_text(decision.points.base, names)
        lines.append(
            f"otherwise {base}. Points times closeness (1 inside) add up; the most win, and "
            f"{np.log(2.0) * decision.temperature / POINT:.3g} more points double the odds."
        )
    elif decision.form == "vote":
        lines.append("The supports of the combinations that hold a row add up for their classes; the most win.")
    return "\n".join(lines)


def _points_text(points: np.ndarray, names: Names) -> str:
    """Points of the classes; of two classes, those of the second less those of the first."""
    if len(points) == 2:
        difference = int(points[1] - points[0])
        return f"{abs(difference)} points for {names.classes[int(difference > 0)]}"
    counted = [f"{int(value):+d} {names.classes[c]}" for c, value in enumerate(points) if value]
    return f"points {', '.join(counted) or 'none'}"


def sentence(
    network: RangeNetwork,
    decision: Decision,
    names: Names,
    k: int,
    max_conditions: int | None = None,
    *,
    weighted: bool = True,
) -> str:
    """A combination as a sentence: "if 1 ≤ petal width ≤ 1.7 (0.61) and ... then versicolor (support 30)".

    Without conditions, it always adds its points; without points, it scores 0, and decides where no other scores more.
    weighted: whether with the weights of the ranges.
    """
    ranges = network.deciding(k)
    conditions = [
        names.condition(network, r) + (f" ({network.weights[r]:.2f})" if weighted else "")
        for r in ranges[np.argsort(-network.weights[ranges], kind="stable")]
    ]
    support = f"(support {shown(network.support[k].item())})"
    if not conditions:
        always = decision.form == "points" or network.n_classes == 1
        when = "always" if always else "if no other combination is nearer then"
        return f"{when} {names.classes[network.classes[k]]} {support}"
    if max_conditions is not None and len(conditions) > max_conditions:
        conditions[max_conditions:] = [f"{len(conditions) - max_conditions} more"]
    return f"if {' and '.join(conditions)} then {names.classes[network.classes[k]]} {support}"


def compared(row) -> str:
    """A value beside the bounds of a range, or the categories of a set, of a row of an explanation's table."""
    numbers = [v for v in (row.value, row.lower, row.upper) if isinstance(v, float) and not np.isnan(v)]
    value, lower, upper = (shown(v, numbers) for v in (row.value, row.lower, row.upper))
    labels = getattr(row, "categories", None)
    within = f"range {lower} to {upper}" if labels is None else f"set {{{', '.join(map(str, labels))}}}"
    return f"{row.attribute} = {value}, {within}"


def shown(value: object, others: Sequence[float] = ()) -> str:
    """A value for readers: whole numbers in full, others with six digits, or as many as tell it from these numbers."""
    if not isinstance(value, float):
        return str(value)
    if value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    others = np.asarray(others, dtype=np.float64)
    half_gap = np.abs(0.5 * others[others != value] - 0.5 * value).min(initial=np.inf)
    texts = (f"{value:.{digits}g}" for digits in range(6, 17))
    return next((text for text in texts if abs(float(text) - value) < half_gap), str(value))
