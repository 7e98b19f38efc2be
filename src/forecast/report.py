"""A forecast as people and programs read it."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from forecast.forecast import UNCERTAINTY, Forecast

NOTHING_LEFT = "Nothing is left to be done."


def as_json(forecast: Forecast) -> str:
    """Everything, in seconds and MiB; ranges as [low, predicted, high]."""
    return json.dumps({"jobs": sum(stage.jobs for stage in forecast.stages), **asdict(forecast)}, indent=2)


def as_text(forecast: Forecast) -> str:
    """A table of the stages, what is not counted in it, and one sentence at the end."""
    if not forecast.stages and not forecast.unknown:
        return NOTHING_LEFT
    rows = [("stage", "jobs", "CPU time", "memory")]
    rows += [(one.name, str(one.jobs), span(one.cpu_seconds), _size(one.memory)) for one in forecast.stages]
    jobs = sum(stage.jobs for stage in forecast.stages)
    rows.append(("all", str(jobs), span(forecast.cpu_seconds.predicted), ""))
    unknown = [f"Not counted: rule {rule} (unknown: {what})." for rule, what in forecast.unknown.items()]
    low, predicted, high = map(span, forecast.wall_seconds)
    cores = f"{forecast.cores} core{'s' * (forecast.cores > 1)}"
    sentence = f"About {predicted} ({low} to {high}) on {cores}, at most {_size(forecast.memory)} of memory."
    return "\n".join([aligned(rows), "", *unknown, sentence])


def check_as_text(checks: Sequence[tuple[str, int, float, float]]) -> str:
    """A table of stages: jobs, CPU seconds predicted and used."""
    rows = [("stage", "jobs", "predicted", "used", "predicted / used")]
    for stage, jobs, predicted, used in checks:
        rows.append((stage, str(jobs), f"{predicted:.1f} s", f"{used:.1f} s", f"{predicted / used:.2f}"))
    return f"{aligned(rows)}\n\nRanges of forecasts reach from predicted / {UNCERTAINTY} to predicted x {UNCERTAINTY}."


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width: the first to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def span(seconds: float) -> str:
    """A time no more precise than a forecast: `45 s`, `2 min 10 s`, `25 min`, `3 h 20 min`, `61 h`, `6.9 days`."""
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


def _size(mebibytes: float) -> str:
    return f"{mebibytes:.0f} MiB" if mebibytes < 10_000 else f"{mebibytes / 1024:.0f} GiB"
