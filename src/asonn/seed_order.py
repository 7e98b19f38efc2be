"""In which order objects start combinations: those most entangled with other classes first (line 7)."""

import numba
import numpy as np

from asonn.graph import AssociativeGraph

SEED_ORDERS = ("hardest", "easiest", "random")


def order_of_seeds(graph: AssociativeGraph, seed_order: str, random_state: np.random.RandomState) -> np.ndarray:
    """All objects in the order in which they may start a combination: int64 (n,).

    "hardest": lexicographically largest vector (objects of other classes that share exactly m, m-1, ..., 1 values with
    the object) first; "easiest": the reverse; "random": a permutation drawn from `random_state`. Equal objects keep the
    graph's own order, which does not depend on the order of the rows.
    """
    if seed_order == "random":
        return random_state.permutation(graph.n_objects).astype(np.int64)
    shared = count_shared_values(np.ascontiguousarray(graph.ranks.T), graph.classes, graph.multiplicity)
    return np.lexsort(shared.T if seed_order == "easiest" else -shared.T).astype(np.int64)


@numba.njit(cache=True)
def count_shared_values(ranks, classes, multiplicity):
    """How many objects of other classes share exactly s values with each object: int64 (n, m + 1), column s.

    ranks: int32 (m, n), one attribute a row so that the comparison runs along memory; missing values (negative) are
    shared with nobody.
    """
    n_attributes, n_objects = ranks.shape
    histogram = np.zeros((n_objects, n_attributes + 1), dtype=np.int64)
    shared = np.empty(n_objects, dtype=np.int32)
    for i in range(n_objects):
        shared[:] = 0
        for attribute in range(n_attributes):
            rank = ranks[attribute, i]
            if rank >= 0:
                row = ranks[attribute]
                for j in range(n_objects):
                    shared[j] += row[j] == rank
        for j in range(n_objects):
            if classes[j] != classes[i]:
                histogram[i, shared[j]] += multiplicity[j]
    return histogram
