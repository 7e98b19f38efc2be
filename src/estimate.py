"""Tells what a run will take, before it begins: CPU time by stage, wall time, disk, memory. Runs no job.

Only what is still to be done counts. The forecast rests on a short calibration of this machine, which is stored in
`resources/calibration`, and on the records of earlier jobs. While a run is going on, `--watch` tells how far it is.
"""

import argparse
import os
from pathlib import Path

from study.argument_types import positive_integer
from study.estimate.calibration import Plan, calibrate
from study.estimate.forecast import Knowledge, data_sizes, forecast
from study.estimate.history import read_history, this_processor
from study.estimate.jobs import due_jobs
from study.estimate.report import as_json, as_text


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
        "snakemake",
        nargs="*",
        metavar="ARGUMENT",
        help="more arguments that the run will have, after two dashes: targets, -- --forcerun train",
    )
    options = parser.parse_args(arguments)
    due = due_jobs(options.cores, options.configfile, options.snakemake)
    history = read_history(Path(), this_processor())
    commands = [job.command for job in due.jobs]
    plan = Plan.of(commands, data_sizes(due.jobs), options.cores)
    knowledge = Knowledge.of(due.jobs, calibrate(plan, Path(), anew=options.calibrate), history)
    prospect = forecast(due.jobs, knowledge, options.cores, due.cpu_seconds)
    print(as_json(prospect, history) if options.json else as_text(prospect, history))


if __name__ == "__main__":
    main()
