"""How many CPU seconds ASONN takes to fit beside XGBoost and a random forest (100 trees each), in one run, one thread.

    python -m pip install -r envs/requirements-benchmarks.txt
    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/asonn_fit.py FOLDER
    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/asonn_fit.py --large

FOLDER holds tables as the Penn Machine Learning Benchmarks lay them out: <name>/<name>.tsv.gz, class in column
`target`. Every table is split 70:30; the methods take turns in being fitted on the training part, `--repeats` times,
and the fastest fit of each counts. Prints one row a table, then medians and ratios.

--large fits version 2 of ASONN alone, once, to all rows of three made-up tables of 20,000 rows and 20 attributes.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification

from asonn.classifier import ASONNClassifier
from study.classifiers import CLASSIFIERS
from study.evaluation import split_rows

METHODS = {
    "asonn_v1": lambda seed: ASONNClassifier(version=1),
    "asonn_v2": lambda seed: ASONNClassifier(version=2),
    "asonn_v3": lambda seed: ASONNClassifier(version=3),
    "asonn_v4": lambda seed: ASONNClassifier(version=4),
    "xgboost": CLASSIFIERS["xgboost"],
    "random_forest": CLASSIFIERS["random_forest"],
}


def load(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Attributes and class codes 0, 1, ... of one table."""
    table = pd.read_csv(path, sep="\t")
    _, codes = np.unique(table.pop("target"), return_inverse=True)
    return table.to_numpy(dtype=np.float64), codes


def time_fits(X: np.ndarray, y: np.ndarray, repeats: int) -> dict[str, float]:
    """CPU milliseconds of the fastest of `repeats` fits of each method (NaN: it fails), and its last test accuracy."""
    train, test = split_rows(y, 0.3, 0)
    best = dict.fromkeys(METHODS, np.inf)
    accuracies = {}
    for _ in range(repeats):
        for name, factory in METHODS.items():
            estimator = factory(0)
            start = time.process_time()
            try:
                estimator.fit(X[train], y[train])
            except ValueError as error:
                print(f"  {name}: {error}", file=sys.stderr)
                best[name] = np.nan
                continue
            best[name] = min(best[name], 1000 * (time.process_time() - start))
            accuracies[f"accuracy_{name}"] = (estimator.predict(X[test]) == y[test]).mean()
    return best | accuracies


def large_tables() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Three tables of 20,000 rows and 20 attributes, of two classes: name, attributes, classes."""
    X, y = make_classification(20_000, 20, n_informative=10, n_redundant=0, class_sep=2.0, flip_y=0.0, random_state=0)
    yield "ten informative attributes, all values distinct", X, y
    X, y = make_classification(20_000, 20, random_state=0)
    yield "two informative attributes, rounded to 0.1", X.round(1), y
    yield "two informative attributes, all values distinct", X, y


def time_large_fits() -> None:
    """Prints seconds of CPU, peak memory of the process so far, and the size of the model.

    Included: how often an object came to lie inside one more range; to count that is what growth costs.
    """
    print(f"{'table of 20,000 x 20':50} {'seconds':>8} {'MiB':>5} {'combinations':>12} {'included':>14} {'ns each':>8}")
    for name, X, y in large_tables():
        start = time.process_time()
        classifier = ASONNClassifier().fit(X, y)
        seconds = time.process_time() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        included = 0
        for attribute in range(X.shape[1]):
            boxes = classifier.boxes(f"x{attribute}", f"x{attribute}")
            values = np.sort(X[:, attribute])
            last = np.searchsorted(values, boxes["x_upper"], side="right")
            included += (last - np.searchsorted(values, boxes["x_lower"])).sum()
        print(
            f"{name:50} {seconds:8.1f} {memory:5.0f} {classifier.n_combinations_:12} {included:14,} "
            f"{1e9 * seconds / included:8.1f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="folder of <name>/<name>.tsv.gz")
    parser.add_argument("--repeats", type=int, default=3, help="fits of each method on each table (default: 3)")
    parser.add_argument("--tables", nargs="*", help="only these (default: all in the folder)")
    parser.add_argument("--large", action="store_true", help="three tables of 20,000 x 20 instead of a folder's")
    options = parser.parse_args()
    if options.large == (options.folder is not None):
        parser.error("give either a folder or --large")
    if options.large:
        ASONNClassifier().fit(np.arange(20.0)[:, None], np.arange(20) % 2)  # compile kernels
        time_large_fits()
        return
    names = options.tables or sorted(path.name.removesuffix(".tsv.gz") for path in options.folder.glob("*/*.tsv.gz"))
    if not names:
        parser.error(f"{options.folder} has no <name>/<name>.tsv.gz")

    for factory in METHODS.values():  # load libraries, compile kernels
        factory(0).fit(np.arange(20.0)[:, None], np.arange(20) % 2)
    print(f"{'table':60} {'rows':>5} {'cols':>4} " + " ".join(f"{name:>13}" for name in METHODS) + "   ms")
    rows = []
    for name in names:
        X, y = load(options.folder / name / f"{name}.tsv.gz")
        rows.append(time_fits(X, y, options.repeats))
        print(
            f"{name:60} {X.shape[0]:5} {X.shape[1]:4} " + " ".join(f"{rows[-1][m]:13.2f}" for m in METHODS), flush=True
        )
    results = pd.DataFrame(rows)
    print(f"\n{len(results)} tables {'median ms':>12} {'mean ms':>10} {'worst ms':>10} {'mean accuracy':>14}")
    for name in METHODS:
        times = results[name]
        print(
            f"{name:14} {times.median():12.2f} {times.mean():10.2f} {times.max():10.2f} "
            f"{results[f'accuracy_{name}'].mean():14.4f}"
        )
    pairs = (("xgboost", "asonn_v2"), ("random_forest", "asonn_v2"), ("asonn_v3", "asonn_v2"), ("asonn_v4", "asonn_v3"))
    for slower, faster in pairs:
        ratio = results[slower] / results[faster]
        print(
            f"{slower} / {faster}: ratio of medians {results[slower].median() / results[faster].median():.1f}, "
            f"median ratio {ratio.median():.1f}, above 1 on {(ratio > 1).sum()} of {ratio.notna().sum()} tables, "
            f"total {results[slower].sum() / results[faster].sum():.1f}"
        )


if __name__ == "__main__":
    main()
