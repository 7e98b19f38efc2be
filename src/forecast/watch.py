"""How far a run that is going on has come, by the files that it leaves. None of them is changed."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

from forecast.forecast import Forecast, Progress
from forecast.report import span
from study.workflow.jobs import Command, Job

LOGS, ALIVE = Path(".snakemake/log"), Path(".snakemake/alive")
EPOCHS_DONE = r"^epoch (\d+) of \d+: "  # as `study.scripts.progress` reports them
LEAST_ELAPSED = 60  # seconds, before which nobody can tell how fast a run gets on
NOTICED = 1.2  # times slower; less is within the range of the forecast


class Status(NamedTuple):
    """The jobs that are not done, and how far those are that have begun."""

    left: list[Job]
    progress: Mapping[Job, Progress]


def status(jobs: Sequence[Job], since: float, began: float, now: float) -> Status:
    """How far the jobs of a run in the working directory have come.

    jobs : that were due at the time `since` (seconds since the epoch, as all times here).
    began : when the run began.
    """
    left = [job for job in jobs if not _is_done(job, since)]
    progress = {}
    for job in left:
        epochs = checkpointed_epochs(job.command)
        log = Path(job.log) if job.log else None
        written = log.stat().st_mtime if log and log.is_file() else 0.0
        if written >= began and not _is_done(job, written):
            progress[job] = Progress(max(epochs, _epochs_in(log)), max(now - written, 0.0))
        elif epochs:
            progress[job] = Progress(epochs)
    return Status(left, progress)


def _is_done(job: Job, since: float) -> bool:
    """Whether all outputs were made since then: they are the last thing that a job writes, and appear as a whole."""
    paths = [Path(output) for output in job.outputs]
    return bool(paths) and all(path.is_file() and path.stat().st_mtime >= since for path in paths)


def checkpointed_epochs(command: Command) -> int:
    """Epochs of a training that lie in its checkpoint, if it has one."""
    try:
        with np.load(command.value("checkpoint") or "", allow_pickle=False) as stored:
            return int(stored["array epoch"])
    except Exception:  # whatever is wrong with it: the training would not use it either
        return 0


def _epochs_in(log: Path) -> int:
    """The last epoch that a training has reported."""
    found = re.findall(EPOCHS_DONE, log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return int(found[-1]) if found else 0


def began() -> float | None:
    """When the last run in the working directory began, by Snakemake's log of it; None if there was none."""
    logs = sorted(LOGS.glob("*.snakemake.log"))
    if not logs:
        return None
    return datetime.strptime(logs[-1].name.partition(".snakemake")[0], "%Y-%m-%dT%H%M%S.%f").timestamp()


def is_going_on() -> bool:
    """Whether a Snakemake is at work here: it holds a lock of the operating system as long as it lives
    (`study.workflow.stale_locks`). Where the system knows no such locks nobody can tell, and it is assumed.
    """
    if fcntl is None:
        return True
    try:
        with ALIVE.open("r+") as alive:  # to write, as NFS locks nothing else
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def slowdown(elapsed: float, predicted: float) -> float:
    """How many times longer the run takes than with the cores to itself, at least once.

    elapsed : seconds since watching began.
    predicted : seconds in which the same jobs should have come as far.
    """
    return max(elapsed / max(predicted, 1.0), 1.0) if elapsed >= LEAST_ELAPSED else 1.0


def line(now: datetime, position: Status, jobs: int, done_seconds: float, rest: Forecast, slower: float = 1.0) -> str:
    """One line of progress.

    jobs : that were due when watching began.
    done_seconds : CPU seconds of the work that is done.
    rest : forecast of what is left.
    slower : how many times longer everything takes, because of other work on the machine.
    """
    low, predicted, high = (slower * seconds for seconds in rest.wall_seconds)
    end = now + timedelta(seconds=predicted)
    day = "" if end.date() == now.date() else f"{end:%a %d %b} "
    running = sum(progress.seconds is not None for progress in position.progress.values())
    return (
        f"{now:%H:%M:%S}  {jobs - len(position.left)} of {jobs} jobs done, {running} running; "
        f"CPU time {span(done_seconds)} done, {span(rest.cpu_seconds.predicted)} left; "
        f"{span(predicted)} to go ({span(low)} to {span(high)}), until about {day}{end:%H:%M}"
        + (f"; other work slows it down {slower:.1f} times" if slower > NOTICED else "")
    )
