"""Combinations of value ranges that represent every object (lines 7 to 28 of the algorithm): what the compiled growth
needs to know, and what it finds."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from asonn.graph import MISSING, AssociativeGraph
from asonn.kernels.growth import Objects, Rules, Values, grow_all, work_on
from asonn.unfolding import NOTHING, Columns
from numba_vectors.vectors import FLOAT64_LANES as LANES
from numba_vectors.vectors import aligned_zeros

NORMALISATIONS = ("objects", "values", "none")
DISTANCE_SCALES = ("attribute", "range", "none", "printed", "authors")


@dataclass(frozen=True)
class GrowthRules:
    """How combinations grow; the fields are the parameters of `ASONNClassifier` of the same names.

    squared: whether cont is squared (eq. 11); count_coverage: whether repr falls with the combinations that represent
    an object.
    """

    try_next_best: bool
    min_discrimination: int
    require_positive: bool
    balance: bool
    within_class: bool
    normalisation: str
    distance_scale: str
    squared: bool = True
    count_coverage: bool = True


@dataclass(frozen=True)
class Combinations:
    """K grown combinations over m attributes of a graph with n objects.

    low, high: int32 (K, m), ranks of the outermost values inside; of a nominal attribute, those of all values.
    sets: bool (K, categories), which categories of the nominal attributes lie inside (see
        `AssociativeGraph.set_starts`).
    classes: int64 (K,).
    support: int64 (K,), rows of the class that it represents (objects inside, with multiplicity).
    discrimination: int64 (K,), attributes of the combination minus the most that an object of another class shares
        (eq. 20, 21); 0 for a combination that starts at a contradictory object.
    seeds: int64 (K,), the object that it started from.
    coverage: int64 (n,), the combinations that represent each object (at least one).
    """

    low: np.ndarray
    high: np.ndarray
    sets: np.ndarray
    classes: np.ndarray
    support: np.ndarray
    discrimination: np.ndarray
    seeds: np.ndarray
    coverage: np.ndarray


@dataclass(frozen=True)
class Extensions:
    """By which steps the combinations of `construct` grew: those of combination k are starts[k]:starts[k + 1].

    starts: int64 (K + 1,). attributes: int64; categories: int32, the rank of the category that was taken in, -1 for
    ordered attributes; upward: bool, towards larger values; best: bool, the extension of the largest coefficient; the
    others are by a value that no object of another class has.
    """

    starts: np.ndarray
    attributes: np.ndarray
    categories: np.ndarray
    upward: np.ndarray
    best: np.ndarray


def construct(graph: AssociativeGraph, seeds: np.ndarray, costs: np.ndarray, rules: GrowthRules) -> Combinations:
    """Grows combinations until every object of the graph is represented.

    seeds: int64 (n,), all objects in the order in which they may start a combination.
    costs: float64 (m,), positive. A direction's coefficient is multiplied by the cost of its attribute (divided if
        negative): ranges of dear attributes grow first, and an attribute whose range spans all values is not needed.
    """
    columns = Columns.of(graph)
    return _combinations(graph, columns, *_grow(graph, columns, seeds, costs, rules, with_events=False)[:7])


def construct_with_extensions(
    graph: AssociativeGraph, seeds: np.ndarray, costs: np.ndarray, rules: GrowthRules
) -> tuple[Combinations, Extensions]:
    """The same, with all steps of the growth.

    The extensions of one pass by values of no other class change nothing for each other; they are in the order of
    attributes, downward before upward.
    """
    columns = Columns.of(graph)
    *grown, starts, events = _grow(graph, columns, seeds, costs, rules, with_events=True)
    directions, best = events // 2, events % 2 == 1
    order = [place for first, last in pairwise(starts) for place in _passes(directions, best, first, last)]
    directions, best = directions[order], best[order]
    attributes, categories = columns.attributes[directions // 2], columns.categories[directions]
    return _combinations(graph, columns, *grown), Extensions(starts, attributes, categories, directions % 2 == 1, best)


def _combinations(graph: AssociativeGraph, columns: Columns, low, high, classes, support, *others) -> Combinations:
    """What the kernel has grown; where an object has no value the range is that of all values."""
    last = (np.diff(graph.offsets) - 1).astype(np.int32)
    sets = np.ones((len(low), graph.n_categories), dtype=bool)
    for column in np.flatnonzero(columns.start != NOTHING):
        known = low[:, column] != MISSING
        starts, (below, above) = graph.set_starts[columns.attributes[column]], columns.categories[2 * column :][:2]
        sets[known, starts + above] = high[known, column] > columns.start[column]
        if below != NOTHING:
            sets[known, starts + below] = low[known, column] < columns.start[column]
    first = np.searchsorted(columns.attributes, np.arange(graph.n_attributes))
    unknown = (low[:, first] == MISSING) | graph.nominal
    return Combinations(
        np.where(unknown & (last >= 0), 0, low[:, first]),
        np.where(unknown, last, high[:, first]),
        sets,
        classes,
        support.astype(graph.multiplicity.dtype),
        *others,
    )


def _passes(directions: np.ndarray, best: np.ndarray, first: int, last: int) -> list[int]:
    """The places first..last, those of each pure pass by direction. No pass extends a direction twice."""
    ordered, started, seen = [], first, set()
    for place in range(first, last):
        if best[place] or directions[place] in seen:
            ordered += sorted(range(started, place), key=lambda k: directions[k])
            started, seen = place, set()
        if best[place]:
            ordered.append(place)
            started = place + 1
        else:
            seen.add(directions[place])
    return ordered + sorted(range(started, last), key=lambda k: directions[k])


def _grow(
    graph: AssociativeGraph,
    columns: Columns,
    seeds: np.ndarray,
    costs: np.ndarray,
    rules: GrowthRules,
    *,
    with_events: bool,
) -> tuple:
    """What `asonn.kernels.growth.grow_all` returns."""
    class_sizes = np.bincount(graph.classes, weights=graph.multiplicity, minlength=graph.n_classes)
    seed_scale = np.ones(graph.n_classes)
    if rules.balance:
        seed_scale = np.divide(
            class_sizes.sum() - class_sizes,
            class_sizes,
            out=seed_scale,
            where=(class_sizes > 0) & (class_sizes < class_sizes.sum()),
        )
    unfolded = columns.graph
    n_blocks = -(-unfolded.n_attributes // LANES)
    units = aligned_zeros(graph.n_objects * n_blocks * LANES, np.float64).reshape(graph.n_objects, -1)
    units[:, : unfolded.n_attributes] = unfolded.units
    return grow_all(
        Objects(graph.ranks, graph.classes, graph.multiplicity.astype(np.float64), units.ravel()),
        Values(
            unfolded.offsets.astype(np.uint64),
            unfolded.unit_values,
            unfolded.value_starts.astype(np.uint32),
            unfolded.value_objects.astype(np.uint32),
            _pure_class(unfolded).astype(np.int32),
            _inverse_gamma(unfolded, rules.normalisation).ravel(),
            _slopes(columns, rules.distance_scale),
            columns.attributes,
            columns.start,
            columns.categories,
        ),
        Rules(
            _limits(columns, rules.within_class).ravel(),
            seed_scale,
            costs[columns.attributes],
            bool((costs != 1.0).any()),
            rules.min_discrimination,
            rules.try_next_best,
            rules.require_positive,
            rules.distance_scale in ("range", "printed"),
            -1.0 if rules.distance_scale == "printed" else 1.0,
            rules.squared,
            rules.count_coverage,
        ),
        work_on(graph.n_objects, unfolded.n_attributes, len(unfolded.values)),
        seeds,
        with_events,
    )


def _pure_class(graph: AssociativeGraph) -> np.ndarray:
    """The class of all objects of a value slot, -1 if they differ or if there are none: int64 (v,)."""
    found = np.full(len(graph.values), -1)
    filled = np.flatnonzero(np.diff(graph.value_starts))
    if len(filled):
        owners, starts = graph.classes[graph.value_objects], graph.value_starts[filled]
        lowest, highest = np.minimum.reduceat(owners, starts), np.maximum.reduceat(owners, starts)
        found[filled] = np.where(lowest == highest, lowest, -1)
    return found


def _slopes(columns: Columns, distance_scale: str) -> np.ndarray:
    """1/R of each direction on the scaled values: float64 (2 M,), negative where δ grows with the distance.

    R is the attribute's range and one mean gap more, so that the farthest value keeps some weight; of "authors" the
    range alone. 0, that is δ = 1, for categories.
    """
    if distance_scale == "none":
        return np.zeros(2 * len(columns.start))
    if distance_scale == "authors":
        slopes = np.tile([1.0, -1.0], len(columns.start))
    else:
        slopes = np.repeat(1.0 / (1.0 + 1.0 / np.maximum(np.diff(columns.graph.offsets) - 1, 1)), 2)
    return np.where(np.repeat(columns.start, 2) == NOTHING, slopes, 0.0)


def _inverse_gamma(graph: AssociativeGraph, normalisation: str) -> np.ndarray:
    """1/γ of a bound at each value slot: float64 (2, v), below the slot and above it; 1 if nothing is there."""
    weights = np.ones(len(graph.values))
    if normalisation == "objects":
        members = np.concatenate(([0], np.cumsum(graph.multiplicity[graph.value_objects])))
        weights = np.diff(members[graph.value_starts]).astype(np.float64)
    gamma = np.ones((2, len(graph.values)))
    if normalisation != "none":
        for first, last in zip(graph.offsets[:-1], graph.offsets[1:], strict=True):
            running = np.cumsum(weights[first:last])
            gamma[0, first:last] = running - weights[first:last]
            gamma[1, first:last] = running[-1:] - running
    return 1.0 / np.maximum(gamma, 1.0)


def _limits(columns: Columns, within_class: bool) -> np.ndarray:
    """The farthest slot that ranges of each class may reach in each direction: uint64 (c, 2 M)."""
    graph = columns.graph
    last = (np.diff(graph.offsets) - 1).astype(np.int32)
    limits = np.zeros((graph.n_classes, 2 * graph.n_attributes), dtype=np.int32)
    limits[:, 1::2] = last
    if within_class:
        for c in range(graph.n_classes):
            own = graph.ranks[graph.classes == c]
            limits[c, 0::2] = np.where(own < 0, last, own).min(axis=0, initial=np.iinfo(np.int32).max)
            limits[c, 1::2] = own.max(axis=0, initial=-1)
    between = columns.start != NOTHING
    limits[:, 0::2] = np.where(between, np.minimum(limits[:, 0::2], columns.start), limits[:, 0::2])
    limits[:, 1::2] = np.maximum(limits[:, 1::2], columns.start)
    return (limits + graph.offsets[:-1].repeat(2)).astype(np.uint64)
