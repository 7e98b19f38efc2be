"""`random_pruning`: links removed at random."""

import numpy as np

from sparse_training.network import SparseMLP
from sparse_training.perturbation import PERTURBATIONS
from sparse_training.perturbations._layers import each_sparse_layer, remove_first


@PERTURBATIONS.register("random_pruning")
def random_pruning(network: SparseMLP, level: float, rng: np.random.Generator) -> SparseMLP:
    """Each sparse layer without floor(level × links) links, each set of that size equally likely."""
    return each_sparse_layer(network, lambda layer: remove_first(layer, rng.permutation(layer.n_links), level))
