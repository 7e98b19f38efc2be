"""`magnitude`: the links of smallest |w| (Sulyok et al. 2026, section 4.3; RigL, Evci et al. 2020)."""

import numpy as np

from sparse_training.context import Context
from sparse_training.pruning.registry import pruning_rule


@pruning_rule("magnitude")
def keep_strongest(context: Context, count: int) -> np.ndarray:
    """All but the `count` links of smallest |w|; of equal ones the first are removed."""
    return largest_kept(np.abs(context.layer.weights), count)


def largest_kept(values: np.ndarray, count: int) -> np.ndarray:
    """(n,) bool: false for the `count` smallest values; of equal ones for the first."""
    kept = np.ones(len(values), bool)
    if count:
        largest_dropped = np.partition(values, count - 1)[count - 1]
        kept[values < largest_dropped] = False
        equal = np.flatnonzero(values == largest_dropped)
        kept[equal[: count - int((~kept).sum())]] = False
    return kept
