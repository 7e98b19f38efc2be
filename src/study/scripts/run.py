"""How every script ends: well, or with one sentence on standard error in place of a traceback."""

import sys
from collections.abc import Callable

from study.errors import StudyError


def run(main: Callable[[], None], *errors: type[Exception]) -> None:
    """Runs the `main` of a script as a program. What a user can fix ends it with its sentence and exit status 1.

    errors  kinds of errors, besides `StudyError`, whose message is meant for users: those of the library it calls
    """
    try:
        main()
    except (StudyError, *errors) as error:
        sys.exit(str(error))
    except MemoryError as error:
        sys.exit(f"Out of memory ({error}): reduce the size of the job or use a larger machine.")
    except FileNotFoundError as error:
        sys.exit(f"{error.filename}: no such file.")
    except OSError as error:
        if error.filename is None:  # not of a file that was named
            raise
        sys.exit(f"{error.filename}: {error.strerror}.")
