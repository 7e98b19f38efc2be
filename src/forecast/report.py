"""A forecast as people and programs read it."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from forecast.check import Check
from forecast.forecast import Forecast, Range
from forecast.history import History

NOTHING_LEFT = "Nothing is left to be done."


def as_json(forecast: Forecast, history: History) -> str:
    """Everything, in seconds, MiB and bytes; ranges as [low, middle, high]."""
    content = {"jobs": sum(stage.jobs for stage in forecast.stages), **asdict(forecast)}
    return json.dumps(content | {"records_of_other_processors": history.elsewhere}, indent=2)


def as_text(forecast: Forecast, history: History) -> str:
    """A table of the stages, what is to be known besides, and one sentence at the end."""
    if not forecast.stages:
        return NOTHING_LEFT
    rows = [("stage", "jobs", "CPU time", "from", "to", "memory", "disk", "rests on")]
    for stage in forecast.stages:
        basis = f"calibration and {_count(stage.past_jobs, 'record')}" if stage.past_jobs else "calibration"
        rows.append(
            (
                stage.name,
                str(stage.jobs),
                *_in_order(stage.cpu_seconds),
                size(stage.memory * 2**20),
                size(stage.disk),
                basis,
            )
        )
    jobs = sum(stage.jobs for stage in forecast.stages)
    rows.append(("all", str(jobs), *_in_order(forecast.cpu_seconds), "", size(forecast.disk), ""))
    lines = [aligned(rows), ""]
    if forecast.download:
        lines.append(f"About {size(forecast.download)} to download, for which no time is counted.")
    if forecast.unknown:
        lines.append(f"{_count(forecast.unknown, 'job')} of unknown size: only the start is counted.")
    for processor, number in history.elsewhere.items():
        lines.append(f"Left out: {_count(number, 'record')} of another processor ({processor}).")
    return "\n".join([*lines, sentence(forecast)])


def check_as_text(checks: Sequence[Check], n_others: int) -> str:
    """A table of what was foretold and what was used, in CPU seconds."""
    rows = [("stage", "jobs", "foretold", "from", "to", "used", "foretold / used")]
    for one in checks:
        low, middle, high = (f"{seconds:.1f} s" for seconds in one.foretold)
        rows.append(
            (one.stage, str(one.jobs), middle, low, high, f"{one.used:.1f} s", f"{one.foretold.middle / one.used:.2f}")
        )
    return f"{aligned(rows)}\n\nForetold from the calibration and {_count(n_others, 'record')} of other runs."


def sentence(forecast: Forecast) -> str:
    """What someone wants to know who reads nothing else."""
    low, middle, high = forecast.wall_seconds
    return (
        f"About {span(middle)} ({span(low)} to {span(high)}) on {_count(forecast.cores, 'core')}, "
        f"{size(forecast.disk)} on disk, at most {size(forecast.memory * 2**20)} of memory."
    )


def _in_order(seconds: Range) -> tuple[str, str, str]:
    return span(seconds.middle), span(seconds.low), span(seconds.high)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width: the first and the last to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in (0, last) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def size(number_of_bytes: float) -> str:
    """`3.1 GB`, `220 MB`: decimal units, two digits."""
    for unit, power in (("GB", 1e9), ("MB", 1e6)):
        if number_of_bytes >= power:
            number = number_of_bytes / power
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return f"{number_of_bytes / 1e3:.0f} kB"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def span(seconds: float) -> str:
    """A time no more precisely than anybody can foretell it: `45 s`, `2 min 10 s`, `25 min`, `3 h 20 min`, `61 h`."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    tens = round(seconds / 10)
    if tens < 60:
        return f"{tens // 6} min {tens % 6}0 s" if tens % 6 else f"{tens // 6} min"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 600:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    hours = round(seconds / 3600)
    return f"{hours} h" if hours < 100 else f"{seconds / 86_400:.1f} days"
