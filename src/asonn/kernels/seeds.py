"""What objects share with those of other classes."""

import numpy as np

from numba_vectors.compilation import compiled


@compiled
def count_shared_values(ranks, classes, multiplicity):
    """How many objects of other classes share exactly s values with each object: float64 (n, m + 1), column s.

    ranks: int32 (m, n), one attribute a row so that the comparison runs along memory; missing values (negative) are
    shared with nobody.
    """
    n_attributes, n_objects = ranks.shape
    histogram = np.zeros((n_objects, n_attributes + 1))
    shared = np.empty(n_objects, dtype=np.int32)
    for i in range(n_objects):
        shared[:] = 0
        for attribute in range(n_attributes):
            rank = ranks[attribute, i]
            if rank >= 0:
                row = ranks[attribute]
                for j in range(n_objects):
                    shared[j] += row[j] == rank
        for j in range(n_objects):
            if classes[j] != classes[i]:
                histogram[i, shared[j]] += multiplicity[j]
    return histogram
