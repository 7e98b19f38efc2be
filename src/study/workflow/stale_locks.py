"""Lets Snakemake go on after it was killed, with nothing to be unlocked by hand.

Snakemake locks what it works on by files in `.snakemake/locks`, which stay behind when it is killed: it cannot tell
them from those of a run that is still going on. A lock of the operating system can: it ends with the process that
holds it.
"""

import fcntl
import os
import shutil
from pathlib import Path


def remove_stale_locks(folder: str | Path) -> None:
    """Removes Snakemake's locks if no other process that has called this on the same folder is alive.

    folder: Snakemake's own folder, `.snakemake`; made if it is not there. Where the file system knows no locks, nothing
    is removed, and Snakemake asks for `--unlock` as it always does.
    """
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    alive = os.open(folder / "alive", os.O_RDWR | os.O_CREAT)  # stays open until this process ends
    try:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # others are alive
        pass
    except OSError:
        os.close(alive)
        return
    else:
        shutil.rmtree(folder / "locks", ignore_errors=True)
    fcntl.flock(alive, fcntl.LOCK_SH)
