"""Regrowth by a score of link prediction."""

from sparse_training.context import Context
from sparse_training.link_prediction import Scoring, best_pairs, scores
from sparse_training.regrowth.registry import NewLinks
from sparse_training.selection import best_by_score, unlinked_pairs


def placed_by(scoring: Scoring, context: Context, count: int, *, soft: bool) -> NewLinks:
    """The `count` pairs of the highest scores; ties by a draw, a shortfall of positive scores filled at random.

    soft  draws the pairs in proportion to their scores instead (CHTs, Zhang et al. 2025)
    """
    layer, rng = context.layer, context.rng
    if not soft:
        return best_pairs(layer, count, scoring, rng)
    found = unlinked_pairs(scores(scoring, layer.sources, layer.targets, layer.shape), layer)
    return best_by_score(*found, layer, count, rng, soft=True)
