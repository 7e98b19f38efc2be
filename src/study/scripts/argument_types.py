"""Types of the arguments of scripts that are numbers of a certain range; argparse says so when one is not."""

import math
from argparse import ArgumentTypeError


def positive_integer(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"must be a whole number of at least 1; found {text!r}.")
    return int(text)


def positive(text: str) -> float:
    """A number greater than 0."""
    return _number(text, "greater than 0", lambda value: 0 < value < math.inf)


def share(text: str) -> float:
    """A number greater than 0, at most 1."""
    return _number(text, "greater than 0, at most 1", lambda value: 0 < value <= 1)


def proper_share(text: str) -> float:
    """A number between 0 and 1, neither of them."""
    return _number(text, "greater than 0, less than 1", lambda value: 0 < value < 1)


def _number(text: str, expected: str, accepts) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not accepts(value):
        raise ArgumentTypeError(f"must be a number {expected}; found {text!r}.")
    return value
