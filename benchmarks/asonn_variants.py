"""What other ways to build ASONN are worth: accuracy, size and training accuracy of variants, on two sets of tables.

    python -m pip install -r envs/requirements-benchmarks.txt
    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/asonn_variants.py FOLDER

FOLDER holds tables as the Penn Machine Learning Benchmarks lay them out: <name>/<name>.tsv.gz, class in column
`target`. Variants are chosen on the tables of `config/pmlb_tables.csv` that are not the 52 largest; those show how
good a choice is. Prints means over tables, and Wilcoxon's signed-rank tests against version 2 and XGBoost.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from asonn_fit import load
from scipy.stats import wilcoxon
from sklearn.metrics import log_loss

from asonn.classifier import ASONNClassifier
from study.classifiers import CLASSIFIERS
from study.data.pmlb import choose_tables, read_index
from study.evaluation import split_rows, unambiguous_rows


class Committee:
    """Networks of nine random orders of starting objects, whose class scores are averaged."""

    def __init__(self, **parameters) -> None:
        self.members = [ASONNClassifier(seed_order="random", random_state=k, **parameters) for k in range(9)]

    def fit(self, X: np.ndarray, y: np.ndarray) -> None:
        for member in self.members:
            member.fit(X, y)
        self.n_combinations_ = sum(member.n_combinations_ for member in self.members)

    def predict(self, X: np.ndarray) -> np.ndarray:
        scores = sum(np.log(member.predict_proba(X)) for member in self.members)  # but for a constant of each row
        return self.members[0].classes_[scores.argmax(axis=1)]


VARIANTS = {
    '`reading="printed"`': lambda: ASONNClassifier(reading="printed"),
    '`reading="authors"`': lambda: ASONNClassifier(reading="authors"),
    "version 1": lambda: ASONNClassifier(version=1),
    "version 2": lambda: ASONNClassifier(),
    "version 2, mid-point bounds": lambda: ASONNClassifier(bounds="midpoints"),
    "version 2, `min_support=3`": lambda: ASONNClassifier(min_support=3),
    "version 2, vote": lambda: ASONNClassifier(decision="vote"),
    "version 2, simplify, vote": lambda: ASONNClassifier(simplify=True, decision="vote"),
    'version 2, `temperature="auto"`': lambda: ASONNClassifier(temperature="auto"),
    "committee of nine, `min_support=2`": lambda: Committee(min_support=2),
    "version 3": lambda: ASONNClassifier(version=3),
    "version 3, vote": lambda: ASONNClassifier(version=3, decision="vote"),
    "version 4": lambda: ASONNClassifier(version=4),
    "version 4, votes alone": lambda: ASONNClassifier(version=4, decision="vote"),
    "version 4, points alone": lambda: ASONNClassifier(version=4, decision="points"),
    "version 4, 10 boxes": lambda: ASONNClassifier(version=4, max_combinations=10),
    "logistic regression": lambda: CLASSIFIERS["logistic_regression"](0),
    "XGBoost": lambda: CLASSIFIERS["xgboost"](0),
}


def measure(folder: Path, tables: list[str], splits: int, variants: list[str]) -> pd.DataFrame:
    """One row a table and variant, means over splits: accuracy, training_accuracy (see `study.evaluation`), boxes."""
    rows = []
    for table in tables:
        X, y = load(folder / table / f"{table}.tsv.gz")
        for split in range(splits):
            train, test = split_rows(y, 0.3, split)
            clear = train[unambiguous_rows(pd.DataFrame(X[train]), y[train])]
            for name in variants:
                model = VARIANTS[name]()
                start = time.process_time()
                try:
                    model.fit(X[train], y[train])
                    seconds = time.process_time() - start
                except ValueError as error:
                    print(f"{table}, {name}: {error}", file=sys.stderr)
                    continue
                rows.append(
                    {
                        "table": table,
                        "variant": name,
                        "accuracy": (model.predict(X[test]) == y[test]).mean(),
                        "training": (model.predict(X[clear]) == y[clear]).mean() if len(clear) else np.nan,
                        "log loss": _log_loss(model, X[test], y[test]),
                        "boxes": getattr(model, "n_combinations_", np.nan),
                        "conditions": getattr(model, "n_ranges_", np.nan),
                        "seconds": seconds,
                    }
                )
        print(table, file=sys.stderr, flush=True)
    return pd.DataFrame(rows).groupby(["variant", "table"]).mean()


def _log_loss(model, X: np.ndarray, y: np.ndarray) -> float:
    """NaN for a model without probabilities."""
    return log_loss(y, model.predict_proba(X), labels=model.classes_) if hasattr(model, "predict_proba") else np.nan


def report(measured: pd.DataFrame) -> None:
    """Prints a table in Markdown."""
    accuracy = measured["accuracy"].unstack("variant").dropna()
    print(f"\n{len(accuracy)} tables on which nothing failed\n")
    columns = [
        "accuracy",
        "on training rows",
        "log loss",
        "boxes",
        "conditions",
        "p, version 2",
        "p, XGBoost",
        "fit, ms",
    ]
    print(f"| {' | '.join(['variant', *columns])} |\n|{' --- |' * (len(columns) + 1)}")
    for name in (name for name in VARIANTS if name in accuracy):
        own = measured.loc[name].loc[accuracy.index].mean()
        tests = [
            f"{wilcoxon(accuracy[name] - accuracy[other]).pvalue:.2g}" if name != other and other in accuracy else ""
            for other in ("version 2", "XGBoost")
        ]
        size = [f"{own[column]:.0f}" if own[column] == own[column] else "" for column in ("boxes", "conditions")]
        loss = f"{own['log loss']:.3f}" if own["log loss"] == own["log loss"] else ""
        shown = [
            f"{own['accuracy']:.4f}",
            f"{own['training']:.3f}",
            loss,
            *size,
            *tests,
            f"{1000 * own['seconds']:.0f}",
        ]
        print(f"| {' | '.join([name, *shown])} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of <name>/<name>.tsv.gz")
    parser.add_argument("--variants", nargs="*", choices=VARIANTS, default=list(VARIANTS), help="only these")
    parser.add_argument("--splits", type=int, default=3, help="splits of each table (default: 3)")
    parser.add_argument(
        "--index", type=Path, default="config/pmlb_tables.csv", help="list of tables (default: config/pmlb_tables.csv)"
    )
    options = parser.parse_args()
    index = read_index(options.index)
    used = choose_tables(index)
    parts = []
    for title, tables in (
        ("to choose on", [name for name in index.index if name not in used]),
        ("to report on", used),
    ):
        print(f"\n{title}: {len(tables)} tables, {options.splits} splits each")
        parts.append(measure(options.folder, tables, options.splits, options.variants))
        report(parts[-1])
    print("\nall")
    report(pd.concat(parts))


if __name__ == "__main__":
    main()
