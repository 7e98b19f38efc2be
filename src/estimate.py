"""Predicts what a run will take, before it begins: CPU time by stage, wall time, memory. Runs no job.

Only what is still to be done counts. The forecast rests on a short calibration of this machine, which is stored in
`resources/calibration`. While a run is going on, `--watch` tells how far it is.
"""

import argparse
import os
import sys
import time
from contextlib import suppress
from datetime import datetime

from forecast.calibration import network_of, unit_costs
from forecast.forecast import Progress, by_stage, forecast, seconds_of
from forecast.report import NOTHING_LEFT, as_json, as_text, check_as_text
from forecast.watch import began, checkpointed_epochs, is_going_on, line, slowdown, status
from forecast.work import START, Sizes, UnknownWork, work_in
from study.errors import StudyError
from study.provenance.verify import read_record
from study.scripts.arguments import positive_integer
from study.scripts.run import run
from study.workflow.jobs import Job, dry_run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cores",
        type=positive_integer,
        default=os.cpu_count() or 1,
        help="cores of the run (default: all, %(default)s)",
    )
    parser.add_argument(
        "--configfile", nargs="+", default=[], metavar="YAML", help="the study (default: the default study)"
    )
    parser.add_argument("--json", action="store_true", help="prints seconds and MiB for programs to read")
    parser.add_argument("--calibrate", action="store_true", help="measures this machine again")
    parser.add_argument(
        "--check", action="store_true", help="of a finished run: prints what is predicted beside what was used"
    )
    parser.add_argument("--watch", action="store_true", help="follows the run that is going on here")
    parser.add_argument(
        "--every",
        type=positive_integer,
        default=60,
        metavar="SECONDS",
        help="from one line to the next (default: %(default)s)",
    )
    parser.add_argument(
        "snakemake",
        nargs="*",
        metavar="ARGUMENT",
        help="more arguments that the run will have, after two dashes: targets, -- --forcerun train",
    )
    options = parser.parse_args(arguments)
    since = time.time()
    jobs = dry_run(options.configfile, ["--forceall"] * options.check + options.snakemake, options.cores)
    start_seconds = time.time() - since
    if options.watch and not jobs:
        print(NOTHING_LEFT)
        return
    sizes = Sizes(jobs)
    used = used_seconds(jobs, sizes) if options.check else {}
    costs = calibrate(jobs, sizes, options)
    if options.check:
        print(check_as_text(check(used, sizes, costs)))
    elif options.watch:
        with suppress(KeyboardInterrupt):
            watch([job for job in jobs if job.command], since, sizes, costs, options)
    else:
        progress = {job: Progress(checkpointed_epochs(job.command)) for job in jobs if job.command}
        prediction = forecast(jobs, sizes, costs, options.cores, start_seconds=start_seconds, progress=progress)
        print(as_json(prediction) if options.json else as_text(prediction))


def calibrate(jobs: list[Job], sizes: Sizes, options: argparse.Namespace) -> dict[str, float]:
    """What a unit costs here, of each kind of work in the jobs."""
    kinds = set()
    commands = [job.command for job in jobs if job.command]
    for command in commands:
        with suppress(UnknownWork):
            kinds |= set(work_in(command, sizes))
    return unit_costs(kinds - {START}, *network_of(commands, sizes), options.cores, again=options.calibrate)


def used_seconds(jobs: list[Job], sizes: Sizes) -> dict[Job, float]:
    """CPU seconds of the jobs that have left a record and whose work is known. StudyError if there are none."""
    used = {}
    for job in jobs:
        if job.record and (record := read_record(job.record)):
            with suppress(UnknownWork):
                work_in(job.command, sizes)
                used[job] = record["cpu_seconds"]
    if not sum(used.values()):
        raise StudyError(
            "--check needs a finished run, and no job whose work is known has left a record here: run snakemake first."
        )
    return used


def check(used: dict[Job, float], sizes: Sizes, costs: dict[str, float]) -> list[tuple[str, int, float, float]]:
    """Stage, jobs, CPU seconds predicted and used, of `used_seconds`; and of all."""
    known = {job: seconds_of(work_in(job.command, sizes), costs) for job in used}
    stages = [*by_stage(known).items(), ("all", list(known))]
    return [
        (name, len(members), sum(known[job] for job in members), sum(used[job] for job in members))
        for name, members in stages
    ]


def watch(jobs: list[Job], since: float, sizes: Sizes, costs: dict[str, float], options: argparse.Namespace) -> None:
    """Prints a line now and then until the run has ended. jobs: that were due at the time `since`."""
    first = None
    whole = forecast(jobs, sizes, costs, options.cores)
    while True:
        alive, now = is_going_on(), datetime.now()
        position = status(jobs, since, began() or since, now.timestamp())
        rest = forecast(position.left, sizes, costs, options.cores, progress=position.progress)
        first = first or (now, rest.wall_seconds.predicted)
        slower = slowdown((now - first[0]).total_seconds(), first[1] - rest.wall_seconds.predicted)
        done = max(whole.cpu_seconds.predicted - rest.cpu_seconds.predicted, 0.0)
        print(line(now, position, len(jobs), done, rest, slower), flush=True)
        if not position.left:
            return
        if not alive:
            sys.exit("No run is going on here.")
        time.sleep(options.every)


if __name__ == "__main__":
    run(main, RuntimeError)
