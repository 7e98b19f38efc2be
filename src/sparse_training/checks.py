"""Checks that parts of methods share: of their options, and of memory before a table over all pairs is allocated."""

import math
from numbers import Real

from sparse_training import gradients
from sparse_training.errors import SparseTrainingError

SOFT_SCORES = 72  # bytes a pair: a score, its copy and place, and what a draw in proportion to scores takes (measured)


def check_pairs(shape: tuple[int, int], bytes_a_pair: int, what: str, instead: str) -> None:
    """Raises `SparseTrainingError` if a table over all pairs of a layer (n_in, n_out) does not fit in this machine.

    what, instead  begin and end the message: what takes the table, and what to use instead
    """
    n_in, n_out = shape
    need, there = bytes_a_pair * n_in * n_out, gradients._memory()
    if need > there:
        raise SparseTrainingError(
            f"{what} takes a table over all pairs of a layer of {n_in} × {n_out} units, {need / 2**30:.0f} GiB, and "
            f"this machine has {there / 2**30:.0f}: {instead}"
        )


def check_option(name: str, value: float, least: float, most: float = math.inf) -> None:
    """Raises `SparseTrainingError` unless an option is a finite number from `least` to `most`."""
    is_number = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if not (is_number and least <= value <= most):
        expected = f"of at least {least}" if math.isinf(most) else f"from {least} to {most}"
        raise SparseTrainingError(f"the option {name} must be a number {expected}, got {value!r}")
