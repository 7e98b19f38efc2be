"""A fitted classifier as SQL, as plain data, and as figures."""

from dataclasses import asdict

import numpy as np

from asonn.decisions import DECISIONS, Decision, Points
from asonn.errors import AsonnError
from asonn.ranges import RangeNetwork
from asonn.rules import Names, compared, sentence

# of the arrays of `RangeNetwork`: the kinds of number that they may have, and their shape, of K combinations on m
# attributes with R ranges
_INTEGER, _FLOAT, _EITHER = ("int64",), ("float64",), ("int64", "float64")
_ARRAYS = {
    **{"classes": (_INTEGER, "K"), "attributes": (_INTEGER, "R"), "set_starts": (_INTEGER, "R")},
    **dict.fromkeys(("support", "discrimination"), (_EITHER, "K")),
    **dict.fromkeys(("seeds", "weeds"), (_EITHER, "R")),
    **dict.fromkeys(("box_lower", "box_upper"), (_FLOAT, "Km")),
    **dict.fromkeys(("lower", "upper", "reach_lower", "reach_upper", "centre", "half_width", "weights"), (_FLOAT, "R")),
}


def to_data(network: RangeNetwork, decision: Decision) -> dict:
    """Both as dictionaries, lists, numbers and text, which JSON can hold."""
    return {"network": _plain(asdict(network)), "decision": _plain(asdict(decision))}


def from_data(data: dict, n_attributes: int) -> tuple[RangeNetwork, Decision]:
    """The inverse of `to_data`. Raises ValueError for arrays that do not fit together: kernels do not check them."""
    network = {name: _array(value) if isinstance(value, dict) else value for name, value in data["network"].items()}
    decision = dict(data["decision"])
    decision["prior"] = _array(decision["prior"])
    if decision["points"] is not None:
        decision["points"] = Points(**{name: _array(value) for name, value in decision["points"].items()})
    network, decision = RangeNetwork(**network), Decision(**decision)
    _check_network(network, n_attributes)
    _check_decision(decision, len(network.classes), network.n_classes, n_attributes)
    return network, decision


def _check_network(network: RangeNetwork, n_attributes: int) -> None:
    if not all(type(number) is int for number in (network.n_classes, n_attributes)):
        raise ValueError("the numbers of classes and features must be whole")
    sizes = {"K": len(network.classes), "R": len(network.attributes), "m": n_attributes}
    for name, (kinds, shape) in _ARRAYS.items():
        array = getattr(network, name)
        if array.dtype not in kinds or array.shape != tuple(sizes[size] for size in shape):
            raise ValueError(f"{name} has another kind or number of values than the combinations need")
    starts, held = network.starts, network.held
    ends = starts.shape == (sizes["K"] + 1,) and starts[0] == 0 and starts[-1] == sizes["R"]
    if starts.dtype != "int64" or not ends or (np.diff(starts) < 0).any():
        raise ValueError("starts does not divide the ranges among the combinations")
    if held.dtype != "bool" or held.ndim != 1:
        raise ValueError("held is no list of true and false")
    if not (np.isfinite(network.weights).all() and np.isfinite(network.support).all()):
        raise ValueError("weights or support has a value that is no number")
    limits = {"classes": (0, network.n_classes), "attributes": (0, n_attributes), "set_starts": (-1, len(held))}
    for name, (first, end) in limits.items():
        values = getattr(network, name)
        if ((values < first) | (values >= end)).any():
            raise ValueError(f"{name} has a number that is not from {first} to {end - 1}")


def _check_decision(decision: Decision, n_combinations: int, n_classes: int, n_attributes: int) -> None:
    if decision.form not in DECISIONS or not 0 < decision.temperature < np.inf:
        raise ValueError("decision has another form or temperature than there is")
    arrays = {"prior": (decision.prior, (n_classes,))}
    if decision.form == "points":
        points = decision.points
        arrays |= {"points": (points.points, (n_combinations, n_classes)), "base": (points.base, (n_classes,))}
        arrays |= {"scales": (points.scales, (n_attributes,))}
    for name, (array, shape) in arrays.items():
        if array.dtype != "float64" or array.shape != shape or not np.isfinite(array).all():
            raise ValueError(f"{name} has another kind or number of values than there are classes or combinations")


def to_sql(network: RangeNetwork, decision: Decision, names: Names, middles: np.ndarray) -> str:
    """A SQL expression for each class, the sum over combinations of its votes or points, and the class as a CASE.

    The last columns are `score_0`, `score_1`, … and `predicted`, with underscores behind what features are called too.

    Votes: a combination counts its support where all of its conditions hold, one without conditions nowhere; a row that
    none holds gets the most frequent class, where `predict` takes the nearest combination. Points: times the closeness,
    with EXP. Both use ABS. NULL and categories that training did not see are read as `middles` (m,), the median or the
    most frequent category of training; where there are none (`missing="inside"`), ranges of such values are silent.
    Raises AsonnError for the decision "best", whose fuzzy scores are no sum, and for ordered categories and booleans,
    whose order a database does not know.
    """
    if decision.form == "best":
        raise AsonnError('to_sql needs decision="vote" or "points", got "best".')
    used = set(network.attributes.tolist())
    if coded := [names.attributes[a] for a in names.categories if a in used and a not in names.unordered]:
        raise AsonnError(f"to_sql takes numbers and unordered categories; these are neither: {', '.join(coded)}.")
    columns = [_quoted(name) for name in names.attributes]
    for a in np.flatnonzero(~np.isnan(middles) & ~np.isin(np.arange(len(columns)), names.unordered)):
        columns[a] = f"COALESCE({columns[a]}, {middles[a]:.17g})"
    added: dict[int, list[str]] = {c: [] for c in range(network.n_classes)}
    for k in range(len(network.classes)):
        ranges = network.deciding(k)
        cells = [(r, columns[network.attributes[r]], middles) for r in ranges]
        known = [_known(network, names, *cell) for cell in cells]
        if decision.form == "vote":
            if len(ranges) == 0:
                continue
            conditions = [
                f"(NOT {there} OR {holds})" if there else holds
                for there, holds in zip(known, (_holds(network, names, *cell) for cell in cells), strict=True)
            ]
            if all(known):
                conditions.append(f"({' OR '.join(known)})")
            added[network.classes[k]].append(
                f"CASE WHEN {' AND '.join(conditions)} THEN {network.support[k]} ELSE 0 END"
            )
            continue
        terms = [
            f"CASE WHEN {there} THEN {excess} ELSE 0 END" if there else excess
            for there, excess in zip(known, (_excess(network, decision, names, *cell) for cell in cells), strict=True)
        ]
        excess = " + ".join(terms) or "0"
        if any(known):
            heard = " + ".join(
                f"CASE WHEN {there or '1 = 1'} THEN {network.weights[r].item()!r} ELSE 0 END"
                for there, r in zip(known, ranges, strict=True)
            )
            excess = f"COALESCE(({excess}) / NULLIF({heard}, 0), 0)"
        for c in np.flatnonzero(decision.points.points[k]):
            added[int(c)].append(f"{decision.points.points[k, c]:g} * EXP(-({excess}))")
    start = decision.points.base if decision.form == "points" else decision.prior
    # In brackets, so that sums round as those of `predict` do, and ties stay ties.
    sums = {c: f"{start[c]:.17g} + ({' + '.join(terms) or '0'})" for c, terms in added.items()}
    score = {c: _free(f"score_{c}", names) for c in sums}
    scores = ",\n".join(f"  {total} AS {score[c]}" for c, total in sums.items())
    cases = "\n".join(
        f"  WHEN {' AND '.join(f'{score[c]} >= {score[d]}' for d in sums if d != c) or '1 = 1'} "
        f"THEN {_literal(names.classes[c : c + 1].tolist()[0])}"
        for c in sums
    )
    predicted = _free("predicted", names)
    return f"SELECT *, CASE\n{cases}\nEND AS {predicted} FROM (SELECT *,\n{scores}\nFROM input) AS scored"


def draw_rules(axis, network: RangeNetwork, decision: Decision, names: Names, most: int) -> None:
    """The best supported combinations: each as its rule, over a bar of its support in the colour of its class."""
    chosen = np.argsort(-network.support, kind="stable")[:most]
    for place, k in enumerate(chosen):
        axis.barh(place + 0.25, network.support[k], 0.3, color=_colour(network.classes[k]))
        text = sentence(network, decision, names, k, max_conditions=2, weighted=False)
        note = axis.annotate(
            f"[{k}] {text}", (0.0, place - 0.08), (3, 0), textcoords="offset points", fontsize=7, va="center"
        )
        note.set_in_layout(False)  # else the axis would shrink to nothing beside a long rule
    axis.set(xlabel="training rows represented", yticks=[], ylim=(len(chosen) - 0.4, -0.5))
    axis.set_xlim(left=0)
    _legend(axis, names.classes, sorted(set(network.classes[chosen].tolist())), above=True)


def draw_boxes(axis, boxes, classes, x_attribute: str, y_attribute: str) -> None:
    """Combinations as rectangles, in the colours of `draw_rules` for their classes; without those that span both
    features, which are counted in the title."""
    classes = list(classes)
    spanning = np.ones(len(boxes), dtype=bool)
    for side in ("x", "y"):
        lower, upper = boxes[f"{side}_lower"], boxes[f"{side}_upper"]
        spanning &= (lower == lower.min()) & (upper == upper.max())
    shown_boxes = boxes[~spanning] if not spanning.all() else boxes
    fill = min(0.25, 2.0 / max(len(shown_boxes), 1))
    for box in shown_boxes.itertuples():
        size = box.x_upper - box.x_lower, box.y_upper - box.y_lower
        colour = _colour(classes.index(box[2]))
        axis.bar(
            box.x_lower, size[1], size[0], box.y_lower, align="edge",
            color=(colour, fill), edgecolor=colour, linewidth=0.8,
        )  # fmt: skip
    axis.set(xlabel=x_attribute, ylabel=y_attribute)
    if len(shown_boxes) < len(boxes):
        axis.set_title(f"{len(shown_boxes)} of {len(boxes)} combinations; the others span both features", fontsize=8)
    _legend(axis, classes, sorted({classes.index(label) for label in boxes["class"]}))


def draw_explanation(axis, explanation, most: int) -> None:
    """What decided: of a scorecard, the points of the combinations; else the contributions of the heaviest ranges of
    the winner and of the runner-up, inside an outline of their weights."""
    if len(explanation.contributions):
        points = explanation.contributions
        gain = points.iloc[:, 3:] @ [1.0, -1.0][: points.shape[1] - 3]
        order = np.argsort(-gain.abs().to_numpy(), kind="stable")[:most]
        for place, k in enumerate(order):
            axis.barh(place, gain.iloc[k], color=_colour(0 if gain.iloc[k] > 0 else 1))
        labels = [
            "base" if row.combination == "base" else f"[{row.combination}] {row[2]}, closeness {row.closeness:.2f}"
            for row in points.iloc[order].itertuples()
        ]
        axis.axvline(0.0, color="black", linewidth=0.8)
        axis.set_xlabel(f"points for {explanation.label} (left: for {explanation.runner_up})")
    else:
        labels = []
        for colour, role in enumerate(("winner", "runner-up")):
            for row in explanation.ranges[explanation.ranges["role"] == role].head(most).itertuples():
                axis.barh(len(labels), row.weight, color="none", edgecolor=_colour(colour))
                axis.barh(len(labels), row.contribution, color=_colour(colour))
                labels.append(compared(row))
        axis.set_xlabel("contribution to the score (outline: weight of the range)")
        found = [f"winner, {explanation.label}", f"runner-up, {explanation.runner_up}"]
        _legend(axis, found, range(explanation.ranges["role"].nunique()))
    axis.set_yticks(range(len(labels)), labels, fontsize=7)
    axis.set_ylim(len(labels) - 0.4, -0.6)
    axis.set_title(explanation.reason, fontsize=8, wrap=True)


# Colours that colour-blind readers tell apart (Okabe and Ito).
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")


def _colour(place: int) -> str:
    return _COLOURS[place % len(_COLOURS)]


def _legend(axis, labels, places, *, above: bool = False) -> None:
    """Names of the colours at these places, in the axis or above it."""
    marks = [axis.plot([], [], "s", color=_colour(place), label=str(labels[place]))[0] for place in places]
    where = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "ncols": 4, "frameon": False} if above else {}
    axis.legend(handles=marks, fontsize=7, **where)


def _known(network: RangeNetwork, names: Names, r: int, column: str, middles: np.ndarray) -> str:
    """The condition that a value is not missing; empty if it is then read as another one."""
    attribute = network.attributes[r]
    if not np.isnan(middles[attribute]):
        return ""
    if network.set_starts[r] < 0:
        return f"({column} IS NOT NULL)"
    return f"({column} IS NOT NULL AND {column} IN ({', '.join(map(_literal, names.categories[attribute]))}))"


def _holds(network: RangeNetwork, names: Names, r: int, column: str, middles: np.ndarray) -> str:
    """The condition of a range, or of a set; where unknown categories are inside, of those that are not."""
    labels = names.labels(network, r)
    if labels is None:
        lower, upper = network.reach_lower[r], network.reach_upper[r]
        inside = f"{column} BETWEEN {lower:.17g} AND {upper:.17g}"
        if network.half_width[r] <= 0.5 * upper - 0.5 * lower:
            return inside
        return f"({inside} OR ABS({column} - {network.centre[r]:.17g}) <= {network.half_width[r]:.17g})"
    attribute = network.attributes[r]
    if np.isnan(middles[attribute]) or names.value(attribute, middles[attribute]) not in labels:
        return f"{column} IN ({', '.join(map(_literal, labels))})"
    others = [label for label in names.categories[attribute] if label not in labels]
    return f"({column} IS NULL OR {column} NOT IN ({', '.join(map(_literal, others))}))"


def _excess(network: RangeNetwork, decision: Decision, names: Names, r: int, column: str, middles: np.ndarray) -> str:
    """How far outside a range, in units of its scale and times its weight; closest to the middle is 0."""
    if network.set_starts[r] >= 0:
        factor = (network.weights[r] / decision.points.scales[network.attributes[r]]).item()
        return f"CASE WHEN {_holds(network, names, r, column, middles)} THEN 0 ELSE {factor!r} END"
    lower, upper = network.reach_lower[r].item(), network.reach_upper[r].item()
    factor = (network.weights[r] / decision.points.scales[network.attributes[r]]).item() / 2
    return f"{factor!r} * (ABS({column} - {lower!r}) + ABS({column} - {upper!r}) - {upper - lower!r})"


def _free(name: str, names: Names) -> str:
    """The name, with underscores behind it if a feature has it; SQL does not tell capital letters from small ones."""
    taken = {str(attribute).casefold() for attribute in names.attributes}
    while name in taken:
        name += "_"
    return name


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _literal(value) -> str:
    return repr(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def _plain(value):
    """Arrays as lists with their kind and shape, NaN as None, which JSON has."""
    if isinstance(value, np.ndarray):
        values = [None if number != number else number for number in value.ravel().tolist()]
        return {"dtype": str(value.dtype), "shape": list(value.shape), "values": values}
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return value


def _array(value: dict) -> np.ndarray:
    return np.array(value["values"], dtype=value["dtype"]).reshape(value["shape"])
