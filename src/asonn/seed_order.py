"""In which order objects start combinations: those most entangled with other classes first (line 7)."""

import numpy as np

from asonn.graph import AssociativeGraph
from asonn.kernels.seeds import count_shared_values

SEED_ORDERS = ("hardest", "easiest", "random")


def order_of_seeds(graph: AssociativeGraph, seed_order: str, random_state: np.random.RandomState) -> np.ndarray:
    """All objects in the order in which they may start a combination: int64 (n,).

    "hardest": lexicographically largest vector (objects of other classes that share exactly m, m-1, ..., 1 values with
    the object) first; "easiest": the reverse; "random": a permutation drawn from `random_state`. Equal objects keep the
    graph's own order, which does not depend on the order of the rows.
    """
    if seed_order == "random":
        return random_state.permutation(graph.n_objects).astype(np.int64)
    shared = count_shared_values(
        np.ascontiguousarray(graph.ranks.T), graph.classes, graph.multiplicity.astype(np.float64)
    )
    return np.lexsort(shared.T if seed_order == "easiest" else -shared.T).astype(np.int64)
