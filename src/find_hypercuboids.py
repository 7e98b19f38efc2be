"""Trains ASONN on two features of one table; lists its hypercuboids and how they grew, to be drawn in the plane."""

import argparse

import numpy as np
import pandas as pd

from asonn.classifier import ASONNClassifier
from asonn.errors import AsonnError
from study.data.classification_tables import load_classification_table
from study.evaluation import split_rows
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.run import run
from study.scripts.tables import add_table


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_table(parser, "rows not trained on")
    parser.add_argument("--attributes", nargs=2, required=True, metavar=("X", "Y"), help="two feature columns")
    parser.add_argument(
        "--hypercuboids", type=Output, required=True, metavar="CSV", help="writes one row a combination"
    )
    parser.add_argument(
        "--growth", type=Output, required=True, metavar="CSV", help="writes one row a step of the construction"
    )
    parser.add_argument("--points", type=Output, required=True, metavar="CSV", help="writes one row a sample")
    options, record = parse(parser, arguments, __file__)
    with record:
        features, target = load_classification_table(options.path)
        absent = [name for name in options.attributes if name not in features]
        if absent:
            parser.error(f"{options.path} has no column {', '.join(absent)}; it has {', '.join(features)}")
        if len(set(options.attributes)) < 2:
            parser.error(f"--attributes must be two columns; found {options.attributes[0]} twice")
        features = features[options.attributes]
        train, test = split_rows(target.to_numpy(), options.test_size, split=0)
        classifier = ASONNClassifier().fit(features.iloc[train], target.iloc[train])

        write_results(classifier.trace(features.iloc[train], target.iloc[train]), options.growth, table=options.table)
        write_results(classifier.boxes(*options.attributes), options.hypercuboids, table=options.table)
        points = pd.DataFrame({"x": features.iloc[:, 0], "y": features.iloc[:, 1], "class": target, "split": "train"})
        points.loc[points.index[np.sort(test)], "split"] = "test"
        write_results(points, options.points, table=options.table)


if __name__ == "__main__":
    run(main, AsonnError)
