"""`cosine`: slow at both ends (RigL's pruned fraction, Evci et al. 2020, section 3: α/2 (1 + cos(t π / T_end)))."""

import math

from sparse_training.schedules.registry import part_of, schedule


@schedule("cosine")
def cosine(progress: float, *, until: float = 1.0) -> float:
    """(1 − cos(π p)) / 2."""
    return (1 - math.cos(math.pi * part_of(progress, until))) / 2
