"""Measures what fitting classifiers and asking them costs on this machine, on a table of middling size.

Prints one JSON object: kind of work -> CPU seconds for one unit (see `forecast.work`). It takes two seconds or
so, besides compiling ASONN's kernels, which happens once.
"""

import argparse
import json
import time

import pandas as pd
from sklearn.datasets import make_classification

from asonn.classifier import ASONNClassifier
from forecast.work import fit_amount
from study.classifiers import CLASSIFIERS
from study.evaluation import evaluate
from study.scripts.run import run

ROWS, FEATURES, CLASSES = 800, 12, 3
TEST_SIZE = 0.3


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, nargs="*", default=[], help="versions of ASONN (default: none)")
    parser.add_argument("--classifiers", nargs="*", default=[], metavar="NAME", help="others (default: none)")
    options = parser.parse_args(arguments)
    factories = {f"asonn_v{version}": _asonn(version) for version in options.versions}
    factories |= {name: CLASSIFIERS[name] for name in options.classifiers}
    features, target = make_classification(
        ROWS, FEATURES, n_informative=8, n_classes=CLASSES, random_state=0, class_sep=0.8
    )
    table = pd.DataFrame(features.round(1))  # attributes of real tables have few decimals
    units = {}
    for name, factory in factories.items():
        evaluate(table.head(100), pd.Series(target[:100]), {name: factory}, 1, TEST_SIZE)  # loads what it needs
        begin = time.process_time()
        evaluate(table, pd.Series(target), {name: factory}, 1, TEST_SIZE)
        amount = 2 * fit_amount(name, ROWS, FEATURES, CLASSES)  # each method is fitted once more before its splits
        units[f"fit: {name}"] = (time.process_time() - begin) / amount
    print(json.dumps(units))


def _asonn(version: int):
    return lambda seed: ASONNClassifier(version=version)


if __name__ == "__main__":
    run(main)
