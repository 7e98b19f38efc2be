"""`weight_shuffling`: weights of similar size change places."""

import numpy as np

from sparse_training.perturbation import order_by, weight_change


@weight_change("weight_shuffling", largest_level=1)
def shuffle_in_bins(weights: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Permutes the weights within bins of width level × (max − min); at level 1 all are in one bin."""
    values = weights.astype(np.float64)
    spread = np.ptp(values) if len(values) else 0.0
    if spread == 0 or level < np.finfo(np.float32).tiny:  # no bin holds two different weights
        return weights
    width = level * spread
    last_bin = np.ceil(1 / level) - 1  # the largest weight lies on its upper bound, not in a bin of its own
    bins = np.minimum(np.floor((values - values.min()) / width), last_bin)
    shuffled = np.empty_like(weights)
    shuffled[np.argsort(bins, kind="stable")] = weights[order_by(bins, rng)]
    return shuffled
