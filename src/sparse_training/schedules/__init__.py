"""Schedules: how the pruned fraction falls to zero, and how the density moves from its first to its last value.

Each is one module of this package, named as the schedule, and registers one function of the progress (0 before the
first topology update, 1 at the last) that returns how much of the way is done, from 0 to 1.
"""

from sparse_training.schedules.registry import SCHEDULES, schedule

__all__ = ["SCHEDULES", "schedule"]
