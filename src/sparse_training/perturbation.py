"""Damage to trained networks, by name (Sulyok et al. 2026, sections 2.3 and 2.4)."""

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.registry import Registry

PERTURBATIONS = Registry("sparse_training.perturbations", "perturbation")


def perturb(network: SparseMLP, name: str, level: float, rng: np.random.Generator) -> SparseMLP:
    """A damaged copy of the network; level 0 leaves it as it is.

    random_pruning        each sparse layer loses floor(level × links) links, at random
    weight_order          … those of largest |w|
    reverse_weight_order  … those of smallest |w|
    weight_shuffling      weights change places within bins as wide as level × (max − min) of the layer; level in [0,
                          1]
    weight_noise          w + N(0, (level × mean |w| of the layer)²); level at least 0

    A generator in the same state gives nested removals: the links lost at one level are lost at every higher one.
    """
    perturbation = PERTURBATIONS[name]
    if not level >= 0 or (level > 1 and name != "weight_noise"):
        raise SparseTrainingError(
            f"the level of {name} must be {'at least 0' if name == 'weight_noise' else 'in [0, 1]'}, got {level}"
        )
    return network if level == 0 else perturbation(network, level, rng)
