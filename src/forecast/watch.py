"""How far a run that is going on has come, from the files that it leaves. Nothing of it is touched or locked."""

import fcntl
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from forecast.forecast import Forecast, Headway, checkpointed_epochs
from forecast.report import span
from study.workflow.jobs import Job

LOGS = Path(".snakemake/log")
ALIVE = Path(".snakemake/alive")
LEAST_ELAPSED = 60  # seconds, before which nobody can tell how fast a run gets on
SLOWEST = 20
TELLING = 1.2  # times; less is within the range anyway
EPOCHS_DONE = r"^epoch (\d+) of \d+: "  # as `study.scripts.progress` reports them


@dataclass(frozen=True)
class Standing:
    """The jobs that are not done, and how far those are that have begun."""

    left: list[Job]
    headways: Mapping[Job, Headway]

    @property
    def running(self) -> int:
        """Jobs under way."""
        return sum(headway.running for headway in self.headways.values())


def standing(jobs: Sequence[Job], root: Path, since: float, began: float, now: float) -> Standing:
    """How far the jobs of a run have come.

    jobs   that were due at the time `since` (seconds since the epoch, as all times here)
    began  when the run began
    """
    left = [job for job in jobs if not _is_whole(job, root, since)]
    headways = {}
    for job in left:
        epochs = checkpointed_epochs(job.command, root)
        log = root / job.log if job.log else None
        written = log.stat().st_mtime if log and log.is_file() else 0.0
        if written >= began and not _is_whole(job, root, written):
            headways[job] = Headway(max(epochs, _epochs_in(log)), True, max(now - written, 0.0))
        elif epochs:
            headways[job] = Headway(epochs)
    return Standing(left, headways)


def _is_whole(job: Job, root: Path, since: float) -> bool:
    """Whether all outputs were made since then: they are the last thing that a job writes, and appear as a whole."""
    paths = [root / output for output in job.outputs]
    return bool(paths) and all(path.is_file() and path.stat().st_mtime >= since for path in paths)


def _epochs_in(log: Path) -> int:
    """The last epoch that a training has reported."""
    found = re.findall(EPOCHS_DONE, log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return int(found[-1]) if found else 0


def began(root: Path) -> float | None:
    """When the last run began, by Snakemake's log of it; None if there was none."""
    logs = sorted((root / LOGS).glob("*.snakemake.log"))
    if not logs:
        return None
    return datetime.strptime(logs[-1].name.partition(".snakemake")[0], "%Y-%m-%dT%H%M%S.%f").timestamp()


def is_going_on(root: Path) -> bool:
    """Whether a Snakemake is at work here: it holds a lock of the operating system as long as it lives
    (`study.workflow.stale_locks`). Where the file system knows no locks nobody can tell, and it is assumed.
    """
    try:
        with (root / ALIVE).open("a") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def slowness(elapsed: float, expected: float) -> float:
    """How many times longer the run takes than it would with the cores to itself, at least once.

    elapsed   seconds since watching began
    expected  seconds in which the same jobs should have come as far
    """
    if elapsed < LEAST_ELAPSED:
        return 1.0
    return min(max(elapsed / max(expected, 1.0), 1.0), SLOWEST)


def line(position: Standing, of: int, prospect: Forecast, done_seconds: float, now: datetime, slow: float = 1) -> str:
    """One line of progress.

    of            jobs that were due when watching began
    prospect      what the jobs that are left will take
    done_seconds  CPU seconds of the work that is done
    slow          how many times longer everything takes, because of other work on the machine
    """
    low, middle, high = (slow * seconds for seconds in prospect.wall_seconds)
    end = now + timedelta(seconds=middle)
    day = "" if end.date() == now.date() else f"{end:%a %d %b} "
    return (
        f"{now:%H:%M:%S}  {of - len(position.left)} of {of} jobs done, {position.running} running; "
        f"CPU time {span(done_seconds)} done, {span(prospect.cpu_seconds.middle)} left; "
        f"{span(middle)} to go ({span(low)} to {span(high)}), until about {day}{end:%H:%M}"
        + (f"; other work slows it down {slow:.1f} times" if slow > TELLING else "")
    )
