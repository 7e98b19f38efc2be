"""Records of provenance: a small JSON file beside the outputs of a script that says what they were made of, and how.

A script tells by the types of its arguments which files it reads (`Input`) and writes (`Output`, `FigureStem`):

    parser.add_argument("--images", type=Input, ...)
    parser.add_argument("--output", type=Output, ...)
    options, record = parse(parser, arguments, __file__)
    ...
    record.write()

With `--record` the last line writes the record; without, it does nothing. Nothing of this changes a result, so code
digests leave this module out (`study.workflow.code_digest`).
"""

import argparse
import hashlib
import json
import re
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from study.errors import StudyError
from study.files import atomic_path, sha256
from study.provenance.environment import circumstances, consumption


class _File(type(Path())):
    """A path of which the record must know."""

    def files(self) -> list[Path]:
        """The files that it stands for: itself, or those of a folder."""
        return sorted(path for path in self.iterdir() if path.is_file()) if self.is_dir() else [self]


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
        if self._path is None:
            return
        self._begin = time.perf_counter()
        self._started = datetime.now(UTC)
        self._command = shlex.join(["python", f"src/{script}", *command])
        self._outputs = {}
        self._uncounted = {}
        self._determinants = {"script": script, "code": options.code, "arguments": {}, "inputs": {}}
        for name, value in vars(options).items():
            if name in ("code", "record"):
                continue
            if _holds(Output, value):
                self._outputs[name] = value
            elif _holds(Input, value):
                self._determinants["inputs"][name] = {str(file): _sha256_of_input(file) for file in _files(value)}
            elif name in uncounted or _holds(Path, value):
                self._uncounted[name] = str(value) if isinstance(value, Path) else value
            else:
                self._determinants["arguments"][name] = value

    @property
    def stamp(self) -> dict[str, str]:
        """What the metadata of a figure say of its record; nothing if there is none."""
        if self._path is None:
            return {}
        outputs = {name: [str(file) for file in _files(value)] for name, value in self._outputs.items()}
        digest = record_digest(self._determinants | {"outputs": outputs})
        return {"Subject": f"drawn by {self._determinants['script']}", "Keywords": f"sha256:{digest}"}

    def write(self) -> None:
        """Writes the record, atomically, if one was asked for. Every output must be there."""
        if self._path is None:
            return
        seconds = time.perf_counter() - self._begin
        outputs = {name: {str(file): sha256(file) for file in _files(value)} for name, value in self._outputs.items()}
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


def _sha256_of_input(path: Path) -> str:
    try:
        return sha256(path)
    except OSError as error:
        raise StudyError(f"{path} cannot be read ({error.strerror}).") from None


def _portable(path: str) -> str:
    return Path(path).name if Path(path).is_absolute() else path


def _holds(kind: type, value: Any) -> bool:
    """Whether the value of an argument is a path of that kind, or a list of them."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(isinstance(item, kind) for item in values)


def _files(value: _File | list[_File]) -> list[Path]:
    return [file for path in (value if isinstance(value, list) else [value]) for file in path.files()]
