"""The associative graph of a table (AGDS): the values of each attribute in order, and the objects that have them.

Everything downstream works with value indices: the rank of an object's value among the distinct values of its
attribute.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MISSING = -1


@dataclass(frozen=True)
class AssociativeGraph:
    """Value nodes and object nodes, as arrays (n objects, m attributes, v values over all attributes, c classes).

    Rows with the same values and the same class are one object with a multiplicity. Objects are sorted by values, then
    class, so that nothing that follows depends on the order of the rows. The value nodes of attribute a are the slots
    `offsets[a]:offsets[a + 1]` of `values`.

    ranks: int32 (n, m), rank of the object's value on each attribute, `MISSING` where there is none.
    units: float64 (n, m), the same values scaled to [0, 1] on their attribute, NaN where missing.
    classes: int64 (n,), class code 0..c-1 of each object.
    multiplicity: (n,), rows that the object stands for: int64, or float64 if rows have fractional weights.
    offsets: int64 (m + 1,).
    values: float64 (v,), the distinct values, ascending within an attribute.
    unit_values: float64 (v,), the same scaled to [0, 1].
    value_starts: int64 (v + 1,) and value_objects: int64, the objects of value slot g are
        `value_objects[value_starts[g]:value_starts[g + 1]]`.
    n_classes: c.
    row_objects: int64 (rows,), the object of each row of the table.
    nominal: bool (m,), attributes whose values have no order: unordered categories, of which a box holds a set. Their
        ranks are those of `asonn.canonical.associate_sets`, their values the codes in that order.
    """

    ranks: np.ndarray
    units: np.ndarray
    classes: np.ndarray
    multiplicity: np.ndarray
    offsets: np.ndarray
    values: np.ndarray
    unit_values: np.ndarray
    value_starts: np.ndarray
    value_objects: np.ndarray
    n_classes: int
    row_objects: np.ndarray
    nominal: np.ndarray

    @property
    def set_starts(self) -> np.ndarray:
        """Where the categories of each nominal attribute begin among those of all, -1 for other attributes: (m,)."""
        sizes = np.where(self.nominal, np.diff(self.offsets), 0)
        return np.where(self.nominal, np.cumsum(sizes) - sizes, -1)

    @property
    def n_categories(self) -> int:
        """Number of categories of all nominal attributes."""
        return int(np.diff(self.offsets)[self.nominal].sum())

    @property
    def n_objects(self) -> int:
        """Number of object nodes."""
        return self.ranks.shape[0]

    @property
    def n_attributes(self) -> int:
        """Number of attributes."""
        return self.ranks.shape[1]

    def attribute_values(self, attribute: int) -> np.ndarray:
        """The distinct values of an attribute, ascending: float64."""
        return self.values[self.offsets[attribute] : self.offsets[attribute + 1]]


def associate(
    table: np.ndarray, classes: np.ndarray, n_classes: int, weights: np.ndarray | None = None
) -> AssociativeGraph:
    """Builds the graph of a table, all of whose attributes are ordered (see `asonn.canonical.associate_sets`).

    table: float64 (rows, m), finite or NaN (missing); classes: integer (rows,), codes 0..n_classes-1.
    weights: (rows,), positive, how many rows each row stands for; 1 if not given.
    """
    n_rows, n_attributes = table.shape
    row_ranks = np.empty((n_rows, n_attributes), dtype=np.int32)
    distinct, scaled = [], []
    for attribute in range(n_attributes):
        column = table[:, attribute] + 0.0  # -0.0 becomes 0.0: one value, one spelling
        values, ranks = np.unique(column, return_inverse=True)
        if len(values) and np.isnan(values[-1]):
            values = values[:-1]
            ranks = np.where(ranks == len(values), MISSING, ranks)
        row_ranks[:, attribute] = ranks
        distinct.append(values)
        scaled.append(_to_unit_interval(values))
    ranks, object_classes, row_objects = _aggregate(row_ranks, np.asarray(classes, dtype=np.int64))
    multiplicity = np.bincount(row_objects, weights=weights, minlength=len(ranks))
    if weights is None or (weights == np.floor(weights)).all():
        multiplicity = multiplicity.astype(np.int64)

    return graph_of(
        ranks, distinct, scaled,
        classes=object_classes, multiplicity=multiplicity, n_classes=n_classes, row_objects=row_objects,
    )  # fmt: skip


def graph_of(
    ranks: np.ndarray, values: Sequence[np.ndarray], units: Sequence[np.ndarray], **others
) -> AssociativeGraph:
    """The graph of objects with these ranks (n, m), int32, all of whose attributes are ordered.

    values, units: of each attribute its values, and the same scaled. others: classes, multiplicity, n_classes and
    row_objects of the graph.
    """
    offsets = np.concatenate(([0], np.cumsum([len(own) for own in values]))).astype(np.int64)
    unit_values = np.concatenate(units)
    objects, attributes = np.nonzero(ranks != MISSING)
    slots = ranks[objects, attributes] + offsets[attributes]
    object_units = np.full(ranks.shape, np.nan)
    object_units[objects, attributes] = unit_values[slots]
    return AssociativeGraph(
        ranks=np.ascontiguousarray(ranks),
        units=object_units,
        offsets=offsets,
        values=np.concatenate(values),
        unit_values=unit_values,
        value_starts=np.concatenate(([0], np.cumsum(np.bincount(slots, minlength=offsets[-1])))).astype(np.int64),
        value_objects=objects[np.argsort(slots, kind="stable")],
        nominal=np.zeros(ranks.shape[1], dtype=bool),
        **others,
    )


def objects_table(graph: AssociativeGraph) -> np.ndarray:
    """The values of all objects, NaN where missing: float64 (n, m)."""
    values = np.append(graph.values, np.nan)
    return values[np.where(graph.ranks >= 0, graph.ranks + graph.offsets[:-1], -1)]


def contradictory_objects(graph: AssociativeGraph) -> np.ndarray:
    """Which objects share all their values with an object of another class: bool (n,)."""
    same_as_previous = (graph.ranks[1:] == graph.ranks[:-1]).all(axis=1)  # sorted by values, so twins are neighbours
    contradictory = np.zeros(graph.n_objects, dtype=bool)
    contradictory[1:] |= same_as_previous
    contradictory[:-1] |= same_as_previous
    return contradictory


def value_similarity(graph: AssociativeGraph, attribute: int, exponent: float = 1.0) -> np.ndarray:
    """Weights between the value nodes of one attribute (eq. 1): (1 - |v - v'| / range) ** exponent, float64 (k, k)."""
    units = graph.unit_values[graph.offsets[attribute] : graph.offsets[attribute + 1]]
    return (1.0 - np.abs(units[:, None] - units[None, :])) ** exponent


def value_object_weights(graph: AssociativeGraph) -> np.ndarray:
    """Weights of value nodes to object nodes (eq. 2): float64 (n, m), 0 where the value is missing.

    The fraction of the value's objects (with multiplicity) that are of the object's class, normalised over the object's
    values.
    """
    known = graph.ranks != MISSING
    slots = np.where(known, graph.ranks + graph.offsets[:-1], 0)
    class_counts = np.zeros((len(graph.values), graph.n_classes))
    for attribute in range(graph.n_attributes):
        rows = known[:, attribute]
        np.add.at(class_counts, (slots[rows, attribute], graph.classes[rows]), graph.multiplicity[rows])
    fractions = class_counts[slots, graph.classes[:, None]] / class_counts[slots].sum(axis=2)
    fractions[~known] = 0.0
    total = fractions.sum(axis=1, keepdims=True)
    return np.divide(fractions, total, out=np.zeros_like(fractions), where=total > 0)


def _to_unit_interval(values: np.ndarray) -> np.ndarray:
    """Ascending distinct values scaled to [0, 1], still distinct; a single value is 0."""
    if len(values) < 2:
        return np.zeros(len(values))
    with np.errstate(over="ignore"):
        span = values[-1] - values[0]
    if np.isinf(span):  # the extremes of float64: halve before subtracting
        values = values * 0.5
        span = values[-1] - values[0]
    scaled = (values - values[0]) / span
    for k in np.flatnonzero(np.diff(scaled) <= 0.0):  # values closer than the resolution of [0, 1]
        scaled[k + 1] = np.nextafter(scaled[k], np.inf)
    return scaled


def _aggregate(row_ranks: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merges identical rows into objects: ranks and classes of the objects, and the object of each row."""
    keys = np.column_stack([row_ranks, classes])
    order = np.lexsort(keys.T[::-1])
    ordered = keys[order]
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    positions = np.flatnonzero(first)
    row_objects = np.empty(len(order), dtype=np.int64)
    row_objects[order] = np.cumsum(first) - 1
    chosen = order[positions]
    return np.ascontiguousarray(row_ranks[chosen]), classes[chosen], row_objects
