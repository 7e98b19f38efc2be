"""`uniform`: every set of links of that size is equally likely, and every layer has the same density."""

import numpy as np

from sparse_training.context import Context
from sparse_training.initial.registry import initial_topology


@initial_topology("uniform")
def place_uniformly(context: Context, count: int) -> np.ndarray:
    """`count` pairs at random (Sulyok et al. 2026, section 4.2)."""
    layer = context.layer
    return np.sort(context.rng.choice(layer.n_in * layer.n_out, count, replace=False, shuffle=False))
