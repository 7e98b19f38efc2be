"""The option `samples` of rules that look at gradients."""

from numbers import Integral

from sparse_training.errors import SparseTrainingError


def check_samples(samples: int) -> None:
    """Raises `SparseTrainingError` unless the number of samples is a whole number of at least 1."""
    if not isinstance(samples, Integral) or isinstance(samples, bool) or samples < 1:
        raise SparseTrainingError(f"the option samples must be a whole number of at least 1, got {samples!r}")
