"""`random`: uniform over all eligible pairs (the paper's random link regrowth; SET, Mocanu et al. 2018)."""

import numpy as np

from sparse_training.context import Context
from sparse_training.regrowth.registry import NewLinks, regrowth_rule
from sparse_training.sampling import sample_unlinked


@regrowth_rule("random")
def place_at_random(context: Context, count: int) -> NewLinks:
    """`count` eligible pairs, each set of that size equally likely."""
    layer = context.layer
    return NewLinks(np.sort(sample_unlinked(layer.positions, layer.n_in * layer.n_out, count, context.rng)))
