"""Link prediction on one sparse layer: CH3-L3 scores, path counts, and the choice of the best pairs.

The layer is taken as an undirected, unweighted bipartite network: previous layer's units on the left, next layer's on
the right, nothing else.

CH3-L3 (Muscoloni, Michieli, Zhang and Cannistraci 2022; used for sparse training by Zhang et al. 2024 and Sulyok et
al. 2026, section 4.3). For a pair (u, v) without a link, the local community is all z1 and z2 on paths u – z1 – z2 –
v, e(z) the neighbours of z outside of it and other than u and v:

    score(u, v) = Σ over paths of 1 / √((1 + e(z1)) (1 + e(z2)))

In a bipartite network 1 + e(z1) = d(z1) − Q[z1, v] and 1 + e(z2) = d(z2) − P[z2, u], with d the degree, P = A Aᵀ and
Q = Aᵀ A.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.kernels.paths import all_scores, common_neighbours, inverse_roots, leading_scores
from sparse_training.links import SparseLayer, stable_order
from sparse_training.regrowth.registry import NewLinks
from sparse_training.sampling import sample_unlinked

SIGNIFICANT_DIGITS = 12  # scores that agree to so many digits are equal: they differ by the order of summation only


class Scoring(Enum):
    """What a path of length 3 is worth."""

    CH3L3 = "ch3l3"
    PATHS = "paths"


def ch3l3_scores(sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float64 (n_in, n_out): CH3-L3 score of each pair; 0 on existing links and where no path exists.

    sources, targets  (n_links,) integers, the two ends of each link
    shape             (n_in, n_out)
    """
    return all_scores(True, *_Layer.of(sources, targets, shape).arguments(Scoring.CH3L3))


def path_counts(sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float64 (n_in, n_out): paths of length 3 between each pair, A Aᵀ A; 0 on existing links.

    Arguments as for `ch3l3_scores`.
    """
    return all_scores(False, *_Layer.of(sources, targets, shape).arguments(Scoring.PATHS))


def best_pairs(layer: SparseLayer, count: int, scoring: Scoring, rng: np.random.Generator) -> NewLinks:
    """The `count` pairs without a link that have the highest scores.

    Scores are compared to 12 significant digits; among those tied at the last place a draw decides. If fewer pairs
    have a positive score, all of these are taken and the rest is placed uniformly at random among the others.
    """
    if count == 0:
        return NewLinks(np.empty(0, np.int64))
    graph = _Layer.of(layer.sources, layer.targets, layer.shape)
    slack = 2 * 10.0 ** (
        1 - SIGNIFICANT_DIGITS
    )  # wider than a step of the last digit, so that all that may tie come back
    scores, positions = leading_scores(scoring is Scoring.CH3L3, count, slack, *graph.arguments(scoring))
    if len(scores) <= count:
        shortfall = count - len(scores)
        linked = np.concatenate([layer.positions, positions])
        filled = sample_unlinked(linked, layer.n_in * layer.n_out, shortfall, rng)
        return NewLinks(np.sort(np.concatenate([positions, filled])), shortfall=shortfall)
    scores = round_significant(scores, SIGNIFICANT_DIGITS)
    last = np.partition(scores, len(scores) - count)[len(scores) - count]
    sure, tied = positions[scores > last], np.sort(positions[scores == last])
    open_places = count - len(sure)
    drawn = rng.choice(tied, open_places, replace=False) if open_places < len(tied) else tied
    return NewLinks(np.sort(np.concatenate([sure, drawn])), ties=len(tied) if open_places < len(tied) else 0)


def round_significant(values: np.ndarray, digits: int) -> np.ndarray:
    """Positive values rounded to so many significant decimal digits."""
    steps = 10.0 ** (np.floor(np.log10(values)) + 1 - digits)
    return np.rint(values / steps) * steps


@dataclass(frozen=True)
class _Layer:
    """Neighbours of the units of both sides: those of unit i are neighbours[starts[i] : starts[i + 1]], ascending."""

    left_starts: np.ndarray
    left_neighbours: np.ndarray
    right_starts: np.ndarray
    right_neighbours: np.ndarray

    @classmethod
    def of(cls, sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int]) -> "_Layer":
        sources, targets = np.asarray(sources, np.int64), np.asarray(targets, np.int64)
        n_left, n_right = shape
        if len(sources) != len(targets):
            raise SparseTrainingError(
                f"a link has one source and one target, got {len(sources)} sources and {len(targets)} targets"
            )
        if len(sources) and not (
            sources.min() >= 0 and sources.max() < n_left and targets.min() >= 0 and targets.max() < n_right
        ):
            raise SparseTrainingError(f"links must lie within the shape {tuple(shape)}")
        positions = sources * n_right + targets
        if np.any(np.diff(positions) <= 0):
            positions = np.unique(positions)
            if len(positions) != len(sources):
                raise SparseTrainingError("links must be unique")
            sources, targets = np.divmod(positions, n_right)
        by_target = stable_order(targets, n_right)
        left, right = (
            targets.astype(np.uint32),
            sources[by_target].astype(np.uint32),
        )  # unsigned: no check for negative indices
        return cls(_starts(sources, n_left), left, _starts(targets, n_right), right)

    def arguments(self, scoring: Scoring) -> tuple[np.ndarray, ...]:
        """What the kernels take; the path counts need no common neighbours."""
        sides = (self.left_starts, self.left_neighbours, self.right_starts, self.right_neighbours)
        largest = int(max(np.diff(self.left_starts).max(initial=0), np.diff(self.right_starts).max(initial=0)))
        if largest > np.iinfo(np.uint16).max:
            raise SparseTrainingError(
                f"link prediction takes units of up to {np.iinfo(np.uint16).max} links, got one of {largest}"
            )
        if scoring is Scoring.PATHS:
            return *sides, np.zeros((1, 1), np.uint16), inverse_roots(largest)
        shared = common_neighbours(len(self.right_starts) - 1, self.left_starts, self.left_neighbours)
        return *sides, shared, inverse_roots(largest)


def _starts(units: np.ndarray, n_units: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.bincount(units, minlength=n_units))])
