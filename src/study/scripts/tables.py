"""What the scripts that fit classifiers to a table have in common: their arguments."""

from argparse import ArgumentParser

from study.provenance.record import Input
from study.scripts.arguments import positive_integer, proper_fraction


def add_table(parser: ArgumentParser, test_size_of: str = "rows to test on") -> None:
    """Adds `path`, a table of classification, `--table`, its name, and `--test-size`."""
    parser.add_argument("path", type=Input, metavar="TABLE.csv", help="feature columns, last column `target`")
    parser.add_argument("--table", required=True, help="name of the table in the results")
    parser.add_argument(
        "--test-size", type=proper_fraction, default=0.3, help=f"fraction of {test_size_of} (default: 0.3)"
    )


def add_splits(parser: ArgumentParser) -> None:
    """Adds `--readings`, of ASONN, and `--splits`, each of which every classifier is fitted to."""
    parser.add_argument(
        "--readings", nargs="*", choices=("printed", "authors"), default=[],
        help="ASONN as the paper prints it, and as its authors' program computes it",
    )  # fmt: skip
    parser.add_argument(
        "--splits", type=positive_integer, default=5, help="random splits, numbered from 0 (default: 5)"
    )
