"""Checkpoints of long jobs: what a job needs to go on after it was killed, kept apart from its results.

A checkpoint carries the digest of everything that it depends on. One that was made by other code, with other settings
or on other data is never used.
"""

import hashlib
import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from study.errors import StudyError
from study.files import read_arrays, remove_file, remove_partial, write_arrays

STOPPED = 128 + signal.SIGTERM  # the exit status of a job that was asked to stop, as a shell reports it


def digest_of(*parts: object) -> str:
    """SHA-256 (hexadecimal) of values that JSON can hold, and of the contents of files given as `Path`."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            with part.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        else:
            digest.update(json.dumps(part, sort_keys=True).encode())
        digest.update(b"\0")
    return digest.hexdigest()


@dataclass(frozen=True)
class Checkpoint:
    """The checkpoint file of one job.

    path    where it lies; there is none if it is None, and nothing is ever stored
    digest  of all that the job depends on (`digest_of`)
    """

    path: Path | None
    digest: str

    def load(self) -> tuple[dict[str, np.ndarray], dict[str, list]] | None:
        """Arrays and rows as they were stored; None if there is no whole checkpoint of this digest."""
        if self.path is None:
            return None
        remove_partial(self.path)
        try:
            stored = read_arrays(self.path)
            about = json.loads(str(stored["about"]))
            if about["digest"] != self.digest:
                return None
            return {name: stored[f"array {name}"] for name in about["arrays"]}, about["rows"]
        except (StudyError, ValueError, KeyError, TypeError):
            return None

    def save(self, arrays: Mapping[str, np.ndarray], rows: Mapping[str, list]) -> None:
        """Takes the place of the last one, which stays if this one cannot be written."""
        if self.path is None:
            return
        about = json.dumps({"digest": self.digest, "arrays": [*arrays], "rows": rows})
        named = {f"array {name}": array for name, array in arrays.items()}
        write_arrays(self.path, {"about": np.array(about), **named})

    def remove(self) -> None:
        """The job is done."""
        if self.path is not None:
            remove_file(self.path)


class TerminationRequest:
    """While entered, SIGTERM does not end the process but sets `received`: the job stops where it can be resumed."""

    def __init__(self) -> None:
        self.received = False

    def __enter__(self) -> "TerminationRequest":
        self._previous = signal.signal(signal.SIGTERM, self._receive)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGTERM, self._previous)

    def _receive(self, number: int, frame: object) -> None:
        self.received = True
