"""Jobs that were done before, from the records of provenance beside their outputs."""

import json
import platform
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from study.files import read_table
from study.provenance.environment import circumstances
from study.workflow.jobs import Command

FOLDERS = ("resources", "results", "figures")
TIMED_PARTS = ["seconds_training", "seconds_update", "seconds_evaluation"]


@dataclass(frozen=True)
class PastJob:
    """A job that was done on this machine.

    memory  its largest resident set, MiB
    """

    command: Command
    cpu_seconds: float
    memory: float


@dataclass(frozen=True)
class History:
    """What was done on processors of this kind, and how many jobs were done on others, by their names."""

    jobs: list[PastJob]
    elsewhere: dict[str, int]


def this_processor() -> str:
    """The name that records have for the processor of this machine."""
    return circumstances()["processor"] or platform.machine()


def read_history(root: Path, processor: str) -> History:
    """The jobs whose outputs lie in `root`. What is no record, or one without times, is passed over."""
    jobs, elsewhere = [], defaultdict(int)
    for path in _records(root):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            job = PastJob(Command(record["command"]), float(record["cpu_seconds"]), float(record["peak_memory"]))
            if record["processor"] != processor:
                elsewhere[record["processor"]] += 1
            elif not _resumed(root, record):
                jobs.append(job)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return History(jobs, dict(elsewhere))


def _records(root: Path) -> Iterable[Path]:
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.json"))


def _resumed(root: Path, record: dict) -> bool:
    """Whether a training went on from a checkpoint: then its epochs took longer than the process that ended it."""
    for path in record["outputs"].get("timings", {}):
        if record["script"] != "train.py":
            return False
        try:
            return read_table(root / path)[TIMED_PARTS].to_numpy().sum() > record["seconds"]
        except (OSError, KeyError, pd.errors.ParserError, pd.errors.EmptyDataError):
            return True
    return False
