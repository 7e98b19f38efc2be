"""Uniform draws of pairs without a link."""

import numpy as np

from sparse_training.errors import SparseTrainingError


def sample_unlinked(linked: np.ndarray, n_pairs: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) int64 different pairs of 0..n_pairs - 1 that are not in `linked`; each such set is equally likely.

    Draws with rejection while most pairs are free (a sparse layer needs two or three rounds); lists the free ones
    where they are few.
    """
    taken = np.zeros(n_pairs, bool)
    taken[linked] = True
    free = n_pairs - len(linked)
    if count > free:
        raise SparseTrainingError(f"cannot place {count} links: only {free} of {n_pairs} pairs have none")
    if 2 * (len(linked) + count) > n_pairs:
        return rng.choice(np.flatnonzero(~taken), count, replace=False)
    # A draw that hits a taken pair or an earlier draw is dropped. All free pairs are alike in this, so every set that
    # fills up is equally likely.
    chosen = [np.empty(0, np.int64)]
    missing = count
    while missing:
        draws = rng.integers(n_pairs, size=missing)
        draws = np.unique(draws[~taken[draws]])
        taken[draws] = True
        chosen.append(draws)
        missing -= len(draws)
    return np.concatenate(chosen)
