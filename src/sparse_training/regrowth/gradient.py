"""`gradient`: the pairs whose weight the loss would change fastest (RigL, Evci et al. 2020, section 3)."""

import numpy as np

from sparse_training.context import Context
from sparse_training.regrowth._samples import check_samples
from sparse_training.regrowth.registry import NewLinks, regrowth_rule
from sparse_training.selection import best_by_score, unlinked_pairs


@regrowth_rule("gradient")
def place_by_gradient(context: Context, count: int, *, samples: int = 128, soft: bool = False) -> NewLinks:
    """The `count` pairs of the largest |gradient| of the network before the update.

    samples  training samples that the gradient is the mean over
    soft     draws the pairs in proportion to |gradient|

    Needs memory for every pair of units; `sampled_gradient` does not.
    """
    check_samples(samples)
    layer = context.layer
    magnitudes = np.abs(context.gradients(samples))
    return best_by_score(*unlinked_pairs(magnitudes, layer), layer, count, context.rng, soft=soft)
