"""`magnitude_by_sign`: the smallest positive and the largest negative weights (SET, Mocanu et al. 2018)."""

import numpy as np

from sparse_training.context import Context
from sparse_training.pruning.magnitude import largest_kept
from sparse_training.pruning.registry import pruning_rule


@pruning_rule("magnitude_by_sign")
def keep_strongest_of_each_sign(context: Context, count: int) -> np.ndarray:
    """The same fraction of either sign goes, to rounding; a weight of zero counts as positive."""
    weights = context.layer.weights
    negative = weights < 0
    kept = np.ones(len(weights), bool)
    of_negative = round(count * negative.sum() / max(1, len(weights)))
    kept[negative] = largest_kept(-weights[negative], of_negative)
    kept[~negative] = largest_kept(weights[~negative], count - of_negative)
    return kept
