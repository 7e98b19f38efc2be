"""Draws the test accuracy of ASONN beside other classifiers: each table by itself, or a summary of many tables."""

from argparse import ArgumentParser

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from study.plots.labels import classifier_name, dataset_name
from study.plots.style import panels
from study.results.classifier_scores import (
    ASONN_COLOUR,
    OTHER_COLOUR,
    colour,
    compare_to_reference,
    group_means,
    is_asonn,
    table_means,
)
from study.results.summary import bootstrap_interval, count_phrase
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

SCORES = ["table", "classifier", "split", "accuracy"]
MOST_PANELS = 6  # more tables are summarised


def draw(scores: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Each table by itself, or a summary of more than `MOST_PANELS`; and the table of what is drawn."""
    if scores["table"].nunique() <= MOST_PANELS:
        return draw_tables(scores), scores
    compared = compare_to_reference(table_means(scores))
    return draw_summary(compared), compared


def draw_tables(scores: pd.DataFrame) -> Figure:
    """One panel a table: every split, their mean and range; the same order of classifiers in each, best above."""
    means = table_means(scores)
    tables = in_order(scores["table"])
    order = means.groupby("classifier")["mean"].mean().sort_values(na_position="first").index.tolist()
    columns = min(len(tables), 3)
    rows = -(-len(tables) // columns)
    figure, axes = panels(rows, columns, panel_height=0.35 + 0.2 * len(order), sharey=True)
    for axis, table in zip(axes.flat, tables, strict=False):
        _draw_rows(axis, order)
        for height, classifier in enumerate(order):
            splits = scores.loc[(scores["table"] == table) & (scores["classifier"] == classifier), "accuracy"].dropna()
            shade = colour(classifier)
            axis.plot(
                splits, np.full(len(splits), height), "o", color=shade, alpha=0.35, markersize=3, markeredgewidth=0
            )
            if len(splits):
                _draw_mean(axis, splits.mean(), height, (splits.min(), splits.max()), classifier)
            else:
                _note(axis, "failed", height)
        axis.set(title=dataset_name(table), xlabel="test accuracy")
    for axis in list(axes.flat)[len(tables) :]:
        axis.set_axis_off()
    splits = count_phrase(means.groupby("table")["splits"].max(), "random split")
    _legend(figure, "one split", f"mean of {splits}; line: their range")
    return figure


def draw_summary(compared: pd.DataFrame) -> Figure:
    """Mean ranks over the tables; mean accuracies over groups of tables, if there are any; how far each method's
    accuracy is from ASONN's on every table. Best above, by the mean difference.

    In means of ranks and of differences, and in their intervals, tables of the same origin count as one.
    """
    of_origins = compared.groupby(["origin", "classifier"], sort=False)[["rank", "difference"]].mean().reset_index()
    order = of_origins.groupby("classifier")["difference"].mean().sort_values(na_position="first").index.tolist()
    reference = classifier_name(compared["reference"].iloc[0])
    groups = group_means(compared)
    several = groups["group"].nunique() > 1
    figure, (axes,) = panels(1, 3 if several else 2, panel_height=0.5 + 0.24 * len(order), sharey=True)
    left, right = axes[0], axes[-1]
    for axis in axes:
        _draw_rows(axis, order)
    if several:
        _draw_groups(axes[1], groups, order)
    right.axvline(0, color="0.6", linewidth=0.6, zorder=0)
    generator = np.random.default_rng(0)  # of the vertical scatter only
    for height, classifier in enumerate(order):
        chosen = compared[compared["classifier"] == classifier]
        means = of_origins[of_origins["classifier"] == classifier]
        if means["rank"].notna().all():
            _draw_mean(left, means["rank"].mean(), height, bootstrap_interval(means["rank"]), classifier)
        else:
            _note(left, f"run on {len(chosen)} tables", height)
        differences = chosen["difference"].dropna()
        scatter = height + generator.uniform(-0.28, 0.28, len(differences))
        right.plot(differences, scatter, "o", color=colour(classifier), alpha=0.35, markersize=2.5, markeredgewidth=0)
        mean = means["difference"].dropna()
        _draw_mean(right, mean.mean(), height, bootstrap_interval(mean), classifier)
    tables = count_phrase(compared.groupby("classifier")["origin"].nunique(), "table")
    left.set(xlabel="mean rank of accuracy (1 is best)")
    right.set(xlabel=f"accuracy minus {reference}'s\n(points; log beyond ±10)")
    right.set_xscale("symlog", linthresh=10, linscale=1.5)
    right.set_xticks([-50, -10, -5, 0, 5, 10, 50], ["−50", "−10", "−5", "0", "5", "10", "50"])
    right.xaxis.set_minor_locator(NullLocator())
    lowest, highest = compared["difference"].agg(["min", "max"])
    right.set_xlim(min(-6.0, 1.2 * lowest), max(6.0, 1.2 * highest))
    _legend(figure, "one table", f"mean of {tables} of different origins; line: its 95 % bootstrap interval")
    return figure


def _draw_groups(axis: Axes, groups: pd.DataFrame, order: list[str]) -> None:
    """Mean accuracies over each group of tables, of the classifiers that were run on all of it."""
    for group, marker in zip(in_order(groups["group"]), ("o", "^", "s"), strict=False):
        own = groups[groups["group"] == group].set_index("classifier")
        count = own["tables"].max()
        means = own.loc[own["tables"] == count, "mean"]
        heights = [order.index(name) for name in means.index]
        axis.plot(means, heights, marker, color="black", markersize=4, fillstyle="none", label=f"{group} ({count})")
    axis.set(xlabel="mean test accuracy")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=6)


def _draw_rows(axis: Axes, order: list[str]) -> None:
    axis.set_yticks(range(len(order)), [classifier_name(name) for name in order])
    axis.set_ylim(-0.6, len(order) - 0.4)
    axis.grid(axis="x", color="0.9", linewidth=0.5)
    for label, classifier in zip(axis.get_yticklabels(), order, strict=False):  # inner panels have none
        if is_asonn(classifier):
            label.set(color=ASONN_COLOUR, weight="bold")


def _note(axis: Axes, text: str, height: float) -> None:
    axis.annotate(text, (0.02, height), xycoords=("axes fraction", "data"), va="center", fontsize=6)


def _draw_mean(axis: Axes, mean: float, height: float, interval: tuple[float, float], classifier: str) -> None:
    shade, marker = colour(classifier), "D" if is_asonn(classifier) else "o"
    axis.plot(interval, [height, height], color=shade, linewidth=1.4, solid_capstyle="butt")
    axis.plot(mean, height, marker, color=shade, markersize=5, markeredgecolor="white", markeredgewidth=0.5)


def _legend(figure: Figure, point: str, mean: str) -> None:
    def handle(marker: str, shade: str, label: str, line: str = "-", **style: float) -> Line2D:
        return Line2D([], [], color=shade, marker=marker, label=label, linestyle=line, **style)

    handles = [
        handle("o", OTHER_COLOUR, point, line="", alpha=0.35, markersize=3),
        handle("D", ASONN_COLOUR, "ASONN", linewidth=1.4, markersize=5),
        handle("o", OTHER_COLOUR, "other classifiers", linewidth=1.4, markersize=5),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=3, title=f"large marker: {mean}")


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "scores of classifiers", SCORES, "panels")
    draw_figure(parser, arguments, __file__, lambda options: draw(read_results(options.tables, SCORES)))


if __name__ == "__main__":
    run(main)
