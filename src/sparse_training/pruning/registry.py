"""The registry of pruning rules."""

from collections.abc import Callable

from sparse_training.registry import Registry

PRUNING_RULES = Registry("sparse_training.pruning", "pruning rule")


def pruning_rule(name: str) -> Callable:
    """Decorator: registers a function of (`Context`, count) that returns a mask (n_links,) of the links that stay: all
    but exactly `count`. Options are keyword-only."""
    return PRUNING_RULES.register(name)
