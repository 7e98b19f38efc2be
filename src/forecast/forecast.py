"""From the jobs that are due to CPU hours, wall time and memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from forecast.simulate import Task, simulate
from forecast.work import START, Sizes, UnknownWork, memory_of, work_in
from study.workflow.jobs import Job
from study.workflow.resources import unit_cost

UNCERTAINTY = 1.5  # factor either way; docs/time.md compares predicted and used times
SECONDS_OF_DISPATCH = 0.1  # that Snakemake itself spends on a job, before and after it
LEAST_LEFT = 0.05  # of a job that should have ended by now


class Progress(NamedTuple):
    """How far a job has come: epochs of a training that are done, seconds since it began (None: it does not run)."""

    epochs: int = 0
    seconds: float | None = None


class Range(NamedTuple):
    """Seconds, and the factor UNCERTAINTY below and above them."""

    low: float
    predicted: float
    high: float

    @classmethod
    def of(cls, seconds: float) -> "Range":
        return cls(seconds / UNCERTAINTY, seconds, seconds * UNCERTAINTY)


@dataclass(frozen=True)
class Stage:
    """The due jobs of one rule (all figures are one stage): CPU seconds of all, MiB of the largest."""

    name: str
    jobs: int
    cpu_seconds: float
    memory: float


@dataclass(frozen=True)
class Forecast:
    """What a run will take.

    wall_seconds  from the start of Snakemake to its end
    memory        MiB of all jobs that run at one time, at most
    unknown       rule -> what is not known of its jobs, which are not counted
    """

    cores: int
    stages: list[Stage]
    cpu_seconds: Range
    wall_seconds: Range
    memory: float
    unknown: dict[str, str]


def seconds_of(work: Mapping[str, float], costs: Mapping[str, float]) -> float:
    """CPU seconds of amounts of work; a kind that was not measured costs what it did elsewhere, at the pace of here."""
    return sum(amount * (costs.get(kind) or costs[START] * unit_cost(kind)) for kind, amount in work.items())


def forecast(
    jobs: Sequence[Job],
    sizes: Sizes,
    costs: Mapping[str, float],
    cores: int,
    *,
    start_seconds: float = 0.0,
    progress: Mapping[Job, Progress] | None = None,
) -> Forecast:
    """What the jobs will take on a number of cores.

    costs : CPU seconds of a unit of each kind of work (`forecast.calibration`).
    start_seconds : pass before the first job begins.
    progress : of jobs that are not at their beginning; those that run come first.
    """
    progress = progress or {}
    needs, unknown = {}, {}
    for job in sorted(jobs, key=lambda job: progress.get(job, Progress()).seconds is None):
        try:
            if job.command:
                needs[job] = (
                    seconds_left(job, sizes, costs, progress.get(job, Progress())),
                    memory_of(job.command, sizes),
                )
            elif job.outputs:
                raise UnknownWork("a command that runs no script")
        except UnknownWork as error:
            unknown[job.rule] = str(error)
    makers = {output: place for place, job in enumerate(needs) for output in job.outputs}
    tasks = [
        Task(
            seconds + SECONDS_OF_DISPATCH,
            job.threads,
            job.priority,
            frozenset(makers[path] for path in job.inputs if path in makers),
            memory,
        )
        for job, (seconds, memory) in needs.items()
    ]
    begins, peak = simulate(tasks, cores)
    end = max((begin + task.seconds for begin, task in zip(begins, tasks, strict=True)), default=0.0)
    stages = [
        Stage(name, len(members), sum(needs[job][0] for job in members), max(needs[job][1] for job in members))
        for name, members in by_stage(needs).items()
    ]
    cpu_seconds = sum(seconds for seconds, _ in needs.values())
    return Forecast(cores, stages, Range.of(cpu_seconds), Range.of(start_seconds + end), peak, unknown)


def by_stage(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    """The jobs of each rule; all figures under one name."""
    stages: dict[str, list[Job]] = {}
    for job in jobs:
        figure = job.command.script.startswith("figure_")
        stages.setdefault("figures" if figure else job.rule, []).append(job)
    return stages


def seconds_left(job: Job, sizes: Sizes, costs: Mapping[str, float], progress: Progress) -> float:
    """CPU seconds that a job still takes. Raises UnknownWork."""
    seconds = seconds_of(work_in(job.command, sizes, progress.epochs), costs)
    if progress.seconds is None or progress.epochs:
        return seconds
    return max(seconds - progress.seconds, LEAST_LEFT * seconds)
