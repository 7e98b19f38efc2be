"""Uniform draws of pairs without a link."""

import numpy as np

from sparse_training.errors import SparseTrainingError


def sample_unlinked(linked: np.ndarray, n_pairs: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) int64 different pairs of 0..n_pairs - 1 that are not in `linked`; each such set is equally likely.

    linked  (n_links,) int64, ascending, unique

    Draws with rejection while most pairs are free (a sparse layer needs two or three rounds); draws among the ranks of
    the free ones where they are few. Time and memory grow with links, not with pairs.
    """
    free = n_pairs - len(linked)
    if count > free:
        raise SparseTrainingError(f"cannot place {count} links: only {free} of {n_pairs} pairs have none")
    if 2 * (len(linked) + count) > n_pairs:
        ranks = rng.choice(free, count, replace=False)
        return ranks + np.searchsorted(linked - np.arange(len(linked)), ranks, side="right")
    # A draw that hits a taken pair or an earlier draw is dropped. All free pairs are alike in this, so every set that
    # fills up is equally likely.
    chosen = [np.empty(0, np.int64)]
    missing = count
    while missing:
        draws = np.sort(rng.integers(n_pairs, size=missing))
        draws = draws[np.concatenate([[True], draws[1:] != draws[:-1]])]
        for taken in (linked, *chosen):
            draws = draws[~_in(draws, taken)]
        chosen.append(draws)
        missing -= len(draws)
    return np.concatenate(chosen)


def _in(values: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Which of the values (ascending) are among those taken (ascending)."""
    places = np.searchsorted(taken, values)
    found = np.zeros(len(values), bool)
    inside = places < len(taken)
    found[inside] = taken[places[inside]] == values[inside]
    return found
