"""Regrowth rules: where a layer's missing links are placed.

Each rule is one module of this package, named as the rule, and registers one function of

    context  a `Context`: the layer after removal, and what else a rule may look at
    count    how many links to place

that returns `NewLinks`. Every pair without a link is eligible, the pairs whose links were just removed included. To
add a rule, add a module; a program of its own may also register one at run time.
"""

from sparse_training.regrowth.registry import REGROWTH_RULES, NewLinks, regrowth_rule

__all__ = ["REGROWTH_RULES", "NewLinks", "regrowth_rule"]
