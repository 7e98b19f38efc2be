"""`weight_noise`: Gaussian noise on the weights of existing links."""

from dataclasses import replace

import numpy as np

from sparse_training.network import SparseLayer, SparseMLP
from sparse_training.perturbation import PERTURBATIONS
from sparse_training.perturbations._layers import each_sparse_layer


@PERTURBATIONS.register("weight_noise")
def weight_noise(network: SparseMLP, level: float, rng: np.random.Generator) -> SparseMLP:
    """w + N(0, (level × mean |w|)²), with the mean over the links of each sparse layer."""
    return each_sparse_layer(network, lambda layer: _add_noise(layer, level, rng))


def _add_noise(layer: SparseLayer, level: float, rng: np.random.Generator) -> SparseLayer:
    if layer.n_links == 0:
        return layer
    deviation = level * np.abs(layer.weights).mean(dtype=np.float64)
    noise = deviation * rng.standard_normal(layer.n_links)
    return replace(layer, weights=(layer.weights + noise).astype(np.float32))
