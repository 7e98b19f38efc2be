"""Draws how long topology updates take, on average and over training, and scoring alone, for each rule (Fig. 2)."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from study.plots.labels import rule_name
from study.plots.rules import draw_bands, rule_legend, rule_styles
from study.plots.style import label_panels, light_grid, panels
from study.results.summary import count_phrase
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

WHOLE, SCORING = "seconds_update", "seconds_scoring"
TIMES = ["dataset", "rule", "seed", "epoch", WHOLE, SCORING]
QUANTILES = {"whisker_low": 0.05, "lower": 0.25, "median": 0.5, "upper": 0.75, "whisker_high": 0.95}


def draw(times: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, and the table of what is drawn.

    Bars are means over all updates of all networks, as in Fig. 2 of Sulyok et al., dots those of each network. Boxes
    hold the scoring of all epochs and networks, the curves at right show how the whole update changes over epochs. In
    the table a row with a seed is a dot, one with an epoch a point of a curve, and its lower and upper are the fastest
    and the slowest network.
    """
    means, networks = (_means(times, by) for by in (["dataset", "rule"], ["dataset", "rule", "seed"]))
    boxes = _quantiles(times)
    by_epoch = times.groupby(["dataset", "rule", "epoch"], sort=False)[WHOLE]
    curves = by_epoch.agg(median="median", lower="min", upper="max", updates="size").reset_index()
    datasets, rules = in_order(times["dataset"]), in_order(times["rule"])
    figure, axes = panels(len(datasets), 3)
    for dataset, (average, scoring, course) in zip(datasets, axes, strict=True):
        _draw_bars(average, *(table[table["dataset"] == dataset] for table in (means, networks)), rules)
        _draw_boxes(scoring, boxes[boxes["dataset"] == dataset], rules)
        light_grid(course)
        draw_bands(course, curves[curves["dataset"] == dataset], "epoch")
        course.sharey(scoring)
        course.set_yscale("log")
        average.set_ylabel("time (s)")
        scoring.set_ylabel("time (s)")
    titles = ["whole update, mean", "scoring and choice of links", "whole update over epochs"]
    label_panels(axes, datasets, titles, ["", "", "epoch"])
    counts = [count_phrase(times.groupby(["dataset", "rule"])[column].nunique(), noun)
              for column, noun in (("seed", "network"), ("epoch", "update"))]  # fmt: skip
    note = f"{counts[0]}, {counts[1]} each; dots: networks; boxes: median, quartiles, 5–95 %; curves: median and range"
    rule_legend(figure, rules, note)
    tables = [means.assign(stage=WHOLE), networks.assign(stage=WHOLE), boxes, curves.assign(stage=WHOLE)]
    return figure, pd.concat(tables, ignore_index=True).astype({"seed": "Int64", "epoch": "Int64"})


def _means(times: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return times.groupby(by, sort=False)[WHOLE].agg(mean="mean", updates="size").reset_index()


def _quantiles(times: pd.DataFrame) -> pd.DataFrame:
    """Quantiles of the updates in which scoring took time at all: a logarithmic axis has no zero."""
    groups = times[times[SCORING] > 0].groupby(["dataset", "rule"], sort=False)[SCORING]
    quantiles = {name: groups.quantile(level) for name, level in QUANTILES.items()}
    return pd.DataFrame(quantiles | {"updates": groups.size()}).reset_index().assign(stage=SCORING)


def _draw_bars(axis: Axes, means: pd.DataFrame, networks: pd.DataFrame, rules: list[str]) -> None:
    light_grid(axis)
    colours = {rule: to_rgba(style.colour, 0.6) for rule, style in rule_styles(rules).items()}
    axis.bar(
        means["rule"].map(rules.index),
        means["mean"],
        width=0.6,
        color=means["rule"].map(colours),
        edgecolor="black",
        lw=0.7,
    )
    axis.plot(networks["rule"].map(rules.index), networks["mean"], ".", color="black", markersize=3, mew=0)
    _name_rules(axis, rules)


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
    _name_rules(axis, rules)


def _name_rules(axis: Axes, rules: list[str]) -> None:
    axis.set_xticks(range(len(rules)), [rule_name(rule) for rule in rules])
    axis.set_xlim(-0.6, len(rules) - 0.4)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "times of topology updates", TIMES, "rows")
    draw_figure(parser, arguments, __file__, lambda options: draw(read_results(options.tables, TIMES)))


if __name__ == "__main__":
    run(main)
