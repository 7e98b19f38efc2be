"""`ch3l3`: the pairs with the highest CH3-L3 scores of the bipartite layer (Sulyok et al. 2026, section 4.3)."""

from sparse_training.context import Context
from sparse_training.link_prediction import Scoring
from sparse_training.regrowth._scored import placed_by
from sparse_training.regrowth.registry import NewLinks, regrowth_rule


@regrowth_rule("ch3l3")
def place_by_ch3l3(context: Context, count: int, *, soft: bool = False) -> NewLinks:
    """The `count` best pairs; with `soft`, pairs drawn in proportion to their scores."""
    return placed_by(Scoring.CH3L3, context, count, soft=soft)
