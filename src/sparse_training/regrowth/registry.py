"""What a regrowth rule is, and the registry of all of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sparse_training.registry import Registry


@dataclass(frozen=True)
class NewLinks:
    """Where a rule places links.

    positions  (count,) int64, ascending, unique: source × n_out + target
    ties       pairs tied at the last place, of which a draw chose some; 0 if no draw was needed
    shortfall  links for which the rule had no pair with a positive score and which were placed uniformly at random
    """

    positions: np.ndarray
    ties: int = 0
    shortfall: int = 0

    @classmethod
    def none(cls) -> "NewLinks":
        """No link."""
        return cls(np.empty(0, np.int64))


REGROWTH_RULES = Registry("sparse_training.regrowth", "regrowth rule")


def regrowth_rule(name: str) -> Callable:
    """Decorator: registers a function of (`Context`, count) that returns `NewLinks`. Options are keyword-only."""
    return REGROWTH_RULES.register(name)
