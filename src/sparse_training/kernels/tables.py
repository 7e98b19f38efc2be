"""Sums over the neighbours of units as products of the sparse layer and a dense table, and what follows from them:
bounds of the scores of all pairs without walking along paths.

For u – z1 – z2 – v let a = worth(z1) and b = worth(z2). Their number for a given z1 and v is Q[z1, v] and for a given
z2 and u it is P[z2, u], so that sums over paths of what depends on one inner unit alone are sums over neighbours:

    Σ a² = Σ over z1 in N(u) of Q[z1, v] worth(z1)²,      Σ log a = Σ over z1 in N(u) of Q[z1, v] log worth(z1)

and likewise for b. The score Σ a·b of a pair with n paths then lies between (inequality of the arithmetic and the
geometric mean; Cauchy–Schwarz)

    n · exp((Σ log a + Σ log b) / n)   and   √(Σ a² · Σ b²).
"""

import numpy as np

from numba_vectors.compilation import compiled
from sparse_training.kernels.paths import around, by_shared


@compiled
def link_table(side, linked):
    """Fills linked (n, n_other) with 1 where a unit of the side and one of the other are linked, with 0 elsewhere."""
    linked[:] = 0
    for i in range(len(linked)):
        for z in around(i, side):
            linked[i, z] = 1


@compiled
def neighbour_sums(side, table, sums):
    """Fills sums (n, m) with the sum of the rows of table (n_other, m) over the neighbours of each unit."""
    for i in range(len(sums)):
        row, neighbours = sums[i], around(i, side)
        row[:] = 0
        in_fours = len(neighbours) // 4 * 4
        for k in range(0, in_fours, 4):  # the row is read and written a fourth as often
            a, b = table[neighbours[k]], table[neighbours[k + 1]]
            c, d = table[neighbours[k + 2]], table[neighbours[k + 3]]
            for j in range(len(row)):
                row[j] += (a[j] + b[j]) + (c[j] + d[j])
        for k in range(in_fours, len(neighbours)):
            a = table[neighbours[k]]
            for j in range(len(row)):
                row[j] += a[j]


@compiled
def looked_up(values, side, shared, table):
    """Fills table (n, n) with what unit i contributes if j is the far end, values[starts[i] + i + shared[i, j]]."""
    for i in range(len(table)):
        own, row, shared_with_i = by_shared(values, i, side), table[i], shared[i]
        for j in range(len(row)):
            row[j] = own[np.uintp(shared_with_i[j])]


@compiled
def lower_bounds(positions, left, right, logarithms_left, logarithms_right, left_shared, right_shared):
    """Bounds from below of the scores of the pairs at these positions (u × n_right + v).

    logarithms_left, logarithms_right  what units of a side add to Σ log a or Σ log b, arranged as the worths
    """
    bounds = np.empty(len(positions))
    n_right = len(right_shared)
    for i in range(len(positions)):
        u, v = positions[i] // n_right, positions[i] % n_right
        n_paths, exponent = 0, 0.0
        shared_with_v, shared_with_u = right_shared[v], left_shared[u]
        for z1 in around(u, left):
            shared = shared_with_v[z1]
            n_paths += shared
            exponent += logarithms_right[np.uintp(right.starts[z1] + z1 + shared)]
        for z2 in around(v, right):
            exponent += logarithms_left[np.uintp(left.starts[z2] + z2 + shared_with_u[z2])]
        bounds[i] = n_paths * np.exp(exponent / n_paths)
    return bounds


@compiled
def largest(values, rank):
    """The rank-th largest value, counted from 1."""
    return np.partition(values, len(values) - rank)[len(values) - rank]


@compiled
def pair_scores(positions, left, right, left_shared, right_shared):
    """The scores of the pairs at these positions (u × n_right + v, ascending), summed in the order of `score_row`.

    All pairs of one u are scored together: what has no part in one of them adds zero.
    """
    scores = np.zeros(len(positions))
    n_right = len(right_shared)
    linked = np.zeros(0)  # to each z2, one far end after the other
    first = 0
    while first < len(positions):
        u = positions[first] // n_right
        end = first
        while end < len(positions) and positions[end] < (u + 1) * n_right:
            end += 1
        sums, far = scores[first:end], positions[first:end] - u * n_right
        n_far = len(far)
        if len(linked) < n_far * len(left_shared):
            linked = np.zeros(n_far * len(left_shared))
        for i in range(n_far):
            for z2 in around(far[i], right):
                linked[z2 * n_far + i] = 1
        worths1 = np.empty(n_far)
        for z1 in around(u, left):
            own, shared_with_z1 = by_shared(right.worths, z1, right), right_shared[z1]
            for i in range(n_far):
                worths1[i] = own[np.uintp(shared_with_z1[far[i]])]
            for z2 in around(z1, right):
                worth2 = left.worths[left.starts[z2] + z2 + left_shared[u, z2]]
                ends = linked[z2 * n_far : (z2 + 1) * n_far]
                for i in range(n_far):
                    sums[i] += worth2 * worths1[i] * ends[i]
        for i in range(n_far):
            for z2 in around(far[i], right):
                linked[z2 * n_far + i] = 0
        first = end
    return scores
