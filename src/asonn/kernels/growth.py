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

A direction is numbered 2 a (towards smaller values of attribute a) or 2 a + 1 (towards larger ones). What a step
needs of every attribute lies in one flat array, the board: blocks of eight attributes, in each block one line of eight
numbers per quantity, which is what vector registers and cache lines hold. Lines are read and written as a whole: a load
must wait long for a store of which it is only partly made. Indices are unsigned because Numba guards signed ones
against being negative. All that grows a combination is one function: every array that is handed to another one is
counted as a reference by an atomic instruction, which here would take most of the time (the short functions that are
pasted into it are spared).
"""

import numpy as np

from numba_vectors.compilation import compiled
from numba_vectors.vectors import FLOAT64_LANES as LANES
from numba_vectors.vectors import (
    absolute,
    add,
    add_where_less,
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
CHANGES = np.uint64(64)  # of strengths, that are added to the moments together


@compiled
def grow_all(
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
    board,
    min_discrimination,
    try_next_best,
    require_positive,
    own_width,
):
    """All combinations of a graph: the fields of `Combinations` in order. Arguments as in `construct`.

    units: float64, the scaled values of the objects, NaN where missing; every object's padded to whole blocks.
    """
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
    bounds = np.empty(2 * n_attributes, dtype=np.uint64)
    pure = np.empty(2 * n_attributes, dtype=np.uint64)
    changed = np.empty(CHANGES, dtype=np.uint64)
    changes = np.empty(CHANGES)

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
            worst = _grow(
                own,
                n_ranges - min_discrimination,
                worst,
                try_next_best,
                require_positive,
                own_width,
                low,
                limits[own],
                costs,
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
                bounds,
                pure,
                changed,
                changes,
                board,
            )
            for attribute in range(n_attributes):
                if low[attribute] >= 0:
                    low[attribute] = bounds[2 * attribute] - offsets[attribute]
                    high[attribute] = bounds[2 * attribute + 1] - offsets[attribute]
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


@compiled
def _doubled(rows):
    """Twice the rows; the new ones hold nothing yet."""
    doubled = np.empty((2 * rows.shape[0], rows.shape[1]), dtype=rows.dtype)
    doubled[: rows.shape[0]] = rows
    return doubled


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
def _set_factors(board, attribute, side, bound, slope, share):
    """What the moments of a direction are multiplied by in its coefficient.

    δ = α + β u, so (1/γ) Σ s δ² = (α² Σ s + 2 α β Σ s u + β² Σ s u²)/γ; share is 1/γ, slope 1/R.
    """
    beta = -slope if side else slope
    alpha = 1.0 - beta * bound
    line = FACTOR + THREE * side
    _put(board, line, attribute, alpha * alpha * share)
    _put(board, line + ONE, attribute, 2.0 * alpha * beta * share)
    _put(board, line + TWO, attribute, beta * beta * share)


@compiled(inlined=True)
def _shift_moments(changed, changes, n_changes, units, n_blocks, board):
    """Adds changes of strength to the moments of every direction beyond whose bound the object lies.

    changed: where the units of each object begin.
    """
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
def _grow(
    own,
    allowed,
    worst,
    try_next_best,
    require_positive,
    own_width,
    low,
    limits,
    costs,
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
    bounds,
    pure,
    changed,
    changes,
    board,
):
    """Grows one combination until nothing can be extended; returns the largest count of a weed in the end.

    allowed: the largest count that a weed may get by a best extension; worst: the largest that one has. Changes
    counts, and leaves the value slots of the bounds of every direction in bounds.
    """
    n_blocks = np.uint64(len(board)) // BLOCK
    n_values = np.uint64(len(unit_values))
    # What the largest coefficient, less the tolerance, must exceed.
    costly = False
    for cost in costs:
        costly |= cost != 1.0
    least = 0.0 if require_positive else -np.inf
    # The board of single values; no moments yet.
    board[:] = 0.0
    for block in range(ZERO, n_blocks):  # what is no attribute, or has no value, is closed
        store(board, block * BLOCK + CLOSED * LINE, splat(-np.inf))
        store(board, block * BLOCK + (CLOSED + ONE) * LINE, splat(-np.inf))
        store(board, block * BLOCK + COST * LINE, splat(1.0))
        store(board, block * BLOCK + (COST + ONE) * LINE, splat(1.0))
    n_pure = ZERO  # directions whose next value is pure: pure[:n_pure]
    for attribute in range(ZERO, np.uint64(len(low))):
        board[_cell(COST, attribute)] = costs[attribute]
        board[_cell(COST + ONE, attribute)] = 1.0 / costs[attribute]
        if low[attribute] < 0:
            continue
        slot = offsets[attribute] + np.uint64(low[attribute])
        for side in range(ZERO, TWO):
            direction = TWO * attribute + side
            bounds[direction] = slot
            board[_cell(BOUND + side, attribute)] = unit_values[slot]
            if slot != limits[direction]:
                board[_cell(CLOSED + side, attribute)] = 0.0
                if pure_class[slot + (ONE if side else -ONE)] == own:
                    pure[n_pure] = direction
                    n_pure += ONE
            slope = 1.0 if own_width else slopes[attribute]
            _set_factors(board, attribute, side, unit_values[slot], slope, shares[side * n_values + slot])
    n_changes = ZERO
    for i in range(ZERO, np.uint64(len(counts))):
        changed[n_changes] = i * n_blocks * LINE
        changes[n_changes] = strengths[i] * (1.0 + counts[i]) ** 2
        n_changes += ONE
        if n_changes == CHANGES:
            _shift_moments(changed, changes, n_changes, units, n_blocks, board)
            n_changes = ZERO
    _shift_moments(changed, changes, n_changes, units, n_blocks, board)

    place = n_pure  # of the pure pass: pure[:place] are to be extended
    extended = n_pure > ZERO  # in this pass
    while True:
        # The pure pass: each direction once whose next value no object of another class has.
        best = place == ZERO
        direction = NOWHERE
        if not best:
            place -= ONE
            direction = pure[place]
        elif worst <= allowed:
            # Then the best extension: the largest coefficient, the first of equal ones.
            peaks = splat(-np.inf)
            for block in range(ZERO, n_blocks):
                base = block * BLOCK
                dear, cheap = load(board, base + COST * LINE), load(board, base + (COST + ONE) * LINE)
                for side in range(ZERO, TWO):
                    moments = base + (MOMENT + THREE * side) * LINE
                    factors = base + (FACTOR + THREE * side) * LINE
                    total = load(board, base + (CLOSED + side) * LINE)
                    total = add(total, multiply(load(board, factors), load(board, moments)))
                    total = add(total, multiply(load(board, factors + LINE), load(board, moments + LINE)))
                    term = multiply(load(board, factors + TWO * LINE), load(board, moments + TWO * LINE))
                    total = add(total, term)
                    if costly:
                        total = multiply(total, where_positive(total, dear, cheap))
                    store(board, base + (COEFFICIENT + side) * LINE, total)
                    peaks = maximum(peaks, total)
            while True:
                enough = largest(_less_tolerance(peaks))
                if not first(enough) > least:
                    break
                candidate = NOWHERE
                for block in range(ZERO, n_blocks):  # all of them, because no processor could foresee where to stop
                    line = block * BLOCK + COEFFICIENT * LINE
                    for side in range(ZERO, TWO):
                        lane = first_reaching(load(board, line + side * LINE), enough)
                        reached = TWO * (block * LINE + lane) + side
                        candidate = min(candidate, reached if lane < LINE else NOWHERE)
                side = candidate % TWO
                slot = bounds[candidate] + (ONE if side else -ONE)
                admissible = True
                for p in range(value_starts[slot], value_starts[slot + ONE]):
                    i = value_objects[p]
                    if (strengths[i] < 0.0) & (counts[i] >= allowed):
                        admissible = False
                        break
                if admissible:
                    direction = candidate
                    break
                if not try_next_best:
                    break
                # Counts only grow: what is refused once is refused for good.
                board[_cell(CLOSED + side, candidate // TWO)] = -np.inf
                board[_cell(COEFFICIENT + side, candidate // TWO)] = -np.inf
                peaks = splat(-np.inf)
                for block in range(ZERO, n_blocks):
                    line = block * BLOCK + COEFFICIENT * LINE
                    peaks = maximum(peaks, maximum(load(board, line), load(board, line + LINE)))

        if direction != NOWHERE:  # include its next value
            attribute, side = direction // TWO, direction % TWO
            step = ONE if side else -ONE
            slot = bounds[direction] + step
            bounds[direction] = slot
            here = unit_values[slot]
            _put(board, BOUND + side, attribute, here)
            # Its objects change in strength, by (2 + count)² - (1 + count)² = 3 + 2 count in every direction where
            # they lie beyond the bound, and leave this direction.
            leaving = 0.0
            n_changes = ZERO
            for p in range(value_starts[slot], value_starts[slot + ONE]):
                i = np.uint64(value_objects[p])
                count, strength = counts[i], strengths[i]
                counts[i] = count + 1
                worst = max(worst, count + 1 if strength < 0.0 else 0)
                leaving += strength * (1.0 + count) ** 2
                changed[n_changes] = i * n_blocks * LINE
                changes[n_changes] = strength * (3.0 + 2.0 * count)
                for block in range(ZERO, n_blocks):
                    prefetch(units, (i * n_blocks + block) * LINE)
                n_changes += ONE
                if n_changes == CHANGES:
                    _shift_moments(changed, changes, n_changes, units, n_blocks, board)
                    n_changes = ZERO
            _shift_moments(changed, changes, n_changes, units, n_blocks, board)
            for power in range(ZERO, THREE):
                _add(board, MOMENT + THREE * side + power, attribute, -leaving)
                leaving *= here
            if own_width:
                low_bound, high_bound = bounds[TWO * attribute], bounds[TWO * attribute + ONE]
                width = unit_values[high_bound] - unit_values[low_bound]
                slope = 1.0 / width if width > 0.0 else 1.0
                _set_factors(board, attribute, ZERO, unit_values[low_bound], slope, shares[low_bound])
                _set_factors(board, attribute, ONE, unit_values[high_bound], slope, shares[n_values + high_bound])
            else:
                _set_factors(board, attribute, side, here, slopes[attribute], shares[side * n_values + slot])
            was_pure, is_pure = pure_class[slot] == own, False
            if slot == limits[direction]:
                board[_cell(CLOSED + side, attribute)] = -np.inf
            else:
                ahead = slot + step
                is_pure = pure_class[ahead] == own
                # What this direction will ask for when it is extended by the value after the next one, and later.
                after = ahead if ahead == limits[direction] else ahead + step
                i = np.uint64(value_objects[value_starts[after]])
                prefetch(counts, i)
                prefetch(strengths, i)
                for block in range(ZERO, n_blocks):
                    prefetch(units, (i * n_blocks + block) * LINE)
                ahead += AHEAD * step
                prefetch(unit_values, ahead)
                prefetch(shares, side * n_values + ahead)
                prefetch(value_starts, ahead)
                prefetch(value_objects, ahead)
                prefetch(pure_class, ahead)
            if is_pure and not was_pure:
                pure[n_pure] = direction
                n_pure += ONE
            elif was_pure and not is_pure:
                found = place  # where the pure pass has it
                while pure[found] != direction:
                    found += ONE
                n_pure -= ONE
                pure[found] = pure[n_pure]
        elif not extended:  # a pass without any extension ends the growth
            return worst
        if best:
            place = n_pure
            extended = n_pure > ZERO
