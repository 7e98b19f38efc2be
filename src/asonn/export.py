"""A fitted classifier as SQL, as plain data, and as figures."""

from dataclasses import asdict

import numpy as np

from asonn.decisions import Decision, Points
from asonn.errors import AsonnError
from asonn.ranges import RangeNetwork
from asonn.rules import Names, sentence


def to_data(network: RangeNetwork, decision: Decision) -> dict:
    """Both as dictionaries, lists, numbers and text, which JSON can hold."""
    return {"network": _plain(asdict(network)), "decision": _plain(asdict(decision))}


def from_data(data: dict) -> tuple[RangeNetwork, Decision]:
    """The inverse of `to_data`."""
    network = {name: _array(value) if isinstance(value, dict) else value for name, value in data["network"].items()}
    decision = dict(data["decision"])
    decision["prior"] = _array(decision["prior"])
    if decision["points"] is not None:
        decision["points"] = Points(**{name: _array(value) for name, value in decision["points"].items()})
    return RangeNetwork(**network), Decision(**decision)


def to_sql(network: RangeNetwork, decision: Decision, names: Names) -> str:
    """A SQL expression for each class, the sum over combinations of its votes or points, and the class as a CASE.

    Votes: a combination counts its support where all of its conditions hold. Points: times the closeness, with EXP and
    ABS. Raises AsonnError for the decision "best", whose fuzzy scores are no sum, and for ordered categories and
    booleans, whose order a database does not know.
    """
    if decision.form == "best":
        raise AsonnError('to_sql needs decision="vote" or "points", got "best".')
    if coded := [names.attributes[a] for a in names.categories if a not in names.unordered]:
        raise AsonnError(f"to_sql takes numbers and unordered categories; these are neither: {', '.join(coded)}.")
    columns = [_quoted(name) for name in names.attributes]
    added: dict[int, list[str]] = {c: [] for c in range(network.n_classes)}
    for k in range(len(network.classes)):
        ranges = range(network.starts[k], network.starts[k + 1])
        if decision.form == "vote":
            held = " AND ".join(_holds(network, names, r, columns[network.attributes[r]]) for r in ranges)
            added[network.classes[k]].append(f"CASE WHEN {held or '1 = 1'} THEN {network.support[k]} ELSE 0 END")
            continue
        excess = " + ".join(_excess(network, decision, names, r, columns[network.attributes[r]]) for r in ranges)
        for c in np.flatnonzero(decision.points.points[k]):
            added[int(c)].append(f"{decision.points.points[k, c]:g} * EXP(-({excess or '0'}))")
    start = decision.points.base if decision.form == "points" else decision.prior
    sums = {c: " + ".join([f"{start[c]:.17g}", *terms]) for c, terms in added.items()}
    scores = ",\n".join(f"  {total} AS score_{c}" for c, total in sums.items())
    cases = "\n".join(
        f"  WHEN {' AND '.join(f'score_{c} >= score_{d}' for d in sums if d != c) or '1 = 1'} "
        f"THEN {_literal(str(names.classes[c]))}"
        for c in sums
    )
    return f"SELECT *, CASE\n{cases}\nEND AS predicted FROM (SELECT *,\n{scores}\nFROM input) AS scored"


def draw_rules(axis, network: RangeNetwork, names: Names, most: int) -> None:
    """The best supported combinations as bars of their support, with their sentence."""
    chosen = np.argsort(-network.support, kind="stable")[:most][::-1]
    for place, k in enumerate(chosen):
        axis.barh(place, network.support[k], color=f"C{network.classes[k] % 10}")
    axis.set_yticks(range(len(chosen)), [sentence(network, names, k, max_conditions=2) for k in chosen], fontsize=7)
    axis.set_xlabel("training rows represented")


def draw_boxes(axis, boxes, x_attribute: str, y_attribute: str) -> None:
    """Combinations as rectangles, in the colours of their classes."""
    classes = sorted(boxes["class"].unique(), key=str)
    for box in boxes.itertuples():
        size = box.x_upper - box.x_lower, box.y_upper - box.y_lower
        colour = f"C{classes.index(box[2]) % 10}"
        axis.bar(box.x_lower, size[1], size[0], box.y_lower, align="edge", alpha=0.25, color=colour, edgecolor=colour)
    for place, label in enumerate(classes):
        axis.plot([], [], "s", color=f"C{place % 10}", label=str(label))
    axis.set(xlabel=x_attribute, ylabel=y_attribute)
    axis.legend()


def draw_explanation(axis, explanation, most: int) -> None:
    """The contributions of the heaviest ranges of the winner and of the runner-up."""
    places = []
    for role, colour in (("runner-up", "C7"), ("winner", "C0")):
        chosen = explanation.ranges[explanation.ranges["role"] == role].head(most)[::-1]
        for row in chosen.itertuples():
            axis.barh(len(places), row.weight, color="none", edgecolor=colour)
            axis.barh(len(places), row.contribution, color=colour)
            places.append(f"{row.attribute} ({role})")
    axis.set_yticks(range(len(places)), places, fontsize=7)
    axis.set(xlabel="weight of the range; filled: contribution", title=explanation.reason)


def _holds(network: RangeNetwork, names: Names, r: int, column: str) -> str:
    """The condition of a range, or of a set."""
    labels = names.labels(network, r)
    if labels is None:
        return f"{column} BETWEEN {network.reach_lower[r]:.17g} AND {network.reach_upper[r]:.17g}"
    return f"{column} IN ({', '.join(map(_literal, labels))})"


def _excess(network: RangeNetwork, decision: Decision, names: Names, r: int, column: str) -> str:
    """How far outside a range, in units of its scale and times its weight; closest to the middle is 0."""
    if network.set_starts[r] >= 0:
        factor = (network.weights[r] / decision.points.scales[network.attributes[r]]).item()
        return f"CASE WHEN {_holds(network, names, r, column)} THEN 0 ELSE {factor!r} END"
    lower, upper = network.reach_lower[r].item(), network.reach_upper[r].item()
    factor = (network.weights[r] / decision.points.scales[network.attributes[r]]).item() / 2
    return f"{factor!r} * (ABS({column} - {lower!r}) + ABS({column} - {upper!r}) - {upper - lower!r})"


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
