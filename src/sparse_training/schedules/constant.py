"""`constant`: the first value stays."""

from sparse_training.schedules.registry import schedule


@schedule("constant")
def stay(progress: float) -> float:
    """0."""
    return 0.0
