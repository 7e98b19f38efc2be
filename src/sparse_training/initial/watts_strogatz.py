"""`watts_strogatz`: a ring lattice, some of its links rewired (Watts and Strogatz 1998, for two layers of units)."""

import numpy as np

from sparse_training.checks import check_option
from sparse_training.context import Context
from sparse_training.initial._fan_in import centres, even_fan_in, positions_of
from sparse_training.initial.registry import initial_topology
from sparse_training.sampling import sample_unlinked


@initial_topology("watts_strogatz")
def place_on_ring(context: Context, count: int, *, rewired: float = 0.1) -> np.ndarray:
    """Every unit takes the nearest sources on a ring; each link then moves with probability `rewired`.

    Moved links are placed uniformly among the pairs without a link: 0 is the lattice, 1 a random layer.
    """
    check_option("rewired", rewired, 0, 1)
    layer, rng = context.layer, context.rng
    sources = [
        np.arange(np.ceil(centre - fan_in / 2), np.ceil(centre - fan_in / 2) + fan_in).astype(int) % layer.n_in
        for centre, fan_in in zip(centres(context), even_fan_in(context, count), strict=True)
    ]
    lattice = positions_of(sources, layer.n_out)
    moves = rng.random(count) < rewired
    stays = lattice[~moves]
    return np.sort(np.concatenate([stays, sample_unlinked(stays, layer.n_in * layer.n_out, int(moves.sum()), rng)]))
