"""`weight_shuffling`: weights of similar size change places."""

from dataclasses import replace

import numpy as np

from sparse_training.network import SparseLayer, SparseMLP
from sparse_training.perturbation import PERTURBATIONS
from sparse_training.perturbations._layers import each_sparse_layer, order_by


@PERTURBATIONS.register("weight_shuffling")
def weight_shuffling(network: SparseMLP, level: float, rng: np.random.Generator) -> SparseMLP:
    """Weights of each sparse layer permuted within bins of width level × (max − min); at level 1 all are in one bin."""
    return each_sparse_layer(network, lambda layer: _shuffle_in_bins(layer, level, rng))


def _shuffle_in_bins(layer: SparseLayer, level: float, rng: np.random.Generator) -> SparseLayer:
    weights = layer.weights.astype(np.float64)
    spread = np.ptp(weights) if len(weights) else 0.0
    if spread == 0 or level < np.finfo(np.float32).tiny:  # no bin holds two different weights
        return layer
    width = level * spread
    last_bin = np.ceil(1 / level) - 1  # the largest weight lies on its upper bound, not in a bin of its own
    bins = np.minimum(np.floor((weights - weights.min()) / width), last_bin)
    shuffled = np.empty_like(layer.weights)
    shuffled[np.argsort(bins, kind="stable")] = layer.weights[order_by(bins, rng)]
    return replace(layer, weights=shuffled)
