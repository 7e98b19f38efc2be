"""Verifies that figures belong to results, results to the configuration and the code, and names what does not.

Compares every file of a study with the record beside it, and every record with what Snakemake would do now. Prints one
line for each problem; the exit status is 1 if there is any, 2 if Snakemake cannot tell. Run it where you run snakemake.
With --recorded it trains networks of a study that the repository has recorded once more instead, and compares them.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from study.errors import StudyError
from study.files import sha256
from study.provenance.archive import Archive
from study.provenance.record import study_of
from study.provenance.recorded import check_code, chosen_networks, compare, name_of, train_again
from study.provenance.verify import verify
from study.scripts.arguments import positive_integer
from study.scripts.interruption import end_in_order
from study.scripts.run import run
from study.workflow.configuration import named_configuration
from study.workflow.jobs import Job, dry_run

REPOSITORY = Path(__file__).resolve().parents[1]
RECORDED = Path("recorded")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "study", nargs="?", help="name of a study whose configuration is in config/ (default: the default study)"
    )
    chosen.add_argument(
        "--configfile", nargs="+", type=Path, default=[], metavar="YAML", help="configuration of the study"
    )
    chosen.add_argument(
        "--recorded", metavar="STUDY", help="trains networks of the study in recorded/STUDY again, and compares these"
    )
    parser.add_argument(
        "--networks",
        type=positive_integer,
        default=2,
        metavar="NUMBER",
        help="with --recorded: how many, on as many cores (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    if options.recorded:
        verify_recorded(RECORDED / options.recorded, options.networks)
        return
    configuration = [named_configuration(options.study)] if options.study else options.configfile
    jobs = all_jobs(configuration)
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


def all_jobs(configuration: Sequence[Path]) -> list[Job]:
    """All jobs of a study; exit status 2 if Snakemake cannot tell."""
    try:
        return dry_run(configuration, ["--forceall"])
    except StudyError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def verify_recorded(folder: Path, number: int) -> None:
    """Trains the first networks of a recorded study again; exit status 1 if one of them is another."""
    configuration = folder / "config.yaml"
    with Archive(folder) as archive, tempfile.TemporaryDirectory() as made:
        records = chosen_networks(archive, number)
        check_code(records, all_jobs([configuration]))
        fetch_images(records, configuration)
        minutes = sum(record["cpu_seconds"] for record in records) / 60
        print(
            f"Training {', '.join(map(name_of, records))}: {minutes:.0f} minutes of one core when recorded.", flush=True
        )
        folders = train_again(records, Path(made), REPOSITORY)
        found = [compare(record, archive, place) for record, place in zip(records, folders, strict=True)]
    for comparison in found:
        print(comparison.sentence)
    if others := sum(not comparison.agrees for comparison in found):
        sys.exit(f"{others} of {len(found)} networks are not the recorded ones.")
    print(f"{len(found)} of {len(found)} networks agree with the recorded ones.")


def fetch_images(records: Sequence[dict], configuration: Path) -> None:
    """Makes the image sets that are not there, and compares all with those that the networks were trained on."""
    images = {path: checksum for record in records for path, checksum in record["inputs"]["images"].items()}
    if absent := [path for path in images if not Path(path).exists()]:
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--nolock", "--configfile", str(configuration)]
        subprocess.run([*command, "--", *absent], check=False)
    for path, checksum in images.items():
        if sha256(path) != checksum:
            raise StudyError(f"{path} is not the image set that the recorded networks were trained on.")


if __name__ == "__main__":
    end_in_order()
    run(main)
