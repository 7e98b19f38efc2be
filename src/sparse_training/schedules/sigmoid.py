"""`sigmoid`: slow, fast, slow (the density decay of CHTss, Zhang et al. 2025)."""

import math

from sparse_training.checks import check_option
from sparse_training.schedules.registry import part_of, schedule


@schedule("sigmoid")
def sigmoid(progress: float, *, steepness: float = 6.0, until: float = 1.0) -> float:
    """The logistic function of steepness × (2 p − 1), stretched to run from 0 to 1 exactly."""
    check_option("steepness", steepness, 0.001, 100)

    def logistic(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    span = logistic(steepness) - logistic(-steepness)
    return (logistic(steepness * (2 * part_of(progress, until) - 1)) - logistic(-steepness)) / span
