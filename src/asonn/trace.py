"""Construction once more, one extension after the other and in plain NumPy: slow, but every stage can be seen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from asonn.construction import GrowthRules
from asonn.graph import MISSING, AssociativeGraph
from asonn.kernels.growth import TOLERANCE
from asonn.rules import Names


@dataclass(frozen=True)
class Stage:
    """One step in the growth of a combination.

    combination: its number, in the order of construction; seed: the object that it starts from.
    event: "start", the single values of the object; "pure", an extension by a value that no object of another class
        has; "best", the extension of the largest coefficient.
    attribute: the one that was extended, None at the start.
    low, high: int32 (m,), ranks of the outermost values after the step, `MISSING` where there is no range.
    """

    combination: int
    seed: int
    event: str
    attribute: int | None
    low: np.ndarray
    high: np.ndarray


def trace(graph: AssociativeGraph, seeds: np.ndarray, costs: np.ndarray, rules: GrowthRules) -> Iterator[Stage]:
    """The stages of `asonn.construction.construct`, whose arguments these are."""
    coverage = np.zeros(graph.n_objects, dtype=np.int64)
    combination = 0
    for seed in seeds:
        if coverage[seed]:
            continue
        box = _Box(graph, int(seed), coverage, costs, rules)
        if box.discriminates(1):
            for event, attribute in box.grow():
                yield Stage(combination, int(seed), event, attribute, box.low.copy(), box.high.copy())
            coverage += box.own & (box.inside.sum(axis=1) == box.n_ranges)
        else:  # contradictory: it represents its own object alone
            yield Stage(combination, int(seed), "start", None, box.low, box.high)
            coverage[seed] += 1
        combination += 1


def stage_table(stages: Iterable[Stage], graph: AssociativeGraph, names: Names) -> pd.DataFrame:
    """One row a step, at the start of a combination one an attribute that its object knows.

    Columns: combination, class, step (0 at the start), event, attribute, lower, upper (data values of the attribute's
    range after the step; of categories their codes).
    """
    rows, step = [], 0
    for stage in stages:
        step = 0 if stage.attribute is None else step + 1
        extended = np.flatnonzero(stage.low != MISSING) if stage.attribute is None else [stage.attribute]
        for attribute in extended:
            values = graph.attribute_values(attribute)
            rows.append(
                {
                    "combination": stage.combination,
                    "class": names.classes[graph.classes[stage.seed]],
                    "step": step,
                    "event": stage.event,
                    "attribute": names.attributes[attribute],
                    "lower": values[stage.low[attribute]],
                    "upper": values[stage.high[attribute]],
                }
            )
    return pd.DataFrame(rows)


class _Box:
    """A combination that grows; all sums are taken anew at every step."""

    def __init__(
        self, graph: AssociativeGraph, seed: int, coverage: np.ndarray, costs: np.ndarray, rules: GrowthRules
    ) -> None:
        self.graph, self.costs, self.rules = graph, costs, rules
        self.low, self.high = graph.ranks[seed].copy(), graph.ranks[seed].copy()
        self.n_ranges = int((self.low != MISSING).sum())
        self.own = graph.classes == graph.classes[seed]
        own_rows, all_rows = graph.multiplicity[self.own].sum(), graph.multiplicity.sum()
        balance = (all_rows - own_rows) / own_rows if rules.balance and own_rows < all_rows else 1.0
        self.strengths = np.where(self.own, balance / (1.0 + coverage) ** 2, -1.0) * graph.multiplicity
        self.refused: set[tuple[int, int]] = set()

    @property
    def inside(self) -> np.ndarray:
        """Which objects lie in which range: bool (n, m)."""
        ranks = self.graph.ranks
        return (ranks != MISSING) & (ranks >= self.low) & (ranks <= self.high)

    def discriminates(self, least: int) -> bool:
        """Whether every object of another class is outside of at least so many ranges (eq. 20, 21)."""
        shared = self.inside.sum(axis=1)[~self.own]
        return self.n_ranges - shared.max(initial=0) >= least

    def grow(self) -> Iterator[tuple[str, int | None]]:
        """Extends until nothing can be extended; says after each step what it was."""
        yield "start", None
        directions = [(attribute, side) for attribute in range(len(self.low)) for side in (0, 1)]
        extended = True
        while extended:
            extended = False
            for attribute, side in directions:
                rank = self.next_rank(attribute, side)
                if rank is not None and self.own[self.graph.ranks[:, attribute] == rank].all():
                    self.extend(attribute, side)
                    extended = True
                    yield "pure", attribute
            best = self.best_extension(directions)
            if best is not None:
                self.extend(*best)
                extended = True
                yield "best", best[0]

    def best_extension(self, directions: list[tuple[int, int]]) -> tuple[int, int] | None:
        """The direction of the largest coefficient that may be extended, the first of equal ones."""
        if not self.discriminates(self.rules.min_discrimination):
            return None
        coefficients = [
            -np.inf if direction in self.refused or self.next_rank(*direction) is None else self.coefficient(*direction)
            for direction in directions
        ]
        while True:
            largest = max(coefficients)
            tolerance = TOLERANCE * max(1.0, abs(largest))
            if largest == -np.inf or (self.rules.require_positive and largest <= tolerance):
                return None
            place = next(k for k, value in enumerate(coefficients) if value >= largest - tolerance)
            before = self.low.copy(), self.high.copy()
            self.extend(*directions[place])
            admissible = self.discriminates(self.rules.min_discrimination)
            self.low, self.high = before
            if admissible:
                return directions[place]
            if not self.rules.try_next_best:
                return None
            self.refused.add(directions[place])
            coefficients[place] = -np.inf

    def next_rank(self, attribute: int, side: int) -> int | None:
        """The value that a direction would include, None at its end."""
        if self.low[attribute] == MISSING:
            return None
        ranks = self.graph.ranks[:, attribute]
        ranks = ranks[(ranks != MISSING) & (self.own | (not self.rules.within_class))]
        if side:
            return int(self.high[attribute]) + 1 if self.high[attribute] < ranks.max() else None
        return int(self.low[attribute]) - 1 if self.low[attribute] > ranks.min() else None

    def extend(self, attribute: int, side: int) -> None:
        """Moves a bound to the next value."""
        if side:
            self.high[attribute] += 1
        else:
            self.low[attribute] -= 1

    def coefficient(self, attribute: int, side: int) -> float:
        """(1/γ) Σ δ² s over the objects beyond the bound (eq. 5 to 17; see `asonn.growth`)."""
        ranks, units = self.graph.ranks[:, attribute], self.graph.units[:, attribute]
        bound = self.high[attribute] if side else self.low[attribute]
        beyond = (ranks != MISSING) & (ranks > bound if side else ranks < bound)
        first, last = self.graph.offsets[attribute : attribute + 2]
        values = self.graph.unit_values[first:last]
        scale = 1.0 + 1.0 / max(len(values) - 1, 1)
        if self.rules.distance_scale == "range":
            scale = values[self.high[attribute]] - values[self.low[attribute]] or 1.0
        delta = 1.0 - np.abs(units[beyond] - values[bound]) / scale
        strengths = self.strengths[beyond] * (1.0 + self.inside.sum(axis=1)[beyond]) ** 2
        gamma = {
            "objects": self.graph.multiplicity[beyond].sum(),
            "values": len(np.unique(ranks[beyond])),
            "none": 1,
        }[self.rules.normalisation]
        coefficient = (delta**2 * strengths).sum() / max(gamma, 1)
        return coefficient * self.costs[attribute] if coefficient > 0 else coefficient / self.costs[attribute]
