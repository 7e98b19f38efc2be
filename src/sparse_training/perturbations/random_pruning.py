"""`random_pruning`: links removed at random."""

import numpy as np

from sparse_training.perturbation import removal


@removal("random_pruning")
def in_random_order(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each order is equally likely."""
    return rng.permutation(len(weights))
