"""Draws accuracy against the number of rules, of ASONN and of the methods that are made of trees or rules."""

from argparse import ArgumentParser
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.plots.labels import classifier_name
from study.plots.style import TWO_COLUMNS, light_grid
from study.results.classifier_scores import is_asonn
from study.results.summary import bootstrap_interval, count_phrase
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

SIZES = ["table", "classifier", "split", "accuracy", "rules"]
ASONN_STYLES = tuple(zip(cycle(("#D55E00", "#E69F00", "#8C2D04")), "Dd*<>hp8X", strict=False))
STYLES = (  # of the others; colours of Okabe and Ito
    ("#0072B2", "o"), ("#009E73", "s"), ("#595959", "^"), ("#CC79A7", "v"), ("#56B4E9", "P"), ("#8C510A", "X"),
)  # fmt: skip


def sizes_and_accuracies(scores: pd.DataFrame) -> pd.DataFrame:
    """Means over splits for each table, then over tables: classifier, table, rules, accuracy and their intervals.

    A row without a table is the mean over the tables on which the method did not fail, with 95 % bootstrap intervals:
    of rules the geometric mean, as they differ by orders of magnitude. Methods without rules are left out.
    """
    scores = scores.dropna(subset=["rules", "accuracy"])
    tables = scores.groupby(["classifier", "table"], sort=False)[["rules", "accuracy"]].mean().reset_index()
    means = []
    for classifier, own in tables.groupby("classifier", sort=False):
        logarithms = np.log(own["rules"])
        lower, upper = bootstrap_interval(own["accuracy"])
        fewer, more = np.exp(bootstrap_interval(logarithms))
        means.append(
            {
                "classifier": classifier, "rules": np.exp(logarithms.mean()), "accuracy": own["accuracy"].mean(),
                "rules_lower": fewer, "rules_upper": more, "accuracy_lower": lower, "accuracy_upper": upper,
            }
        )  # fmt: skip
    return pd.concat([tables, pd.DataFrame(means)], ignore_index=True)


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Small dots are tables, large markers the means over them; and the table of both."""
    figure = Figure(figsize=(TWO_COLUMNS, 3.6), layout="constrained")
    axis = figure.subplots()
    light_grid(axis)
    order = sorted(in_order(table["classifier"]), key=lambda name: (not is_asonn(name), name != "asonn_v2"))
    styles = {True: cycle(ASONN_STYLES), False: cycle(STYLES)}
    handles = []
    for classifier in order:
        shade, marker = next(styles[is_asonn(classifier)])
        own = table[table["classifier"] == classifier]
        of_tables, mean = own[own["table"].notna()], own[own["table"].isna()].iloc[0]
        axis.plot(of_tables["rules"], of_tables["accuracy"], marker, color=shade, alpha=0.3, markersize=2.5, mew=0)
        axis.plot([mean["rules_lower"], mean["rules_upper"]], [mean["accuracy"]] * 2, color=shade, linewidth=1.2)
        axis.plot([mean["rules"]] * 2, [mean["accuracy_lower"], mean["accuracy_upper"]], color=shade, linewidth=1.2)
        axis.plot(mean["rules"], mean["accuracy"], marker, color=shade, markersize=6, mec="white", mew=0.6, zorder=4)
        handles.append(
            Line2D([], [], linestyle="", marker=marker, color=shade, markersize=5, label=classifier_name(classifier))
        )
    axis.set_xscale("log")
    axis.set(xlabel="rules: combinations, or leaves of all trees", ylabel="test accuracy")
    tables = count_phrase(table.dropna(subset=["table"]).groupby("classifier")["table"].nunique(), "table")
    figure.legend(
        handles=handles, loc="outside upper center", ncols=min(4, len(handles)), columnspacing=1.2, handletextpad=0.3,
        title=f"small: one table; large: mean of {tables}, lines: its 95 % interval",
    )  # fmt: skip
    return figure, table


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "scores of classifiers", SIZES, "classifiers in the legend")
    draw_figure(
        parser, arguments, __file__, lambda options: draw(sizes_and_accuracies(read_results(options.tables, SIZES)))
    )


if __name__ == "__main__":
    run(main)
