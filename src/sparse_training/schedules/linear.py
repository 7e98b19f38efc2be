"""`linear`: the same step at every update."""

from sparse_training.schedules.registry import part_of, schedule


@schedule("linear")
def linear(progress: float, *, until: float = 1.0) -> float:
    """p."""
    return part_of(progress, until)
