"""`weight_order`: the strongest links are removed first, the paper's adversarial attack."""

import numpy as np

from sparse_training.network import SparseMLP
from sparse_training.perturbation import PERTURBATIONS
from sparse_training.perturbations._layers import each_sparse_layer, order_by, remove_first


@PERTURBATIONS.register("weight_order")
def weight_order(network: SparseMLP, level: float, rng: np.random.Generator) -> SparseMLP:
    """Each sparse layer without the floor(level × links) links of largest |w|."""
    return each_sparse_layer(network, lambda layer: remove_first(layer, order_by(-np.abs(layer.weights), rng), level))
