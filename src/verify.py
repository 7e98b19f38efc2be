"""Verifies that figures belong to results, results to the configuration and the code, and names what does not.

Compares every file of a study with the record beside it, and every record with what Snakemake would do now. Prints one
line for each problem; the exit status is 1 if there is any, 2 if Snakemake cannot tell. Run it where you run snakemake.
"""

import argparse
import sys
from pathlib import Path

from study.errors import StudyError
from study.provenance.record import study_of
from study.provenance.verify import verify
from study.scripts.run import run
from study.workflow.configuration import named_configuration
from study.workflow.jobs import dry_run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "study", nargs="?", help="name of a study whose configuration is in config/ (default: the default study)"
    )
    chosen.add_argument("--configfile", type=Path, metavar="YAML", help="configuration of the study, wherever it is")
    options = parser.parse_args(arguments)
    configuration = named_configuration(options.study) if options.study else options.configfile
    try:
        jobs = dry_run([configuration] if configuration else [], ["--forceall"])
    except StudyError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    findings = verify(jobs)
    sys.stdout.reconfigure(errors="backslashreplace")
    for label, lines in (("", findings.problems), ("warning: ", findings.strays), ("unknown: ", findings.unknown)):
        for line in lines:
            print(label + " ".join(line.splitlines()))
    records = [job.record for job in jobs if job.record]
    summary = f"Study {', '.join(sorted(set(filter(None, map(study_of, records)))))}, {len(records)} records"
    if number := len(findings.problems):
        sys.exit(f"{summary}: {number} problem{'s' * (number > 1)} found.")
    print(f"{summary}: outputs, inputs, arguments and code agree.")


if __name__ == "__main__":
    run(main)
