"""From the jobs that are due to CPU hours, wall time, memory and disk, each with the range it may lie in."""

import math
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from forecast.calibration import Calibration
from forecast.data_sizes import DataSizes, UnknownSize
from forecast.footprint import disk_of, download_of, memory_of
from forecast.history import History, PastJob
from forecast.simulate import Task, play
from forecast.unit_costs import Observation, Prices, learn_prices
from forecast.work import Layout, group_of, layouts, work_in
from study.workflow.jobs import Command, Job

QUANTILE = 1.28  # standard deviations on either side that leave out the lowest and the highest tenth
SECONDS_OF_DISPATCH = 0.1  # that Snakemake itself spends on a job, before and after it
NEARLY_ALL = 0.9  # of the records; one that compiled the kernels took much more memory
LEAST_LEFT = 0.05  # of a job that should have ended by now


class Range(NamedTuple):
    """A forecast, and the tenths below and above which it hardly lies."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Headway:
    """How far a job has come.

    epochs   of a training that are done, in a checkpoint or by its log
    running  whether it is under way, since so many seconds
    """

    epochs: int = 0
    running: bool = False
    seconds: float = 0.0


NO_HEADWAY = Headway()


@dataclass(frozen=True)
class Stage:
    """The due jobs of one rule (all figures are one stage).

    cpu_seconds  of all its jobs
    memory       MiB of the largest job
    disk         bytes of all outputs
    past_jobs    how many records of the same script its prices rest on; none: on the calibration alone
    """

    name: str
    jobs: int
    cpu_seconds: Range
    memory: float
    disk: float
    past_jobs: int


@dataclass(frozen=True)
class Forecast:
    """What a run will take.

    wall_seconds  from the start of Snakemake to its end
    memory        MiB of all jobs that run at one time, at most
    disk          bytes of all outputs
    download      bytes from the network, whose speed nobody knows: no time is counted for them
    unknown       jobs of unknown size, which count as no more than their start
    """

    cores: int
    stages: list[Stage]
    cpu_seconds: Range
    wall_seconds: Range
    memory: float
    disk: float
    download: float
    unknown: int


@dataclass(frozen=True)
class Knowledge:
    """What forecasts of this machine rest on."""

    sizes: DataSizes
    networks: Mapping[str, Layout]
    prices: Prices
    bases: Mapping[str, float]
    past_jobs: Mapping[str, int]

    @classmethod
    def of(cls, jobs: Sequence[Job], calibration: Calibration, history: History) -> "Knowledge":
        """The prices that follow from calibration and history for the work of these jobs."""
        sizes = data_sizes(jobs)
        past = [job.command for job in history.jobs]
        networks = layouts(past, sizes) | layouts([job.command for job in jobs], sizes)
        observations = [one for job in history.jobs if (one := _observation(job, sizes, networks))]
        return cls(
            sizes,
            networks,
            learn_prices(calibration.prices, observations),
            calibration.memory | _bases(history.jobs, sizes),
            Counter(command.script for command in past),
        )


def data_sizes(jobs: Sequence[Job]) -> DataSizes:
    """Sizes of data sets, of those too that one of the jobs will make of a user's own files."""
    makers = {job.outputs[0]: job.command for job in jobs if job.command.script == "import_images.py"}
    return DataSizes(makers)


def forecast(
    jobs: Sequence[Job],
    knowledge: Knowledge,
    cores: int,
    start_seconds: float = 0.0,
    headways: Mapping[Job, Headway] | None = None,
) -> Forecast:
    """What the jobs will take on a number of cores.

    start_seconds  pass before the first begins
    headways       of jobs that are not at their beginning; those that are running come first
    """
    headways = headways or {}
    jobs = [job for job in jobs if job.command.script]
    jobs.sort(key=lambda job: not headways.get(job, NO_HEADWAY).running)
    work, unknown = {}, 0
    for job in jobs:
        work[job], known = work_left(job, knowledge, headways.get(job, NO_HEADWAY))
        unknown += not known
    stages, scale = [], {}
    for name, members in by_stage(jobs).items():
        total = sum((work[job] for job in members), Counter())
        doubt = math.exp(QUANTILE * knowledge.prices.doubt(total))
        seconds = knowledge.prices.seconds(total)
        scale |= dict.fromkeys(members, doubt)
        stages.append(
            Stage(
                name,
                len(members),
                Range(seconds / doubt, seconds, seconds * doubt),
                max(_memory(job, knowledge) for job in members),
                sum(_disk(job, knowledge) for job in members),
                sum(knowledge.past_jobs[script] for script in {job.command.script for job in members}),
            )
        )
    tasks = tasks_of(jobs, [knowledge.prices.seconds(work[job]) for job in jobs], knowledge)
    walls, memory = [], 0.0
    for exponent in (-1, 0, 1):
        scaled = [
            replace(task, seconds=task.seconds * scale[job] ** exponent) for task, job in zip(tasks, jobs, strict=True)
        ]
        schedule = play(scaled, cores)
        walls.append(start_seconds + schedule.wall)
        memory = max(memory, schedule.memory)
    return Forecast(
        cores=cores,
        stages=stages,
        cpu_seconds=Range(*np.sum([stage.cpu_seconds for stage in stages], axis=0).tolist() if stages else (0, 0, 0)),
        wall_seconds=Range(*walls),
        memory=memory,
        disk=sum(stage.disk for stage in stages),
        download=sum(_or_nothing(download_of, job, knowledge.sizes) for job in jobs),
        unknown=unknown,
    )


def tasks_of(jobs: Sequence[Job], cpu_seconds: Sequence[float], knowledge: Knowledge) -> list[Task]:
    """The jobs as the scheduler sees them: a job waits for those that make what it reads."""
    makers = {output: place for place, job in enumerate(jobs) for output in job.outputs}
    return [
        Task(
            seconds=seconds + SECONDS_OF_DISPATCH,
            threads=job.threads,
            priority=job.priority,
            after=frozenset(makers[path] for path in job.inputs if path in makers),
            memory=_memory(job, knowledge),
        )
        for job, seconds in zip(jobs, cpu_seconds, strict=True)
    ]


def by_stage(jobs: Sequence[Job]) -> dict[str, list[Job]]:
    """The jobs of each rule; all figures under one name."""
    stages: dict[str, list[Job]] = {}
    for job in jobs:
        name = "figures" if group_of(job.command.script) == "figure" else job.rule
        stages.setdefault(name, []).append(job)
    return stages


def work_left(job: Job, knowledge: Knowledge, headway: Headway) -> tuple[Counter, bool]:
    """The work that is left in a job, and whether its size is known."""
    try:
        work = work_in(job.command, knowledge.sizes, knowledge.networks, headway.epochs)
        known = set(work) <= set(knowledge.prices.kinds)
    except (UnknownSize, KeyError, ValueError):
        known = False
    if not known:
        work = Counter({f"start: {group_of(job.command.script)}": 1})
    if headway.running and not headway.epochs:
        left = max(1 - headway.seconds / knowledge.prices.seconds(work), LEAST_LEFT)
        work = Counter({kind: amount * left for kind, amount in work.items()})
    return work, known


def checkpointed_epochs(command: Command, root: Path) -> int:
    """Epochs of a training that lie in its checkpoint, if it has one."""
    for path in command.options.get("checkpoint", []):
        try:
            with (root / path).open("rb") as file, np.load(file, allow_pickle=False) as stored:
                return int(stored["array epoch"])
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
            continue
    return 0


def _observation(job: PastJob, sizes: DataSizes, networks: Mapping[str, Layout]) -> Observation | None:
    try:
        return Observation(work_in(job.command, sizes, networks), job.cpu_seconds)
    except (UnknownSize, KeyError, ValueError):
        return None


def _bases(past: Sequence[PastJob], sizes: DataSizes) -> dict[str, float]:
    """Memory of each script with next to no data: what nearly all its records leave for it."""
    found: dict[str, list[float]] = {}
    for job in past:
        images = _or_nothing(memory_of, Job("", job.command), sizes, {})
        found.setdefault(job.command.script, []).append(job.memory - images)
    return {script: float(np.quantile(values, NEARLY_ALL)) for script, values in found.items()}


def _memory(job: Job, knowledge: Knowledge) -> float:
    return _or_nothing(memory_of, job, knowledge.sizes, knowledge.bases)


def _disk(job: Job, knowledge: Knowledge) -> float:
    return _or_nothing(disk_of, job, knowledge.sizes, knowledge.networks)


def _or_nothing(function, *arguments) -> float:
    try:
        return function(*arguments)
    except (UnknownSize, KeyError, ValueError):
        return 0.0
