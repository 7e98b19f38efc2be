"""Errors of the libraries as scripts show them: one sentence, no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def plain_errors(*kinds: type[Exception]) -> Iterator[None]:
    """Ends the script with the message of an error of these kinds, on standard error; its status is 1."""
    try:
        yield
    except kinds as error:
        sys.exit(str(error))
