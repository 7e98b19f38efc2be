"""Errors of the libraries, and of the machine, as scripts show them: one sentence, no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def plain_errors(*kinds: type[Exception]) -> Iterator[None]:
    """Ends the script with the message of an error of these kinds, on standard error; its status is 1.

    A file that is not there and a lack of memory end it in the same way.
    """
    try:
        yield
    except kinds as error:
        sys.exit(str(error))
    except FileNotFoundError as error:
        sys.exit(f"{error.filename}: no such file.")
    except MemoryError as error:
        sys.exit(f"This machine has not enough memory ({error}): ask for less, or use a larger one.")
