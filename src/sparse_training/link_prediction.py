"""Link prediction on one sparse layer: scores of pairs without a link, and the choice of the best pairs.

The layer is taken as an undirected, unweighted bipartite network: previous layer's units on the left, next layer's on
the right, nothing else. For a pair (u, v) without a link, the local community is all z1 and z2 on paths u – z1 – z2 –
v of length 3; i(z) is the number of neighbours of z inside of it, e(z) of those outside of it and other than u and v.

    CH3-L3    Σ over paths of 1 / √((1 + e(z1)) (1 + e(z2)))
    CH2-L3    Σ over paths of √((1 + i(z1)) (1 + i(z2))) / √((1 + e(z1)) (1 + e(z2)))
    CH3-L3n   Σ over z1 and z2, each once, of 1 / (1 + e(z))
    CH2-L3n   Σ over z1 and z2, each once, of (1 + i(z)) / (1 + e(z))
    paths     the number of paths

CH2-L3 and CH3-L3: Muscoloni, Michieli, Zhang and Cannistraci 2022; CH3-L3 is used for sparse training by Zhang et al.
2024 and Sulyok et al. 2026, section 4.3. CH2-L3n and CH3-L3n, which count nodes instead of paths: Zhang et al. 2025
(arXiv 2501.19107), appendix C and published code.

In a bipartite network i(z1) = Q[z1, v] and 1 + e(z1) = d(z1) − Q[z1, v], and i(z2) = P[z2, u] and 1 + e(z2) = d(z2) −
P[z2, u], with d the degree, P = A Aᵀ and Q = Aᵀ A.
"""

from enum import Enum

import numpy as np

from sparse_training.bipartite import BipartiteGraph, Worth
from sparse_training.links import SparseLayer
from sparse_training.regrowth.registry import NewLinks
from sparse_training.sampling import sample_unlinked

SIGNIFICANT_DIGITS = 12  # scores that agree to so many digits are equal: they differ by the order of summation only


class Scoring(Enum):
    """The scores. Paths are counted node by node: z1 is worth the number of its paths to v, and z2 nothing."""

    CH3L3 = Worth(lambda inside, outside: 1 / np.sqrt(outside), over_paths=True)
    CH2L3 = Worth(lambda inside, outside: np.sqrt((1 + inside) / outside), over_paths=True)
    CH3L3N = Worth(lambda inside, outside: 1 / outside, over_paths=False)
    CH2L3N = Worth(lambda inside, outside: (1 + inside) / outside, over_paths=False)
    PATHS = Worth(lambda inside, outside: inside, over_paths=False, left=lambda inside, outside: np.zeros_like(inside))


def ch3l3_scores(sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float64 (n_in, n_out): CH3-L3 score of each pair; 0 on existing links and where no path exists.

    sources, targets  (n_links,) integers, the two ends of each link
    shape             (n_in, n_out)
    """
    return scores(Scoring.CH3L3, sources, targets, shape)


def ch2l3_scores(sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float64 (n_in, n_out): CH2-L3 score of each pair. Arguments and zeros as for `ch3l3_scores`."""
    return scores(Scoring.CH2L3, sources, targets, shape)


def ch3l3n_scores(sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float64 (n_in, n_out): CH3-L3n score of each pair. Arguments and zeros as for `ch3l3_scores`."""
    return scores(Scoring.CH3L3N, sources, targets, shape)


def ch2l3n_scores(sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float64 (n_in, n_out): CH2-L3n score of each pair. Arguments and zeros as for `ch3l3_scores`."""
    return scores(Scoring.CH2L3N, sources, targets, shape)


def path_counts(sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float64 (n_in, n_out): paths of length 3 between each pair, A Aᵀ A. Arguments and zeros as for `ch3l3_scores`."""
    return scores(Scoring.PATHS, sources, targets, shape)


def scores(scoring: Scoring, sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float64 (n_in, n_out): the scores of all pairs. Arguments and zeros as for `ch3l3_scores`."""
    return BipartiteGraph.of(sources, targets, shape, scoring.value).all_scores()


def best_pairs(layer: SparseLayer, count: int, scoring: Scoring, rng: np.random.Generator) -> NewLinks:
    """The `count` pairs without a link that have the highest scores.

    Scores are compared to 12 significant digits; among those tied at the last place a draw decides. If fewer pairs
    have a positive score, all of these are taken and the rest is placed uniformly at random among the others.
    """
    if count == 0:
        return NewLinks(np.empty(0, np.int64))
    graph = BipartiteGraph.of(layer.sources, layer.targets, layer.shape, scoring.value)
    sure, positions, open_scores = graph.leading(count, slack=2 * 10.0 ** (1 - SIGNIFICANT_DIGITS))
    open_places = count - len(sure)
    if len(positions) <= open_places:
        scored = np.sort(np.concatenate([sure, positions]))
        shortfall = count - len(scored)
        if not shortfall:
            return NewLinks(scored)
        linked = np.sort(np.concatenate([layer.positions, scored]))
        filled = sample_unlinked(linked, layer.n_in * layer.n_out, shortfall, rng)
        return NewLinks(np.sort(np.concatenate([scored, filled])), shortfall=shortfall)
    rounded = round_significant(open_scores, SIGNIFICANT_DIGITS)
    last = np.partition(rounded, len(rounded) - open_places)[len(rounded) - open_places]
    above, tied = positions[rounded > last], np.sort(positions[rounded == last])
    open_places -= len(above)
    drawn = rng.choice(tied, open_places, replace=False) if open_places < len(tied) else tied
    return NewLinks(np.sort(np.concatenate([sure, above, drawn])), ties=len(tied) if open_places < len(tied) else 0)


def round_significant(values: np.ndarray, digits: int) -> np.ndarray:
    """Positive values rounded to so many significant decimal digits."""
    steps = 10.0 ** (np.floor(np.log10(values)) + 1 - digits)
    return np.rint(values / steps) * steps
