"""Draws what ASONN does when it is told that some features are costly: what its rules cost then, and its accuracy."""

from argparse import ArgumentParser

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from study.plots.labels import classifier_name
from study.plots.style import panels
from study.results.classifier_scores import ASONN_COLOUR
from study.results.summary import bootstrap_interval, count_phrase
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

COSTS = ["table", "classifier", "split", "cost_unknown", "cost_known", "accuracy_unknown", "accuracy_known"]


def compare(costs: pd.DataFrame) -> pd.DataFrame:
    """One row a table and classifier, of means over splits: table, classifier, ratio of costs (known over unknown), and
    difference in accuracy (known minus unknown, percentage points). Tables whose rules cost nothing are left out."""
    means = costs.groupby(["classifier", "table"], sort=False)[COSTS[3:]].mean().reset_index()
    means = means[(means["cost_unknown"] > 0) & (means["cost_known"] > 0)]
    means["ratio"] = means["cost_known"] / means["cost_unknown"]
    means["difference"] = 100 * (means["accuracy_known"] - means["accuracy_unknown"])
    return means


def draw(means: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Left: the ratio of costs, right: the difference in accuracy; small dots are tables. And the table of both."""
    order = in_order(means["classifier"])[::-1]
    figure, ((left, right),) = panels(1, 2, panel_height=0.7 + 0.45 * len(order), sharey=True)
    generator = np.random.default_rng(0)  # of the vertical scatter only
    for height, classifier in enumerate(order):
        own = means[means["classifier"] == classifier]
        places = height + generator.uniform(-0.25, 0.25, len(own))
        logarithms = np.log(own["ratio"])
        for axis, values, mean, interval in (
            (left, own["ratio"], np.exp(logarithms.mean()), np.exp(bootstrap_interval(logarithms))),
            (right, own["difference"], own["difference"].mean(), bootstrap_interval(own["difference"])),
        ):
            axis.plot(values, places, "o", color=ASONN_COLOUR, alpha=0.35, markersize=2.5, markeredgewidth=0)
            axis.plot(interval, [height] * 2, color="black", linewidth=1.4, solid_capstyle="butt")
            axis.plot(mean, height, "D", color="black", markersize=5, markeredgecolor="white", markeredgewidth=0.5)
    left.set_yticks(range(len(order)), [classifier_name(name) for name in order])
    left.set_ylim(-0.6, len(order) - 0.4)
    left.set_xscale("log")
    left.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    left.xaxis.set_minor_formatter(NullFormatter())
    left.set(xlabel="cost of a rule's features,\ncosts known over unknown")
    right.set(xlabel="accuracy, costs known minus unknown\n(percentage points)")
    for axis, same in ((left, 1), (right, 0)):
        axis.axvline(same, color="0.6", linewidth=0.6, zorder=0)
        axis.grid(axis="x", color="0.9", linewidth=0.5)
    tables = count_phrase(means.groupby("classifier")["table"].nunique(), "table")
    figure.suptitle(f"dot: one table; diamond: mean of {tables}, line: its 95 % interval", fontsize=8)
    return figure, means


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "costs of features", COSTS, "no importance")
    draw_figure(parser, arguments, __file__, lambda options: draw(compare(read_results(options.tables, COSTS))))


if __name__ == "__main__":
    run(main)
