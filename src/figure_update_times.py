"""Draws how long topology updates take: whole update and scoring alone, for each regrowth rule (Fig. 2)."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from study.plots.labels import rule_name
from study.plots.rules import draw_bands, rule_legend, rule_styles
from study.plots.style import light_grid, panels, title_rows
from study.results.summary import count_phrase
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

STAGES = {"seconds_update": "whole update", "seconds_scoring": "scoring and choice of links"}
TIMES = ["dataset", "rule", "seed", "epoch", *STAGES]
QUANTILES = {"whisker_low": 0.05, "lower": 0.25, "median": 0.5, "upper": 0.75, "whisker_high": 0.95}


def draw(times: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, and the table of what is drawn.

    Boxes hold the updates of all epochs and networks, the curves at right show how the whole update changes over
    epochs. In the table a row without epoch is a box; one with epoch is a point of a curve, and its lower and upper are
    the fastest and the slowest network.
    """
    boxes = pd.concat([_quantiles(times, stage) for stage in STAGES], ignore_index=True)
    by_epoch = times.groupby(["dataset", "rule", "epoch"], sort=False)["seconds_update"]
    curves = by_epoch.agg(median="median", lower="min", upper="max", updates="size").reset_index()
    datasets, rules = in_order(times["dataset"]), in_order(times["rule"])
    figure, axes = panels(len(datasets), len(STAGES) + 1, sharey="row")
    for dataset, row in zip(datasets, axes, strict=True):
        for stage, axis in zip(STAGES, row, strict=False):
            _draw_boxes(axis, boxes[(boxes["dataset"] == dataset) & (boxes["stage"] == stage)], rules)
        light_grid(row[-1])
        draw_bands(row[-1], curves[curves["dataset"] == dataset], "epoch")
        row[0].set_yscale("log")
        row[0].set_ylabel("time (s)")
    for title, axis in zip([*STAGES.values(), "whole update over epochs"], axes[0], strict=True):
        axis.set_title(title)
    axes[-1, -1].set_xlabel("epoch")
    title_rows(axes, datasets)
    networks = count_phrase(times.groupby(["dataset", "rule"])["seed"].nunique(), "network")
    updates = count_phrase(times.groupby(["dataset", "rule"])["epoch"].nunique(), "update")
    note = f"{networks}, {updates} each; boxes: median, quartiles, 5–95 %; curves: median and range of networks"
    rule_legend(figure, rules, note)
    return figure, pd.concat([boxes, curves.assign(stage="seconds_update")], ignore_index=True)


def _quantiles(times: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Quantiles of the updates in which the stage took time at all: a logarithmic axis has no zero."""
    groups = times[times[stage] > 0].groupby(["dataset", "rule"], sort=False)[stage]
    quantiles = {name: groups.quantile(level) for name, level in QUANTILES.items()}
    return pd.DataFrame(quantiles | {"updates": groups.size()}).reset_index().assign(stage=stage)


def _draw_boxes(axis: Axes, boxes: pd.DataFrame, rules: list[str]) -> None:
    """A box for each rule; a rule that does not score has none."""
    light_grid(axis)
    for position, rule in enumerate(rules):
        box = boxes[boxes["rule"] == rule].to_dict("records")
        if not box:
            axis.annotate("none", (position, 0.04), xycoords=("data", "axes fraction"), ha="center", color="0.4")
            continue
        names = {"whislo": "whisker_low", "q1": "lower", "med": "median", "q3": "upper", "whishi": "whisker_high"}
        axis.bxp(
            [{theirs: box[0][ours] for theirs, ours in names.items()}],
            positions=[position],
            widths=0.6,
            showfliers=False,
            patch_artist=True,
            boxprops={"facecolor": to_rgba(rule_styles(rules)[rule].colour, 0.6), "linewidth": 0.7},
            whiskerprops={"linewidth": 0.7},
            capprops={"linewidth": 0.7},
            medianprops={"color": "black"},
        )
    axis.set_xticks(range(len(rules)), [rule_name(rule) for rule in rules])
    axis.set_xlim(-0.6, len(rules) - 0.4)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "times of topology updates", TIMES, "rows")
    draw_figure(parser, arguments, __file__, lambda options: draw(read_results(options.tables, TIMES)))


if __name__ == "__main__":
    run(main)
