"""`sampled_gradient`: the largest gradients among some pairs (guided stochastic exploration, Heddes et al. 2024)."""

import numpy as np

from sparse_training.checks import check_option
from sparse_training.context import Context
from sparse_training.regrowth._samples import check_samples
from sparse_training.regrowth.registry import NewLinks, regrowth_rule
from sparse_training.selection import best_by_score


@regrowth_rule("sampled_gradient")
def place_by_sampled_gradient(
    context: Context, count: int, *, subset: float = 1.0, samples: int = 128, guided: bool = True, soft: bool = False
) -> NewLinks:
    """The `count` pairs of the largest |gradient| among those drawn; time and memory grow with links and units alone.

    subset   pairs that are drawn, in links of the layer
    samples  training samples that the gradient is the mean over
    guided   draws a pair in proportion to Σ |activation| of its source × Σ |error| of its target over the samples,
             which bounds its gradient; otherwise uniformly
    soft     chooses among the drawn pairs in proportion to |gradient|
    """
    check_option("subset", subset, 0)
    check_samples(samples)
    layer, rng = context.layer, context.rng
    n_drawn = round(subset * (layer.n_links + count))
    ends = [
        _drawn(np.abs(signals).sum(axis=1, dtype=float) if guided else np.ones(len(signals)), n_drawn, rng)
        for signals in context.signals(samples)
    ]
    positions = np.unique(ends[0] * layer.n_out + ends[1])
    positions = positions[~np.isin(positions, layer.positions, assume_unique=True)]
    magnitudes = np.abs(context.gradients_of(positions, samples))
    return best_by_score(magnitudes, positions, layer, count, rng, soft=soft)


def _drawn(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    total = weights.sum()
    return rng.choice(len(weights), count, p=weights / total if total > 0 else None)
