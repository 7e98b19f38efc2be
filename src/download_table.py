"""Downloads a PMLB table, checks it and writes it as CSV: features, then the class in column `target`."""

import argparse
import os
import tempfile
from pathlib import Path

from study.data.classification_tables import save_classification_table
from study.data.downloads import obtain
from study.data.pmlb import read_downloaded, read_index, source_of
from study.provenance.record import Output, parse
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", required=True, metavar="NAME", help="PMLB's name of the table")
    parser.add_argument("--index", type=Path, required=True, metavar="CSV", help="list of tables and their checksums")
    parser.add_argument(
        "--mirror",
        default=os.environ.get("DATA_MIRROR"),
        metavar="PLACE",
        help="folder or URL prefix to take the file from, in place of its official source "
        "(default: the variable DATA_MIRROR)",
    )
    parser.add_argument("--output", type=Output, required=True, metavar="CSV", help="table to write")
    options, record = parse(parser, arguments, __file__, ["mirror"])
    with record:
        source = source_of(options.table, read_index(options.index))
        with tempfile.TemporaryDirectory() as folder:
            obtain([source], folder, options.mirror)
            features, target = read_downloaded(Path(folder) / source.name)
        save_classification_table(features, target, options.output)


if __name__ == "__main__":
    run(main)
