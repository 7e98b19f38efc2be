"""Version 3, which is not the paper's: boxes from several orders of starting objects, and of these as few as suffice.

A box depends on which objects earlier boxes have left to it. Another order gives other boxes, some of which represent
more objects. Of all that grow from several orders the fewest are kept that represent every object, as the greedy
algorithm for set cover finds them: always the box that adds the most rows. What holds for each box holds for those that
are kept, and so training rows are still classified as trained.
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from asonn.construction import Combinations, GrowthRules, construct
from asonn.graph import MISSING, AssociativeGraph


def construct_and_select(
    graph: AssociativeGraph, orders: Sequence[np.ndarray], costs: np.ndarray, rules: GrowthRules
) -> Combinations:
    """Combinations from all orders (each as `construct` takes them) that suffice to represent every object."""
    grown = _joined([construct(graph, seeds, costs, rules) for seeds in orders])
    members = [_represented(graph, grown, k) for k in range(len(grown.classes))]
    chosen = choose_cover(members, graph.multiplicity, grown.support)
    coverage = np.bincount(np.concatenate([members[k] for k in chosen]), minlength=graph.n_objects)
    return _taken(grown, chosen, coverage)


def choose_cover(members: Sequence[np.ndarray], multiplicity: np.ndarray, support: np.ndarray) -> list[int]:
    """Which sets cover everything that any of them covers; ascending.

    members: the objects of each set; multiplicity: int64 (n,), rows that an object stands for. Sets are taken by the
    rows that they add; among equals by support, then the first. What a set adds only falls, so that the best one of
    yesterday is looked at first, and is the best of today if it still adds as much as the next one did.
    """
    missing = np.ones(len(multiplicity), dtype=bool)
    heap = [(-int(multiplicity[objects].sum()), -int(support[k]), k) for k, objects in enumerate(members)]
    heapq.heapify(heap)
    chosen = []
    while heap:
        _, rank, k = heapq.heappop(heap)
        objects = members[k]
        entry = (-int(multiplicity[objects[missing[objects]]].sum()), rank, k)
        if entry[0] == 0:
            continue
        if heap and heap[0] < entry:
            heapq.heappush(heap, entry)
            continue
        missing[objects] = False
        chosen.append(k)
    return sorted(chosen)


def _joined(parts: Sequence[Combinations]) -> Combinations:
    """All combinations of several constructions, each box once."""
    fields = ("low", "high", "classes", "support", "discrimination", "seeds")
    joined = replace(parts[0], **{field: np.concatenate([getattr(part, field) for part in parts]) for field in fields})
    boxes = np.column_stack([joined.low, joined.high, joined.classes])
    _, first = np.unique(boxes, axis=0, return_index=True)
    return _taken(joined, np.sort(first), parts[0].coverage)


def _taken(combinations: Combinations, chosen: Sequence[int] | np.ndarray, coverage: np.ndarray) -> Combinations:
    fields = ("low", "high", "classes", "support", "discrimination", "seeds")
    return Combinations(**{field: getattr(combinations, field)[chosen] for field in fields}, coverage=coverage)


def _represented(graph: AssociativeGraph, combinations: Combinations, k: int) -> np.ndarray:
    """The objects that a combination represents."""
    if combinations.discrimination[k] == 0:  # contradictory
        return combinations.seeds[k : k + 1]
    own = np.flatnonzero(graph.classes == combinations.classes[k])
    known = combinations.low[k] != MISSING
    ranks = graph.ranks[np.ix_(own, np.flatnonzero(known))]
    return own[((ranks >= combinations.low[k][known]) & (ranks <= combinations.high[k][known])).all(axis=1)]
