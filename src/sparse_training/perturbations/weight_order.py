"""`weight_order`: the strongest links are removed first, the paper's adversarial attack."""

import numpy as np

from sparse_training.perturbation import order_by, removal


@removal("weight_order")
def strongest_first(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """By falling |w|."""
    return order_by(-np.abs(weights), rng)
