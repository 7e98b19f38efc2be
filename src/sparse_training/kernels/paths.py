"""Paths of length 3 in a bipartite layer, walked one after the other: scores of pairs of a left unit u and a right unit
v.

A path is u – z1 – z2 – v with z1 on the right and z2 on the left. What an inner unit is worth depends on how many
neighbours it shares with the far end of the path: Q[z1, v] for z1, P[z2, u] for z2. A score is a sum over paths of the
product of the worths of z1 and z2, or a sum over the inner units, each counted once.

Memory is O(links), besides the buffer for the leading pairs and the listed ends of paths, which may be left out.
"""

from typing import NamedTuple

import numpy as np

from numba_vectors.compilation import compiled

CHUNK = 64  # scores that are compared with the bound together
SCAN = 16  # looking at a score takes this fraction of the time of a step along a path
SMALLEST = np.finfo(np.float64).tiny  # bound that every positive score reaches


class Side(NamedTuple):
    """The units of one side, each with at least one link.

    starts      (n + 1,) int64: neighbours[starts[i] : starts[i + 1]] are those of unit i, ascending
    neighbours  (n_links,) uint32, units of the other side
    worths      (n_links + n,) float64: worths[starts[i] + i + shared] is what unit i is worth as an inner unit that
                shares so many neighbours with the far end
    """

    starts: np.ndarray
    neighbours: np.ndarray
    worths: np.ndarray


class Ends(NamedTuple):
    """The ends v of all paths z1 – z2 – v, by z1: those of z1 lie at starts[z1] : starts[z1 + 1].

    For sums each v is listed only once.

    units       uint32, v
    middles     uint32, the place of z2 among the neighbours of z1
    worths      float64, what z1 is worth if v is the far end
    of_middles  (largest degree of a right unit,) memory for what each z2 is worth
    """

    starts: np.ndarray
    units: np.ndarray
    middles: np.ndarray
    worths: np.ndarray
    of_middles: np.ndarray


@compiled(inlined=True)
def around(unit, side):
    """The neighbours of a unit."""
    return side.neighbours[side.starts[unit] : side.starts[unit + 1]]


@compiled(inlined=True)
def by_shared(values, unit, side):
    """The part of an array like `Side.worths` that belongs to a unit: indexed by the number of shared neighbours."""
    return values[side.starts[unit] + unit : side.starts[unit + 1] + unit + 1]


@compiled
def count_shared(unit, side, other, shared):
    """Adds to shared (n,) how many neighbours each unit of the side shares with this one."""
    for z in around(unit, side):
        for neighbour in around(z, other):
            shared[neighbour] += 1


@compiled
def clear_shared(unit, side, other, shared):
    """Sets to zero what `count_shared` wrote."""
    for z in around(unit, side):
        for neighbour in around(z, other):
            shared[neighbour] = 0


@compiled
def list_ends(products, z1, left, right, shared, units, middles, worths):
    """Lists the ends v of all paths z1 – z2 – v, one z2 after the other; for sums each v only once.

    units, middles, worths  for each path v, the place of z2 among the neighbours of z1, and what z1 is worth
    shared (n_right,)       zero, and left so

    Returns how many it lists.
    """
    count_shared(z1, right, left, shared)
    by_count = by_shared(right.worths, z1, right)
    n = 0
    for middle, z2 in enumerate(around(z1, right)):
        for v in around(z2, left):
            if products or shared[v]:
                units[n], middles[n], worths[n] = v, middle, by_count[np.uintp(shared[v])]
                n += 1
                if not products:
                    shared[v] = 0
    if products:
        for i in range(n):
            shared[units[i]] = 0
    return n


@compiled
def all_ends(products, left, right, most):
    """What `list_ends` lists, of all right units one after the other; most (n_right,) is what each may list."""
    starts = np.zeros(len(most) + 1, np.int64)
    units, middles = np.empty(most.sum(), np.uint32), np.empty(most.sum(), np.uint32)
    worths = np.empty(most.sum())
    shared = np.zeros(len(most), np.uint32)
    most_middles = 0
    for z1 in range(len(most)):
        first = starts[z1]
        n = list_ends(products, z1, left, right, shared, units[first:], middles[first:], worths[first:])
        starts[z1 + 1] = first + n
        most_middles = max(most_middles, len(around(z1, right)))
    return Ends(starts, units, middles, worths, np.empty(most_middles))


@compiled
def ends_of(products, z1, left, right, ends, shared_with_z1):
    """The first and the number of the ends of z1: known, or listed now in the same memory."""
    if len(ends.starts):
        return ends.starts[z1], ends.starts[z1 + 1] - ends.starts[z1]
    return 0, list_ends(products, z1, left, right, shared_with_z1, ends.units, ends.middles, ends.worths)


@compiled
def score_row_of_products(u, left, right, ends, shared_with_u, shared_with_z1, scores):
    """Adds to scores (n_right,) for every v the sum over paths of worth(z1) · worth(z2).

    ends  of all right units, or memory for those of one: then they are listed as they are needed
    shared_with_u (n_left,), shared_with_z1 (n_right,)  zero, and left so
    """
    count_shared(u, left, right, shared_with_u)
    worths2 = ends.of_middles
    for z1 in around(u, left):
        first, n = ends_of(True, z1, left, right, ends, shared_with_z1)
        units, middles, worths1 = ends.units[first:], ends.middles[first:], ends.worths[first:]
        for middle, z2 in enumerate(around(z1, right)):
            worths2[middle] = left.worths[np.uintp(left.starts[z2] + z2 + shared_with_u[z2])]
        for i in range(n):
            scores[units[i]] += worths2[middles[i]] * worths1[i]
    clear_shared(u, left, right, shared_with_u)


@compiled
def score_row_of_sums(u, left, right, ends, shared_with_u, shared_with_z1, scores):
    """Adds to scores (n_right,) for every v the worths of all z1 and all z2 that lie on a path, each once.

    Arguments as for `score_row_of_products`.
    """
    count_shared(u, left, right, shared_with_u)
    for z1 in around(u, left):
        first, n = ends_of(False, z1, left, right, ends, shared_with_z1)
        units, worths1 = ends.units[first:], ends.worths[first:]
        for i in range(n):
            scores[units[i]] += worths1[i]
        for z2 in around(z1, right):
            worth2 = by_shared(left.worths, z2, left)[shared_with_u[z2]]  # for no shared neighbour it is zero
            shared_with_u[z2] = 0
            if worth2:
                for v in around(z2, left):
                    scores[v] += worth2


@compiled
def score_row(products, u, left, right, ends, shared_with_u, shared_with_z1, scores):
    """Fills scores (n_right,), which must be zero, with the score of (u, v) for every v.

    It stays 0 where no path is and becomes −∞ where u and v are linked.
    """
    if products:
        score_row_of_products(u, left, right, ends, shared_with_u, shared_with_z1, scores)
    else:
        score_row_of_sums(u, left, right, ends, shared_with_u, shared_with_z1, scores)
    for v in around(u, left):
        scores[v] = -np.inf


@compiled
def all_scores(products, left, right, ends):
    """float64 (n_left, n_right): the score of every pair without a link, 0 for linked pairs and where no path is."""
    n_left, n_right = len(left.starts) - 1, len(right.starts) - 1
    scores = np.zeros((n_left, n_right))
    shared_with_u, shared_with_z1 = np.zeros(n_left, np.uint32), np.zeros(n_right, np.uint32)
    for u in range(n_left):
        score_row(products, u, left, right, ends, shared_with_u, shared_with_z1, scores[u])
    return np.maximum(scores, 0)


@compiled
def leading_scores(products, units, count, slack, bound, left, right, ends, paths):
    """The scores and positions (u × n_right + v) of all pairs with u among the units whose score reaches the bound and
    (1 − slack) times the count-th largest, in no special order.

    Keeps a buffer of candidates; whenever it is full, its count-th largest score bounds from below what can still
    matter, and the rest is dropped.

    paths  (n_left,) how many paths begin at each left unit
    """
    n_left, n_right = len(left.starts) - 1, len(right.starts) - 1
    row = np.zeros(n_right)
    shared_with_u, shared_with_z1 = np.zeros(n_left, np.uint32), np.zeros(n_right, np.uint32)
    scores, positions = np.empty(4 * count), np.empty(4 * count, np.int64)
    found = 0
    for u in units:
        most = min(n_right, paths[u])
        if found + most > len(scores):
            found, bound = keep_leading(scores, positions, found, count, slack, bound)
            scores, positions = with_room(scores, positions, found, most)
        score_row(products, u, left, right, ends, shared_with_u, shared_with_z1, row)
        if SCAN * paths[u] < n_right:
            found = collect_along_paths(u, left, right, row, bound, scores, positions, found)
        else:
            found = collect(row, u * n_right, bound, scores, positions, found)
            row[:] = 0
    found, bound = keep_leading(scores, positions, found, count, slack, bound)
    return scores[:found].copy(), positions[:found].copy()


@compiled
def collect(row, first, bound, scores, positions, found):
    """Appends the entries of a row that reach the bound, with positions counted from `first`; how many there are then.

    Few do once the bound has risen: counting is done in whole registers, picking is not.
    """
    for begin in range(0, len(row), CHUNK):
        end = min(begin + CHUNK, len(row))
        hits = 0
        for v in range(begin, end):
            hits += row[np.uintp(v)] >= bound
        if hits:
            for v in range(begin, end):
                if row[np.uintp(v)] >= bound:
                    scores[found] = row[np.uintp(v)]
                    positions[found] = first + v
                    found += 1
    return found


@compiled
def collect_along_paths(u, left, right, row, bound, scores, positions, found):
    """`collect` for a long row with few paths; leaves the row zero."""
    n_right = len(right.starts) - 1
    for z1 in around(u, left):
        for z2 in around(z1, right):
            for v in around(z2, left):
                if row[v] >= bound:
                    scores[found] = row[v]
                    positions[found] = u * n_right + v
                    found += 1
                row[v] = 0
    return found


@compiled
def keep_leading(scores, positions, found, count, slack, bound):
    """Moves the candidates that can still be among the first `count` to the front.

    Returns how many they are, and the least score that can still matter, `bound` being what it was so far.
    """
    if found <= count:
        return found, bound
    bound = np.partition(scores[:found], found - count)[found - count] * (1 - slack)
    kept = 0
    for i in range(found):
        scores[kept] = scores[i]
        positions[kept] = positions[i]
        kept += scores[i] >= bound
    return kept, bound


@compiled
def with_room(scores, positions, found, most):
    """The buffers with room for `most` further candidates, and for so many that dropping stays rare."""
    if 2 * (found + most) <= len(scores):
        return scores, positions
    larger = 2 * (len(scores) + found + most)
    wider_scores, wider_positions = np.empty(larger), np.empty(larger, np.int64)
    wider_scores[:found], wider_positions[:found] = scores[:found], positions[:found]
    return wider_scores, wider_positions
