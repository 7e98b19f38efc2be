"""`constant_fan_in`: every unit has as many incoming links (SRigL, Lasby et al. 2024, section 3)."""

import numpy as np

from sparse_training.context import Context
from sparse_training.initial._fan_in import even_fan_in, positions_of
from sparse_training.initial.registry import initial_topology


@initial_topology("constant_fan_in")
def place_by_fan_in(context: Context, count: int) -> np.ndarray:
    """Sources at random; where n_out does not divide `count`, fan-ins differ by one."""
    layer, rng = context.layer, context.rng
    sources = [rng.choice(layer.n_in, fan_in, replace=False) for fan_in in even_fan_in(context, count)]
    return positions_of(sources, layer.n_out)
