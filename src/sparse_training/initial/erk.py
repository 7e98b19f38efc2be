"""`erk`: densities in proportion to (n_in + n_out) / (n_in n_out), links placed uniformly.

Erdős–Rényi densities of SET (Mocanu et al. 2018, eq. 3), which for fully connected layers are the Erdős–Rényi-kernel
densities of RigL (Evci et al. 2020, section 3).
"""

from collections.abc import Sequence

import numpy as np

from sparse_training.context import Context
from sparse_training.initial.registry import initial_topology


def erk_counts(shapes: Sequence[tuple[int, int]], density: float) -> list[int]:
    """Links of each layer, in total exactly round(density × all pairs).

    In proportion to n_in + n_out; a layer that would get more links than it has pairs is full, and what is left
    is divided among the others.
    """
    pairs = np.array([n_in * n_out for n_in, n_out in shapes], float)
    units = np.array([n_in + n_out for n_in, n_out in shapes], float)
    total = round(density * pairs.sum())
    full = np.zeros(len(shapes), bool)
    while True:
        links = np.where(full, pairs, 0.0)
        if not full.all():
            links[~full] = (total - pairs[full].sum()) * units[~full] / units[~full].sum()
        if not (over := ~full & (links > pairs)).any():
            break
        full |= over
    counts = np.floor(links + 1e-9).astype(int)
    for layer in np.argsort(counts - links, kind="stable")[: total - counts.sum()]:  # those that lost most to rounding
        counts[layer] += 1
    return counts.tolist()


@initial_topology("erk", counts=erk_counts)
def place_uniformly(context: Context, count: int) -> np.ndarray:
    """`count` pairs at random."""
    layer = context.layer
    return np.sort(context.rng.choice(layer.n_in * layer.n_out, count, replace=False, shuffle=False))
