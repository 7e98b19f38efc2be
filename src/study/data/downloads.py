"""Official files: from a mirror or their sources, checked, and stored only if they are right."""

import gzip
import hashlib
import shutil
import sys
import tempfile
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pooch

from study.errors import StudyError
from study.files import atomic_path, make_folder, remove_partial, sha256

INCOMPLETE = ".incomplete-"  # begins the name of the folder that files are downloaded to
SUMS = "SHA256SUMS"
DAMAGED_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class SourceFile:
    """A file that is downloaded.

    mirror_path  its place below a mirror's root, such as images/mnist/train-images-idx3-ubyte.gz
    urls         its official sources, by https, tried in turn: the file, or zip archives that hold `archive_member`
    checksum     "content-sha256:…" of the decompressed content where we have seen it, else "sha256:…" of the file
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

    With a mirror (a folder, or the prefix of URLs) no other source is tried. Raises StudyError, with one sentence, for
    a file that cannot be downloaded or has another checksum.
    """
    folder = Path(folder)
    make_folder(folder)
    for left_over in folder.glob(f"{INCOMPLETE}*"):  # by a process that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    for file in files:
        remove_partial(folder / file.name)
    _check_room(files, folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix=INCOMPLETE) as temporary:
        for file in files:
            target = folder / file.name
            if target.is_file() and not _mismatch(file, target):
                continue
            found = _from_mirror(file, mirror, Path(temporary)) if mirror else _from_sources(file, Path(temporary))
            with atomic_path(target) as copy:
                shutil.copyfile(found, copy)


def write_sums(files: list[SourceFile], folder: Path) -> None:
    """Lists the files of a folder in its SHA256SUMS, as `sha256sum -c` reads it."""
    with atomic_path(folder / SUMS) as temporary:
        temporary.write_text("".join(f"{sha256(folder / file.name)}  {file.name}\n" for file in files))


def check_sums(files: list[SourceFile], folder: Path) -> None:
    """Raises StudyError, with one sentence, if a file is not the one that SHA256SUMS, if that is there, lists."""
    sums = folder / SUMS
    if not sums.is_file():
        return
    listed = {line[66:]: line[:64] for line in sums.read_text(encoding="utf-8", errors="replace").splitlines()}
    for path in (folder / file.name for file in files):
        if path.is_file() and sha256(path) != listed.get(path.name):
            raise StudyError(
                f"{path} is not the file that was downloaded: its SHA-256 is not that in {sums}."
                f" Delete {sums} and run again, to have the right one downloaded again."
            )


def _check_room(files: list[SourceFile], folder: Path) -> None:
    needed = sum(file.content_bytes or 0 for file in files)  # more than the compressed files take
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StudyError(
            f"{folder} has room for {free / 1e6:.0f} MB; its files may need {needed / 1e6:.0f} MB: "
            "make room, and run again."
        )


def _from_mirror(file: SourceFile, mirror: str, temporary: Path) -> Path:
    if "://" in mirror:
        url = f"{mirror.rstrip('/')}/{file.mirror_path}"
        try:
            path = _download(url, temporary)
        except (OSError, ValueError) as error:
            raise StudyError(
                f"The mirror does not give {url} ({error}); add the file there, or use no mirror."
            ) from None
    else:
        path = Path(mirror, file.mirror_path)
        with suppress(RuntimeError):  # ~name of nobody
            path = path.expanduser()
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
        except (OSError, *DAMAGED_ARCHIVE) as error:
            failures.append(f"{url}: {error}")
            continue
        if not (mismatch := _mismatch(file, path)):
            return path
        failures.append(f"{url}: {mismatch}")
    raise StudyError(
        f"{file.name} could not be downloaded from any source ({'; '.join(failures)}). Try again later, or get it"
        f" elsewhere, put it under {file.mirror_path} in a folder of your own, and name that folder in data.mirror or"
        " DATA_MIRROR."
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
    except (OSError, EOFError, zlib.error) as error:
        return f"not a whole .gz file ({error})"
    if kind.startswith("content-") and file.content_bytes not in (None, size):
        return f"its content has {size} bytes, expected {file.content_bytes}"
    return None if digest.hexdigest() == expected else f"{kind} is {digest.hexdigest()}, expected {expected}"
