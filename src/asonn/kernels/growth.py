"""Combinations of value ranges grown from single objects (lines 7 to 28 of the algorithm), compiled.

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

What grows are columns (see `asonn.unfolding`): the attributes, or of unordered categories one column for two. A
direction is numbered 2 a (towards smaller values of column a) or 2 a + 1 (towards larger ones). What a step
needs of every attribute lies in one flat array, the board: blocks of eight attributes, in each block one line of eight
numbers per quantity, which is what vector registers and cache lines hold. Lines are read and written as a whole: a load
must wait long for a store of which it is only partly made. Indices are unsigned because Numba guards signed ones
against being negative. What a step calls is handed pointers in place of arrays (see `numba_vectors.pointers`).
"""

from typing import NamedTuple

import numpy as np

from numba_vectors.compilation import compiled
from numba_vectors.pointers import pointers
from numba_vectors.vectors import FLOAT64_LANES as LANES
from numba_vectors.vectors import (
    absolute,
    add,
    add_where_less,
    aligned_zeros,
    first,
    first_reaching,
    largest,
    load,
    maximum,
    multiply,
    prefetch,
    put,
    splat,
    store,
    where_positive,
)

# Coefficients closer than this fraction of the largest one (or of 1) count as equal, and the first direction is taken:
# rounding must not decide, or sums kept step by step would choose otherwise than sums taken at once.
TOLERANCE = 1e-9
AHEAD = np.uint64(12)  # values: how far ahead of a bound memory is asked for
NOWHERE = np.uint64(2**63)  # no direction
ZERO, ONE, TWO, THREE = (np.uint64(number) for number in range(4))
LINE = np.uint64(LANES)
# The lines of a block of the board. The bounds are on the scaled values; moments and factors are three lines a side.
BOUND = np.uint64(0)  # low, high
MOMENT = np.uint64(2)  # low: Σ s, Σ s u, Σ s u²; then high
FACTOR = np.uint64(8)  # of the moments in the coefficient; low, then high
COEFFICIENT = np.uint64(14)  # low, high
COST = np.uint64(16)  # for positive coefficients, for negative ones
CLOSED = np.uint64(18)  # low, high: 0, or minus infinity where the direction is closed
BLOCK = np.uint64(20) * LINE
CHANGES = 64  # of strengths, that are added to the moments together


class Objects(NamedTuple):
    """The objects: ranks int32 (n, m), classes int64 (n,), multiplicity float64 (n,), and units float64, flat: the
    scaled values, NaN where missing, every object's padded to whole blocks."""

    ranks: np.ndarray
    classes: np.ndarray
    multiplicity: np.ndarray
    units: np.ndarray


class Values(NamedTuple):
    """The value slots: column a has offsets[a]:offsets[a + 1], uint64.

    units: float64 (v,), scaled. starts, objects: uint32, slot g has the objects objects[starts[g]:starts[g + 1]].
    pure_class: int32 (v,), the class of all of these, -1 if they differ.
    inverse_gamma: float64 (2 v,), 1/γ of a lower bound at each slot, then of an upper one.
    slopes: float64 (2 m,), 1/R of each direction, negative where δ grows with the distance.
    attributes, start, categories: what a column is of, see `asonn.unfolding.Columns`.
    """

    offsets: np.ndarray
    units: np.ndarray
    starts: np.ndarray
    objects: np.ndarray
    pure_class: np.ndarray
    inverse_gamma: np.ndarray
    slopes: np.ndarray
    attributes: np.ndarray
    start: np.ndarray
    categories: np.ndarray


class Rules(NamedTuple):
    """How combinations grow (see `asonn.construction.GrowthRules`).

    limits: uint64 (c × 2 m,), the last slot of each direction of each class. seed_scale: float64 (c,), of the strength
    of a class's own objects. costs: float64 (m,), and whether they matter. near: 1.0, or -1.0 where δ of `own_width`
    grows with the distance. squared: whether (1 + count) is. count_coverage: whether q counts.
    """

    limits: np.ndarray
    seed_scale: np.ndarray
    costs: np.ndarray
    costly: bool
    min_discrimination: int
    try_next_best: bool
    require_positive: bool
    own_width: bool
    near: float
    squared: bool
    count_coverage: bool


class State(NamedTuple):
    """What a growing combination works on.

    board: see above. counts: int32 (n,). strengths: float64 (n,), without (1 + count)²; negative for weeds.
    bounds: uint64 (2 m,), the slot of each direction's bound. pure: uint64 (2 m,), directions whose next value no other
    class has. changed, changes: where the units of objects begin whose strength changes, and by how much.
    n_blocks, n_directions, n_values: how many there are.
    """

    board: np.ndarray
    counts: np.ndarray
    strengths: np.ndarray
    bounds: np.ndarray
    pure: np.ndarray
    changed: np.ndarray
    changes: np.ndarray
    n_blocks: np.uint64
    n_directions: np.uint64
    n_values: np.uint64


def work_on(n_objects: int, n_attributes: int, n_values: int) -> State:
    """What combinations of a graph of this size can grow in."""
    n_blocks = -(-n_attributes // LANES)
    return State(
        board=aligned_zeros(n_blocks * int(BLOCK), np.float64),
        counts=np.zeros(n_objects, dtype=np.int32),
        strengths=np.zeros(n_objects),
        bounds=np.zeros(2 * n_attributes, dtype=np.uint64),
        pure=np.zeros(2 * n_attributes, dtype=np.uint64),
        changed=np.zeros(CHANGES, dtype=np.uint64),
        changes=np.zeros(CHANGES),
        n_blocks=np.uint64(n_blocks),
        n_directions=np.uint64(2 * n_attributes),
        n_values=np.uint64(n_values),
    )


@compiled
def grow_all(objects, values, rules, state, seeds, with_events):
    """All combinations: the fields of `Combinations` in order, then their extensions.

    seeds: int64, the objects in the order in which they may start a combination.
    The extensions are event_starts int64 (K + 1,) and events int64: 2 × direction, + 1 for a best one; none unless
    `with_events`.
    """
    n_objects, n_columns = len(objects.ranks), len(values.start)
    all_low = np.empty((n_objects, n_columns), dtype=np.int32)  # each combination has an object that starts it
    all_high = np.empty_like(all_low)
    origin = np.empty(n_objects, dtype=np.int64)
    support = np.empty(n_objects)
    discrimination = np.empty(n_objects, dtype=np.int64)
    event_starts = np.zeros(n_objects + 1, dtype=np.int64)
    events = np.empty(len(values.units) if with_events else 0, dtype=np.int64)
    coverage = np.zeros(n_objects, dtype=np.int64)
    n_grown = n_events = np.int64(0)
    for seed in seeds:
        if coverage[seed] > 0:
            continue
        if with_events and n_events + len(values.units) > len(events):  # every extension includes a value of its own
            events = np.concatenate((events, np.empty_like(events), np.empty(len(values.units), dtype=np.int64)))
        low, high = all_low[n_grown], all_high[n_grown]
        n_ranges, worst = _start(seed, objects, values, rules, coverage, state, low, high)
        if worst == n_ranges:  # contradictory: nothing can exclude the object of the other class
            coverage[seed] += 1
            represented = objects.multiplicity[seed]
        else:
            own = objects.classes[seed]
            worst, n_events = _grow(
                own,
                n_ranges,
                worst,
                low,
                high,
                np.uint64(n_objects),
                pointers(values),
                pointers(objects).units,
                pointers(rules),
                pointers(state),
                events,
                n_events,
            )
            for column in range(n_columns):
                if low[column] >= 0:
                    low[column] = state.bounds[2 * column] - values.offsets[column]
                    high[column] = state.bounds[2 * column + 1] - values.offsets[column]
            represented = 0.0
            for i in range(n_objects):
                if objects.classes[i] == own and state.counts[i] == n_ranges:
                    coverage[i] += 1
                    represented += objects.multiplicity[i]
        origin[n_grown] = seed
        support[n_grown] = represented
        discrimination[n_grown] = n_ranges - worst
        n_grown += 1
        event_starts[n_grown] = n_events

    return (
        all_low[:n_grown].copy(),
        all_high[:n_grown].copy(),
        objects.classes[origin[:n_grown]],
        support[:n_grown].copy(),
        discrimination[:n_grown].copy(),
        origin[:n_grown].copy(),
        coverage,
        event_starts[: n_grown + 1].copy(),
        events[:n_events].copy(),
    )


@compiled
def _start(seed, objects, values, rules, coverage, state, low, high):
    """The single values of an object as ranges, with the counts and strengths of all objects.

    A missing value is inside of whatever range, so that what keeps an object out are values that are known.
    Returns the number of ranges and the largest count of a weed; the discrimination is their difference.
    """
    ranks = objects.ranks
    n_objects, n_attributes = ranks.shape
    own = objects.classes[seed]
    for column in range(len(low)):
        rank, between = ranks[seed, values.attributes[column]], values.start[column]
        low[column] = high[column] = rank
        if rank >= 0 and between >= 0:
            low[column] = between - (rank == values.categories[2 * column])
            high[column] = between + (rank == values.categories[2 * column + 1])
    first = ranks[seed]
    n_ranges = 0
    for attribute in range(n_attributes):
        n_ranges += first[attribute] >= 0
    worst = 0
    for i in range(n_objects):
        count = 0
        for attribute in range(n_attributes):
            rank = ranks[i, attribute]
            count += ((rank == first[attribute]) | (rank < 0)) & (first[attribute] >= 0)
        state.counts[i] = count
        if objects.classes[i] == own:
            represented = coverage[i] if rules.count_coverage else 0
            state.strengths[i] = objects.multiplicity[i] * rules.seed_scale[own] / (1.0 + represented) ** 2
        else:
            state.strengths[i] = -objects.multiplicity[i]
            worst = max(worst, count)
    return n_ranges, worst


@compiled
def _cell(line, attribute):
    """Where the board keeps a quantity of an attribute."""
    attribute = np.uint64(attribute)
    return attribute // LINE * BLOCK + line * LINE + attribute % LINE


@compiled(inlined=True)
def _put(board, line, attribute, value):
    """Writes one quantity of an attribute."""
    start = attribute // LINE * BLOCK + line * LINE
    store(board, start, put(load(board, start), attribute % LINE, value))


@compiled(inlined=True)
def _add(board, line, attribute, change):
    """Adds to one quantity of an attribute."""
    start = attribute // LINE * BLOCK + line * LINE
    store(board, start, add(load(board, start), put(splat(0.0), attribute % LINE, change)))


@compiled(inlined=True)
def _less_tolerance(peaks):
    """What counts as equal to the largest of some coefficients: lane by lane."""
    return add(peaks, multiply(splat(-TOLERANCE), maximum(absolute(peaks), splat(1.0))))


@compiled(inlined=True)
def _set_factors(board, attribute, side, bound, slope, inverse_gamma):
    """What the moments of a direction are multiplied by in its coefficient.

    δ = α + β u, so (1/γ) Σ s δ² = (α² Σ s + 2 α β Σ s u + β² Σ s u²)/γ; slope is 1/R.
    """
    beta = -slope if side else slope
    alpha = 1.0 - beta * bound
    line = FACTOR + THREE * side
    _put(board, line, attribute, alpha * alpha * inverse_gamma)
    _put(board, line + ONE, attribute, 2.0 * alpha * beta * inverse_gamma)
    _put(board, line + TWO, attribute, beta * beta * inverse_gamma)


@compiled(inlined=True)
def _shift_moments(changed, changes, n_changes, units, n_blocks, board):
    """Adds changes of strength to the moments of every direction beyond whose bound the object lies."""
    for block in range(ZERO, n_blocks):
        base = block * BLOCK
        first = block * LINE
        low, high = load(board, base), load(board, base + LINE)
        moments = base + MOMENT * LINE
        low_0 = load(board, moments)
        low_1 = load(board, moments + LINE)
        low_2 = load(board, moments + TWO * LINE)
        moments += THREE * LINE
        high_0 = load(board, moments)
        high_1 = load(board, moments + LINE)
        high_2 = load(board, moments + TWO * LINE)
        for k in range(ZERO, n_changes):
            unit = load(units, changed[k] + first)
            zeroth = splat(changes[k])
            first_moment = multiply(zeroth, unit)
            second = multiply(first_moment, unit)
            low_0 = add_where_less(low_0, unit, low, zeroth)
            low_1 = add_where_less(low_1, unit, low, first_moment)
            low_2 = add_where_less(low_2, unit, low, second)
            high_0 = add_where_less(high_0, high, unit, zeroth)
            high_1 = add_where_less(high_1, high, unit, first_moment)
            high_2 = add_where_less(high_2, high, unit, second)
        store(board, moments, high_0)
        store(board, moments + LINE, high_1)
        store(board, moments + TWO * LINE, high_2)
        moments -= THREE * LINE
        store(board, moments, low_0)
        store(board, moments + LINE, low_1)
        store(board, moments + TWO * LINE, low_2)


@compiled
def _lay_out(own, low, high, n_objects, values, units, rules, state):
    """The board of a combination of single values, with all moments; returns how many directions are pure."""
    board, bounds, n_blocks = state.board, state.bounds, state.n_blocks
    for cell in range(ZERO, n_blocks * BLOCK):
        board[cell] = 0.0
    for block in range(ZERO, n_blocks):  # what is no attribute, or has no value, is closed
        store(board, block * BLOCK + CLOSED * LINE, splat(-np.inf))
        store(board, block * BLOCK + (CLOSED + ONE) * LINE, splat(-np.inf))
        store(board, block * BLOCK + COST * LINE, splat(1.0))
        store(board, block * BLOCK + (COST + ONE) * LINE, splat(1.0))
    n_pure = ZERO
    for attribute in range(ZERO, np.uint64(len(low))):
        board[_cell(COST, attribute)] = rules.costs[attribute]
        board[_cell(COST + ONE, attribute)] = 1.0 / rules.costs[attribute]
        if low[attribute] < 0:
            continue
        for side in range(ZERO, TWO):
            direction = TWO * attribute + side
            slot = values.offsets[attribute] + np.uint64(high[attribute] if side else low[attribute])
            bounds[direction] = slot
            board[_cell(BOUND + side, attribute)] = values.units[slot]
            if slot != rules.limits[_limit(own, direction, state)]:
                board[_cell(CLOSED + side, attribute)] = 0.0
                if values.pure_class[slot + (ONE if side else -ONE)] == own:
                    state.pure[n_pure] = direction
                    n_pure += ONE
            slope = rules.near if rules.own_width and values.start[attribute] < 0 else values.slopes[direction]
            inverse_gamma = values.inverse_gamma[side * state.n_values + slot]
            _set_factors(board, attribute, side, values.units[slot], slope, inverse_gamma)
    n_changes = ZERO
    for i in range(ZERO, n_objects):
        state.changed[n_changes] = i * n_blocks * LINE
        near = 1.0 + state.counts[i]
        state.changes[n_changes] = state.strengths[i] * (near**2 if rules.squared else near)
        n_changes += ONE
        if n_changes == CHANGES:
            _shift_moments(state.changed, state.changes, n_changes, units, n_blocks, board)
            n_changes = ZERO
    _shift_moments(state.changed, state.changes, n_changes, units, n_blocks, board)
    return n_pure


@compiled(inlined=True)
def _set_coefficients(board, n_blocks, costly):
    """The coefficients of all directions; returns the largest ones, lane by lane."""
    peaks = splat(-np.inf)
    for block in range(ZERO, n_blocks):
        base = block * BLOCK
        costs_of_positive, costs_of_negative = load(board, base + COST * LINE), load(board, base + (COST + ONE) * LINE)
        for side in range(ZERO, TWO):
            moments = base + (MOMENT + THREE * side) * LINE
            factors = base + (FACTOR + THREE * side) * LINE
            total = load(board, base + (CLOSED + side) * LINE)
            total = add(total, multiply(load(board, factors), load(board, moments)))
            total = add(total, multiply(load(board, factors + LINE), load(board, moments + LINE)))
            total = add(total, multiply(load(board, factors + TWO * LINE), load(board, moments + TWO * LINE)))
            if costly:
                total = multiply(total, where_positive(total, costs_of_positive, costs_of_negative))
            store(board, base + (COEFFICIENT + side) * LINE, total)
            peaks = maximum(peaks, total)
    return peaks


@compiled(inlined=True)
def _first_of_best(board, n_blocks, enough):
    """The first direction whose coefficient reaches `enough`."""
    found = NOWHERE
    for block in range(ZERO, n_blocks):  # all of them, because no processor could foresee where to stop
        line = block * BLOCK + COEFFICIENT * LINE
        for side in range(ZERO, TWO):
            lane = first_reaching(load(board, line + side * LINE), enough)
            reached = TWO * (block * LINE + lane) + side
            found = min(found, reached if lane < LINE else NOWHERE)
    return found


@compiled(inlined=True)
def _is_admissible(slot, allowed, values, state):
    """Whether no weed of a value slot has as many attributes inside as a weed may have."""
    admissible = True
    for p in range(values.starts[slot], values.starts[slot + ONE]):
        i = values.objects[p]
        if (state.strengths[i] < 0.0) & (state.counts[i] >= allowed):
            admissible = False
            break
    return admissible


@compiled(inlined=True)
def _close(board, n_blocks, direction):
    """Refuses a direction for good: counts only grow. Returns the largest coefficients of the others, lane by lane."""
    attribute, side = direction // TWO, direction % TWO
    board[_cell(CLOSED + side, attribute)] = -np.inf
    board[_cell(COEFFICIENT + side, attribute)] = -np.inf
    peaks = splat(-np.inf)
    for block in range(ZERO, n_blocks):
        line = block * BLOCK + COEFFICIENT * LINE
        peaks = maximum(peaks, maximum(load(board, line), load(board, line + LINE)))
    return peaks


@compiled(inlined=True)
def _best_extension(allowed, values, rules, state):
    """The admissible direction of the largest coefficient, the first of equal ones; NOWHERE if there is none."""
    least = 0.0 if rules.require_positive else -np.inf  # what the largest one, less the tolerance, must exceed
    peaks = _set_coefficients(state.board, state.n_blocks, rules.costly)
    direction = NOWHERE
    while True:
        enough = largest(_less_tolerance(peaks))
        if not first(enough) > least:
            break
        candidate = _first_of_best(state.board, state.n_blocks, enough)
        if _is_admissible(state.bounds[candidate] + (ONE if candidate % TWO else -ONE), allowed, values, state):
            direction = candidate
            break
        if not rules.try_next_best:
            break
        peaks = _close(state.board, state.n_blocks, candidate)
    return direction


@compiled(inlined=True)
def _include(direction, worst, values, units, rules, state):
    """Extends a direction by its next value; returns the largest count of a weed then.

    The objects at the value change in strength, by (2 + count)² - (1 + count)² = 3 + 2 count in every direction where
    they lie beyond the bound, and leave this direction.
    """
    board, bounds, counts, n_blocks = state.board, state.bounds, state.counts, state.n_blocks
    attribute, side = direction // TWO, direction % TWO
    slot = bounds[direction] + (ONE if side else -ONE)
    bounds[direction] = slot
    here = values.units[slot]
    _put(board, BOUND + side, attribute, here)
    leaving = 0.0
    n_changes = ZERO
    for p in range(values.starts[slot], values.starts[slot + ONE]):
        i = np.uint64(values.objects[p])
        count, strength = counts[i], state.strengths[i]
        counts[i] = count + 1
        worst = max(worst, count + 1 if strength < 0.0 else 0)
        leaving += strength * ((1.0 + count) ** 2 if rules.squared else 1.0 + count)
        state.changed[n_changes] = i * n_blocks * LINE
        state.changes[n_changes] = strength * (3.0 + 2.0 * count if rules.squared else 1.0)
        for block in range(ZERO, n_blocks):
            prefetch(units, (i * n_blocks + block) * LINE)
        n_changes += ONE
        if n_changes == CHANGES:
            _shift_moments(state.changed, state.changes, n_changes, units, n_blocks, board)
            n_changes = ZERO
    _shift_moments(state.changed, state.changes, n_changes, units, n_blocks, board)
    for power in range(ZERO, THREE):
        _add(board, MOMENT + THREE * side + power, attribute, -leaving)
        leaving *= here
    if rules.own_width and values.start[attribute] < 0:
        low, high = bounds[TWO * attribute], bounds[TWO * attribute + ONE]
        width = values.units[high] - values.units[low]
        slope = rules.near / width if width > 0.0 else rules.near
        _set_factors(board, attribute, ZERO, values.units[low], slope, values.inverse_gamma[low])
        _set_factors(board, attribute, ONE, values.units[high], slope, values.inverse_gamma[state.n_values + high])
    else:
        inverse_gamma = values.inverse_gamma[side * state.n_values + slot]
        _set_factors(board, attribute, side, here, values.slopes[direction], inverse_gamma)
    return worst


@compiled(inlined=True)
def _ask_ahead(slot, side, limit, values, units, state):
    """Asks memory for what a direction will need when it is extended by the value after the next one, and later."""
    step = ONE if side else -ONE
    ahead = slot + step
    after = ahead if ahead == limit else ahead + step
    i = np.uint64(values.objects[values.starts[after]])
    prefetch(state.counts, i)
    prefetch(state.strengths, i)
    for block in range(ZERO, state.n_blocks):
        prefetch(units, (i * state.n_blocks + block) * LINE)
    ahead += AHEAD * step
    prefetch(values.units, ahead)
    prefetch(values.inverse_gamma, side * state.n_values + ahead)
    prefetch(values.starts, ahead)
    prefetch(values.objects, ahead)
    prefetch(values.pure_class, ahead)


@compiled(inlined=True)
def _limit(own, direction, state):
    """Where the limit of a direction of a class stands."""
    return np.uint64(own) * state.n_directions + direction


@compiled
def _grow(own, n_ranges, worst, low, high, n_objects, values, units, rules, state, events, n_events):
    """Grows one combination until nothing can be extended; returns the largest count of a weed in the end, and how
    many events there are then.

    worst: the largest count of a weed so far. Changes counts, and leaves the slots of all bounds in `state.bounds`.
    """
    allowed = n_ranges - rules.min_discrimination  # the largest count that a weed may get by a best extension
    pure = state.pure
    n_pure = _lay_out(own, low, high, n_objects, values, units, rules, state)
    place = n_pure  # of the pure pass: pure[:place] are to be extended
    extended = n_pure > ZERO  # in this pass
    while True:
        # The pure pass: each direction once whose next value no object of another class has. Then the best extension.
        best = place == ZERO
        direction = NOWHERE
        if not best:
            place -= ONE
            direction = pure[place]
        elif worst <= allowed:
            direction = _best_extension(allowed, values, rules, state)
        if direction != NOWHERE:
            worst = _include(direction, worst, values, units, rules, state)
            slot, side = state.bounds[direction], direction % TWO
            limit = rules.limits[_limit(own, direction, state)]
            was_pure, is_pure = values.pure_class[slot] == own, False
            if slot == limit:
                state.board[_cell(CLOSED + side, direction // TWO)] = -np.inf
            else:
                is_pure = values.pure_class[slot + (ONE if side else -ONE)] == own
                _ask_ahead(slot, side, limit, values, units, state)
            if is_pure and not was_pure:
                pure[n_pure] = direction
                n_pure += ONE
            elif was_pure and not is_pure:
                found = place  # where the pure pass has it
                while pure[found] != direction:
                    found += ONE
                n_pure -= ONE
                pure[found] = pure[n_pure]
            if len(events):
                events[n_events] = 2 * np.int64(direction) + best
                n_events += 1
        elif not extended:  # a pass without any extension ends the growth
            return worst, n_events
        if best:
            place = n_pure
            extended = n_pure > ZERO
