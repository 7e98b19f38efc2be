"""Trains and tests ASONN and other classifiers on the same stratified splits of one table."""

import argparse

import pandas as pd

from asonn.classifier import ASONNClassifier
from study.classifiers import CLASSIFIERS, SEARCHES, classifier_names, factory_of, not_installed
from study.data.classification_tables import load_classification_table
from study.evaluation import evaluate
from study.provenance.record import Input, Output, parse
from study.results.tables import write_results
from study.scripts.arguments import positive_integer, proper_fraction
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Input, metavar="TABLE.csv", help="feature columns, last column `target`")
    parser.add_argument("--table", required=True, help="name of the table in the results")
    parser.add_argument(
        "--versions", type=int, nargs="*", choices=(1, 2, 3, 4), default=[1, 2], help="versions of ASONN (default: 1 2)"
    )
    parser.add_argument(
        "--readings", nargs="*", choices=("printed", "authors"), default=[],
        help="ASONN as the paper prints it, and as its authors' program computes it",
    )  # fmt: skip
    parser.add_argument(
        "--classifiers", nargs="*", choices=sorted(CLASSIFIERS), default=[], metavar="NAME",
        help=f"the others: {', '.join(sorted(CLASSIFIERS))}",
    )  # fmt: skip
    parser.add_argument(
        "--tuned", nargs="*", choices=sorted(SEARCHES), default=[], metavar="NAME",
        help=f"once more, with hyperparameters searched by cross-validation: {', '.join(sorted(SEARCHES))}",
    )  # fmt: skip
    parser.add_argument(
        "--splits", type=positive_integer, default=5, help="random splits, numbered from 0 (default: 5)"
    )
    parser.add_argument(
        "--test-size", type=proper_fraction, default=0.3, help="fraction of rows to test on (default: 0.3)"
    )
    parser.add_argument("--scores", type=Output, required=True, metavar="CSV", help="writes accuracies and model sizes")
    parser.add_argument(
        "--timings", type=Output, required=True, metavar="CSV", help="writes seconds of fit and prediction"
    )
    options, record = parse(parser, arguments, __file__)
    with record:
        if absent := not_installed(options.classifiers):
            parser.error(absent)

        features, target = load_classification_table(options.path)
        names = classifier_names(options.versions, options.readings, options.classifiers, options.tuned)
        factories = {name: factory_of(name, ASONNClassifier) for name in names}
        scores, timings = evaluate(features, target, factories, options.splits, options.test_size)
        sizes = {"rules": "Int64", "ranges": "Int64"}  # whole numbers, or empty
        write_results(pd.DataFrame(scores).astype(sizes), options.scores, table=options.table)
        write_results(timings, options.timings, table=options.table)


if __name__ == "__main__":
    run(main)
