"""`paths`: the pairs joined by the most paths of length 3 (mentioned and not shown by Sulyok et al. 2026)."""

from sparse_training.context import Context
from sparse_training.link_prediction import Scoring
from sparse_training.regrowth._scored import placed_by
from sparse_training.regrowth.registry import NewLinks, regrowth_rule


@regrowth_rule("paths")
def place_by_paths(context: Context, count: int, *, soft: bool = False) -> NewLinks:
    """The `count` best pairs; with `soft`, pairs drawn in proportion to their scores."""
    return placed_by(Scoring.PATHS, context, count, soft=soft)
