"""Verifies that figures belong to results, results to the configuration and the code, and names what does not.

Compares every file of a study with the record beside it, and every record with what Snakemake would do now. Prints one
line for each thing that is wrong; the exit status is 1 if there is any, 2 if Snakemake cannot tell. Run it where you
run snakemake.
"""

import argparse
import sys
from pathlib import Path

from study.provenance.record import study_of
from study.provenance.verify import verify
from study.scripts.run import run
from study.workflow.commands import commands_of
from study.workflow.dry_run import configuration_of, dry_run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "study", nargs="?", help="name of a study whose configuration is in config/ (default: the default study)"
    )
    chosen.add_argument("--configfile", type=Path, metavar="YAML", help="configuration of the study, wherever it is")
    options = parser.parse_args(arguments)

    configuration = configuration_of(options.study) if options.study else options.configfile
    commands = commands_of(dry_run(configuration))
    findings = verify(commands)
    for label, lines in (("", findings.problems), ("warning: ", findings.strays), ("unknown: ", findings.unknown)):
        for line in lines:
            print(f"{label}{line}")
    study = ", ".join(sorted({study for command in commands if (study := study_of(command.record))}))
    if findings.problems:
        sys.exit(f"Study {study}, {len(commands)} records: {len(findings.problems)} thing(s) are wrong.")
    print(f"Study {study}, {len(commands)} records: outputs, inputs, arguments and code agree.")


if __name__ == "__main__":
    run(main)
