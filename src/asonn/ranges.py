"""What stays after construction: range neurons, combination neurons and class neurons; values and objects are gone."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from asonn.construction import Combinations
from asonn.graph import MISSING, AssociativeGraph

BOUNDS = ("values", "midpoints")


@dataclass(frozen=True)
class RangeNetwork:
    """R ranges of K combinations over m attributes.

    Combinations (K,): classes int64, support int64 (rows represented), discrimination int64.
    box_lower, box_upper: float64 (K, m), the outermost data values of each combination on every attribute, NaN for
        nominal ones; with the ranges that span their whole attribute, which are no neurons.
    starts: int64 (K + 1,), the ranges of combination k are starts[k]:starts[k + 1].
    Ranges (R,): attributes int64; lower, upper float64 (data values); centre, half_width float64 of the fuzzifier;
        reach_lower, reach_upper float64, between which the fuzzifier is 1; weights float64; seeds, weeds int64. Ranges
        of weight 0, which keep no row of another class out, decide nothing.
    A range of a nominal attribute is a set of categories: category code g lies inside if held[set_starts[r] + g];
        set_starts int64 (R,), -1 for ranges of values; held bool. Its bounds are NaN, its membership 1 or 0.
    n_classes: number of class neurons.
    """

    classes: np.ndarray
    support: np.ndarray
    discrimination: np.ndarray
    box_lower: np.ndarray
    box_upper: np.ndarray
    starts: np.ndarray
    attributes: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    reach_lower: np.ndarray
    reach_upper: np.ndarray
    centre: np.ndarray
    half_width: np.ndarray
    weights: np.ndarray
    seeds: np.ndarray
    weeds: np.ndarray
    set_starts: np.ndarray
    held: np.ndarray
    n_classes: int

    def deciding(self, k: int) -> np.ndarray:
        """The ranges of combination k that have a weight: int64."""
        ranges = np.arange(self.starts[k], self.starts[k + 1])
        return ranges[self.weights[ranges] > 0]

    def categories(self, r: int) -> np.ndarray | None:
        """Which category codes a set holds: bool, one a code; None for a range of values."""
        if self.set_starts[r] < 0:
            return None
        later = self.set_starts[self.set_starts > self.set_starts[r]]
        return self.held[self.set_starts[r] : later.min(initial=len(self.held))]


def build_network(
    graph: AssociativeGraph,
    combinations: Combinations,
    bounds: str,
    min_support: float,
    *,
    widened: bool = True,
    scaled: bool = False,
) -> RangeNetwork:
    """Turns grown combinations into range neurons with weights; what represents too few rows is left out.

    bounds: "values", a range ends at its outermost values (eq. 22, 23); "midpoints", half-way to the next training
    value. min_support: combinations that represent fewer rows are dropped, except the best supported ones of a class
    that would lose all of its combinations. widened: whether membership of a range of one value falls over half the
    smallest gap of the attribute; else, as eq. 23 has it, it is 0 outside. scaled: see `range_weights`.
    """
    used = discriminating(graph, combinations)
    weights, seeds, weeds = range_weights(graph, combinations, scaled=scaled)

    best_support = np.zeros(graph.n_classes)
    np.maximum.at(best_support, combinations.classes, combinations.support)
    kept = combinations.support >= np.minimum(min_support, best_support[combinations.classes])
    low, high, used = combinations.low[kept], combinations.high[kept], used[kept]

    values = np.append(graph.values, np.nan)  # the slot of what has no bounds
    unbounded = (low == MISSING) | graph.nominal
    low_slots = np.where(unbounded, -1, low + graph.offsets[:-1])
    high_slots = np.where(unbounded, -1, high + graph.offsets[:-1])
    box_lower, box_upper = values[low_slots], values[high_slots]
    reach_down, reach_up = _reach(graph, bounds)
    half_gaps = _half_smallest_gaps(graph) * widened

    owners, attributes = np.nonzero(used)
    reach_lower, reach_upper = reach_down[low_slots[used]], reach_up[high_slots[used]]
    set_starts, held = _sets(graph, combinations.sets[kept], owners, attributes)
    return RangeNetwork(
        classes=combinations.classes[kept],
        support=combinations.support[kept],
        discrimination=combinations.discrimination[kept],
        box_lower=box_lower,
        box_upper=box_upper,
        starts=np.concatenate(([0], used.sum(axis=1).cumsum())).astype(np.int64),
        attributes=attributes.astype(np.int64),
        lower=box_lower[used],
        upper=box_upper[used],
        reach_lower=reach_lower,
        reach_upper=reach_upper,
        centre=0.5 * reach_lower + 0.5 * reach_upper,
        half_width=np.maximum(0.5 * reach_upper - 0.5 * reach_lower, half_gaps[attributes]),
        weights=weights[kept][used],
        seeds=seeds[kept][used],
        weeds=weeds[kept][used],
        set_starts=set_starts,
        held=held,
        n_classes=graph.n_classes,
    )


def _sets(
    graph: AssociativeGraph, sets: np.ndarray, owners: np.ndarray, attributes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """`set_starts` and `held` of ranges on these attributes of these combinations, whose sets are (K, categories)."""
    starts, held, length = np.full(len(attributes), -1, dtype=np.int64), [np.zeros(0, dtype=bool)], 0
    for r in np.flatnonzero(graph.nominal[attributes]):
        codes = graph.attribute_values(attributes[r]).astype(np.int64)
        by_code = np.zeros(codes.max() + 1, dtype=bool)
        by_code[codes] = sets[owners[r], graph.set_starts[attributes[r]] :][: len(codes)]
        starts[r] = length
        held.append(by_code)
        length += len(by_code)
    return starts, np.concatenate(held)


def _reach(graph: AssociativeGraph, bounds: str) -> tuple[np.ndarray, np.ndarray]:
    """How far a range reaches down from, and up from, each value slot, and NaN: two float64 (v + 1,)."""
    values = np.append(graph.values, np.nan)
    down, up = values.copy(), values.copy()
    if bounds == "midpoints":
        for first, last in zip(graph.offsets[:-1], graph.offsets[1:], strict=True):
            if first == last:  # missing in all rows
                continue
            smaller, larger = values[first : last - 1], values[first + 1 : last]
            middle = 0.5 * smaller + 0.5 * larger
            # Between neighbouring floats there is no middle: keep the neighbour outside.
            down[first + 1 : last] = np.where(middle > smaller, middle, larger)
            up[first : last - 1] = np.where(middle < larger, middle, smaller)
    return down, up


def _half_smallest_gaps(graph: AssociativeGraph) -> np.ndarray:
    """Half of the smallest gap between neighbouring training values of each attribute, 0 for a single value: (m,)."""
    gaps = [np.diff(0.5 * graph.attribute_values(attribute)) for attribute in range(graph.n_attributes)]
    return np.array([gap.min() if len(gap) else 0.0 for gap in gaps])


def _count_in_ranges(graph: AssociativeGraph, combinations: Combinations) -> tuple[np.ndarray, np.ndarray]:
    """Rows inside every single range: seeds (of the combination's class) and weeds (of the others), two int64 (K, m).

    Where a combination has no range, both are 0.
    """
    shape = combinations.low.shape
    seeds, weeds = (np.zeros(shape, dtype=graph.multiplicity.dtype) for _ in range(2))
    for attribute, (start, end) in enumerate(pairwise(graph.offsets)):
        known = graph.ranks[:, attribute] != MISSING
        rows = np.zeros((end - start, graph.n_classes), dtype=seeds.dtype)  # of each value and class
        np.add.at(rows, (graph.ranks[known, attribute], graph.classes[known]), graph.multiplicity[known])
        owners = np.flatnonzero(combinations.low[:, attribute] != MISSING)
        if graph.nominal[attribute]:
            first = graph.set_starts[attribute]
            inside = combinations.sets[owners, first : first + len(rows)].astype(rows.dtype) @ rows
        else:
            below = np.concatenate((np.zeros_like(rows, shape=(1, graph.n_classes)), rows.cumsum(axis=0)))
            inside = below[combinations.high[owners, attribute] + 1] - below[combinations.low[owners, attribute]]
        seeds[owners, attribute] = inside[np.arange(len(owners)), combinations.classes[owners]]
        weeds[owners, attribute] = inside.sum(axis=1) - seeds[owners, attribute]
    return seeds, weeds


def discriminating(graph: AssociativeGraph, combinations: Combinations) -> np.ndarray:
    """Which ranges leave out some value of their attribute: bool (K, m). The others tell nothing and are dropped."""
    last = np.diff(graph.offsets) - 1
    used = (combinations.low != MISSING) & ((combinations.low > 0) | (combinations.high < last))
    for attribute in np.flatnonzero(graph.nominal):
        first = graph.set_starts[attribute]
        used[:, attribute] = ~combinations.sets[:, first : first + last[attribute] + 1].all(axis=1)
    return used


def range_weights(
    graph: AssociativeGraph, combinations: Combinations, *, scaled: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of the ranges, each combination's adding up to 1: float64 (K, m), 0 for ranges that span all values; and
    the rows inside every single range, seeds and weeds, two (K, m).

    w = φ / Σ φ,  φ = (1 - weeds/Φ_diff) (Φ_rep + seeds)/(Φ_rep + all seeds)   (eq. 24, 25)

    with seeds and weeds the rows inside that single range, Φ_rep the rows that the combination represents, Φ_diff all
    rows of other classes, all seeds those of the combination's class (it cancels in w). If no range excludes a weed all
    weigh the same. scaled: Φ_rep and Φ_diff are multiplied by the number of attributes, squared, near to the authors'
    program, which adds one to that number first; this makes the weights nearly equal.
    """
    class_sizes = np.bincount(graph.classes, weights=graph.multiplicity, minlength=graph.n_classes)
    n_own = class_sizes[combinations.classes]
    factor = graph.n_attributes**2 if scaled else 1
    support = combinations.support * factor
    seeds, weeds = _count_in_ranges(graph, combinations)
    used = discriminating(graph, combinations)
    phi = (1.0 - weeds / (factor * np.maximum(class_sizes.sum() - n_own, 1))[:, None]) * (support[:, None] + seeds)
    phi = np.where(used, phi / (support + n_own)[:, None], 0.0)
    phi = np.where((phi.sum(axis=1) > 0)[:, None], phi, used)
    total = phi.sum(axis=1, keepdims=True)
    return np.divide(phi, total, out=np.zeros_like(phi), where=total > 0), seeds, weeds
