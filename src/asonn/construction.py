"""Combinations of value ranges that represent every object (lines 7 to 28 of the algorithm): what the compiled growth
needs to know, and what it finds."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from asonn.graph import MISSING, AssociativeGraph
from asonn.kernels.growth import Objects, Rules, Values, grow_all, work_on
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

    low, high: int32 (K, m), ranks of the outermost values inside; both `MISSING` (-1) where the starting object has no
        value: there the combination has no range.
    classes: int64 (K,).
    support: int64 (K,), rows of the class that it represents (objects inside, with multiplicity).
    discrimination: int64 (K,), attributes of the combination minus the most that an object of another class shares
        (eq. 20, 21); 0 for a combination that starts at a contradictory object.
    seeds: int64 (K,), the object that it started from.
    coverage: int64 (n,), the combinations that represent each object (at least one).
    """

    low: np.ndarray
    high: np.ndarray
    classes: np.ndarray
    support: np.ndarray
    discrimination: np.ndarray
    seeds: np.ndarray
    coverage: np.ndarray


@dataclass(frozen=True)
class Extensions:
    """By which steps the combinations of `construct` grew: those of combination k are starts[k]:starts[k + 1].

    starts: int64 (K + 1,). attributes: int64; upward: bool, towards larger values; best: bool, the extension of the
    largest coefficient; the others are by a value that no object of another class has.
    """

    starts: np.ndarray
    attributes: np.ndarray
    upward: np.ndarray
    best: np.ndarray


def construct(graph: AssociativeGraph, seeds: np.ndarray, costs: np.ndarray, rules: GrowthRules) -> Combinations:
    """Grows combinations until every object of the graph is represented.

    seeds: int64 (n,), all objects in the order in which they may start a combination.
    costs: float64 (m,), positive. A direction's coefficient is multiplied by the cost of its attribute (divided if
        negative): ranges of dear attributes grow first, and an attribute whose range spans all values is not needed.
    """
    return _combinations(graph, *_grow(graph, seeds, costs, rules, with_events=False)[:7])


def construct_with_extensions(
    graph: AssociativeGraph, seeds: np.ndarray, costs: np.ndarray, rules: GrowthRules
) -> tuple[Combinations, Extensions]:
    """The same, with all steps of the growth.

    The extensions of one pass by values of no other class change nothing for each other; they are in the order of
    attributes, downward before upward.
    """
    *grown, starts, events = _grow(graph, seeds, costs, rules, with_events=True)
    directions, best = events // 2, events % 2 == 1
    order = [place for first, last in pairwise(starts) for place in _passes(directions, best, first, last)]
    directions, best = directions[order], best[order]
    return _combinations(graph, *grown), Extensions(starts, directions // 2, directions % 2 == 1, best)


def _combinations(graph: AssociativeGraph, low, high, classes, support, *others) -> Combinations:
    """What the kernel has grown; where an object has no value the range is that of all values."""
    last = (np.diff(graph.offsets) - 1).astype(np.int32)
    unknown = low == MISSING
    return Combinations(
        np.where(unknown & (last >= 0), 0, low),
        np.where(unknown, last, high),
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
    graph: AssociativeGraph, seeds: np.ndarray, costs: np.ndarray, rules: GrowthRules, *, with_events: bool
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
    n_blocks = -(-graph.n_attributes // LANES)
    units = aligned_zeros(graph.n_objects * n_blocks * LANES, np.float64).reshape(graph.n_objects, -1)
    units[:, : graph.n_attributes] = graph.units
    return grow_all(
        Objects(graph.ranks, graph.classes, graph.multiplicity.astype(np.float64), units.ravel()),
        Values(
            graph.offsets.astype(np.uint64),
            graph.unit_values,
            graph.value_starts.astype(np.uint32),
            graph.value_objects.astype(np.uint32),
            _pure_class(graph).astype(np.int32),
            _shares(graph, rules.normalisation).ravel(),
            _slopes(graph, rules.distance_scale),
        ),
        Rules(
            _limits(graph, rules.within_class).ravel(),
            seed_scale,
            costs,
            bool((costs != 1.0).any()),
            rules.min_discrimination,
            rules.try_next_best,
            rules.require_positive,
            rules.distance_scale in ("range", "printed"),
            -1.0 if rules.distance_scale == "printed" else 1.0,
            rules.squared,
            rules.count_coverage,
        ),
        work_on(graph.n_objects, graph.n_attributes, len(graph.values)),
        seeds,
        with_events,
    )


def _pure_class(graph: AssociativeGraph) -> np.ndarray:
    """The class of all objects of a value slot, -1 if they differ: int64 (v,)."""
    owners = graph.classes[graph.value_objects]
    starts = graph.value_starts[:-1]
    if not len(starts):
        return np.empty(0, dtype=np.int64)
    lowest, highest = np.minimum.reduceat(owners, starts), np.maximum.reduceat(owners, starts)
    return np.where(lowest == highest, lowest, -1)


def _slopes(graph: AssociativeGraph, distance_scale: str) -> np.ndarray:
    """1/R of each direction on the scaled values: float64 (2 m,), negative where δ grows with the distance.

    R is the attribute's range and one mean gap more, so that the farthest value keeps some weight; of "authors" the
    range alone.
    """
    if distance_scale == "authors":
        return np.tile([1.0, -1.0], graph.n_attributes)
    if distance_scale == "none":
        return np.zeros(2 * graph.n_attributes)
    return np.repeat(1.0 / (1.0 + 1.0 / np.maximum(np.diff(graph.offsets) - 1, 1)), 2)


def _shares(graph: AssociativeGraph, normalisation: str) -> np.ndarray:
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


def _limits(graph: AssociativeGraph, within_class: bool) -> np.ndarray:
    """The farthest rank that ranges of each class may reach in each direction: int32 (c, 2 m)."""
    last = (np.diff(graph.offsets) - 1).astype(np.int32)
    limits = np.zeros((graph.n_classes, 2 * graph.n_attributes), dtype=np.int32)
    limits[:, 1::2] = last
    if within_class:
        for c in range(graph.n_classes):
            own = graph.ranks[graph.classes == c]
            limits[c, 0::2] = np.where(own < 0, last, own).min(axis=0, initial=np.iinfo(np.int32).max)
            limits[c, 1::2] = own.max(axis=0, initial=-1)
    return (limits + graph.offsets[:-1].repeat(2)).astype(np.uint64)
