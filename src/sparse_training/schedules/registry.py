"""The registry of schedules."""

from collections.abc import Callable

from sparse_training.errors import SparseTrainingError
from sparse_training.registry import Registry

SCHEDULES = Registry("sparse_training.schedules", "schedule")


def schedule(name: str) -> Callable:
    """Decorator: registers a function of the progress in [0, 1] that returns how much of the way from the first value
    to the last one lies behind, from 0 to 1. Options are keyword-only."""
    return SCHEDULES.register(name)


def part_of(progress: float, until: float) -> float:
    """The progress of a schedule that is through when that of the training is `until`."""
    if not 0 < until <= 1:
        raise SparseTrainingError(f"the option until of a schedule must lie in (0, 1], got {until}")
    return min(1.0, progress / until)
