"""`ch3l3`: the pairs with the highest CH3-L3 scores of the bipartite layer (Sulyok et al. 2026, section 4.3)."""

from sparse_training.context import Context
from sparse_training.link_prediction import Scoring, best_pairs, ch3l3_scores
from sparse_training.regrowth.registry import NewLinks, regrowth_rule
from sparse_training.selection import best_by_score, unlinked_pairs


@regrowth_rule("ch3l3")
def place_by_ch3l3(context: Context, count: int, *, soft: bool = False) -> NewLinks:
    """The `count` best pairs; ties by a draw, a shortfall of positive scores filled at random.

    soft  draws the pairs in proportion to their scores (CHTs, Zhang et al. 2025)
    """
    layer, rng = context.layer, context.rng
    if not soft:
        return best_pairs(layer, count, Scoring.CH3L3, rng)
    scores = ch3l3_scores(layer.sources, layer.targets, layer.shape)
    return best_by_score(*unlinked_pairs(scores, layer), layer, count, rng, soft=True)
