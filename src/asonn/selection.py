"""Versions 3 and 4, which are not the paper's: boxes from several orders of starting objects, and of these as few as
suffice.

A box depends on which objects earlier boxes have left to it. Another order gives other boxes, some of which represent
more objects. Of all that grow from several orders the fewest are kept that represent every object, as the greedy
algorithm for set cover finds them: always the box that adds the most rows; then those are dropped whose objects others
represent too. What holds for each box holds for those that are kept, and so training rows are still classified as
trained. Version 4 takes the box that adds the most rows for the number of its conditions, and leaves out boxes that add
a single row to what the others represent.
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from asonn.construction import Combinations
from asonn.graph import AssociativeGraph
from asonn.kernels.boxes import represented, widen
from asonn.ranges import discriminating, range_weights

FIELDS = ("low", "high", "sets", "classes", "support", "discrimination", "seeds")


def simplified(graph: AssociativeGraph, parts: Sequence[Combinations], min_discrimination: int) -> list[Combinations]:
    """The combinations of several constructions without ranges that keep nobody out: they span all values then.

    The weakest range goes first. Every object of another class stays outside as many ranges as `min_discrimination`
    asks for, or as it was outside before. A combination may represent more objects afterwards.
    """
    combinations = _concatenated(parts)
    low, high, sets = combinations.low.copy(), combinations.high.copy(), combinations.sets.copy()
    order = np.argsort(range_weights(graph, combinations)[0], axis=1, kind="stable")
    last = (np.diff(graph.offsets) - 1).astype(np.int32)
    owners = combinations.classes
    discrimination = widen(
        graph.ranks, graph.classes, low, high, sets, graph.set_starts, owners, order, last, min_discrimination
    )
    wider = replace(combinations, low=low, high=high, sets=sets, discrimination=discrimination)
    members = members_of(graph, wider)
    wider = replace(wider, support=np.array([graph.multiplicity[objects].sum() for objects in members]))
    bounds = np.cumsum([0, *(len(part.classes) for part in parts)])
    return [
        replace(_taken(wider, slice(first, last)), coverage=_coverage(graph, members[first:last]))
        for first, last in pairwise(bounds)
    ]


def select(graph: AssociativeGraph, parts: Sequence[Combinations]) -> Combinations:
    """Combinations of several constructions that suffice to represent every object; those of the first construction if
    they are fewer."""
    pool = _unique(_concatenated(parts))
    members = members_of(graph, pool)
    chosen = drop_redundant(sorted(choose_cover(members, graph.multiplicity, pool.support)), members, pool.support)
    first = _unique(parts[0])
    first_members = members_of(graph, first)
    own = drop_redundant(list(range(len(first_members))), first_members, first.support)
    if len(own) < len(chosen):
        pool, members, chosen = first, first_members, own
    return replace(_taken(pool, chosen), coverage=_coverage(graph, [members[k] for k in chosen]))


def select_short(graph: AssociativeGraph, parts: Sequence[Combinations], least: float) -> Combinations:
    """Combinations of several constructions that represent many objects with few conditions: each adds `least` rows or
    more to what others represent, or is the first of its class."""
    pool = _unique(_concatenated(parts))
    members = members_of(graph, pool)
    sizes = 1.0 + discriminating(graph, pool).sum(axis=1)
    cover = choose_cover(members, graph.multiplicity, pool.support, sizes, least, pool.classes)
    chosen = drop_redundant(sorted(cover), members, pool.support)
    return replace(_taken(pool, chosen), coverage=_coverage(graph, [members[k] for k in chosen]))


def choose_most(graph: AssociativeGraph, combinations: Combinations, limit: int | None) -> Combinations:
    """At most so many combinations: those that together represent the most rows, chosen one after the other."""
    if limit is None or len(combinations.classes) <= limit:
        return combinations
    members = members_of(graph, combinations)
    chosen = sorted(choose_cover(members, graph.multiplicity, combinations.support)[:limit])
    return replace(_taken(combinations, chosen), coverage=_coverage(graph, [members[k] for k in chosen]))


def choose_cover(
    members: Sequence[np.ndarray],
    multiplicity: np.ndarray,
    support: np.ndarray,
    sizes: np.ndarray | None = None,
    least: float = 0.0,
    classes: np.ndarray | None = None,
) -> list[int]:
    """Which sets cover everything that any of them covers, as they are chosen.

    members: the objects of each set; multiplicity: (n,), rows that an object stands for. Sets are taken by the rows
    that they add, divided by their size (K,); among equals by support, then the first. With `least`, a set that adds
    fewer rows is left out, unless it is the first of its class (K,). What a set adds only falls, so that one
    that adds as much now as the next one added when it was last looked at is the best.
    """
    sizes = np.ones(len(members)) if sizes is None else sizes
    classes = np.zeros(len(members), dtype=int) if classes is None else classes
    missing = np.ones(len(multiplicity), dtype=bool)
    heap = [(-multiplicity[objects].sum() / sizes[k], -support[k], k) for k, objects in enumerate(members)]
    heapq.heapify(heap)
    chosen, present = [], set()
    while heap:
        _, rank, k = heapq.heappop(heap)
        objects = members[k]
        added = multiplicity[objects[missing[objects]]].sum()
        if added == 0 or (added < least and classes[k] in present):
            continue
        entry = (-added / sizes[k], rank, k)
        if heap and heap[0] < entry:
            heapq.heappush(heap, entry)
            continue
        missing[objects] = False
        chosen.append(k)
        present.add(classes[k])
    return chosen


def drop_redundant(chosen: Sequence[int], members: Sequence[np.ndarray], support: np.ndarray) -> list[int]:
    """Those of the chosen sets that are needed to cover what all of them cover; the smallest go first."""
    covered = np.bincount(np.concatenate([members[k] for k in chosen]))
    kept = set(chosen)
    for k in sorted(chosen, key=lambda k: (support[k], -k)):
        if (covered[members[k]] > 1).all():
            covered[members[k]] -= 1
            kept.remove(k)
    return sorted(kept)


def members_of(graph: AssociativeGraph, combinations: Combinations) -> list[np.ndarray]:
    """The objects that each combination represents; one that starts at a contradictory object, that one alone."""
    starts = graph.set_starts
    return [
        represented(graph.ranks, graph.classes, low, high, held, starts, own) if discrimination else np.array([seed])
        for low, high, held, own, discrimination, seed in zip(
            combinations.low,
            combinations.high,
            combinations.sets,
            combinations.classes,
            combinations.discrimination,
            combinations.seeds,
            strict=True,
        )
    ]


def _coverage(graph: AssociativeGraph, members: Sequence[np.ndarray]) -> np.ndarray:
    return np.bincount(np.concatenate(members), minlength=graph.n_objects)


def _concatenated(parts: Sequence[Combinations]) -> Combinations:
    return replace(parts[0], **{field: np.concatenate([getattr(part, field) for part in parts]) for field in FIELDS})


def _unique(joined: Combinations) -> Combinations:
    """Each box once: the first of those that are alike. Contradictory ones represent an object each."""
    alone = np.where(joined.discrimination > 0, -1, joined.seeds)
    boxes = np.column_stack([joined.low, joined.high, joined.sets, joined.classes, alone])
    _, first = np.unique(boxes, axis=0, return_index=True)
    return _taken(joined, np.sort(first))


def _taken(combinations: Combinations, chosen: Sequence[int] | np.ndarray | slice) -> Combinations:
    return replace(combinations, **{field: getattr(combinations, field)[chosen] for field in FIELDS})
