"""`cubic`: fast first (gradual magnitude pruning, Zhu and Gupta 2017: s_t = s_f + (s_i − s_f) (1 − p)³)."""

from sparse_training.schedules.registry import part_of, schedule


@schedule("cubic")
def cubic(progress: float, *, until: float = 1.0) -> float:
    """1 − (1 − p)³."""
    return 1 - (1 - part_of(progress, until)) ** 3
