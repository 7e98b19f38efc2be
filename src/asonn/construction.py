"""Combinations of value ranges grown from single objects (lines 7 to 28 of the algorithm), in compiled kernels.

A combination starts as the values of one object and grows by one neighbouring value at a time. Which value is next is
decided by the direction coefficients (eq. 5 to 17). With s the strength of an object and δ = 1 - distance / R,

    coefficient = (1/γ) Σ δ² s      over the objects beyond the bound of a range, where
    s = (1 + count)² / (1 + q)²     for objects of the combination's own class (seeds),
    s = -(1 + count)²               for objects of other classes (weeds),

`count` being the number of attributes on which the object already lies inside, q the number of combinations that
already represent it. The constant 1/m² of the paper's cont() = ((1 + count)/m)² is left out: it scales all
coefficients alike.

δ² is a quadratic in the scaled value u of the object, so three moments (Σ s, Σ s u, Σ s u²) of the objects beyond a
bound give its coefficient. Including a value changes what the objects that have it add to the moments, and nothing
else: (objects at the value) × attributes a step.

A direction is numbered 2 a (towards smaller values of attribute a) or 2 a + 1 (towards larger ones). What a step
needs of every attribute lies in one flat array, the board: blocks of `LANES` attributes, in each block one line of
`LANES` numbers per quantity. Loops over the attributes of a block then run in vector instructions; indices are
unsigned because Numba guards signed ones against being negative. All compiled functions stay in this one file:
Numba's cache looks at the date of the file of the outermost function only.
"""

from dataclasses import dataclass

import numba
import numpy as np

from asonn.graph import AssociativeGraph

NORMALISATIONS = ("objects", "values", "none")
DISTANCE_SCALES = ("attribute", "range")

# Coefficients closer than this share of the largest one (or of 1) count as equal, and the first direction is taken:
# rounding must not decide, or sums kept step by step would choose otherwise than sums taken anew.
TOLERANCE = 1e-9

ZERO, ONE, TWO, THREE, FOUR, FIVE = (np.uint64(number) for number in range(6))
LANES = np.uint64(64)
# The lines of the board. The bounds are on the scaled values; moments and factors are three lines a side.
BOUND = np.uint64(0)  # low, high
MOMENT = np.uint64(2)  # low: Σ s, Σ s u, Σ s u²; then high
FACTOR = np.uint64(8)  # of the moments in the coefficient; low, then high
COEFFICIENT = np.uint64(14)  # low, high
COST = np.uint64(16)  # for positive coefficients, for negative ones
CLOSED = np.uint64(18)  # low, high: 0, or minus infinity where the direction is closed
LINES = np.uint64(20)
BLOCK = LANES * LINES


@dataclass(frozen=True)
class GrowthRules:
    """How combinations grow; the fields are the parameters of `ASONNClassifier` of the same names."""

    try_next_best: bool
    min_discrimination: int
    require_positive: bool
    balance: bool
    within_class: bool
    normalisation: str
    distance_scale: str


@dataclass(frozen=True)
class Combinations:
    """K grown combinations over m attributes of a graph with n objects.

    low, high: int32 (K, m), ranks of the outermost values inside; both `MISSING` (-1) where the starting object has no
        value: there the combination has no range.
    classes: int64 (K,).
    support: int64 (K,), rows of the class that it represents (objects inside, with multiplicity).
    discrimination: int64 (K,), attributes of the combination minus the most that an object of another class shares
        (eq. 20, 21); 0 for a combination that starts at a contradictory object.
    seeds: int64 (K,), the object that it started from.
    coverage: int64 (n,), the combinations that represent each object (at least one).
    """

    low: np.ndarray
    high: np.ndarray
    classes: np.ndarray
    support: np.ndarray
    discrimination: np.ndarray
    seeds: np.ndarray
    coverage: np.ndarray


def construct(graph: AssociativeGraph, seeds: np.ndarray, costs: np.ndarray, rules: GrowthRules) -> Combinations:
    """Grows combinations until every object of the graph is represented.

    seeds: int64 (n,), all objects in the order in which they may start a combination.
    costs: float64 (m,), positive. A direction's coefficient is multiplied by the cost of its attribute (divided if
        negative): ranges of dear attributes grow first, and an attribute whose range spans all values is not needed.
    """
    class_sizes = np.bincount(graph.classes, weights=graph.multiplicity, minlength=graph.n_classes)
    seed_scale = np.ones(graph.n_classes)
    if rules.balance:
        seed_scale = np.divide(
            class_sizes.sum() - class_sizes,
            class_sizes,
            out=seed_scale,
            where=(class_sizes > 0) & (class_sizes < class_sizes.sum()),
        )
    grown = _grow_all(
        graph.ranks,
        graph.units.ravel(),
        graph.classes,
        graph.multiplicity,
        graph.offsets,
        graph.unit_values,
        graph.value_starts,
        graph.value_objects,
        _pure_class(graph),
        _slopes(graph),
        _shares(graph, rules.normalisation),
        _limits(graph, rules.within_class),
        seed_scale,
        costs,
        seeds,
        rules.min_discrimination,
        rules.try_next_best,
        rules.require_positive,
        rules.distance_scale == "range",
    )
    return Combinations(*grown)


def _pure_class(graph: AssociativeGraph) -> np.ndarray:
    """The class of all objects of a value slot, -1 if they differ: int64 (v,)."""
    owners = graph.classes[graph.value_objects]
    starts = graph.value_starts[:-1]
    if not len(starts):
        return np.empty(0, dtype=np.int64)
    lowest, highest = np.minimum.reduceat(owners, starts), np.maximum.reduceat(owners, starts)
    return np.where(lowest == highest, lowest, -1)


def _slopes(graph: AssociativeGraph) -> np.ndarray:
    """1/R of each attribute on its scaled values: float64 (m,).

    R is the attribute's range and one mean gap more, so that the farthest value keeps some weight.
    """
    return 1.0 / (1.0 + 1.0 / np.maximum(np.diff(graph.offsets) - 1, 1))


def _shares(graph: AssociativeGraph, normalisation: str) -> np.ndarray:
    """1/γ of a bound at each value slot: float64 (2, v), below the slot and above it; 1 if nothing is there."""
    weights = np.ones(len(graph.values))
    if normalisation == "objects":
        members = np.concatenate(([0], np.cumsum(graph.multiplicity[graph.value_objects])))
        weights = np.diff(members[graph.value_starts]).astype(np.float64)
    gamma = np.ones((2, len(graph.values)))
    if normalisation != "none":
        for first, last in zip(graph.offsets[:-1], graph.offsets[1:], strict=True):
            running = np.cumsum(weights[first:last])
            gamma[0, first:last] = running - weights[first:last]
            gamma[1, first:last] = running[-1:] - running
    return 1.0 / np.maximum(gamma, 1.0)


def _limits(graph: AssociativeGraph, within_class: bool) -> np.ndarray:
    """The farthest rank that ranges of each class may reach in each direction: int32 (c, 2 m)."""
    last = (np.diff(graph.offsets) - 1).astype(np.int32)
    limits = np.zeros((graph.n_classes, 2 * graph.n_attributes), dtype=np.int32)
    limits[:, 1::2] = last
    if within_class:
        for c in range(graph.n_classes):
            own = graph.ranks[graph.classes == c]
            limits[c, 0::2] = np.where(own < 0, last, own).min(axis=0, initial=np.iinfo(np.int32).max)
            limits[c, 1::2] = own.max(axis=0, initial=-1)
    return limits


@numba.njit(cache=True, error_model="numpy")
def _grow_all(
    ranks,
    units,
    classes,
    multiplicity,
    offsets,
    unit_values,
    value_starts,
    value_objects,
    pure_class,
    slopes,
    shares,
    limits,
    seed_scale,
    costs,
    seeds,
    min_discrimination,
    try_next_best,
    require_positive,
    own_width,
):
    """All combinations of a graph: the fields of `Combinations` in order. Arguments as in `construct`."""
    n_objects, n_attributes = ranks.shape
    capacity = 16
    all_low = np.empty((capacity, n_attributes), dtype=np.int32)
    all_high = np.empty((capacity, n_attributes), dtype=np.int32)
    origin = np.empty(capacity, dtype=np.int64)
    support = np.empty(capacity, dtype=np.int64)
    discrimination = np.empty(capacity, dtype=np.int64)
    n_grown = 0

    coverage = np.zeros(n_objects, dtype=np.int64)
    counts = np.empty(n_objects, dtype=np.int32)
    strengths = np.empty(n_objects)  # without (1 + count)²; negative for weeds
    pure_next = np.empty(2 * n_attributes, dtype=np.bool_)
    board = np.zeros((np.uint64(n_attributes) + LANES - np.uint64(1)) // LANES * BLOCK)

    for seed in seeds:
        if coverage[seed] > 0:
            continue
        if n_grown == capacity:
            capacity *= 2
            all_low, all_high = _doubled(all_low), _doubled(all_high)
            origin = np.concatenate((origin, origin))
            support = np.concatenate((support, support))
            discrimination = np.concatenate((discrimination, discrimination))
        low, high = all_low[n_grown], all_high[n_grown]
        low[:] = ranks[seed]
        high[:] = ranks[seed]
        own = classes[seed]
        origin[n_grown] = seed

        n_ranges = 0
        for attribute in range(n_attributes):
            n_ranges += low[attribute] >= 0
        worst = 0  # the largest count of a weed: the discrimination is n_ranges - worst
        for i in range(n_objects):
            count = 0
            for attribute in range(n_attributes):
                count += (ranks[i, attribute] == low[attribute]) & (low[attribute] >= 0)
            counts[i] = count
            if classes[i] == own:
                strengths[i] = multiplicity[i] * seed_scale[own] / (1.0 + coverage[i]) ** 2
            else:
                strengths[i] = -multiplicity[i]
                worst = max(worst, count)

        if worst == n_ranges:  # contradictory: nothing can exclude the object of the other class
            coverage[seed] += 1
            represented = multiplicity[seed]
        else:
            _start(low, limits[own], offsets, unit_values, costs, ranks, units, strengths, counts, board)
            worst = _grow(
                own,
                n_ranges - min_discrimination,
                worst,
                try_next_best,
                require_positive,
                own_width,
                low,
                high,
                limits[own],
                offsets,
                unit_values,
                value_starts,
                value_objects,
                pure_class,
                slopes,
                shares,
                units,
                strengths,
                counts,
                pure_next,
                board,
            )
            represented = 0
            for i in range(n_objects):
                if classes[i] == own and counts[i] == n_ranges:
                    coverage[i] += 1
                    represented += multiplicity[i]
        support[n_grown] = represented
        discrimination[n_grown] = n_ranges - worst
        n_grown += 1

    return (
        all_low[:n_grown].copy(),
        all_high[:n_grown].copy(),
        classes[origin[:n_grown]],
        support[:n_grown].copy(),
        discrimination[:n_grown].copy(),
        origin[:n_grown].copy(),
        coverage,
    )


@numba.njit(cache=True)
def _doubled(rows):
    """Twice the rows; the new ones hold nothing yet."""
    doubled = np.empty((2 * rows.shape[0], rows.shape[1]), dtype=rows.dtype)
    doubled[: rows.shape[0]] = rows
    return doubled


@numba.njit(cache=True)
def _cell(line, attribute):
    """Where the board keeps a quantity of an attribute."""
    attribute = np.uint64(attribute)
    return attribute // LANES * BLOCK + line * LANES + attribute % LANES


@numba.njit(cache=True)
def _start(low, limits, offsets, unit_values, costs, ranks, units, strengths, counts, board):
    """Sets the board for a combination of single values: bounds, closed directions, costs, and all moments."""
    n_objects, n_attributes = ranks.shape
    board[:] = 0.0
    for start in range(np.uint64(0), np.uint64(len(board)), BLOCK):  # lanes without an attribute never win
        board[start + COEFFICIENT * LANES : start + (COEFFICIENT + TWO) * LANES] = -np.inf
    for attribute in range(n_attributes):
        board[_cell(COST, attribute)] = costs[attribute]
        board[_cell(COST + ONE, attribute)] = 1.0 / costs[attribute]
        known = low[attribute] >= 0
        for side in range(2):
            if not known or low[attribute] == limits[2 * attribute + side]:
                board[_cell(CLOSED + np.uint64(side), attribute)] = -np.inf
            if known:
                bound = unit_values[offsets[attribute] + low[attribute]]
                board[_cell(BOUND + np.uint64(side), attribute)] = bound
    for i in range(n_objects):
        strength = strengths[i] * (1.0 + counts[i]) ** 2
        _shift_moments(np.uint64(i), strength, units, np.uint64(n_attributes), board)


@numba.njit(cache=True, forceinline=True)
def _shift_moments(i, change, units, n_attributes, board):
    """Adds `change` to the strength of object i in every direction beyond whose bound it lies."""
    for first in range(ZERO, n_attributes, LANES):
        base = first * LINES
        row = i * n_attributes + first
        for lane in range(min(LANES, n_attributes - first)):
            unit = units[row + lane]
            below = change if unit < board[base + lane] else 0.0
            above = change if unit > board[base + LANES + lane] else 0.0
            unit = unit if unit == unit else 0.0  # a missing value (NaN) is beyond no bound
            cell = base + MOMENT * LANES + lane
            board[cell] += below
            board[cell + LANES] += below * unit
            board[cell + TWO * LANES] += below * unit * unit
            board[cell + THREE * LANES] += above
            board[cell + FOUR * LANES] += above * unit
            board[cell + FIVE * LANES] += above * unit * unit


@numba.njit(cache=True, error_model="numpy")
def _grow(
    own,
    allowed,
    worst,
    try_next_best,
    require_positive,
    own_width,
    low,
    high,
    limits,
    offsets,
    unit_values,
    value_starts,
    value_objects,
    pure_class,
    slopes,
    shares,
    units,
    strengths,
    counts,
    pure_next,
    board,
):
    """Grows one combination until nothing can be extended; returns the largest count of a weed in the end.

    allowed: the largest count that a weed may get by a best extension; worst: the largest that one has. Changes low,
    high, counts and the board. All in one function, because every array that is handed to another one is counted as
    a reference by an atomic instruction, which here would take most of the time.
    """
    n_attributes = np.uint64(len(low))
    n_directions = 2 * len(low)
    n_pure = 0  # directions whose next value is pure
    moved, last_moved = 0, n_directions  # at the start all bounds are new
    position = 0  # of the pass: the next direction of the pure pass; n_directions stands for the best extension
    extended = False  # in this pass
    while True:
        # What a moved bound changes: purity of the next value, closing, and the factors of its attribute.
        for direction in range(moved, last_moved):
            attribute, side = direction // 2, direction % 2
            if low[attribute] < 0:
                pure_next[direction] = False
                continue
            rank = high[attribute] if side else low[attribute]
            slot = offsets[attribute] + rank
            closed = rank == limits[direction]
            pure_next[direction] = not closed and pure_class[slot + (1 if side else -1)] == own
            n_pure += pure_next[direction]
            board[_cell(BOUND + np.uint64(side), attribute)] = unit_values[slot]
            if closed:
                board[_cell(CLOSED + np.uint64(side), attribute)] = -np.inf
            # δ = α + β u, so (1/γ) Σ s δ² = (α² Σ s + 2 α β Σ s u + β² Σ s u²)/γ. The other side changes only if R
            # is the width of the range.
            slope = slopes[attribute]
            if own_width:
                width = board[_cell(BOUND + ONE, attribute)] - board[_cell(BOUND, attribute)]
                slope = 1.0 / width if width > 0.0 else 1.0
            for other in range(0 if own_width else side, 2 if own_width else side + 1):
                beta = -slope if other else slope
                alpha = 1.0 - beta * board[_cell(BOUND + np.uint64(other), attribute)]
                share = shares[other, offsets[attribute] + (high[attribute] if other else low[attribute])]
                cell = _cell(FACTOR + np.uint64(3 * other), attribute)
                board[cell] = alpha * alpha * share
                board[cell + LANES] = 2.0 * alpha * beta * share
                board[cell + TWO * LANES] = beta * beta * share

        # The pure pass: each direction once whose next value no object of another class has.
        while position < n_directions and n_pure and not pure_next[position]:
            position += 1
        if position < n_directions and n_pure:
            direction = position
            position += 1
            extended = True
        else:
            # Then the best extension: the largest coefficient, the first of equal ones. A pass without any ends the
            # growth.
            direction = -1
            if worst <= allowed:
                for first in range(ZERO, n_attributes, LANES):
                    for side in range(TWO):
                        moments = first * LINES + (MOMENT + THREE * side) * LANES
                        factors = first * LINES + (FACTOR + THREE * side) * LANES
                        cost = first * LINES + COST * LANES
                        closing = first * LINES + (CLOSED + side) * LANES
                        target = first * LINES + (COEFFICIENT + side) * LANES
                        for lane in range(min(LANES, n_attributes - first)):
                            coefficient = (
                                board[factors + lane] * board[moments + lane]
                                + board[factors + LANES + lane] * board[moments + LANES + lane]
                                + board[factors + TWO * LANES + lane] * board[moments + TWO * LANES + lane]
                            )
                            dear, cheap = board[cost + lane], board[cost + LANES + lane]
                            coefficient *= dear if coefficient > 0.0 else cheap
                            board[target + lane] = coefficient + board[closing + lane]
                while direction < 0:
                    a = b = c = d = -np.inf  # four chains, because in one each comparison would wait for the last
                    for first in range(ZERO, n_attributes, LANES):
                        for side in range(TWO):
                            line = first * LINES + (COEFFICIENT + side) * LANES
                            for lane in range(ZERO, min(LANES, n_attributes - first), FOUR):
                                a = max(a, board[line + lane])
                                b = max(b, board[line + lane + ONE])
                                c = max(c, board[line + lane + TWO])
                                d = max(d, board[line + lane + THREE])
                    largest = max(max(a, b), max(c, d))
                    tolerance = TOLERANCE * max(1.0, abs(largest))
                    if largest == -np.inf or (require_positive and largest <= tolerance):
                        break
                    enough = largest - tolerance
                    best = ZERO
                    while max(board[_cell(COEFFICIENT, best)], board[_cell(COEFFICIENT + ONE, best)]) < enough:
                        best += ONE
                    side = np.int64(board[_cell(COEFFICIENT, best)] < enough)
                    slot = offsets[best] + (high[best] + 1 if side else low[best] - 1)
                    admissible = True
                    for p in range(value_starts[slot], value_starts[slot + 1]):
                        i = value_objects[p]
                        if strengths[i] < 0.0 and counts[i] >= allowed:
                            admissible = False
                            break
                    if admissible:
                        direction = 2 * np.int64(best) + side
                    elif try_next_best:  # counts only grow: what is refused once is refused for good
                        board[_cell(CLOSED + np.uint64(side), best)] = -np.inf
                        board[_cell(COEFFICIENT + np.uint64(side), best)] = -np.inf
                    else:
                        break
            if direction < 0 and not extended:
                return worst
            position = 0
            extended = False
            if direction < 0:
                moved = last_moved = 0
                continue

        # Include the next value of the direction.
        attribute, side = direction // 2, direction % 2
        n_pure -= pure_next[direction]
        if side:
            high[attribute] += 1
            slot = offsets[attribute] + high[attribute]
        else:
            low[attribute] -= 1
            slot = offsets[attribute] + low[attribute]
        left = _cell(MOMENT + np.uint64(3 * side), attribute)
        here = unit_values[slot]
        for p in range(value_starts[slot], value_starts[slot + 1]):
            i = value_objects[p]
            count = counts[i]
            counts[i] = count + 1
            if strengths[i] < 0.0:
                worst = max(worst, count + 1)
            # (2 + count)² - (1 + count)² = 3 + 2 count in every direction where the object lies beyond the bound ...
            change = strengths[i] * (3.0 + 2.0 * count)
            _shift_moments(np.uint64(i), change, units, n_attributes, board)
            # ... and it leaves this one, whose bound on the board has not moved yet.
            leaving = strengths[i] * (2.0 + count) ** 2
            board[left] -= leaving
            board[left + LANES] -= leaving * here
            board[left + TWO * LANES] -= leaving * here * here
        moved, last_moved = direction, direction + 1
