"""`paths`: the pairs joined by the most paths of length 3 (mentioned and not shown by Sulyok et al. 2026)."""

from sparse_training.context import Context
from sparse_training.link_prediction import Scoring, best_pairs, path_counts
from sparse_training.regrowth.registry import NewLinks, regrowth_rule
from sparse_training.selection import best_by_score, unlinked_pairs


@regrowth_rule("paths")
def place_by_paths(context: Context, count: int, *, soft: bool = False) -> NewLinks:
    """The `count` best pairs; ties by a draw, a shortfall of positive counts filled at random.

    soft  draws the pairs in proportion to their counts
    """
    layer, rng = context.layer, context.rng
    if not soft:
        return best_pairs(layer, count, Scoring.PATHS, rng)
    counts = path_counts(layer.sources, layer.targets, layer.shape)
    return best_by_score(*unlinked_pairs(counts, layer), layer, count, rng, soft=True)
