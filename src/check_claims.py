"""Tests every claim of both papers on the result tables of one study.

A claim comes out as supported, contradicted, undecided or not run. None of these is an error, unless --strict is given.
"""

import argparse

from study.claims.ledger import CONTRADICTED, judge
from study.claims.measures import Measured
from study.claims.page import ledger_page
from study.claims.report import claims_text, ledger_text
from study.claims.tables import RESULT_TABLES, read_result_tables
from study.files import atomic_path, write_table
from study.provenance.record import Input, Output, parse
from study.scripts.run import run


class PrintClaims(argparse.Action):
    """Prints what is claimed and how it is tested, and ends the script, as --help does."""

    def __call__(self, parser: argparse.ArgumentParser, *_) -> None:
        print(claims_text(), end="")
        parser.exit()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for kind, (content, columns) in RESULT_TABLES.items():
        parser.add_argument(
            f"--{kind.replace('_', '-')}", nargs="*", type=Input, default=[], metavar="CSV",
            help=f"{content} ({', '.join(columns)}; default: none, and claims that need them are not run)",
        )  # fmt: skip
    parser.add_argument("--output", type=Output, required=True, metavar="CSV", help="writes the ledger as a table")
    parser.add_argument("--report", type=Output, required=True, metavar="MD", help="writes the ledger as text")
    parser.add_argument("--page", type=Output, required=True, metavar="HTML", help="writes the ledger as a web page")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a claim is contradicted")
    parser.add_argument(
        "--list",
        nargs=0,
        action=PrintClaims,
        default=argparse.SUPPRESS,
        help="print what is claimed and how it is tested, only",
    )
    options, record = parse(parser, arguments, __file__)

    tables = read_result_tables({kind: getattr(options, kind) for kind in RESULT_TABLES})
    ledger = judge(Measured(**tables))
    write_table(ledger, options.output)
    for text, path in ((ledger_text(ledger), options.report), (ledger_page(ledger), options.page)):
        with atomic_path(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    record.write()
    if options.strict and CONTRADICTED in set(ledger["outcome"]):
        raise SystemExit(1)


if __name__ == "__main__":
    run(main)
