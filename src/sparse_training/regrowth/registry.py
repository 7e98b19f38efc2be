"""What a regrowth rule is, and the registry of all of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sparse_training.links import SparseLayer
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


@dataclass(frozen=True)
class RegrowthRule:
    """A rule: `choose(layer, count, rng)` → `NewLinks`, or None for a rule that leaves the links as they are."""

    choose: Callable[[SparseLayer, int, np.random.Generator], NewLinks] | None

    @property
    def rewires(self) -> bool:
        return self.choose is not None


REGROWTH_RULES = Registry("sparse_training.regrowth", "regrowth rule")


def regrowth_rule(name: str) -> Callable:
    """Decorator: registers a function of (layer, count, rng) as the regrowth rule of that name."""

    def register(choose):
        REGROWTH_RULES.register(name)(RegrowthRule(choose))
        return choose

    return register
