"""The error that this library raises for bad input."""


class SparseTrainingError(ValueError):
    """One sentence that says what was wrong, what was expected and, where it helps, what to do."""
