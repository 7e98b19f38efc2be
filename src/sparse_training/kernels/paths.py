"""Paths of length 3 in a bipartite layer: scores of all pairs of a left unit u and a right unit v.

A path is u – z1 – z2 – v with z1 on the right and z2 on the left. CH3-L3 adds 1/√((d(z1) − Q[z1,v]) (d(z2) −
P[z2,u])) for each path, with P and Q the common neighbours of two left and of two right units; the simple rule adds
1. The loops visit each path once, and look once at each pair and at each entry of Q.
"""

import numpy as np

from numba_vectors.compilation import compiled

CHUNK = 64  # scores that are compared with the bound together
SMALLEST = np.finfo(np.float64).tiny  # bound that every positive score reaches


@compiled
def common_neighbours(n, other_starts, other_neighbours):
    """How many neighbours each two of the n units of a side share, uint16 (n, n); on the diagonal the degree.

    other_starts, other_neighbours  the units of the other side with their neighbours on this one
    """
    shared = np.zeros((n, n), np.uint16)
    for z in range(len(other_starts) - 1):
        around = other_neighbours[other_starts[z] : other_starts[z + 1]]
        for a in around:
            for b in around:
                shared[a, b] += np.uint16(1)
    return shared


@compiled
def inverse_roots(largest):
    """(largest + 1,) float64: 1/√n, and 0 for n = 0."""
    roots = np.zeros(largest + 1)
    for n in range(1, largest + 1):
        roots[n] = 1 / np.sqrt(n)
    return roots


@compiled
def score_row(
    u, ch3l3, left_starts, left_neighbours, right_starts, right_neighbours, shared, roots, shared_with_u, scores
):
    """Fills scores (n_right,) with the score of (u, v) for every v: 0 where no path is, −∞ where u and v are linked.

    shared (n_right, n_right) is Q, for CH3-L3 only. shared_with_u (n_left,) must be zero and is left so.
    """
    scores[:] = 0
    around_u = left_neighbours[left_starts[u] : left_starts[u + 1]]
    for v in around_u:
        scores[v] = -np.inf  # and stays so, whatever is added
    if ch3l3:
        for z1 in around_u:
            for z2 in right_neighbours[right_starts[z1] : right_starts[z1 + 1]]:
                shared_with_u[z2] += 1
        for z1 in around_u:
            around_z1 = right_neighbours[right_starts[z1] : right_starts[z1 + 1]]
            degree1 = np.uintp(len(around_z1))
            shared_with_z1 = shared[z1]
            for z2 in around_z1:
                around_z2 = left_neighbours[left_starts[z2] : left_starts[z2 + 1]]
                root2 = roots[np.uintp(len(around_z2) - shared_with_u[z2])]
                for v in around_z2:
                    scores[v] += root2 * roots[degree1 - np.uintp(shared_with_z1[v])]
        for z1 in around_u:
            for z2 in right_neighbours[right_starts[z1] : right_starts[z1 + 1]]:
                shared_with_u[z2] = 0
    else:
        for z1 in around_u:
            for z2 in right_neighbours[right_starts[z1] : right_starts[z1 + 1]]:
                for v in left_neighbours[left_starts[z2] : left_starts[z2 + 1]]:
                    scores[v] += 1


@compiled
def all_scores(ch3l3, left_starts, left_neighbours, right_starts, right_neighbours, shared, roots):
    """float64 (n_left, n_right): the score of every pair without a link, 0 for linked pairs and where no path is."""
    n_left, n_right = len(left_starts) - 1, len(right_starts) - 1
    scores = np.empty((n_left, n_right))
    shared_with_u = np.zeros(n_left, np.int64)
    for u in range(n_left):
        score_row(
            u,
            ch3l3,
            left_starts,
            left_neighbours,
            right_starts,
            right_neighbours,
            shared,
            roots,
            shared_with_u,
            scores[u],
        )
    return np.maximum(scores, 0)


@compiled
def leading_scores(ch3l3, count, slack, left_starts, left_neighbours, right_starts, right_neighbours, shared, roots):
    """The scores and positions (u × n_right + v) of all pairs whose score is at least (1 − slack) times the count-th
    largest, in no special order.

    Keeps a buffer of candidates; whenever it is full, its count-th largest score bounds from below what can still
    matter, and the rest is dropped.
    """
    n_left, n_right = len(left_starts) - 1, len(right_starts) - 1
    row = np.empty(n_right)
    shared_with_u = np.zeros(n_left, np.int64)
    capacity = 4 * count + n_right
    scores, positions = np.empty(capacity), np.empty(capacity, np.int64)
    found = 0
    bound = SMALLEST
    for u in range(n_left):
        if left_starts[u] == left_starts[u + 1]:
            continue
        if found + n_right > capacity:
            found, bound = keep_leading(scores, positions, found, count, slack)
            if 2 * (found + n_right) > capacity:  # many ties: make room, so that dropping stays rare
                scores = np.concatenate((scores, np.empty(capacity)))
                positions = np.concatenate((positions, np.empty(capacity, np.int64)))
                capacity *= 2
        score_row(
            u, ch3l3, left_starts, left_neighbours, right_starts, right_neighbours, shared, roots, shared_with_u, row
        )
        for first in range(0, n_right, CHUNK):
            last = min(first + CHUNK, n_right)
            hits = 0
            for v in range(first, last):
                hits += row[np.uintp(v)] >= bound
            if hits:  # rare once the bound has risen; counting is done in whole registers, picking is not
                for v in range(first, last):
                    if row[np.uintp(v)] >= bound:
                        scores[found] = row[np.uintp(v)]
                        positions[found] = u * n_right + v
                        found += 1
    found, bound = keep_leading(scores, positions, found, count, slack)
    return scores[:found].copy(), positions[:found].copy()


@compiled
def keep_leading(scores, positions, found, count, slack):
    """Moves the candidates that can still be among the first `count` to the front.

    Returns how many they are, and the least score that can still matter.
    """
    if found <= count:
        return found, SMALLEST
    bound = np.partition(scores[:found], found - count)[found - count] * (1 - slack)
    kept = 0
    for i in range(found):
        scores[kept] = scores[i]
        positions[kept] = positions[i]
        kept += scores[i] >= bound
    return kept, bound
