"""Records of provenance: a small JSON file beside the outputs of a script that says what they were made of, and how.

A script tells by the types of its arguments which files it reads (`Input`) and writes (`Output`, `FigureStem`):

    parser.add_argument("--images", type=Input, ...)
    parser.add_argument("--output", type=Output, ...)
    options, record = parse(parser, arguments, __file__)
    with record:
        ...

`parse` compares each input with the record that lies beside it, if there is one, and claims the outputs. The end of the
block gives them their names, all at once (`study.provenance.ownership`), and with `--record` writes the record; where
an error ends the block, what was made is dropped. Nothing of this changes a result: code digests leave this module out.
"""

import argparse
import errno
import hashlib
import json
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from study.errors import StudyError
from study.files import atomic_path, real_path, sha256
from study.provenance.environment import circumstances, consumption
from study.provenance.ownership import Ownership


class _File(type(Path())):
    """A path of which the record must know."""

    def files(self) -> list[Path]:
        """The files that it stands for: itself, or those of a folder, but for hidden ones, which may be left over."""
        if not self.is_dir():
            return [self]
        return sorted(path for path in self.iterdir() if path.is_file() and not path.name.startswith("."))


class Input(_File):
    """The type of an argument that names a file to read, or a folder of files."""


class Output(_File):
    """The type of an argument that names a file to write, or a folder of files."""


class FigureStem(Output):
    """The type of an argument that names a figure: STEM for STEM.pdf, STEM.png and STEM.csv."""

    def files(self) -> list[Path]:
        return [self.with_name(self.name + suffix) for suffix in (".pdf", ".png", ".csv")]


class Record:
    """What one run of a script did. Inputs are hashed when it is made, outputs when it is written."""

    def __init__(self, script: str, options: argparse.Namespace, command: Sequence[str], uncounted: Sequence[str]):
        self._path = options.record
        self._begin = time.perf_counter()
        self._started = datetime.now(UTC)
        self._command = shlex.join(["python", f"src/{script}", *command])
        self._outputs = {}
        self._uncounted = {}
        self._determinants = {"script": script, "code": options.code, "arguments": {}, "inputs": {}}
        made = cache(_made)  # many inputs may share a record
        for name, value in vars(options).items():
            if name in ("code", "record"):
                continue
            if _holds(Output, value):
                self._outputs[name] = value
            elif _holds(Input, value):
                required = self._path is not None
                sums = {str(file): _checked_sha256(file, made, required) for file in _files(value)}
                self._determinants["inputs"][name] = sums
            elif name in uncounted or _holds(Path, value):
                self._uncounted[name] = str(value) if isinstance(value, Path) else value
            else:
                self._determinants["arguments"][name] = value
        self._ownership = self._claim(script)

    def _claim(self, script: str) -> Ownership:
        """A script that is called as a function, in a notebook, is its caller's business: it claims nothing."""
        if Path(sys.argv[0]).name != script:
            return Ownership(script, (), ())
        outputs = [path for value in self._outputs.values() for path in _paths(value)]
        files = [file for path in outputs for file in ([path] if path.is_dir() else path.files())]
        return Ownership(script, files, files if self._path is None else [*files, self._path])

    @property
    def stamp(self) -> dict[str, str]:
        """What the metadata of a figure say of its record; nothing if there is none."""
        if self._path is None:
            return {}
        outputs = {name: [str(file) for file in _files(value)] for name, value in self._outputs.items()}
        digest = record_digest(self._determinants | {"outputs": outputs})
        return {"Subject": f"drawn by {self._determinants['script']}", "Keywords": f"sha256:{digest}"}

    def __enter__(self) -> "Record":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.write()
        finally:
            self._ownership.release()

    def write(self) -> None:
        """Gives the outputs their names and writes the record, if one was asked for. Every output must be finished."""
        if self._path is not None:
            self._write()
        self._ownership.publish()

    def _write(self) -> None:
        seconds = time.perf_counter() - self._begin
        outputs = {}
        for name, value in self._outputs.items():
            written = {file: self._ownership.file(file) for file in _files(value)}
            outputs[name] = {
                str(file): sha256(place) for file, place in written.items() if place.is_file()
            }  # no device
        made = self._determinants | {"outputs": outputs}
        arguments = made["arguments"]
        content = {
            "digest": record_digest(made),
            "study": study_of(self._path),
            **made,
            "uncounted": self._uncounted,
            "command": self._command,
            "seeds": {name: arguments[name] for name in ("seed", "seeds") if name in arguments},
            **circumstances(),
            "started": self._started.isoformat(timespec="seconds"),
            "seconds": round(seconds, 3),
            **consumption(),
        }
        with atomic_path(self._path) as temporary:
            temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def parse(
    parser: argparse.ArgumentParser, arguments: list[str] | None, script: str, uncounted: Sequence[str] = ()
) -> tuple[argparse.Namespace, Record]:
    """Adds `--code` and `--record`, parses, and begins the record.

    Parameters
    ----------
    arguments : the command line without the script; None for that of this process.
    script : `__file__` of the script.
    uncounted : names of arguments on which no result depends. Those of type `Path`, neither read nor written for the
        result's sake, are never counted.
    """
    provenance = parser.add_argument_group("provenance")
    provenance.add_argument("--code", metavar="DIGEST", help="digest of the code, for the record (default: none)")
    provenance.add_argument(
        "--record", type=Path, metavar="JSON", help="writes what the outputs were made of, and how (default: none)"
    )
    options = parser.parse_args(arguments)
    if clash := _one_path_twice(options):
        parser.error(clash)
    command = sys.argv[1:] if arguments is None else arguments
    return options, Record(Path(script).name, options, command, uncounted)


def record_digest(record: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) over what determines the outputs: script, code, arguments, inputs, names of outputs.

    The same on every machine and in every folder: no time, no version, and of an absolute path only the last part.
    """
    counted = {
        "script": record["script"],
        "code": record["code"],
        "arguments": record["arguments"],
        "inputs": {
            name: [[_portable(path), sha256] for path, sha256 in files.items()]
            for name, files in record["inputs"].items()
        },
        "outputs": {name: [_portable(path) for path in files] for name, files in record["outputs"].items()},
    }
    canonical = json.dumps(counted, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def study_of(path: str | Path) -> str | None:
    """The study whose results or figures a path lies among; None for what studies share."""
    match = re.search(r"(?:^|/)(?:results|figures)/([^/]+)/", Path(path).as_posix())
    return match and match[1]


def _record_at(path: Path) -> dict | None:
    """The record that a file holds; None if it is none, or not there. StudyError if it is damaged."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        record = json.loads(text)
        return record if isinstance(record, dict) else None
    except OSError:
        return None
    except (ValueError, RecursionError):
        if not text.strip("\0 \n") or text.startswith('{\n  "digest"'):
            raise StudyError(
                f"{path} is damaged: delete it and what it is the record of, and run again, to have both made again;"
                " or delete it alone, to use that unchecked."
            ) from None
        return None


def _checked_sha256(path: Path, made: Callable[[Path], dict[str, str]], required: bool) -> str | None:
    """The checksum of an input, which must be that of its record, if it has one. None for what is no file.

    made  what a record says was made (`_made`)
    """
    try:
        if not path.is_file():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        checksum = sha256(path)
    except OSError as error:
        if not required:  # the script says so in its own words
            return None
        raise StudyError(f"{path} cannot be read ({error.strerror}).") from None
    for record in _records_near(path):
        expected = made(record).get(os.path.normpath(path))
        if expected not in (None, checksum):
            raise StudyError(
                f"{path} was changed or cut off after it was made: its SHA-256 is not that in {record}."
                " Delete it and run again, to have it made again; or delete that record, to use the file as it is."
            )
        if expected:
            break
    return checksum


def _records_near(path: Path) -> Iterator[Path]:
    """Where the record of a file may lie: the likely place first, then all others in its folder."""
    likely = path.with_suffix(".json")
    if likely != path and likely.is_file():
        yield likely
    yield from (record for record in sorted(path.parent.glob("*.json")) if record not in (path, likely))


def _made(record: Path) -> dict[str, str]:
    """Checksums of what a record says was made, by path. Files and record may have been moved since, together."""
    try:
        content = _record_at(record) or {}
        words = shlex.split(content["command"])
        folder = Path(words[words.index("--record") + 1]).parent
        return {
            os.path.normpath(record.parent / os.path.relpath(file, folder)): checksum
            for files in content["outputs"].values()
            for file, checksum in files.items()
        }
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):  # it is something else
        return {}


def _one_path_twice(options: argparse.Namespace) -> str | None:
    """What is wrong if two arguments name one file, and not both of them to read it."""
    seen: dict[Path, tuple[str, bool]] = {}
    for name, value in vars(options).items():
        for path in _paths(value):
            only_read = isinstance(path, Input)
            for file in path.files() if isinstance(path, FigureStem) else [path]:
                if file.exists() and not file.is_file():  # a folder, or a device
                    continue
                other, other_only_read = seen.get(real_path(file), (None, True))
                if other and not (only_read and other_only_read):
                    return f"--{other} and --{name} name the same file, {file}: each needs one of its own."
                seen[real_path(file)] = (name, only_read)
    return None


def _portable(path: str) -> str:
    return Path(path).name if Path(path).is_absolute() else path


def _holds(kind: type, value: Any) -> bool:
    """Whether the value of an argument is a path of that kind, or a list of them."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(isinstance(item, kind) for item in values)


def _paths(value: Any) -> list[Path]:
    """The paths that the value of an argument holds."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Path)]


def _files(value: _File | list[_File]) -> list[Path]:
    return [file for path in _paths(value) for file in path.files()]
