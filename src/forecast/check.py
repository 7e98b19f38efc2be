"""How well a run would have been foretold: forecasts beside what its records say it took."""

from collections.abc import Sequence
from dataclasses import dataclass

from forecast.calibration import Calibration
from forecast.forecast import Knowledge, Range, by_stage, forecast
from forecast.history import History
from study.workflow.jobs import Command, Job


@dataclass(frozen=True)
class Check:
    """One stage of a finished run: CPU seconds as foretold and as used."""

    stage: str
    jobs: int
    foretold: Range
    used: float


def check(jobs: Sequence[Job], calibration: Calibration, history: History) -> tuple[list[Check], int]:
    """Each stage of a run, then all of it, and how many records of other runs the forecast had to go by.

    jobs: all of the run, due or not. What they themselves took is kept from the forecast.
    """
    records = {_record(past.command): past for past in history.jobs}
    used = {job: records[name] for job in jobs if (name := _record(job.command)) in records}
    others = [past for past in history.jobs if past not in used.values()]
    knowledge = Knowledge.of(list(used), calibration, History(others, {}))
    stages = by_stage(list(used))
    checks = [
        Check(
            stage,
            len(members),
            forecast(members, knowledge, cores=1).cpu_seconds,
            sum(used[job].cpu_seconds for job in members),
        )
        for stage, members in [*stages.items(), ("all", list(used))]
    ]
    return checks, len(others)


def _record(command: Command) -> str:
    """The path of the record of a job; every job has its own."""
    return " ".join(command.options.get("record", ["none"]))
