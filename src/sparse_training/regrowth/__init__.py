"""Regrowth rules: where a layer's missing links are placed.

Each rule is one module of this package, named as the rule, and registers one function of

    layer   a `SparseLayer` after removal
    count   how many links to place
    rng     a `numpy.random.Generator`

that returns `NewLinks`. Every pair without a link is eligible, the pairs whose links were just removed included. To
add a rule, add a module; a program of its own may also register one at run time.
"""

from sparse_training.regrowth.registry import REGROWTH_RULES, NewLinks, RegrowthRule

__all__ = ["REGROWTH_RULES", "NewLinks", "RegrowthRule"]
