"""Paths of length 3 in a bipartite layer, walked one after the other: scores of pairs of a left unit u and a right unit
v.

A path is u – z1 – z2 – v with z1 on the right and z2 on the left. What an inner unit is worth depends on how many
neighbours it shares with the far end of the path: Q[z1, v] for z1, P[z2, u] for z2. A score is a sum over paths of the
product of the worths of z1 and z2, or a sum over the inner units, each counted once.

Memory is O(links), besides the buffer for the leading pairs and a table of Q that may be left out.
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
def shared_table(side, other):
    """How many neighbours each two units of a side share, uint16 (n, n); on the diagonal the degree."""
    n = len(side.starts) - 1
    shared = np.zeros((n, n), np.uint16)
    for z in range(len(other.starts) - 1):
        for a in around(z, other):
            row = shared[a]
            for b in around(z, other):
                row[b] += np.uint16(1)
    return shared


@compiled
def add_products(z1, left, right, shared_with_u, shared_with_z1, scores):
    """Adds to scores (n_right,) the paths u – z1 – z2 – v, for all z2 and v."""
    worths1 = by_shared(right.worths, z1, right)
    for z2 in around(z1, right):
        worth2 = left.worths[np.uintp(left.starts[z2] + z2 + shared_with_u[z2])]
        for v in around(z2, left):
            scores[v] += worth2 * worths1[np.uintp(shared_with_z1[v])]


@compiled
def score_row_of_products(u, left, right, table, shared_with_u, shared_with_z1, scores):
    """Adds to scores (n_right,) for every v the sum over paths of worth(z1) · worth(z2).

    table  Q, or an empty array: then its rows are counted as they are needed
    shared_with_u (n_left,), shared_with_z1 (n_right,)  zero, and left so
    """
    count_shared(u, left, right, shared_with_u)
    for z1 in around(u, left):
        if len(table):
            add_products(z1, left, right, shared_with_u, table[z1], scores)
        else:
            count_shared(z1, right, left, shared_with_z1)
            add_products(z1, left, right, shared_with_u, shared_with_z1, scores)
            clear_shared(z1, right, left, shared_with_z1)
    clear_shared(u, left, right, shared_with_u)


@compiled
def score_row_of_sums(u, left, right, shared_with_u, shared_with_z1, scores):
    """Adds to scores (n_right,) for every v the worths of all z1 and all z2 that lie on a path, each once."""
    count_shared(u, left, right, shared_with_u)
    for z1 in around(u, left):
        count_shared(z1, right, left, shared_with_z1)
        worths1 = by_shared(right.worths, z1, right)
        for z2 in around(z1, right):
            for v in around(z2, left):
                scores[v] += worths1[shared_with_z1[v]]  # the worth for no shared neighbour is zero
                shared_with_z1[v] = 0
    for z1 in around(u, left):
        for z2 in around(z1, right):
            worth2 = by_shared(left.worths, z2, left)[shared_with_u[z2]]
            shared_with_u[z2] = 0
            if worth2:
                for v in around(z2, left):
                    scores[v] += worth2


@compiled
def score_row(products, u, left, right, table, shared_with_u, shared_with_z1, scores):
    """Fills scores (n_right,), which must be zero, with the score of (u, v) for every v.

    It stays 0 where no path is and becomes −∞ where u and v are linked.
    """
    if products:
        score_row_of_products(u, left, right, table, shared_with_u, shared_with_z1, scores)
    else:
        score_row_of_sums(u, left, right, shared_with_u, shared_with_z1, scores)
    for v in around(u, left):
        scores[v] = -np.inf


@compiled
def all_scores(products, left, right, table):
    """float64 (n_left, n_right): the score of every pair without a link, 0 for linked pairs and where no path is."""
    n_left, n_right = len(left.starts) - 1, len(right.starts) - 1
    scores = np.zeros((n_left, n_right))
    shared_with_u, shared_with_z1 = np.zeros(n_left, np.uint32), np.zeros(n_right, np.uint32)
    for u in range(n_left):
        score_row(products, u, left, right, table, shared_with_u, shared_with_z1, scores[u])
    return np.maximum(scores, 0)


@compiled
def leading_scores(products, units, count, slack, bound, left, right, table, paths):
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
        score_row(products, u, left, right, table, shared_with_u, shared_with_z1, row)
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
