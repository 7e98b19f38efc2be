"""Draws test accuracy and training loss against epochs, median and 40-60 % band over networks (Fig. 3)."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.plots.rules import draw_bands, networks_phrase, rule_legend
from study.plots.style import label_panels, light_grid, log_axis, panels
from study.results.summary import median_and_band
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

MEASURES = {"test_accuracy": "test accuracy", "training_loss": "training loss"}
HISTORY = ["dataset", "rule", "seed", "epoch", *MEASURES]
SETTLED = 0.05  # accuracy: later epochs are those in which each rule's median stays this close to its highest


def draw(histories: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, and the table of what is drawn.

    At left the accuracy, in the middle once more its later epochs, where the rules differ least, at right the loss.
    """
    bands = pd.concat(
        [
            median_and_band(histories, ["dataset", "rule", "epoch"], measure).assign(measure=measure)
            for measure in MEASURES
        ],
        ignore_index=True,
    )
    datasets = in_order(bands["dataset"])
    figure, axes = panels(len(datasets), 3)
    for dataset, row in zip(datasets, axes, strict=True):
        accuracy, loss = (bands[(bands["dataset"] == dataset) & (bands["measure"] == measure)] for measure in MEASURES)
        later = accuracy[accuracy["epoch"] >= settling_epoch(accuracy)]
        _draw_panel(row[0], accuracy, "test_accuracy")
        _draw_panel(row[1], later, "test_accuracy")
        _draw_panel(row[2], loss, "training_loss")
        row[2].set_yscale("log")
    label_panels(axes, datasets, ["all epochs", "later epochs", "all epochs"], ["epoch"] * 3)
    rule_legend(figure, bands["rule"], f"median and 40–60 % band of {networks_phrase(bands)}")
    return figure, bands


def settling_epoch(accuracy: pd.DataFrame) -> int:
    """First epoch from which on the median of every rule stays within `SETTLED` of its highest; 1 if there is none."""
    highest = accuracy.groupby("rule")["median"].transform("max")
    unsettled = accuracy.loc[accuracy["median"] < highest - SETTLED, "epoch"]
    first = unsettled.max() + 1 if len(unsettled) else 1
    return int(first) if first < accuracy["epoch"].max() else 1


def _draw_panel(axis: Axes, bands: pd.DataFrame, measure: str) -> None:
    light_grid(axis)
    draw_bands(axis, bands, "epoch")
    log_axis(axis, bands["epoch"].min(), bands["epoch"].max())
    axis.set_ylabel(MEASURES[measure])


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "histories of training", HISTORY, "rows and legend")
    draw_figure(parser, arguments, __file__, lambda options: draw(read_results(options.tables, HISTORY)))


if __name__ == "__main__":
    run(main)
