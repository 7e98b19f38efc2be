"""Links divided evenly among the units of the next layer."""

import numpy as np

from sparse_training.context import Context


def even_fan_in(context: Context, count: int) -> np.ndarray:
    """(n_out,) int64 incoming links of each unit, in sum `count`: they differ by one at most, the larger ones drawn."""
    n_out = context.layer.n_out
    fan_in = np.full(n_out, count // n_out)
    fan_in[context.rng.permutation(n_out)[: count % n_out]] += 1
    return fan_in


def centres(context: Context) -> np.ndarray:
    """(n_out,) where each unit of the next layer lies on the ring of the n_in units of the previous one."""
    layer = context.layer
    return np.arange(layer.n_out) * (layer.n_in / layer.n_out)


def positions_of(sources: list[np.ndarray], n_out: int) -> np.ndarray:
    """Ascending positions of links, given the sources of each unit of the next layer."""
    targets = np.repeat(np.arange(n_out), [len(part) for part in sources])
    return np.sort(np.concatenate(sources).astype(np.int64) * n_out + targets)
