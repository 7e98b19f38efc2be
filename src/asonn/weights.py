"""Weights of ranges in their combinations (eq. 24, 25)."""

import numpy as np

from asonn.construction import Combinations
from asonn.graph import MISSING, AssociativeGraph


def count_in_ranges(graph: AssociativeGraph, combinations: Combinations) -> tuple[np.ndarray, np.ndarray]:
    """Rows inside every single range: seeds (of the combination's class) and weeds (of the others), two int64 (K, m).

    Where a combination has no range, both are 0.
    """
    shape = combinations.low.shape
    seeds, weeds = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for attribute in range(graph.n_attributes):
        ranks = graph.ranks[:, attribute]
        known = ranks != MISSING
        n_values = graph.offsets[attribute + 1] - graph.offsets[attribute]
        below = np.zeros((n_values + 1, graph.n_classes), dtype=np.int64)  # rows of a class with a smaller rank
        np.add.at(below, (ranks[known] + 1, graph.classes[known]), graph.multiplicity[known])
        below = below.cumsum(axis=0)
        has_range = combinations.low[:, attribute] != MISSING
        low, high = combinations.low[has_range, attribute], combinations.high[has_range, attribute]
        inside = below[high + 1] - below[low]
        own = inside[np.arange(len(inside)), combinations.classes[has_range]]
        seeds[has_range, attribute] = own
        weeds[has_range, attribute] = inside.sum(axis=1) - own
    return seeds, weeds


def discriminating(graph: AssociativeGraph, combinations: Combinations) -> np.ndarray:
    """Which ranges leave out some value of their attribute: bool (K, m). The others tell nothing and are dropped."""
    last = np.diff(graph.offsets) - 1
    return (combinations.low != MISSING) & ((combinations.low > 0) | (combinations.high < last))


def range_weights(
    seeds: np.ndarray, weeds: np.ndarray, support: np.ndarray, n_own: np.ndarray, n_other: np.ndarray, used: np.ndarray
) -> np.ndarray:
    """Weights of the used ranges, each combination's adding up to 1: float64 (K, m), 0 for ranges not used.

    w = φ / Σ φ,  φ = (1 - weeds/Φ_diff) (Φ_rep + seeds)/(Φ_rep + all seeds)   (eq. 24, 25)

    with seeds and weeds the rows inside that single range (K, m), Φ_rep the rows that the combination represents
    (`support`, (K,)), Φ_diff all rows of other classes (`n_other`, (K,)), all seeds those of the combination's class
    (`n_own`, (K,); it cancels in w). If no range excludes a weed all weigh the same.
    """
    other = np.maximum(n_other, 1)[:, None]
    phi = (1.0 - weeds / other) * (support[:, None] + seeds) / (support + n_own)[:, None]
    phi = np.where(used, phi, 0.0)
    phi = np.where((phi.sum(axis=1) > 0)[:, None], phi, used)
    total = phi.sum(axis=1, keepdims=True)
    return np.divide(phi, total, out=np.zeros_like(phi), where=total > 0)
