"""`random`: uniform over all eligible pairs (the paper's random link regrowth; SET, Mocanu et al. 2018)."""

import numpy as np

from sparse_training.links import SparseLayer
from sparse_training.regrowth.registry import NewLinks, regrowth_rule
from sparse_training.sampling import sample_unlinked


@regrowth_rule("random")
def place_at_random(layer: SparseLayer, count: int, rng: np.random.Generator) -> NewLinks:
    """`count` eligible pairs, each set of that size equally likely."""
    return NewLinks(np.sort(sample_unlinked(layer.positions, layer.n_in * layer.n_out, count, rng)))
