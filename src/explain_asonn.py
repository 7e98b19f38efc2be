"""Trains ASONN on one table; writes its rules, and explains the test sample that was hardest to decide, or others."""

import argparse

import numpy as np
import pandas as pd

from asonn.classifier import ASONNClassifier
from asonn.errors import AsonnError
from study.classifiers import factory_of
from study.data.classification_tables import load_classification_table
from study.errors import StudyError
from study.evaluation import split_rows
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.run import run
from study.scripts.tables import add_table


def closest_call(probabilities: np.ndarray) -> int:
    """The row whose two most probable classes are closest, the first of equal ones. probabilities: (rows, classes)."""
    ordered = np.sort(probabilities, axis=1)
    return int(np.argmin(ordered[:, -1] - ordered[:, -2])) if probabilities.shape[1] > 1 else 0


def explain(classifier: ASONNClassifier, row: pd.DataFrame, train: pd.DataFrame) -> pd.DataFrame:
    """The ranges of the winner and of the runner-up for a table of one row, with the scores of their combinations.

    attribute_lower and attribute_upper are the smallest and the largest training value of the feature.
    """
    explanation = classifier.explain(row)
    ranges = explanation.ranges.copy()
    ranges.insert(
        3, "score", ranges["role"].map({"winner": explanation.score, "runner-up": explanation.runner_up_score})
    )
    ranges["attribute_lower"] = ranges["attribute"].map(train.min())
    ranges["attribute_upper"] = ranges["attribute"].map(train.max())
    return ranges


def find_row(features: pd.DataFrame, values: list[float], path: str) -> int:
    """The first row with these values. Raises StudyError, with one sentence, if there is none."""
    found = np.flatnonzero((features == values).all(axis=1)) if len(values) == features.shape[1] else []
    if not len(found):
        raise StudyError(f"{path} has no row {' '.join(map(str, values))}: give the values of all features of a row.")
    return int(found[0])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_table(parser, "rows not trained on")
    parser.add_argument(
        "--classifier", default="asonn_v2", metavar="NAME", help="version or reading of ASONN (default: asonn_v2)"
    )
    parser.add_argument(
        "--sample", nargs="+", type=float, action="append", default=[], metavar="VALUE",
        help="explains this row of the table instead, trained on all others; can be given several times",
    )  # fmt: skip
    parser.add_argument("--rules", type=Output, required=True, metavar="CSV", help="writes one row a range")
    parser.add_argument(
        "--explanation", type=Output, required=True, metavar="CSV",
        help="writes one row for each range of the combination that won, and of the runner-up",
    )  # fmt: skip
    options, record = parse(parser, arguments, __file__)
    with record:
        features, target = load_classification_table(options.path)
        rows = [find_row(features, values, str(options.path)) for values in options.sample]
        train, test = split_rows(target.to_numpy(), options.test_size, split=0)
        if rows:
            train = np.setdiff1d(np.arange(len(target)), rows)
        classifier = factory_of(options.classifier, ASONNClassifier)(0).fit(features.iloc[train], target.iloc[train])
        write_results(classifier.rules_, options.rules, table=options.table)

        if not rows:
            test = np.sort(test)
            rows = [int(test[closest_call(classifier.predict_proba(features.iloc[test]))])]
        explanations = []
        for row in rows:
            explanation = explain(classifier, features.iloc[[row]], features.iloc[train])
            explanation.insert(0, "row", row)
            explanation.insert(1, "true_class", target.iloc[row])
            explanations.append(explanation)
        write_results(pd.concat(explanations), options.explanation, table=options.table)


if __name__ == "__main__":
    run(main, AsonnError)
