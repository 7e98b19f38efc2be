"""Packs a finished study into one archive, or records it in the repository. Run it where you run snakemake.

The archive is a Workflow Run RO-Crate: figures, tables, networks, records, data, configuration, and what Snakemake
remembers of them. `src/unpack.py` puts it into a clone, where `snakemake -n` then finds nothing to do.
"""

import argparse
import zipfile
from contextlib import ExitStack
from pathlib import Path

from study.files import atomic_path, remove_partial
from study.provenance.archive import ABOUT, write_archive
from study.provenance.packing import NETWORKS, members_of, study_of_jobs
from study.scripts.interruption import end_in_order
from study.scripts.run import run
from study.workflow.configuration import named_configuration
from study.workflow.jobs import dry_run

REPOSITORY = Path(__file__).resolve().parents[1]
RECORDED = Path("recorded")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("study", nargs="?", help="name of a study in config/ (default: the default study)")
    chosen.add_argument(
        "--configfile", nargs="+", type=Path, default=[], metavar="YAML", help="configuration of the study"
    )
    parser.add_argument(
        "--recorded",
        action="store_true",
        help=f"writes {RECORDED}/STUDY instead: what figures and claims are drawn from, and checksums of all else",
    )
    parser.add_argument("--output", type=Path, metavar="ZIP", help="the archive (default: STUDY.zip)")
    options = parser.parse_args(arguments)
    if options.recorded and options.output:
        parser.error("--recorded has its own place: leave out --output.")
    configuration = [named_configuration(options.study)] if options.study else options.configfile
    jobs = dry_run(configuration, ["--forceall"])
    study = study_of_jobs(jobs)
    members = members_of(jobs, dry_run(configuration), REPOSITORY, recorded=options.recorded)
    path = RECORDED / study / f"{study}.zip" if options.recorded else options.output or Path(f"{study}.zip")
    with ExitStack() as together:  # files get their names when all of them are written
        for name in plain_members(study) if options.recorded else ():
            copy = path.with_name(Path(name).name)
            remove_partial(copy)
            content = members[name]
            together.enter_context(atomic_path(copy)).write_bytes(
                content if isinstance(content, bytes) else content.read_bytes()
            )
        write_archive(path, members, zipfile.ZIP_LZMA if options.recorded else zipfile.ZIP_DEFLATED)
    print(f"{path}: {len(members) + 1} files, {path.stat().st_size / 2**20:.1f} MiB")


def plain_members(study: str) -> tuple[str, ...]:
    """What of the archive of a recorded study lies beside it, to be read in the repository."""
    return (ABOUT, NETWORKS, *(f"results/{study}/{name}" for name in ("config.yaml", "claims.csv", "claims.md")))


if __name__ == "__main__":
    end_in_order()
    run(main)
