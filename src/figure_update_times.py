"""Draws how long topology updates take: whole update and scoring alone, for each regrowth rule (Fig. 2)."""

import argparse
from pathlib import Path

import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.figures import draw_bands, light_grid, panels, rule_legend, rule_styles, save_figure, title_rows
from study.names import rule_name
from study.result_tables import in_order, read_results
from study.statistics import count_phrase

UPDATE_TIMES_PATTERN = "{dataset}.csv"
STAGES = {"seconds_update": "whole update", "seconds_scoring": "scoring alone"}
QUANTILES = {"whisker_low": 0.05, "lower": 0.25, "median": 0.5, "upper": 0.75, "whisker_high": 0.95}


def draw(times: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, and the table of what is drawn.

    Boxes hold the updates of all epochs and instances; the curves at right show how the whole update changes over epochs.
    In the table a row without epoch is a box, a row with epoch a point of a curve (lower, upper: fastest, slowest instance).
    """
    boxes = pd.concat([_quantiles(times, stage) for stage in STAGES], ignore_index=True)
    by_epoch = times.groupby(["dataset", "rule", "epoch"], sort=False)["seconds_update"]
    curves = by_epoch.agg(median="median", lower="min", upper="max", updates="size").reset_index()
    datasets = in_order(times["dataset"])
    figure, axes = panels(len(datasets), len(STAGES) + 1, sharey="row")
    for dataset, row in zip(datasets, axes, strict=True):
        row[0].set_yscale("log")
        row[0].set_ylabel("time (s)")
        for stage, axis in zip(STAGES, row, strict=False):
            _draw_boxes(axis, times[times["dataset"] == dataset], stage)
        light_grid(row[-1])
        draw_bands(row[-1], curves[curves["dataset"] == dataset], "epoch")
    for title, axis in zip([*STAGES.values(), "whole update over epochs"], axes[0], strict=True):
        axis.set_title(title)
    axes[-1, -1].set_xlabel("epoch")
    title_rows(axes, datasets)
    instances = count_phrase(times.groupby(["dataset", "rule"])["instance"].nunique(), "network")
    epochs = count_phrase(times.groupby(["dataset", "rule"])["epoch"].nunique(), "epoch")
    boxes_are = f"boxes: median, quartiles, 5–95 % of the updates of {instances} over {epochs}"
    rule_legend(figure, times["rule"], f"{boxes_are}; curves: median and range of {instances}")
    return figure, pd.concat([boxes, curves.assign(stage="seconds_update")], ignore_index=True)


def _quantiles(times: pd.DataFrame, stage: str) -> pd.DataFrame:
    groups = times[times[stage] > 0].groupby(["dataset", "rule"], sort=False)[stage]
    quantiles = {name: groups.quantile(level) for name, level in QUANTILES.items()}
    return pd.DataFrame(quantiles | {"updates": groups.size()}).reset_index().assign(stage=stage)


def _draw_boxes(axis: Axes, times: pd.DataFrame, stage: str) -> None:
    """A box for each rule; a rule that does not score has none."""
    rules = in_order(times["rule"])
    light_grid(axis)
    seaborn.boxplot(
        times[times[stage] > 0],
        x="rule",
        y=stage,
        hue="rule",
        order=rules,
        palette={rule: style["color"] for rule, style in rule_styles(rules).items()},
        whis=(100 * QUANTILES["whisker_low"], 100 * QUANTILES["whisker_high"]),
        showfliers=False,
        width=0.6,
        linewidth=0.7,
        saturation=1,
        boxprops={"alpha": 0.6},
        legend=False,
        ax=axis,
    )
    for position, rule in enumerate(rules):
        if not (times.loc[times["rule"] == rule, stage] > 0).any():
            axis.annotate("none", (position, 0.04), xycoords=("data", "axes fraction"), ha="center", color="0.4")
    axis.set_xticks(range(len(rules)), [rule_name(rule) for rule in rules])
    axis.set_xlabel("")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "times",
        nargs="+",
        type=Path,
        metavar="TIMES",
        help="tables of update times (rule, instance, epoch, seconds_scoring, seconds_update), one for each data set, "
        f"each named {UPDATE_TIMES_PATTERN}. Their order is the order of rows",
    )
    parser.add_argument(
        "--output", type=Path, required=True, metavar="STEM", help="writes STEM.pdf, STEM.png and STEM.csv"
    )
    options = parser.parse_args(arguments)
    times = read_results(options.times, UPDATE_TIMES_PATTERN, ["rule", "instance", "epoch", *STAGES])
    save_figure(*draw(times), options.output)


if __name__ == "__main__":
    main()
