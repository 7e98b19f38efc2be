"""Choosing exactly so many of many: by rank, or at random in proportion to a score."""

import math

import numpy as np

from sparse_training.links import SparseLayer
from sparse_training.regrowth.registry import NewLinks
from sparse_training.sampling import sample_unlinked


def fraction_of(count: int, fraction: float) -> int:
    """floor(fraction × count), with products such as 0.29 × 100 = 28.999… taken as the whole number they stand for."""
    return math.floor(fraction * count + 1e-9)


def best_by_score(
    scores: np.ndarray, positions: np.ndarray, layer: SparseLayer, count: int, rng: np.random.Generator, *, soft: bool
) -> NewLinks:
    """`count` pairs without a link, chosen by score.

    scores     (n,) floats of the candidates; only positive ones count
    positions  (n,) int64, the candidates: different pairs without a link
    soft       draws in proportion to the scores, without replacement, instead of taking the highest ones

    Among pairs tied at the last place a draw decides. If fewer than `count` scores are positive, all of these are taken
    and the rest is placed uniformly at random among the other pairs.
    """
    candidates = np.flatnonzero(scores > 0)
    scores, positions = scores[candidates], positions[candidates]
    if len(scores) <= count:
        shortfall = count - len(scores)
        linked = np.union1d(layer.positions, positions)
        filled = sample_unlinked(linked, layer.n_in * layer.n_out, shortfall, rng) if shortfall else linked[:0]
        return NewLinks(np.sort(np.concatenate([positions, filled])), shortfall=shortfall)
    if soft:
        return NewLinks(np.sort(positions[drawn_by_weight(np.log(scores), count, rng)]))
    if count == 0:
        return NewLinks(positions[:0])
    last = np.partition(scores, len(scores) - count)[len(scores) - count]
    sure, tied = positions[scores > last], positions[scores == last]
    places = count - len(sure)
    ties = len(tied) if places < len(tied) else 0
    drawn = rng.choice(tied, places, replace=False) if ties else tied
    return NewLinks(np.sort(np.concatenate([sure, drawn])), ties=ties)


def unlinked_pairs(scores: np.ndarray, layer: SparseLayer) -> tuple[np.ndarray, np.ndarray]:
    """The positive scores of pairs without a link, and their positions, out of a matrix (n_in, n_out)."""
    scores = scores.ravel().copy()
    scores[layer.positions] = 0
    positions = np.flatnonzero(scores > 0)
    return scores[positions], positions


def drawn_by_weight(log_weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) different indices, drawn one after the other in proportion to the weights of those still left.

    The largest of log weight + Gumbel noise are such a draw (Efraimidis and Spirakis 2006, in logarithms).
    """
    keys = log_weights - np.log(rng.standard_exponential(len(log_weights)))
    return np.argpartition(-keys, count)[:count] if count < len(keys) else np.arange(len(keys))
