"""Unpacks an archive of a study that src/pack.py made. Run it where you run snakemake.

Everything is put where it was, with Snakemake's memory of it, or nothing is, also when it is interrupted. A file with
the same content stays, and one with another ends it.
"""

import argparse
from pathlib import Path

from study.provenance.archive import Archive, unpack
from study.scripts.interruption import end_in_order
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, help="the archive, or a folder with one: recorded/paper")
    options = parser.parse_args(arguments)
    with Archive(options.archive) as archive:
        number = unpack(archive)
        configuration = f"results/{archive.study}/config.yaml"
        print(f"{number} files. {archive.about['contents']}.")
        print(f"To make what is missing: snakemake --cores all --configfile {configuration}")


if __name__ == "__main__":
    end_in_order()
    run(main)
