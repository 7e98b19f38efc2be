"""Trains and tests ASONN and other classifiers on the same stratified splits of one table."""

import argparse

import pandas as pd

from asonn.classifier import ASONNClassifier
from study.classifiers import CLASSIFIERS, SEARCHES, classifier_names, factory_of, not_installed
from study.data.classification_tables import load_classification_table
from study.evaluation import evaluate
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.run import run
from study.scripts.tables import add_splits, add_table


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_table(parser)
    add_splits(parser)
    parser.add_argument(
        "--versions", type=int, nargs="*", choices=(1, 2, 3, 4), default=[1, 2], help="versions of ASONN (default: 1 2)"
    )
    parser.add_argument(
        "--classifiers", nargs="*", choices=sorted(CLASSIFIERS), default=[], metavar="NAME",
        help=f"the others: {', '.join(sorted(CLASSIFIERS))}",
    )  # fmt: skip
    parser.add_argument(
        "--tuned", nargs="*", choices=sorted(SEARCHES), default=[], metavar="NAME",
        help=f"once more, with hyperparameters searched by cross-validation: {', '.join(sorted(SEARCHES))}",
    )  # fmt: skip
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
