"""Membership of values in ranges; scores and closeness of rows to boxes."""

import numpy as np

from numba_vectors.compilation import compiled


@compiled
def membership(value, reach_lower, reach_upper, centre, half_width):
    """Gaussian cut-hat fuzzifier (eq. 22, 23): 1 inside, exp((1 - z²)/2) outside, z = (value - centre)/half_width.

    z is the paper's (2 x - max - min)/(max - min). A half_width beyond the range's own, as a single value has, holds
    what lies within it. NaN for a missing value.
    """
    if value != value:
        return np.nan
    if reach_lower <= value <= reach_upper:
        return 1.0
    z = (value - centre) / half_width
    widened = half_width > 0.5 * reach_upper - 0.5 * reach_lower
    highest = 1.0 if widened else np.nextafter(1.0, 0.0)  # what is outside must not round to 1, however near it is
    return min(highest, np.exp(0.5 * (1.0 - z * z)))


@compiled
def set_membership(value, held, start):
    """1 for a category of the set that begins at `start`, 0 for others, NaN for a missing one."""
    if value != value:
        return np.nan
    return 1.0 if 0 <= value < len(held) - start and held[start + int(value)] else 0.0


@compiled
def find_winners(
    rows,
    starts,
    attributes,
    reach_lower,
    reach_upper,
    centre,
    half_width,
    weights,
    set_starts,
    held,
    classes,
    support,
    n_classes,
):
    """See `asonn.inference.winners`."""
    n_rows = rows.shape[0]
    deficits = np.full((n_rows, n_classes), np.inf)
    best = np.zeros((n_rows, n_classes), dtype=np.int64)
    votes = np.zeros((n_rows, n_classes))
    for i in range(n_rows):
        complete = True
        for value in rows[i]:
            complete &= value == value
        for k in range(len(classes)):
            c = classes[k]
            deficit, heard = 0.0, 0.0
            for r in range(starts[k], starts[k + 1]):
                value = rows[i, attributes[r]]
                if set_starts[r] >= 0:
                    inside = set_membership(value, held, set_starts[r])
                else:
                    inside = membership(value, reach_lower[r], reach_upper[r], centre[r], half_width[r])
                if inside == inside:
                    deficit += weights[r] * (1.0 - inside)
                    heard += weights[r]
                    # Weights add up to 1, so a complete row's deficit is this sum, and it only grows.
                    if complete and deficit > deficits[i, c]:
                        break
            if not complete:
                deficit = deficit / heard if heard > 0.0 else 1.0
            elif starts[k] == starts[k + 1]:
                deficit = 1.0
            if deficit == 0.0:
                votes[i, c] += support[k]
            if deficit < deficits[i, c] or (deficit == deficits[i, c] and support[k] > support[best[i, c]]):
                deficits[i, c] = deficit
                best[i, c] = k
    return deficits, best, votes


@compiled
def find_closeness(rows, starts, attributes, reach_lower, reach_upper, weights, set_starts, held, scales):
    """See `asonn.decisions.closeness`."""
    n_rows, n_boxes = rows.shape[0], len(starts) - 1
    result = np.ones((n_rows, n_boxes))
    for i in range(n_rows):
        for k in range(n_boxes):
            distance, heard = 0.0, 0.0
            for r in range(starts[k], starts[k + 1]):
                value = rows[i, attributes[r]]
                if value == value:
                    if set_starts[r] >= 0:
                        excess = 1.0 - set_membership(value, held, set_starts[r])
                    else:
                        excess = max(reach_lower[r] - value, value - reach_upper[r], 0.0)
                    distance += weights[r] * excess / scales[attributes[r]]
                    heard += weights[r]
            if heard > 0.0:
                result[i, k] = np.exp(-distance / heard)
    return result
