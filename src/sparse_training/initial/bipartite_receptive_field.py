"""`bipartite_receptive_field`: links prefer near units on a ring (BRF, Zhang et al. 2025, CHTs)."""

import numpy as np

from sparse_training.checks import check_option
from sparse_training.context import Context
from sparse_training.initial._fan_in import centres, even_fan_in, positions_of
from sparse_training.initial.registry import initial_topology
from sparse_training.selection import drawn_by_weight


@initial_topology("bipartite_receptive_field")
def place_in_fields(context: Context, count: int, *, randomness: float = 0.25) -> np.ndarray:
    """Every unit draws equally many sources, without replacement, in proportion to (1 + distance)^−(1 − r) / r.

    randomness  r in [0, 1]: 0 takes the nearest sources, 1 draws them uniformly

    Units lie evenly on a ring. Takes n_in × n_out draws.
    """
    check_option("randomness", randomness, 0, 1)
    layer = context.layer
    units = np.arange(layer.n_in)
    sources = []
    for centre, fan_in in zip(centres(context), even_fan_in(context, count), strict=True):
        distance = np.abs(units - centre)
        distance = np.minimum(distance, layer.n_in - distance)
        if randomness == 0:
            sources.append(np.argsort(distance, kind="stable")[:fan_in])
        else:
            exponent = (1 - randomness) / randomness
            sources.append(drawn_by_weight(-exponent * np.log1p(distance), fan_in, context.rng))
    return positions_of(sources, layer.n_out)
