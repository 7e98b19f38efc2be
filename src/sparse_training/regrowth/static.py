"""`static`: no topology update at all, the control that shows what rewiring is worth."""

from sparse_training.regrowth.registry import REGROWTH_RULES, RegrowthRule

REGROWTH_RULES.register("static")(RegrowthRule(choose=None))
