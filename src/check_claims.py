"""Tests every claim of both papers that can be tested, on the result tables of one study.

A claim comes out as supported, contradicted, undecided or not run. None of these is an error, unless --strict is given.
"""

import argparse

from study.claims.ledger import CONTRADICTED, judge, read_ledger
from study.claims.measures import RESULT_TABLES, Measured
from study.claims.report import TEMPLATE, claims_text, ledger_page, ledger_text
from study.files import atomic_path, write_table
from study.plots.labels import MAIN_ARM
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
    parser.add_argument(
        "--arm",
        default=MAIN_ARM,
        metavar="NAME",
        help="setting of training that these tables are of (default: main)",
    )
    parser.add_argument(
        "--arms", nargs="*", type=Input, default=[], metavar="CSV",
        help="ledgers of other arms, to be shown beside this one (default: none)",
    )  # fmt: skip
    parser.add_argument(
        "--not-run",
        nargs="*",
        default=[],
        metavar="DATASET",
        help="image sets that the study leaves out; the ledger says so (default: none)",
    )
    parser.add_argument("--output", type=Output, required=True, metavar="CSV", help="writes the ledger as a table")
    parser.add_argument("--report", type=Output, required=True, metavar="MD", help="writes the ledger as text")
    parser.add_argument("--page", type=Output, required=True, metavar="HTML", help="writes the ledger as a web page")
    parser.add_argument(
        "--template",
        type=Input,
        default=Input(TEMPLATE),
        metavar="JINJA",
        help="of the web page (default: ours)",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a claim is contradicted")
    parser.add_argument(
        "--list",
        nargs=0,
        action=PrintClaims,
        default=argparse.SUPPRESS,
        help="print what is claimed and how it is tested, only",
    )
    options, record = parse(parser, arguments, __file__)
    with record:
        measured = Measured.read({kind: getattr(options, kind) for kind in RESULT_TABLES})
        ledger = judge(measured, left_out=options.not_run)
        ledger.insert(0, "arm", options.arm)
        arms = [read_ledger(path) for path in options.arms]
        write_table(ledger, options.output)
        page = ledger_page(ledger, arms=arms, template=options.template)
        for text, path in ((ledger_text(ledger, arms=arms), options.report), (page, options.page)):
            with atomic_path(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
    if options.strict and CONTRADICTED in set(ledger["outcome"]):
        raise SystemExit(1)


if __name__ == "__main__":
    run(main)
