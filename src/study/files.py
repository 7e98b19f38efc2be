"""Files that are either whole or absent."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from study.errors import StudyError


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to `path` on success and removed on failure.

    The suffix is kept, because many writers choose the format by it. Missing folders are made.
    """
    path = Path(path)
    make_folder(path.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # mkstemp gives 0600; results are for everyone to read
        temporary.replace(path)
    except OSError as error:
        if error.filename not in (None, name):  # of some other file
            raise
        raise _cannot_write(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def make_folder(path: str | Path) -> None:
    """Makes a folder and those around it; one that is there already will do."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(Path(path), error) from None


def _cannot_write(path: Path, error: OSError) -> StudyError:
    return StudyError(f"{path} cannot be written ({error.strerror}): make room or give access, and run again.")


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Writes a tidy table (one observation a row) as CSV, atomically."""
    with atomic_path(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_table(path: str | Path, **options: Any) -> pd.DataFrame:
    """Reads a table that `write_table` wrote; floats come back bit for bit. The options are those of pandas."""
    return pd.read_csv(path, **options)  # the only converter since pandas 3.1 is exact


def sha256(path: str | Path) -> str:
    """The checksum (hexadecimal) of a file as it lies on disk."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
