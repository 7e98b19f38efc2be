"""Draws test accuracy and training loss against epochs, median and 40-60 % band over networks (Fig. 3)."""

import argparse
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from study.figures import light_grid, log_epochs, panels, save_figure, title_rows
from study.result_tables import in_order, read_results
from study.rule_style import draw_bands, rule_legend
from study.statistics import count_phrase, median_and_band

HISTORY_PATTERN = "{dataset}/{rule}/{seed}/history.csv"
COLUMNS = (  # measure and title of each column of panels
    ("test_accuracy", "all epochs"),
    ("test_accuracy", "later epochs"),
    ("training_loss", "all epochs"),
)
MEASURES = {"test_accuracy": "test accuracy", "training_loss": "training loss"}


def draw(histories: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, and the table of what is drawn.

    At left the accuracy; in the middle again from the square root of the last epoch on, half of the logarithmic axis,
    where the rules differ least; at right the loss.
    """
    bands = pd.concat(
        [
            median_and_band(histories, ["dataset", "rule", "epoch"], measure).assign(measure=measure)
            for measure in MEASURES
        ],
        ignore_index=True,
    )
    datasets = in_order(bands["dataset"])
    figure, axes = panels(len(datasets), len(COLUMNS), sharex="col")
    for dataset, row in zip(datasets, axes, strict=True):
        for (measure, title), axis in zip(COLUMNS, row, strict=True):
            panel = bands[(bands["dataset"] == dataset) & (bands["measure"] == measure)]
            if title == "later epochs":
                panel = panel[panel["epoch"] >= panel["epoch"].max() ** 0.5]
            light_grid(axis)
            draw_bands(axis, panel, "epoch")
            log_epochs(axis, panel["epoch"].min(), panel["epoch"].max())
            axis.set_ylabel(MEASURES[measure])
        row[-1].set_yscale("log")
    for (_, title), top, bottom in zip(COLUMNS, axes[0], axes[-1], strict=True):
        top.set_title(title)
        bottom.set_xlabel("epoch")
    title_rows(axes, datasets)
    rule_legend(figure, bands["rule"], f"median and 40–60 % band of {count_phrase(bands['networks'], 'network')}")
    return figure, bands


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "histories",
        nargs="+",
        type=Path,
        metavar="HISTORY",
        help=f"histories of training (epoch, training_loss, test_accuracy); each path ends in {HISTORY_PATTERN}. "
        "Their order is the order of rows and legend",
    )
    parser.add_argument(
        "--output", type=Path, required=True, metavar="STEM", help="writes STEM.pdf, STEM.png and STEM.csv"
    )
    options = parser.parse_args(arguments)
    histories = read_results(options.histories, HISTORY_PATTERN, ["epoch", *MEASURES])
    save_figure(*draw(histories), options.output)


if __name__ == "__main__":
    main()
