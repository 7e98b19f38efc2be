"""The error that this library raises for bad input."""


class AsonnError(ValueError):
    """One sentence that names the parameter, column or row, says what was expected and, where it helps, what to do."""
