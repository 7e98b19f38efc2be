"""`static`: no link is placed. At constant density nothing is removed either: the control without rewiring."""

from sparse_training.context import Context
from sparse_training.regrowth.registry import NewLinks, regrowth_rule


@regrowth_rule("static")
def place_nothing(context: Context, count: int) -> NewLinks:
    """No link: a method with this rule removes links only where the density falls, so that none is missing."""
    return NewLinks.none()
