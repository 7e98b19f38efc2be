"""`complete`: every pair of units is linked, whatever the density: for dense controls."""

from collections.abc import Sequence

import numpy as np

from sparse_training.context import Context
from sparse_training.initial.registry import initial_topology


def all_pairs(shapes: Sequence[tuple[int, int]], density: float) -> list[int]:
    """n_in × n_out links for each layer."""
    return [n_in * n_out for n_in, n_out in shapes]


@initial_topology("complete", all_pairs)
def place_everywhere(context: Context, count: int) -> np.ndarray:
    """All pairs."""
    return np.arange(count)
