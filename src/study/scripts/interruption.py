"""An orderly end of scripts that are interrupted."""

import signal
import sys


def end_in_order() -> None:
    """From now on Ctrl-C and SIGTERM end this program without a traceback, after it has undone what is half done.

    So does a reader of its output who has gone (`| head`), but at once: for programs that print when all is done.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    if hasattr(signal, "SIGPIPE"):  # Windows has none
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
