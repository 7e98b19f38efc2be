"""Lets Snakemake resume after it was killed, with nothing to be unlocked by hand.

Snakemake locks what it works on by files in `.snakemake/locks`, which stay behind when it is killed: it cannot tell
them from those of a run that is still going on. A lock of the operating system can: it ends with the process that
holds it. But it may be known to one machine alone (on many file systems of clusters), so runs also note their machine.

A crash of the machine may also damage its metadata on an output, which would end every later run with a traceback.
"""

import atexit
import base64
import binascii
import json
import os
import platform
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from study.errors import StudyError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
NO_BOOT = "-"  # where the system does not tell
STARTING = 3600  # seconds in which a run that has noted its machine has certainly locked what it works on


def clear_up(folder: str | Path) -> list[str]:
    """Removes Snakemake's locks, and metadata that it cannot read, if every process that may have left them is gone.
    Returns the paths of the outputs whose metadata were removed.

    folder: Snakemake's own folder, `.snakemake`; made if it is not there. Its file `alive` is locked until this process
    ends, and has a line for each machine on which runs are alive, or were killed: host name and boot. A process is gone
    if this machine holds no lock for it, or has booted since. Locks of another machine, or of unknown origin, stay, and
    Snakemake asks for `--unlock` as it always does; so does a file system that knows no locks. Raises StudyError for a
    folder that cannot be written; Snakemake itself would end with a traceback.
    """
    if fcntl is None:
        return []
    folder, outputs = Path(folder), []
    try:
        folder.mkdir(exist_ok=True)
        alive = os.fdopen(os.open(folder / "alive", os.O_RDWR | os.O_CREAT), "r+", encoding="utf-8")
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        alone = _is_alone(alive)
    except OSError:
        alive.close()
        return []
    if alone:
        locks = list(folder.glob("locks/*"))
        noted = set(alive.read().splitlines())
        others = {machine for machine in noted if _is_another(machine)}
        if not locks and time.time() - os.fstat(alive.fileno()).st_mtime > STARTING:
            others = set()
        if locks and not noted:
            alive.close()
            return []
        if not others:
            shutil.rmtree(folder / "locks", ignore_errors=True)
            outputs = _remove_damaged_metadata(folder)  # while no other run can begin
        try:
            _note(alive, {*others, this_machine()})
        except OSError as error:
            alive.close()
            raise _unwritable(folder, error) from None
    fcntl.flock(alive, fcntl.LOCK_SH)
    atexit.register(_leave, alive)  # keeps the file open, too
    return outputs


def _is_alone(alive: TextIO) -> bool:
    """Whether this process alone has the lock, which one that only looks who is there (`forecast.watch`) has for an
    instant."""
    for pause in (0.05, 0):
        with suppress(BlockingIOError):
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(pause)
    return False


def _unwritable(folder: Path, error: OSError) -> StudyError:
    reason = f"{folder.absolute()} cannot be written ({error.strerror})"
    return StudyError(f"{reason}: make room or give access, and run again.")


def _remove_damaged_metadata(folder: str | Path) -> list[str]:
    """Removes metadata that Snakemake cannot read, and returns the paths of the outputs that they were of.

    folder: Snakemake's own folder, `.snakemake`, where no other run may be alive: it would be writing them. Such an
    output then counts as one without metadata: as up to date, unless its inputs are newer.
    """
    metadata, outputs = Path(folder) / "metadata", []
    for path in sorted(metadata.rglob("*")):
        with suppress(OSError):  # it has gone; or nothing can be written, and Snakemake says so itself
            if path.is_file() and _is_damaged(path):
                path.unlink()
                outputs.append(_output_of(path.relative_to(metadata)))
    return outputs


def _is_damaged(path: Path) -> bool:
    try:
        return not isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
    except (ValueError, RecursionError):
        return True


def _output_of(path: Path) -> str:
    """The output that a file of metadata is named after, in base64, cut into parts if long; the path if it is none."""
    name = "".join(part.removeprefix("@") for part in path.parts)
    try:
        return base64.urlsafe_b64decode(name.encode()).decode()
    except (binascii.Error, UnicodeDecodeError):
        return path.as_posix()


def this_machine() -> str:
    """Host name and boot; the latter, where the system tells it, is the same for all containers of a machine."""
    boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else NO_BOOT
    return f"{platform.node()} {boot}"


def _is_another(machine: str) -> bool:
    """Whether a process there may be alive although this machine knows no lock of it."""
    host, _, boot = machine.partition(" ")
    this_host, _, this_boot = this_machine().partition(" ")
    return host != this_host and (boot != this_boot or boot == NO_BOOT)


def _note(alive: TextIO, machines: set[str]) -> None:
    os.ftruncate(alive.fileno(), 0)
    os.pwrite(alive.fileno(), "".join(f"{machine}\n" for machine in sorted(machines)).encode(), 0)


def _leave(alive: TextIO) -> None:
    """At the end of the process: the last one of this machine takes its line away."""
    try:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        alive.seek(0)
        _note(alive, {*alive.read().splitlines()} - {this_machine()})
    except OSError:
        pass
