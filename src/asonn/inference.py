"""From a row to class scores: fuzzy membership of ranges, weighted sum in combinations, maximum in classes.

Scores are kept as deficits, 1 - score: the deficit of a row inside a combination is exactly 0, and nothing small is
lost by rounding beside 1.
"""

import numpy as np

from asonn.kernels.memberships import find_winners, membership, set_membership
from asonn.ranges import RangeNetwork


def winners(network: RangeNetwork, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best combination of every class for every row: deficits float64 (n, c) and combinations int64 (n, c); and the
    votes of every class, the supports of its combinations that hold the row: float64 (n, c).

    rows: float64 (n, m), NaN where missing. The deficit of a combination is Σ w (1 - membership) / Σ w over the ranges
    whose value is known (1 if none is); equal deficits are decided by the support.
    """
    return find_winners(
        rows,
        network.starts,
        network.attributes,
        network.reach_lower,
        network.reach_upper,
        network.centre,
        network.half_width,
        network.weights,
        network.set_starts,
        network.held,
        network.classes,
        network.support,
        network.n_classes,
    )


def memberships(network: RangeNetwork, row: np.ndarray, combination: int) -> np.ndarray:
    """Membership of one row (m,) in each range of a combination: float64, NaN where the value is missing."""
    return np.array(
        [
            set_membership(row[network.attributes[r]], network.held, network.set_starts[r])
            if network.set_starts[r] >= 0
            else membership(
                row[network.attributes[r]],
                network.reach_lower[r],
                network.reach_upper[r],
                network.centre[r],
                network.half_width[r],
            )
            for r in range(network.starts[combination], network.starts[combination + 1])
        ]
    )


def decide(network: RangeNetwork, deficits: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The class of each row: smallest deficit, then largest support of its winner, then the first: int64 (n,)."""
    tied = deficits == deficits.min(axis=1, keepdims=True)
    return np.argmax(np.where(tied, network.support[best], -1), axis=1)


def probabilities(network: RangeNetwork, deficits: np.ndarray, best: np.ndarray, temperature: float) -> np.ndarray:
    """Soft-max of the scores over the classes, exp(score / temperature) / Σ: float64 (n, c).

    The largest probability always names the predicted class, also where classes tie (see `ahead`).
    """
    relative = np.exp((deficits.min(axis=1, keepdims=True) - deficits) / temperature)
    return ahead(relative / relative.sum(axis=1, keepdims=True), decide(network, deficits, best))


def ahead(values: np.ndarray, decided: np.ndarray) -> np.ndarray:
    """The same values (n, c), but that of the class decided upon is the largest of its row, by one unit in the last
    place if it was not."""
    rows = np.arange(len(values))
    others = values.copy()
    others[rows, decided] = -np.inf
    highest = others.max(axis=1)
    behind = values[rows, decided] <= highest
    values[rows[behind], decided[behind]] = np.nextafter(highest[behind], np.inf)
    return values
