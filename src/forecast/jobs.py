"""Jobs: those that Snakemake would run now, and what the command of a job says of it."""

import json
import os
import re
import resource
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from study.errors import StudyError

REMARK = r" \((?:access|before update|cached|nodelocal|pipe|service|update)[^()]*\)$"
PLUGIN = Path(__file__).parent / "plugin"


@dataclass(frozen=True)
class Command:
    """A command line such as `python src/train.py --epochs 5 > log`: all that tells how large a job is."""

    text: str

    @cached_property
    def _words(self) -> list[str]:
        words = shlex.split(self.text)
        end = next((place for place, word in enumerate(words) if word.startswith((">", "2>", "|", "&&", ";"))), None)
        words = words[:end]
        begin = next((place for place, word in enumerate(words) if word.endswith(".py")), len(words))
        return words[begin:]

    @property
    def script(self) -> str:
        """File name of the script; empty for a job without one."""
        return Path(self._words[0]).name if self._words else ""

    @cached_property
    def options(self) -> dict[str, list[str]]:
        """Option (without dashes in front) -> its values; those without an option under the empty name."""
        options: dict[str, list[str]] = {"": []}
        name = ""
        for word in self._words[1:]:
            if word.startswith("--"):
                name = word.removeprefix("--")
                options[name] = []
            else:
                options[name].append(word)
        return options

    def value(self, option: str) -> str:
        """The value of an option that has one. Raises KeyError if it is not there."""
        values = self.options[option]
        if len(values) != 1:
            raise KeyError(f"--{option} has {len(values)} values in {self.text}")
        return values[0]

    def number(self, option: str) -> float:
        """The same as a number."""
        return float(self.value(option))

    def numbers(self, option: str) -> list[float]:
        """The values of an option with several."""
        return [float(value) for value in self.options[option]]


@dataclass(frozen=True)
class Job:
    """A job that Snakemake would run.

    threads  cores that it takes, at most those that there are
    """

    rule: str
    command: Command
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    log: str | None = None
    threads: int = 1
    priority: float = 0


@dataclass(frozen=True)
class DueJobs:
    """What is still to be done, and the CPU seconds that Snakemake took to find out."""

    jobs: list[Job] = field(default_factory=list)
    cpu_seconds: float = 0.0


def due_jobs(cores: int, configfiles: Sequence[str] = (), arguments: Sequence[str] = ()) -> DueJobs:
    """Asks Snakemake, by a dry run in the working directory, which may be done while another run is going on.

    cores        number of cores that the run would have
    configfiles  of the study; none for the workflow's default
    arguments    more of them for Snakemake, as the run would have them: targets, `--forcerun train`

    Raises StudyError with Snakemake's own message if it refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "jobs.jsonl"
        listing.touch()
        command = [sys.executable, "-m", "snakemake"]
        command += ["--configfile", *configfiles] if configfiles else []
        command += ["--dry-run", "--nolock", "--cores", str(cores)]
        command += ["--logger", "jobs", "--logger-jobs-path", str(listing)]
        search_path = os.pathsep.join([str(PLUGIN), *filter(None, [os.environ.get("PYTHONPATH")])])
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = subprocess.run(
            [*command, *arguments],
            env=os.environ | {"PYTHONPATH": search_path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if result.returncode:
            raise StudyError(f"Snakemake cannot say what is to be done.\n{result.stdout.strip()}")
        records = [json.loads(line) for line in listing.read_text(encoding="utf-8").splitlines()]
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return DueJobs([_job(record) for record in records], seconds)


def _job(record: dict) -> Job:
    return Job(
        rule=record["rule_name"],
        command=Command(record["shellcmd"] or ""),
        inputs=tuple(map(_plain, record["input"])),
        outputs=tuple(map(_plain, record["output"])),
        log=record["log"][0] if record["log"] else None,
        threads=record["threads"],
        priority=float(record["priority"]) if record["priority"] != "highest" else float("inf"),
    )


def _plain(path: str) -> str:
    """A path without what Snakemake says of it: `scores.csv (update)` -> `scores.csv`."""
    return re.sub(REMARK, "", path)
