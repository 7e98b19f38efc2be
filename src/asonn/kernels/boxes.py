"""Boxes of ranks: which objects lie inside, and which of their ranges keep somebody out."""

import numpy as np

from numba_vectors.compilation import compiled


@compiled
def represented(ranks, classes, low, high, held, set_starts, own):
    """The objects of the class `own` inside a box: int64. ranks: int32 (n, m), negative where missing, which is inside.

    low, high: int32 (m,). held: bool (categories,), those inside; set_starts: int64 (m,), where the categories of a
    nominal attribute begin there, -1 for other attributes; low and high of a nominal one are those of all values.
    """
    n_objects, n_attributes = ranks.shape
    members = np.empty(n_objects, dtype=np.int64)
    n_members = 0
    for i in range(n_objects):
        if classes[i] == own:
            inside = True
            for attribute in range(n_attributes):
                rank = ranks[i, attribute]
                inside &= (rank < 0) | ((rank >= low[attribute]) & (rank <= high[attribute]))
            if inside and len(held):
                for attribute in range(n_attributes):
                    inside &= not _set_keeps_out(ranks[i, attribute], held, set_starts[attribute])
            if inside:
                members[n_members] = i
                n_members += 1
    return members[:n_members].copy()


@compiled(inlined=True)
def _set_keeps_out(rank, held, start):
    """Whether a category is known, and not in the set that begins at `start`; never, if there is no set."""
    return start >= 0 and rank >= 0 and not held[start + rank]


@compiled
def widen(ranks, classes, low, high, held, set_starts, owners, order, last, least):
    """Opens, in place, every range and set of every box that keeps out nobody whom others do not: it then spans all
    values.

    low, high: int32 (K, m); held: bool (K, categories), set_starts as in `represented`; owners: int64 (K,), the class
    of each box. order: int64 (K, m), in which the ranges of a box are tried. last: int32 (m,), the highest rank of each
    attribute. least: the number of ranges that have to keep out each object of another class, or as many as did before
    if they were fewer.
    Returns the discrimination of each box then, the least number of ranges that keep out an object: int64 (K,).
    """
    n_objects, n_attributes = ranks.shape
    excluded = np.empty(n_objects, dtype=np.int64)
    out = np.empty((n_attributes, n_objects), dtype=np.bool_)
    discrimination = np.empty(len(low), dtype=np.int64)
    for k in range(len(low)):
        excluded[:] = 0
        for attribute in range(n_attributes):
            start = set_starts[attribute]
            for i in range(n_objects):
                rank = ranks[i, attribute]
                keeps = (rank >= 0) & ((rank < low[k, attribute]) | (rank > high[k, attribute]))
                if start >= 0:
                    keeps = _set_keeps_out(rank, held[k], start)
                out[attribute, i] = keeps & (classes[i] != owners[k])
                excluded[i] += out[attribute, i]
        for attribute in order[k]:
            needed = False
            for i in range(n_objects):
                needed |= out[attribute, i] & (excluded[i] <= least)
            if not needed:
                for i in range(n_objects):
                    excluded[i] -= out[attribute, i]
                low[k, attribute] = 0
                high[k, attribute] = last[attribute]
                if set_starts[attribute] >= 0:
                    held[k, set_starts[attribute] : set_starts[attribute] + last[attribute] + 1] = True
        fewest = n_attributes
        for i in range(n_objects):
            if classes[i] != owners[k]:
                fewest = min(fewest, excluded[i])
        discrimination[k] = fewest
    return discrimination
