"""`reverse_weight_order`: the weakest links are removed first."""

import numpy as np

from sparse_training.network import SparseMLP
from sparse_training.perturbation import PERTURBATIONS
from sparse_training.perturbations._layers import each_sparse_layer, order_by, remove_first


@PERTURBATIONS.register("reverse_weight_order")
def reverse_weight_order(network: SparseMLP, level: float, rng: np.random.Generator) -> SparseMLP:
    """Each sparse layer without the floor(level × links) links of smallest |w|."""
    return each_sparse_layer(network, lambda layer: remove_first(layer, order_by(np.abs(layer.weights), rng), level))
