"""`ch2l3`: the pairs with the highest CH2-L3 scores (Muscoloni, Michieli, Zhang and Cannistraci 2022)."""

from sparse_training.checks import SOFT_SCORES, check_pairs
from sparse_training.context import Context
from sparse_training.link_prediction import Scoring
from sparse_training.regrowth._scored import placed_by
from sparse_training.regrowth.registry import NewLinks, regrowth_rule


@regrowth_rule("ch2l3")
def place_by_ch2l3(context: Context, count: int, *, soft: bool = False) -> NewLinks:
    """The `count` best pairs; with `soft`, pairs drawn in proportion to their scores."""
    if soft:
        check_pairs(context.layer.shape, SOFT_SCORES, "the rule ch2l3(soft=True)", "use ch2l3, or a narrower layer")
    return placed_by(Scoring.CH2L3, context, count, soft=soft)
