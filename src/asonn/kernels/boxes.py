"""Boxes of ranks: which objects lie inside, and which of their ranges keep somebody out."""

import numpy as np

from numba_vectors.compilation import compiled


@compiled
def represented(ranks, classes, low, high, own):
    """The objects of the class `own` inside a box: int64. ranks: int32 (n, m), negative where missing, which is inside.

    low, high: int32 (m,).
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
            if inside:
                members[n_members] = i
                n_members += 1
    return members[:n_members].copy()


@compiled
def widen(ranks, classes, low, high, owners, order, last, least):
    """Opens, in place, every range of every box that keeps out nobody whom others do not: it then spans all values.

    low, high: int32 (K, m); owners: int64 (K,), the class of each box. order: int64 (K, m), in which the ranges of a
    box are tried. last: int32 (m,), the highest rank of each attribute. least: the number of ranges that have to keep
    out each object of another class, or as many as did before if they were fewer.
    Returns the discrimination of each box then, the least number of ranges that keep out an object: int64 (K,).
    """
    n_objects, n_attributes = ranks.shape
    excluded = np.empty(n_objects, dtype=np.int64)
    discrimination = np.empty(len(low), dtype=np.int64)
    for k in range(len(low)):
        for i in range(n_objects):
            excluded[i] = 0
            if classes[i] != owners[k]:
                for attribute in range(n_attributes):
                    rank = ranks[i, attribute]
                    excluded[i] += (rank >= 0) & ((rank < low[k, attribute]) | (rank > high[k, attribute]))
        for attribute in order[k]:
            needed = False
            for i in range(n_objects):
                if classes[i] != owners[k] and 0 < excluded[i] <= least:
                    rank = ranks[i, attribute]
                    if (rank >= 0) & ((rank < low[k, attribute]) | (rank > high[k, attribute])):
                        needed = True
                        break
            if not needed:
                for i in range(n_objects):
                    rank = ranks[i, attribute]
                    excluded[i] -= (
                        (classes[i] != owners[k])
                        & (rank >= 0)
                        & ((rank < low[k, attribute]) | (rank > high[k, attribute]))
                    )
                low[k, attribute] = 0
                high[k, attribute] = last[attribute]
        fewest = n_attributes
        for i in range(n_objects):
            if classes[i] != owners[k]:
                fewest = min(fewest, excluded[i])
        discrimination[k] = fewest
    return discrimination
