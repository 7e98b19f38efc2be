"""Files that are either whole or absent, and one sentence for those that are neither."""

import hashlib
import os
import re
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from study.errors import StudyError


class Publisher(Protocol):
    """What decides when a finished file gets its name (`study.provenance.ownership`)."""

    def keep(self, temporary: Path, target: Path) -> bool:
        """Whether the publisher renames the file itself, later. Raises StudyError if nothing may be written."""


_publisher: Publisher | None = None


def publish_through(publisher: Publisher | None) -> None:
    """From now on `atomic_path` asks this publisher; None for none."""
    global _publisher
    _publisher = publisher


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to `path` on success and removed on failure.

    After a crash or a power cut `path` has its old or its new content, nothing between. The suffix is kept, because
    many writers choose the format by it. Missing folders are made. A symbolic link stays, and its target is written; a
    device stays, and is written to. The outputs of a job get their names together, at its end (`publish_through`).
    """
    path = Path(path)
    target = real_path(path)
    if path.is_dir() or target.is_symlink():
        raise StudyError(f"{path} is {'a folder' if path.is_dir() else 'a link to itself'}: name a file to write to.")
    if path.exists() and not path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            temporary = Path(folder) / f"content{path.suffix}"
            yield temporary
            with _plain_errors(path), temporary.open("rb") as content, path.open("wb") as device:
                shutil.copyfileobj(content, device)
        return
    make_folder(target.parent)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial{target.suffix}")
    try:
        with _plain_errors(path, temporary):
            temporary.open("xb").close()
            yield temporary
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            if _publisher is None or not _publisher.keep(temporary, target):
                rename_all({target: temporary})
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def rename_all(temporaries: dict[Path, Path]) -> None:
    """Gives finished files their names ({target: temporary}), and waits until the disk has them."""
    for target, temporary in temporaries.items():
        with _plain_errors(target, temporary):
            temporary.replace(target)
    for folder in {target.parent for target in temporaries}:
        with suppress(OSError):  # Windows, and some file systems, cannot sync a folder
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def remove_partial(path: str | Path) -> None:
    """Removes what killed processes left of files that they were writing to `path`."""
    target = real_path(path)
    partial = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.partial{re.escape(target.suffix)}")
    with suppress(OSError):
        for entry in os.scandir(target.parent):
            if partial.fullmatch(entry.name):
                Path(entry.path).unlink(missing_ok=True)


def remove_file(path: str | Path) -> None:
    """Removes a file, if it is there; never a link, a device or a folder."""
    path = Path(path)
    if path.is_file() and not path.is_symlink():
        path.unlink(missing_ok=True)


def real_path(path: str | Path) -> Path:
    """The absolute path without symbolic links, of what need not exist: two names of one file give the same."""
    return Path(os.path.realpath(path))


def make_folder(path: str | Path) -> None:
    """Makes a folder and those around it; one that is there already will do."""
    with _plain_errors(Path(path)):
        Path(path).mkdir(parents=True, exist_ok=True)


@contextmanager
def _plain_errors(path: Path, *names: Path) -> Iterator[None]:
    """An error of the operating system as one sentence on `path`; of these files alone, where there are any."""
    try:
        yield
    except OSError as error:
        if names and error.filename not in (None, *map(str, names)):
            raise
        reason = error.strerror or error
        raise StudyError(f"{path} cannot be written ({reason}): make room or give access, and run again.") from None


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Writes a tidy table (one observation a row) as CSV, atomically."""
    with atomic_path(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_table(path: str | Path, **options: Any) -> pd.DataFrame:
    """Reads a table that `write_table` wrote; floats come back bit for bit. The options are those of pandas."""
    return pd.read_csv(path, **options)  # the only converter since pandas 3.1 is exact


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray], compressed: bool = False) -> None:
    """Writes named arrays as .npz, atomically; the same arrays give the same bytes."""
    save = np.savez_compressed if compressed else np.savez
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        save(file, **arrays)


def read_arrays(path: str | Path, names: Collection[str] | None = None, remedy: str = "") -> dict[str, np.ndarray]:
    """The named arrays of a .npz file; all of them, if none is named. Objects are never unpickled.

    Raises StudyError, with one sentence that ends in the remedy, for a file that is damaged in any way, is no .npz file
    or lacks an array.
    """
    remedy = f"; {remedy}." if remedy else "."
    try:
        with zipfile.ZipFile(path) as archive:
            found = [name.removesuffix(".npy") for name in archive.namelist()]
            wanted = found if names is None else names
            if missing := [name for name in wanted if name not in found]:
                raise StudyError(f"{path} lacks the array {missing[0]}; it must hold {', '.join(wanted)}.")
            return {name: _array(archive.read(f"{name}.npy")) for name in wanted}
    except (StudyError, MemoryError):
        raise
    except FileNotFoundError:
        raise StudyError(f"{path}: no such file.") from None
    except Exception as error:  # zipfile, zlib and NumPy raise whatever damaged bytes lead them to
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise StudyError(f"{path} is not a whole .npz file of plain arrays ({reason}){remedy}") from None


def _array(content: bytes) -> np.ndarray:
    """The array of a .npy file; nothing is allocated that the content does not fill."""
    file = BytesIO(content)
    version = np.lib.format.read_magic(file)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran_order, dtype = read_header(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape, order="F" if fortran_order else "C").copy()


def sha256(path: str | Path) -> str:
    """The checksum (hexadecimal) of a file as it lies on disk."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
