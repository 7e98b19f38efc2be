"""From a row to class scores: fuzzy membership of ranges, weighted sum in combinations, maximum in classes.

Scores are kept as deficits, 1 - score: the deficit of a row inside a combination is exactly 0, and nothing small is
lost by rounding beside 1. All compiled functions stay in this one file (see `construction`).
"""

import numba
import numpy as np

from asonn.ranges import RangeNetwork


def winners(network: RangeNetwork, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best combination of every class for every row: deficits float64 (n, c) and combinations int64 (n, c).

    rows: float64 (n, m), NaN where missing. The deficit of a combination is Σ w (1 - membership) / Σ w over the ranges
    whose value is known (1 if none is); equal deficits are decided by the support.
    """
    return _find_winners(
        rows,
        network.starts,
        network.attributes,
        network.reach_lower,
        network.reach_upper,
        network.centre,
        network.half_width,
        network.weights,
        network.classes,
        network.support,
        network.n_classes,
    )


def memberships(network: RangeNetwork, row: np.ndarray, combination: int) -> np.ndarray:
    """Membership of one row (m,) in each range of a combination: float64, NaN where the value is missing."""
    chosen = slice(network.starts[combination], network.starts[combination + 1])
    values = row[network.attributes[chosen]]
    return np.array(
        [
            membership(*arguments)
            for arguments in zip(
                values,
                network.reach_lower[chosen],
                network.reach_upper[chosen],
                network.centre[chosen],
                network.half_width[chosen],
                strict=True,
            )
        ]
    )


def decide(network: RangeNetwork, deficits: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The class of each row: smallest deficit, then largest support of its winner, then the first: int64 (n,)."""
    tied = deficits == deficits.min(axis=1, keepdims=True)
    return np.argmax(np.where(tied, network.support[best], -1), axis=1)


def probabilities(network: RangeNetwork, deficits: np.ndarray, best: np.ndarray, temperature: float) -> np.ndarray:
    """Soft-max of the scores over the classes, exp(score / temperature) / Σ: float64 (n, c).

    Where classes tie, the class decided upon is one unit in the last place ahead of the others, so that the largest
    probability always names the predicted class.
    """
    relative = np.exp((deficits.min(axis=1, keepdims=True) - deficits) / temperature)
    shares = relative / relative.sum(axis=1, keepdims=True)
    rows, decided = np.arange(len(shares)), decide(network, deficits, best)
    rivals = shares.copy()
    rivals[rows, decided] = -np.inf
    highest_rival = rivals.max(axis=1)
    behind = shares[rows, decided] <= highest_rival
    shares[rows[behind], decided[behind]] = np.nextafter(highest_rival[behind], 1.0)
    return shares


@numba.njit(cache=True, error_model="numpy")
def membership(value, reach_lower, reach_upper, centre, half_width):
    """Gaussian cut-hat fuzzifier (eq. 22, 23): 1 inside, exp((1 - z²)/2) outside, z = (value - centre)/half_width.

    z is the paper's (2 x - max - min)/(max - min). NaN for a missing value.
    """
    if value != value:
        return np.nan
    if reach_lower <= value <= reach_upper:
        return 1.0
    z = (value - centre) / half_width
    return min(1.0, np.exp(0.5 * (1.0 - z * z)))


@numba.njit(cache=True, error_model="numpy")
def _find_winners(
    rows, starts, attributes, reach_lower, reach_upper, centre, half_width, weights, classes, support, n_classes
):
    """See `winners`."""
    n_rows = rows.shape[0]
    deficits = np.full((n_rows, n_classes), np.inf)
    best = np.zeros((n_rows, n_classes), dtype=np.int64)
    for i in range(n_rows):
        complete = True
        for value in rows[i]:
            complete &= value == value
        for k in range(len(classes)):
            c = classes[k]
            deficit, heard = 0.0, 0.0
            for r in range(starts[k], starts[k + 1]):
                inside = membership(rows[i, attributes[r]], reach_lower[r], reach_upper[r], centre[r], half_width[r])
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
            if deficit < deficits[i, c] or (deficit == deficits[i, c] and support[k] > support[best[i, c]]):
                deficits[i, c] = deficit
                best[i, c] = k
    return deficits, best
