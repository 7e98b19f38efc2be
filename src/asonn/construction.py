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
        _beyond(graph, rules.normalisation),
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


def _beyond(graph: AssociativeGraph, normalisation: str) -> np.ndarray:
    """γ of a bound at each value slot: float64 (2, v), for what lies below the slot and above it; 1 where it is 0."""
    n_slots = len(graph.values)
    weights = np.ones(n_slots)
    if normalisation == "objects":
        members = np.concatenate(([0], np.cumsum(graph.multiplicity[graph.value_objects])))
        weights = np.diff(members[graph.value_starts]).astype(np.float64)
    beyond = np.ones((2, n_slots))
    if normalisation != "none":
        for first, last in zip(graph.offsets[:-1], graph.offsets[1:], strict=True):
            running = np.cumsum(weights[first:last])
            beyond[0, first:last] = running - weights[first:last]
            beyond[1, first:last] = running[-1:] - running
    return np.maximum(beyond, 1.0)


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


@numba.njit(inline="always")
def _cell(line, attribute):
    """Where the board keeps a quantity of an attribute."""
    attribute = np.uint64(attribute)
    return attribute // LANES * BLOCK + np.uint64(line) * LANES + attribute % LANES


@numba.njit(inline="always")
def _shift_moments(i, change, units, n_attributes, board):
    """Adds `change` to the strength of object i in every direction beyond whose bound it lies.

    units: float64 (n × m), one object after another. A missing value (NaN) is beyond no bound.
    """
    for first in range(np.uint64(0), n_attributes, LANES):
        base = first * LINES
        row = i * n_attributes + first
        for lane in range(min(LANES, n_attributes - first)):
            unit = units[row + lane]
            below = change if unit < board[base + lane] else 0.0
            above = change if unit > board[base + LANES + lane] else 0.0
            unit = unit if unit == unit else 0.0
            cell = base + MOMENT * LANES + lane
            board[cell] += below
            board[cell + LANES] += below * unit
            board[cell + np.uint64(2) * LANES] += below * unit * unit
            board[cell + np.uint64(3) * LANES] += above
            board[cell + np.uint64(4) * LANES] += above * unit
            board[cell + np.uint64(5) * LANES] += above * unit * unit


@numba.njit(inline="always")
def _compute_coefficients(n_attributes, board):
    """Writes the coefficients of all directions to the board, minus infinity for closed ones."""
    for first in range(np.uint64(0), n_attributes, LANES):
        for side in range(np.uint64(2)):
            base = first * LINES
            moments = base + (MOMENT + np.uint64(3) * side) * LANES
            factors = base + (FACTOR + np.uint64(3) * side) * LANES
            for lane in range(min(LANES, n_attributes - first)):
                coefficient = (
                    board[factors + lane] * board[moments + lane]
                    + board[factors + LANES + lane] * board[moments + LANES + lane]
                    + board[factors + np.uint64(2) * LANES + lane] * board[moments + np.uint64(2) * LANES + lane]
                )
                dear = board[base + COST * LANES + lane]
                cheap = board[base + (COST + np.uint64(1)) * LANES + lane]
                coefficient *= dear if coefficient > 0.0 else cheap
                board[base + (COEFFICIENT + side) * LANES + lane] = (
                    coefficient + board[base + (CLOSED + side) * LANES + lane]
                )


@numba.njit(inline="always")
def _largest_coefficient(n_attributes, board):
    """The largest coefficient on the board; minus infinity if every direction is closed."""
    a = b = c = d = -np.inf  # four chains, because one comparison would wait for the last
    for first in range(np.uint64(0), n_attributes, LANES):
        start = first * LINES + COEFFICIENT * LANES
        for side in range(np.uint64(2)):
            for lane in range(np.uint64(0), min(LANES, n_attributes - first), np.uint64(4)):
                cell = start + side * LANES + lane
                a = max(a, board[cell])
                b = max(b, board[cell + np.uint64(1)])
                c = max(c, board[cell + np.uint64(2)])
                d = max(d, board[cell + np.uint64(3)])
    return max(max(a, b), max(c, d))


@numba.njit(inline="always")
def _move_bound(direction, own, low, high, offsets, unit_values, pure_class, limits, pure_next, board):
    """After a bound moved: its scaled value, whether the direction is closed now, whether its next value is pure."""
    attribute, side = direction // 2, direction % 2
    rank = high[attribute] if side else low[attribute]
    slot = offsets[attribute] + rank
    board[_cell(BOUND + np.uint64(side), attribute)] = unit_values[slot]
    pure_next[direction] = False
    if rank == limits[own, direction]:
        board[_cell(CLOSED + np.uint64(side), attribute)] = -np.inf
    else:
        pure_next[direction] = pure_class[slot + (1 if side else -1)] == own


@numba.njit(inline="always")
def _set_factors(attribute, low, high, offsets, beyond, own_width, board):
    """The factors of the moments in the coefficients of both directions of an attribute.

    δ = α + β u, so (1/γ) Σ s δ² = (α² Σ s + 2 α β Σ s u + β² Σ s u²)/γ.
    """
    first = offsets[attribute]
    low_bound, high_bound = board[_cell(BOUND, attribute)], board[_cell(BOUND + np.uint64(1), attribute)]
    if own_width:
        scale = high_bound - low_bound
        if scale == 0.0:
            scale = 1.0
    else:
        # One mean gap more than the attribute's range, so that the farthest value keeps some weight.
        scale = 1.0 + 1.0 / max(offsets[attribute + 1] - first - 1, 1)
    for side in range(2):
        if side == 0:
            beta, gamma = 1.0 / scale, beyond[0, first + low[attribute]]
            alpha = 1.0 - beta * low_bound
        else:
            beta, gamma = -1.0 / scale, beyond[1, first + high[attribute]]
            alpha = 1.0 - beta * high_bound
        cell = _cell(FACTOR + np.uint64(3 * side), attribute)
        board[cell] = alpha * alpha / gamma
        board[cell + LANES] = 2.0 * alpha * beta / gamma
        board[cell + np.uint64(2) * LANES] = beta * beta / gamma


@numba.njit(inline="always")
def _best_admissible(
    allowed, try_next_best, require_positive, low, high, offsets, value_starts, value_objects, strengths, counts,
    n_attributes, board,
):  # fmt: skip
    """The direction of the largest coefficient whose next value has no weed of count `allowed` or more; -1 if none.

    The first of equal directions. Closes directions that are refused, if the next best may be tried: counts only
    grow, so they are refused for good.
    """
    _compute_coefficients(n_attributes, board)
    while True:
        largest = _largest_coefficient(n_attributes, board)
        tolerance = TOLERANCE * max(1.0, abs(largest))
        if largest == -np.inf or (require_positive and largest <= tolerance):
            return -1
        attribute = np.uint64(0)
        while (
            max(board[_cell(COEFFICIENT, attribute)], board[_cell(COEFFICIENT + np.uint64(1), attribute)])
            < largest - tolerance
        ):
            attribute += np.uint64(1)
        side = np.uint64(board[_cell(COEFFICIENT, attribute)] < largest - tolerance)
        slot = offsets[attribute] + (high[attribute] + 1 if side else low[attribute] - 1)
        admissible = True
        for p in range(value_starts[slot], value_starts[slot + 1]):
            i = value_objects[p]
            if strengths[i] < 0.0 and counts[i] >= allowed:
                admissible = False
                break
        if admissible:
            return np.int64(np.uint64(2) * attribute + side)
        if not try_next_best:
            return -1
        board[_cell(CLOSED + side, attribute)] = -np.inf
        board[_cell(COEFFICIENT + side, attribute)] = -np.inf


@numba.njit(inline="always")
def _include(
    direction,
    low,
    high,
    offsets,
    unit_values,
    value_starts,
    value_objects,
    units,
    n_attributes,
    strengths,
    counts,
    board,
):
    """Extends a range by the next value of a direction; returns the largest count of a weed with this value."""
    attribute, side = direction // 2, direction % 2
    if side:
        high[attribute] += 1
        slot = offsets[attribute] + high[attribute]
    else:
        low[attribute] -= 1
        slot = offsets[attribute] + low[attribute]
    unit = unit_values[slot]
    cell = _cell(MOMENT + np.uint64(3 * side), attribute)
    worst = 0
    for p in range(value_starts[slot], value_starts[slot + 1]):
        i = value_objects[p]
        count = counts[i]
        counts[i] = count + 1
        # (2 + count)² - (1 + count)² = 3 + 2 count in every direction where the object still lies beyond ...
        change = strengths[i] * (3.0 + 2.0 * count)
        _shift_moments(np.uint64(i), change, units, n_attributes, board)
        # ... and it leaves this one, whose bound on the board has not moved yet.
        leaving = strengths[i] * (2.0 + count) ** 2
        board[cell] -= leaving
        board[cell + LANES] -= leaving * unit
        board[cell + np.uint64(2) * LANES] -= leaving * unit * unit
        if strengths[i] < 0.0:
            worst = max(worst, count + 1)
    return worst


@numba.njit(inline="always")
def _doubled(rows):
    """Twice the rows; the new ones hold nothing yet."""
    doubled = np.empty((2 * rows.shape[0], rows.shape[1]), dtype=rows.dtype)
    doubled[: rows.shape[0]] = rows
    return doubled


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
    beyond,
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
    m = np.uint64(n_attributes)
    n_directions = 2 * n_attributes
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
    pure_next = np.empty(n_directions, dtype=np.bool_)
    board = np.zeros((m + LANES - np.uint64(1)) // LANES * BLOCK)
    for block in range(len(board) // np.int64(BLOCK)):  # lanes without an attribute never win
        start = np.uint64(block) * BLOCK
        board[start + COEFFICIENT * LANES : start + (COEFFICIENT + np.uint64(2)) * LANES] = -np.inf
    for attribute in range(n_attributes):
        board[_cell(COST, attribute)] = costs[attribute]
        board[_cell(COST + np.uint64(1), attribute)] = 1.0 / costs[attribute]

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
            support[n_grown] = multiplicity[seed]
            discrimination[n_grown] = 0
            coverage[seed] += 1
            n_grown += 1
            continue

        for direction in range(n_directions):
            closed = _cell(CLOSED + np.uint64(direction % 2), direction // 2)
            if low[direction // 2] < 0:
                board[closed] = -np.inf
                pure_next[direction] = False
            else:
                board[closed] = 0.0
                _move_bound(direction, own, low, high, offsets, unit_values, pure_class, limits, pure_next, board)
        for attribute in range(n_attributes):
            board[_cell(MOMENT, attribute) : _cell(FACTOR, attribute) : LANES] = 0.0
            if low[attribute] >= 0:
                _set_factors(attribute, low, high, offsets, beyond, own_width, board)
        for i in range(n_objects):
            _shift_moments(np.uint64(i), strengths[i] * (1.0 + counts[i]) ** 2, units, m, board)

        n_pure = pure_next.sum()
        extended = True
        while extended:
            extended = False
            # The pure pass, once over all directions; the last step is the best extension.
            for step in range(0 if n_pure else n_directions, n_directions + 1):
                direction = step
                if step < n_directions:
                    if not pure_next[direction]:
                        continue
                    n_pure -= 1
                else:
                    if worst > n_ranges - min_discrimination:
                        break
                    direction = _best_admissible(
                        n_ranges - min_discrimination, try_next_best, require_positive, low, high, offsets,
                        value_starts, value_objects, strengths, counts, m, board,
                    )  # fmt: skip
                    if direction < 0:
                        break
                    n_pure -= pure_next[direction]
                count = _include(
                    direction,
                    low,
                    high,
                    offsets,
                    unit_values,
                    value_starts,
                    value_objects,
                    units,
                    m,
                    strengths,
                    counts,
                    board,
                )
                worst = max(worst, count)
                _move_bound(direction, own, low, high, offsets, unit_values, pure_class, limits, pure_next, board)
                _set_factors(direction // 2, low, high, offsets, beyond, own_width, board)
                n_pure += pure_next[direction]
                extended = True

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
