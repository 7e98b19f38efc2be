"""Tells what a run will take, before it begins: CPU time by stage, wall time, disk, memory. Runs no job.

Only what is still to be done counts. The forecast rests on a short calibration of this machine, which is stored in
`resources/calibration`, and on the records of earlier jobs. While a run is going on, `--watch` tells how far it is.
"""

import argparse
import os
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from forecast.jobs import Job, due_jobs

from forecast.calibration import Calibration, Plan, calibrate
from forecast.check import check
from forecast.forecast import Headway, Knowledge, checkpointed_epochs, data_sizes, forecast
from forecast.history import read_history, this_processor
from forecast.report import NOTHING_LEFT, as_json, as_text, check_as_text
from forecast.watch import began, is_going_on, line, slowness, standing
from study.scripts.arguments import positive_integer
from study.scripts.run import run


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
    parser.add_argument("--json", action="store_true", help="prints seconds, MiB and bytes for programs to read")
    parser.add_argument("--calibrate", action="store_true", help="measures this machine anew")
    parser.add_argument(
        "--check",
        action="store_true",
        help="of a finished run: prints what would have been foretold beside what was used",
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
    if options.watch:
        with suppress(KeyboardInterrupt):
            watch(options)
        return
    if options.check:
        jobs = due_jobs(options.cores, options.configfile, ["--forceall", *options.snakemake]).jobs
        print(check_as_text(*check(jobs, calibration(jobs, options), read_history(Path(), this_processor()))))
        return
    due = due_jobs(options.cores, options.configfile, options.snakemake)
    history = read_history(Path(), this_processor())
    knowledge = Knowledge.of(due.jobs, calibration(due.jobs, options), history)
    headways = {job: Headway(epochs) for job in due.jobs if (epochs := checkpointed_epochs(job.command, Path()))}
    prospect = forecast(due.jobs, knowledge, options.cores, due.cpu_seconds, headways)
    print(as_json(prospect, history) if options.json else as_text(prospect, history))


def calibration(jobs: list[Job], options: argparse.Namespace) -> Calibration:
    plan = Plan.of([job.command for job in jobs], data_sizes(jobs), options.cores)
    return calibrate(plan, Path(), anew=options.calibrate)


def watch(options: argparse.Namespace) -> None:
    """Prints a line now and then until the run has ended."""
    since = time.time()
    jobs = [job for job in due_jobs(options.cores, options.configfile, options.snakemake).jobs if job.command.script]
    if not jobs:
        print(NOTHING_LEFT)
        return
    measured = calibration(jobs, options)
    first = None
    while True:
        alive, now = is_going_on(Path()), datetime.now()
        position = standing(jobs, Path(), since, began(Path()) or since, now.timestamp())
        knowledge = Knowledge.of(jobs, measured, read_history(Path(), this_processor()))
        whole = forecast(jobs, knowledge, options.cores)
        prospect = forecast(position.left, knowledge, options.cores, headways=position.headways)
        first = first or (now, position)
        before = forecast(first[1].left, knowledge, options.cores, headways=first[1].headways)
        expected = before.wall_seconds.middle - prospect.wall_seconds.middle
        slow = slowness((now - first[0]).total_seconds(), expected)
        done = max(whole.cpu_seconds.middle - prospect.cpu_seconds.middle, 0.0)
        print(line(position, len(jobs), prospect, done, now, slow), flush=True)
        if not position.left:
            return
        if not alive:
            sys.exit("No run is going on here.")
        time.sleep(options.every)


if __name__ == "__main__":
    run(main, RuntimeError)
