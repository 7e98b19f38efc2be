"""Files of others: from a mirror or their official sources, checked, and stored only when they are right."""

import gzip
import hashlib
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

import pooch

from study.errors import StudyError
from study.files import atomic_path, make_folder


@dataclass(frozen=True)
class SourceFile:
    """A file that we do not ship.

    mirror_path  its place below a mirror's root, such as images/mnist/train-images-idx3-ubyte.gz
    urls         its official sources, tried in turn; where `archive_member` is given, zip archives that hold it
    checksum     "content-sha256:…" of the decompressed content where we have seen it, else "sha256:…" or "md5:…" of
                 the .gz file as its makers publish it
    content_bytes  size of the decompressed content, where it is known
    """

    mirror_path: str
    urls: tuple[str, ...]
    checksum: str
    archive_member: str | None = None
    content_bytes: int | None = None

    @property
    def name(self) -> str:
        return self.mirror_path.rpartition("/")[2]


def obtain(files: list[SourceFile], folder: str | Path, mirror: str | None = None) -> None:
    """Puts the files into a folder; those that are there and right stay as they are.

    With a mirror (a folder, or the prefix of URLs) nothing else is asked. Raises StudyError, with one sentence, for a
    file that cannot be had or is not the one that it should be.
    """
    folder = Path(folder)
    make_folder(folder)
    _check_room(files, folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".incomplete-") as temporary:
        for file in files:
            target = folder / file.name
            if target.is_file() and not _mismatch(file, target):
                continue
            found = _from_mirror(file, mirror, Path(temporary)) if mirror else _from_sources(file, Path(temporary))
            with atomic_path(target) as copy:
                shutil.copyfile(found, copy)


def _check_room(files: list[SourceFile], folder: Path) -> None:
    needed = sum(file.content_bytes or 0 for file in files)  # more than the compressed files take
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StudyError(
            f"{folder} has room for {free / 1e6:.0f} MB; its files may need {needed / 1e6:.0f} MB: "
            "make room, and run again."
        )


def _from_mirror(file: SourceFile, mirror: str, temporary: Path) -> Path:
    if urlparse(mirror).scheme in ("http", "https", "ftp"):
        url = f"{mirror.rstrip('/')}/{file.mirror_path}"
        try:
            path = _download(url, temporary)
        except OSError as error:
            raise StudyError(
                f"The mirror does not give {url} ({error}); add the file there, or use no mirror."
            ) from None
    else:
        path = Path(mirror).expanduser() / file.mirror_path
        if not path.is_file():
            raise StudyError(
                f"The mirror lacks {path}; add the file there, or use no mirror (data.mirror, DATA_MIRROR)."
            )
    if mismatch := _mismatch(file, path):
        raise StudyError(f"{path} of the mirror is not the official file: {mismatch}; replace it.")
    return path


def _from_sources(file: SourceFile, temporary: Path) -> Path:
    failures = []
    for url in file.urls:
        try:
            path = _download(url, temporary)
            if file.archive_member:
                with zipfile.ZipFile(path) as archive:
                    path = Path(archive.extract(file.archive_member, temporary))
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            failures.append(f"{url}: {error}")
            continue
        if not (mismatch := _mismatch(file, path)):
            return path
        failures.append(f"{url}: {mismatch}")
    raise StudyError(
        f"{file.name} could not be had from any source ({'; '.join(failures)}). Try again later, or get it elsewhere,"
        f" put it under {file.mirror_path} in a folder of your own, and name that folder in data.mirror or DATA_MIRROR."
    )


def _download(url: str, temporary: Path) -> Path:
    """One file; an archive that several files are taken from is downloaded once."""
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    return Path(
        pooch.retrieve(
            url,
            known_hash=None,
            fname=name,
            path=temporary,
            downloader=pooch.HTTPDownloader(timeout=60, progressbar=sys.stderr.isatty()),
        )
    )


def _mismatch(file: SourceFile, path: Path) -> str | None:
    """How a file differs from what its checksum says, if it does."""
    kind, _, expected = file.checksum.partition(":")
    digest = hashlib.new(kind.removeprefix("content-"))
    size = 0
    try:
        with gzip.open(path) if kind.startswith("content-") else path.open("rb") as content:
            while block := content.read(2**20):
                digest.update(block)
                size += len(block)
    except (EOFError, gzip.BadGzipFile) as error:
        return f"not a whole .gz file ({error})"
    if kind.startswith("content-") and file.content_bytes not in (None, size):
        return f"its content has {size} bytes, expected {file.content_bytes}"
    return None if digest.hexdigest() == expected else f"{kind} is {digest.hexdigest()}, expected {expected}"
