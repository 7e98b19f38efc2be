"""`soft_magnitude`: links stay with a chance that grows with |w| (CHTs, Zhang et al. 2025: soft removal)."""

import numpy as np

from sparse_training.checks import check_option
from sparse_training.context import Context
from sparse_training.pruning.registry import pruning_rule
from sparse_training.selection import drawn_by_weight


@pruning_rule("soft_magnitude")
def keep_by_magnitude(context: Context, count: int, *, first: float = 1.0, last: float = 9.0) -> np.ndarray:
    """The links that stay are drawn without replacement, in proportion to |w|^T.

    first, last  T before the first update and at the last; it rises linearly. The larger, the closer to `magnitude`
    """
    return keep_by_score(np.abs(context.layer.weights), context, count, first, last)


def keep_by_score(scores: np.ndarray, context: Context, count: int, first: float, last: float) -> np.ndarray:
    """(n,) bool: false for `count` links; the others are drawn in proportion to score^T."""
    for name, value in (("first", first), ("last", last)):
        check_option(name, value, 0)
    exponent = first + (last - first) * context.progress
    log_scores = np.log(np.maximum(scores.astype(float), np.finfo(float).tiny))
    kept = np.zeros(len(scores), bool)
    kept[drawn_by_weight(exponent * log_scores, len(scores) - count, context.rng)] = True
    return kept
