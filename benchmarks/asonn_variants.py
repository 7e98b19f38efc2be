"""What other ways to build ASONN are worth: accuracy, probabilities, size of variants, on two sets of tables.

    python -m pip install -r envs/requirements-benchmarks.txt
    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/asonn_variants.py FOLDER

FOLDER holds tables as the Penn Machine Learning Benchmarks lay them out: <name>/<name>.tsv.gz, class in column
`target`. Variants are chosen on the tables of `config/pmlb_tables.csv` that are not the 52 largest; those show how
good a choice is. Prints means over tables, and Wilcoxon's signed-rank tests of the accuracies.

--missing 0.2 blanks a fifth of the cells of each table first; versions of ASONN read them as medians by default, which
is the same as to impute medians. --importances adds Spearman's correlation of
`feature_importances_` with permutation importance on the test rows. --figures FOLDER draws reliability curves of the
variants of `CALIBRATED`, and accuracy against `max_combinations`, of those that were measured.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from asonn_fit import load
from scipy.stats import spearmanr, wilcoxon
from sklearn.impute import SimpleImputer
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from asonn.classifier import ASONNClassifier
from study.classifiers import CLASSIFIERS
from study.data.pmlb import choose_tables, read_index
from study.evaluation import split_rows, unambiguous_rows
from study.plots.style import RESOLUTION, panels

BINS = 10  # of predicted probabilities
BUDGETS = (2, 3, 5, 10, 20, 40)


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
    **{f"version 4, {n} boxes": lambda n=n: ASONNClassifier(version=4, max_combinations=n) for n in BUDGETS},
    **{
        f'version {version}, `missing="inside"`': lambda version=version: ASONNClassifier(version, missing="inside")
        for version in (1, 2, 3, 4)
    },
    "logistic regression": lambda: make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), CLASSIFIERS["logistic_regression"](0)
    ),
    "XGBoost": lambda: CLASSIFIERS["xgboost"](0),
}


CALIBRATED = ("version 1", "version 2", "version 3", "version 4", "logistic regression", "XGBoost")


def measure(folder: Path, tables: list[str], options: argparse.Namespace) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a table and variant, means over splits: accuracy, training (accuracy on training rows that no row of
    another class equals), log loss, Brier, boxes, conditions, seconds, perhaps importances; and one row a table,
    variant and bin of predicted probabilities: weight (of all classes' predictions), predicted and observed."""
    rows, bins = [], []
    for table in tables:
        X, y = load(folder / table / f"{table}.tsv.gz")
        X[np.random.default_rng(0).random(X.shape) < options.missing] = np.nan
        for split in range(options.splits):
            train, test = split_rows(y, 0.3, split)
            clear = train[unambiguous_rows(pd.DataFrame(X[train]), y[train])]
            for name in options.variants:
                model = VARIANTS[name]()
                start = time.process_time()
                try:
                    model.fit(X[train], y[train])
                    seconds = time.process_time() - start
                except ValueError as error:
                    print(f"{table}, {name}: {error}", file=sys.stderr)
                    continue
                row = {
                    "table": table,
                    "variant": name,
                    "accuracy": (model.predict(X[test]) == y[test]).mean(),
                    "training": (model.predict(X[clear]) == y[clear]).mean() if len(clear) else np.nan,
                    "boxes": getattr(model, "n_combinations_", np.nan),
                    "conditions": getattr(model, "n_ranges_", np.nan),
                    "seconds": seconds,
                }
                if hasattr(model, "predict_proba"):
                    probabilities = model.predict_proba(X[test])
                    right = y[test][:, None] == model.classes_
                    row["log loss"] = log_loss(y[test], probabilities, labels=model.classes_)
                    row["Brier"] = ((probabilities - right) ** 2).sum(axis=1).mean()
                    bins.append(_binned(probabilities, right).assign(table=table, variant=name))
                if options.importances and hasattr(model, "feature_importances_"):
                    found = permutation_importance(model, X[test], y[test], n_repeats=5, random_state=0)
                    if np.ptp(found.importances_mean) > 0 and np.ptp(model.feature_importances_) > 0:
                        row["importances"] = spearmanr(model.feature_importances_, found.importances_mean).statistic
                rows.append(row)
        print(table, file=sys.stderr, flush=True)
    return pd.DataFrame(rows).groupby(["variant", "table"]).mean(), pd.concat(bins)


def _binned(probabilities: np.ndarray, right: np.ndarray) -> pd.DataFrame:
    """The predictions for all rows and classes, which weigh 1 together, by their bin."""
    found = pd.DataFrame({"predicted": probabilities.ravel(), "observed": right.ravel().astype(float)})
    found["bin"] = np.minimum((found["predicted"] * BINS).astype(int), BINS - 1)
    grouped = found.groupby("bin")
    return grouped.mean().assign(weight=grouped.size() / len(found)).reset_index()


FORMATS = {
    "accuracy": "{:.4f}",
    "training": "{:.3f}",
    "log loss": "{:.3f}",
    "Brier": "{:.3f}",
    "boxes": "{:.0f}",
    "conditions": "{:.0f}",
    "importances": "{:.2f}",
}


def report(measured: pd.DataFrame, against: list[str]) -> None:
    """Prints a table in Markdown."""
    accuracy = measured["accuracy"].unstack("variant").dropna()
    columns = [column for column in FORMATS if column in measured]
    titles = [*columns, *(f"p, {name}" for name in against), "fit, ms"]
    print(f"\n{len(accuracy)} tables on which nothing failed\n")
    print(f"| {' | '.join(['variant', *titles])} |\n|{' --- |' * (len(titles) + 1)}")
    for name in (name for name in VARIANTS if name in accuracy):
        own = measured.loc[name].loc[accuracy.index].mean()
        shown = [FORMATS[column].format(own[column]) if own[column] == own[column] else "" for column in columns]
        tests = [
            f"{wilcoxon(accuracy[name] - accuracy[other]).pvalue:.2g}" if name != other and other in accuracy else ""
            for other in against
        ]
        shown += [*tests, f"{1000 * own['seconds']:.0f}"]
        print(f"| {' | '.join([name, *shown])} |", flush=True)


COLOURS = dict(zip(CALIBRATED, ("#999999", "#56B4E9", "#009E73", "#D55E00", "#CC79A7", "#0072B2"), strict=True))


def _look(name: str) -> dict:
    """Of a curve; versions 1 to 3 lie on each other, and so two of them are drawn as rings."""
    rings = {"version 1": "s", "version 2": "o"}
    return {
        "color": COLOURS[name],
        "marker": rings.get(name, "."),
        "markerfacecolor": "none" if name in rings else COLOURS[name],
        "markersize": {"version 1": 6, "version 2": 4.5}.get(name, 5),
        "linestyle": {"version 1": ":", "version 2": "--"}.get(name, "-"),
    }


def draw_calibration(measured: pd.DataFrame, bins: pd.DataFrame, path: Path) -> None:
    """Reliability curves over all tables, each of which weighs the same; log loss and Brier score."""
    names = [name for name in CALIBRATED if name in measured.index]
    complete = measured["accuracy"].unstack("variant")[names].dropna().index
    figure, ((left, middle, right),) = panels(1, 3, panel_height=1.5)
    for axis, drawn in ((left, names[:4]), (middle, names[3:])):
        axis.plot([0, 1], [0, 1], color="0.7", linewidth=0.8, zorder=0)
        for name in drawn:
            own = bins[(bins["variant"] == name) & bins["table"].isin(complete)]
            sums = own[["predicted", "observed"]].mul(own["weight"], axis=0).groupby(own["bin"]).sum()
            weights = own.groupby("bin")["weight"].sum()
            curve = sums.div(weights, axis=0)[weights > 0.002 * weights.sum()]
            axis.plot(curve["predicted"], curve["observed"], label=name, **_look(name))
        axis.set(xlabel="predicted probability", ylabel="observed frequency", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axis.legend(loc="upper left", fontsize=6, handlelength=1.5, borderaxespad=0)
    for place, name in enumerate(names):
        own = measured.loc[name].loc[complete].mean()
        for loss, filled in (("log loss", COLOURS[name]), ("Brier", "white")):
            right.plot(own[loss], place, "o", color=COLOURS[name], markerfacecolor=filled, markersize=5)
    right.set_yticks(range(len(names)), [name.replace("logistic ", "logistic\n") for name in names])
    right.set(xlabel="log loss (filled), Brier (open)", ylim=(len(names) - 0.5, -0.5))
    right.set_xlim(left=0)
    right.grid(axis="x", linewidth=0.3)
    figure.savefig(path, dpi=RESOLUTION / 2)


def draw_budget(measured: pd.DataFrame, path: Path) -> None:
    """Mean accuracy and log loss of version 4 against the number of combinations that it may have."""
    names = [f"version 4, {n} boxes" for n in BUDGETS]
    others = [name for name in ("version 3", "version 4", "XGBoost") if name in measured.index]
    tables = measured["accuracy"].unstack("variant")[[*names, *others]].dropna().index
    figure, (axes,) = panels(1, 2, panel_height=2.0)
    for axis, score in zip(axes, ("accuracy", "log loss"), strict=True):
        values = [measured.loc[name].loc[tables][score].mean() for name in names]
        axis.plot(BUDGETS, values, marker="*", color=COLOURS["version 4"], markersize=6, label="version 4, at most n")
        for name, style in zip(others, ((0, (1, 1)), "--", "-"), strict=True):
            own = measured.loc[name].loc[tables]
            size = f", {own['boxes'].mean():.0f} on average" if own["boxes"].notna().all() else ""
            label = f"{name}, no limit{size}" if size else name
            axis.axhline(own[score].mean(), color=COLOURS[name], linestyle=style, label=label)
        axis.set_xscale("log")
        axis.set_xticks(BUDGETS, map(str, BUDGETS))
        axis.minorticks_off()
        axis.set(xlabel="max_combinations", ylabel=f"mean {score}, {len(tables)} tables")
    axes[0].legend(loc="lower right", fontsize=6)
    figure.savefig(path, dpi=RESOLUTION / 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of <name>/<name>.tsv.gz")
    parser.add_argument("--variants", nargs="*", choices=VARIANTS, default=list(VARIANTS), help="only these")
    parser.add_argument("--splits", type=int, default=3, help="splits of each table (default: 3)")
    parser.add_argument("--every", type=int, default=1, help="only every n-th table of each set (default: 1)")
    parser.add_argument("--most-rows", type=int, default=sys.maxsize, help="only tables of so many rows (default: all)")
    parser.add_argument("--against", nargs="*", choices=VARIANTS, default=["version 2", "XGBoost"], help="of the tests")
    parser.add_argument("--missing", type=float, default=0.0, help="fraction of the cells to blank (default: 0)")
    parser.add_argument("--importances", action="store_true", help="compare importances of features")
    parser.add_argument("--figures", type=Path, help="folder for asonn_calibration.png and asonn_budget.png")
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
        tables = [name for name in tables if index["rows"][name] <= options.most_rows][:: options.every]
        print(f"\n{title}: {len(tables)} tables, {options.splits} splits each")
        parts.append(measure(options.folder, tables, options))
        report(parts[-1][0], options.against)
    measured, bins = (pd.concat(part) for part in zip(*parts, strict=True))
    print("\nall")
    report(measured, options.against)
    if options.figures:
        if "version 4" in options.variants:
            draw_calibration(measured, bins, options.figures / "asonn_calibration.png")
        if all(f"version 4, {n} boxes" in options.variants for n in BUDGETS):
            draw_budget(measured, options.figures / "asonn_budget.png")


if __name__ == "__main__":
    main()
