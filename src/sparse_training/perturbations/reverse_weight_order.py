"""`reverse_weight_order`: the weakest links are removed first."""

import numpy as np

from sparse_training.perturbation import order_by, removal


@removal("reverse_weight_order")
def weakest_first(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """By rising |w|."""
    return order_by(np.abs(weights), rng)
