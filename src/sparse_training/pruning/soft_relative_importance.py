"""`soft_relative_importance`: links stay with a chance that grows with their part in the weights of their two units
(CHTs, Zhang et al. 2025: soft removal by relative importance)."""

import numpy as np

from sparse_training.context import Context
from sparse_training.pruning.registry import pruning_rule
from sparse_training.pruning.soft_magnitude import keep_by_score


@pruning_rule("soft_relative_importance")
def keep_by_importance(context: Context, count: int, *, first: float = 1.0, last: float = 9.0) -> np.ndarray:
    """As `soft_magnitude`, with |w| / Σ |w| of the source's links + |w| / Σ |w| of the target's links as the score."""
    return keep_by_score(relative_importance(context), context, count, first, last)


def relative_importance(context: Context) -> np.ndarray:
    """(n_links,) float64 in [0, 2]."""
    layer = context.layer
    magnitudes = np.abs(layer.weights).astype(float)
    out = np.bincount(layer.sources, magnitudes, layer.n_in)[layer.sources]
    into = np.bincount(layer.targets, magnitudes, layer.n_out)[layer.targets]
    tiny = np.finfo(float).tiny  # all links of a unit may have the weight zero
    return magnitudes / np.maximum(out, tiny) + magnitudes / np.maximum(into, tiny)
