"""`weight_noise`: Gaussian noise on the weights of existing links."""

import numpy as np

from sparse_training.perturbation import weight_change


@weight_change("weight_noise")
def add_noise(weights: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """w + N(0, (level × mean |w|)²)."""
    if len(weights) == 0:
        return weights
    deviation = level * np.abs(weights).mean(dtype=np.float64)
    return (weights + deviation * rng.standard_normal(len(weights))).astype(np.float32)
