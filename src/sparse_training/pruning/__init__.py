"""Pruning rules: which links a layer loses in a topology update.

Each rule is one module of this package, named as the rule, and registers one function of

    context  a `Context`: the layer before the update, and what else a rule may look at
    count    how many links to remove

that returns a boolean mask (n_links,), true for the links that stay.
"""

from sparse_training.pruning.registry import PRUNING_RULES, pruning_rule

__all__ = ["PRUNING_RULES", "pruning_rule"]
