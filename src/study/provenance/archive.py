"""Archives of finished studies: a ZIP with a checksum of each file in it, unpacked whole or not at all.

An archive holds files of `results/<study>/`, `figures/<study>/` and `resources/`, which are unpacked to where they
were, and what Snakemake remembers of them, so that it makes none of them again. All else in it only describes them.
"""

import hashlib
import json
import os
import re
import secrets
import time
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import filterfalse
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from study.errors import StudyError
from study.files import atomic_path, make_folder, real_path, remove_partial, rename_all, sha256

SUMS = "SHA256SUMS"
ABOUT = "about.json"
MEMORY = "snakemake-metadata.jsonl"  # one line an output: {"output": path, "metadata": what Snakemake stores of it}
DESCRIPTION = "ro-crate-metadata.json"
DESCRIBING = (SUMS, ABOUT, MEMORY, DESCRIPTION, "networks.csv")
WORKFLOW = ("Snakefile", "workflow")  # as it was; the clone has its own
METADATA = Path(".snakemake/metadata")
CHUNK = 1 << 20


def write_archive(
    path: str | Path, members: Mapping[str, Path | bytes], compression: int = zipfile.ZIP_DEFLATED
) -> None:
    """Writes files, or their contents, under the names that they have in the archive; the same give the same bytes.

    compression : a method of zipfile. Every program that unpacks ZIPs knows the default; ZIP_LZMA is smaller.

    What an earlier process left that was killed is removed. Raises StudyError for a name that `Archive` refuses.
    """
    if refused := next(filterfalse(is_plain, members), None):
        raise StudyError(f"{refused!r} has a name that not every system can unpack: give the file another one.")
    if clash := clash_of_cases(members):
        raise StudyError(f"{' and '.join(clash)} are one file where case makes no difference: rename one of them.")
    remove_partial(path)
    sums = {name: checksum(content) for name, content in members.items()}
    listing = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, content in sorted({**members, SUMS: listing}.items()):
            entry = zipfile.ZipInfo(name)  # of 1980: no date, no owner
            entry.external_attr = 0o644 << 16
            content = content.read_bytes() if isinstance(content, Path) else content
            archive.writestr(entry, content, compression, compresslevel=9)  # a twentieth smaller than by default


class Archive:
    """An archive that is being read: `with Archive(path) as archive`.

    path   the ZIP, or a folder that holds one and no other
    study  the name of the study
    about  what was noted of the study when it was packed
    sums   SHA-256 of every member but the list of these

    Raises StudyError, with one sentence, for what is no archive of a study or damaged in any way. Members are compared
    with their checksums when they are read.
    """

    def __init__(self, path: str | Path):
        self.path = _zip_in(Path(path))

    def __enter__(self) -> "Archive":
        with self._readable():
            self._zip = zipfile.ZipFile(self.path)
        try:
            self._read_listing()
        except BaseException:
            self._zip.close()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._zip.close()

    def read(self, name: str) -> bytes:
        """The content of one member."""
        if name not in self.sums:
            raise StudyError(f"{self.path} does not hold {name}.")
        return b"".join(self._chunks(name))

    def restored(self) -> list[str]:
        """The members that are unpacked, by name."""
        return [name for name in self.sums if name not in DESCRIBING and PurePosixPath(name).parts[0] not in WORKFLOW]

    def remembered(self) -> dict[str, bytes]:
        """What Snakemake stores of each output, by its path; of those of a recorded study that it lacks, too."""
        lines = self.read(MEMORY).splitlines()
        try:
            entries = {(entry := json.loads(line))["output"]: entry["metadata"] for line in lines}
        except (ValueError, KeyError, TypeError, RecursionError):
            raise self._damaged(f"{MEMORY} is not what Snakemake remembers") from None
        if foreign := [output for output in entries if not self._is_of_study(output)]:
            raise self._damaged(f"{MEMORY} speaks of {foreign[0]}, which is no part of a study")
        return {output: json.dumps(metadata).encode() for output, metadata in entries.items()}

    def check(self) -> None:
        """Compares the members that are not unpacked with their checksums."""
        for name in set(self.sums) - set(self.restored()):
            self.read(name)

    def copy(self, name: str, target: BinaryIO) -> None:
        """Writes the content of a member."""
        for chunk in self._chunks(name):
            target.write(chunk)

    def _read_listing(self) -> None:
        entries = self._zip.infolist()
        names = [entry.filename for entry in entries]
        for entry in entries:
            kind = entry.external_attr >> 16 & 0o170000
            if entry.is_dir() or kind not in (0, 0o100000) or not is_plain(entry.filename):
                raise self._foreign(entry.filename)
        if len(set(names)) < len(names):
            raise self._damaged("a file is in it twice")
        if clash := clash_of_cases(names):
            raise self._damaged(f"{' and '.join(clash)} are one file where case makes no difference")
        if SUMS not in names:
            raise StudyError(f"{self.path} is not an archive of a study: it has no list of checksums, {SUMS}.")
        self.sums = {}
        for line in self._bytes(SUMS).decode("utf-8", errors="replace").splitlines():
            if not (match := re.fullmatch(r"([0-9a-f]{64})  (.+)", line)):
                raise self._damaged(f"{SUMS} has a line that is no checksum")
            self.sums[match[2]] = match[1]
        if absent := sorted(set(self.sums) - set(names)):
            raise self._damaged(f"{absent[0]} is missing")
        if foreign := sorted(set(names) - set(self.sums) - {SUMS}):
            raise self._foreign(foreign[0])
        try:
            self.about = json.loads(self.read(ABOUT))
            self.study = self.about["study"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise self._damaged(f"{ABOUT} does not name a study") from None
        if not isinstance(self.study, str) or not re.fullmatch(r"[\w.-]+", self.study) or not self.study.strip("."):
            raise self._damaged(f"{ABOUT} does not name a study")
        for name in self.restored():
            if not self._is_of_study(name):
                raise self._foreign(name)

    def _is_of_study(self, name: object) -> bool:
        homes = (f"results/{self.study}/", f"figures/{self.study}/", "resources/images/", "resources/tables/")
        return isinstance(name, str) and is_plain(name) and name.startswith(homes)

    def _chunks(self, name: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        with self._readable(), self._zip.open(name) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != self.sums[name]:
            raise self._damaged(f"the SHA-256 of {name} is not that in {SUMS}")

    def _bytes(self, name: str) -> bytes:
        with self._readable():
            return self._zip.read(name)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (StudyError, MemoryError, GeneratorExit):
            raise
        except FileNotFoundError:
            raise StudyError(f"{self.path}: no such file.") from None
        except PermissionError as error:
            raise StudyError(f"{self.path} cannot be read ({error.strerror}).") from None
        except Exception as error:  # zipfile and its decompressors raise whatever damaged bytes lead to
            raise self._damaged(str(error) or type(error).__name__) from None

    def _damaged(self, reason: str) -> StudyError:
        return StudyError(f"{self.path} is damaged ({reason}): fetch it again; nothing was unpacked.")

    def _foreign(self, name: str) -> StudyError:
        return StudyError(f"{self.path} holds {name!r}, which is no part of a study; nothing was unpacked.")


def unpack(archive: Archive, folder: str | Path = ".") -> int:
    """Puts the files of an archive where they were, and Snakemake's memory of them beside it. The number of files.

    folder : where Snakemake runs, a clone of the repository.

    A file that is there with the same content stays. So does the memory of an output that is there and not in the
    archive. What an earlier process left that was killed is removed. Raises StudyError, having changed nothing, if the
    archive is damaged or a file is there with other content.
    """
    folder = Path(folder)
    archive.check()
    files = {folder / name: name for name in archive.restored()}
    if other := [str(path) for path, name in files.items() if _differs(path, archive.sums[name])]:
        more = f" and {len(other) - 1} more" if len(other) > 1 else ""
        raise StudyError(
            f"{other[0]}{more} would be overwritten by other content: move it away, or unpack in a fresh clone;"
            " nothing was unpacked."
        )
    memory = {
        folder / metadata_path(output): content
        for output, content in archive.remembered().items()
        if folder / output in files or not (folder / output).exists()
    }
    new_folders, temporaries = [], {}
    before = {real_path(path): path.read_bytes() for path in memory if path.is_file()}  # of a deleted output, too
    _remove_partial({real_path(path).parent for path in [*files, *memory]})
    try:
        for path in [*(path for path in files if not path.exists()), *memory]:
            target = real_path(path)
            new_folders += [parent for parent in target.parents if not parent.exists() and parent not in new_folders]
            make_folder(target.parent)
            temporaries[target] = target.with_name(f".{secrets.token_hex(8)}.partial")  # its name may be too long
            try:
                with temporaries[target].open("xb") as file:
                    file.write(memory[path]) if path in memory else archive.copy(files[path], file)
            except OSError as error:
                raise StudyError(f"{path} cannot be written ({error.strerror}); nothing was unpacked.") from None
        rename_all(temporaries)
        now = time.time_ns()
        for path in files:  # none is newer than another
            os.utime(path, ns=(now, now))
    except BaseException:
        for target, temporary in temporaries.items():
            if temporary.exists():
                temporary.unlink()
            elif target in before:
                target.write_bytes(before[target])
            else:  # it has its name already
                target.unlink(missing_ok=True)
        for made in sorted(new_folders, key=lambda path: len(path.parts), reverse=True):
            with suppress(OSError):  # not empty
                made.rmdir()
        raise
    return len(files)


def _remove_partial(folders: Iterable[Path]) -> None:
    """Removes from these folders what an unpacking that was killed left there."""
    for folder in folders:
        for file in folder.glob(".*.partial"):
            if re.fullmatch(r"\.[0-9a-f]{16}\.partial", file.name):
                file.unlink(missing_ok=True)


def memory_of(outputs: Iterable[str]) -> bytes:
    """What Snakemake stores of these outputs in the working directory, as `MEMORY` has it.

    Raises StudyError for what is damaged.
    """
    lines = []
    for output in sorted(outputs):
        path = metadata_path(output)
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (ValueError, RecursionError):
            raise StudyError(
                f"{path}, Snakemake's metadata on {output}, is damaged: delete it, and pack again."
            ) from None
        lines.append(json.dumps({"output": output, "metadata": metadata}) + "\n")
    return "".join(lines).encode()


def metadata_path(output: str) -> Path:
    """Where Snakemake keeps its metadata of an output: in a file named after it, long names in several parts."""
    name = urlsafe_b64encode(output.encode()).decode()
    size = 254  # characters of a part; file systems take one more
    parts = [name[start : start + size] for start in range(0, len(name), size)]
    return METADATA.joinpath(*(f"@{part}" for part in parts[:-1]), parts[-1])


def is_plain(name: str) -> bool:
    """Whether a name in an archive is a path below the folder where it is unpacked, in one spelling only."""
    parts = name.split("/")
    return (
        name.isprintable()
        and not {"", ".", ".."} & set(parts)
        and not set(name) & set('\\:*?"<>|')
        and not any(part.startswith(".") or len(part.encode()) > 255 for part in parts)
    )


def clash_of_cases(names: Iterable[str]) -> list[str]:
    """Names that differ in nothing but case, the first such; none if there are none."""
    alike = {}
    for name in sorted(names):
        alike.setdefault(name.casefold(), []).append(name)
    return next((same for same in alike.values() if len(same) > 1), [])


def _differs(path: Path, checksum: str) -> bool:
    """Whether something else than the file with this checksum is there."""
    if not path.exists() and not path.is_symlink():
        return False
    return not path.is_file() or sha256(path) != checksum


def checksum(content: Path | bytes) -> str:
    """SHA-256 (hexadecimal) of a file, or of what one will hold."""
    return sha256(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()


def _zip_in(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = [file for file in sorted(path.glob("*.zip")) if not file.name.startswith(".")]  # not what a killed run left
    if len(found) != 1:
        raise StudyError(f"{path} holds {len(found)} archives (*.zip): name one.")
    return found[0]
