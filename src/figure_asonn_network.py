"""Draws ASONN as a network: the ranges of a table's features, the combinations that join them, and the classes."""

from argparse import ArgumentParser

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.plots.style import TWO_COLUMNS
from study.provenance.record import Input
from study.results.tables import in_order, read_result
from study.scripts.arguments import positive_integer
from study.scripts.figure import draw_figure
from study.scripts.run import run

RULES = ["combination", "class", "attribute", "lower", "upper", "weight", "support"]
CLASS_COLOURS = (  # of Okabe and Ito, then darker ones
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#595959", "#8C510A", "#762A83", "#1B7837",
)  # fmt: skip
RANGES, COMBINATIONS, CLASSES = 1.0, 2.0, 2.75  # where the columns of the drawing stand
WIDEST = 4.0  # points: width of a link of weight 1
MOST_OF_COMBINATION = 8  # links to ranges that are drawn, the heaviest
WIDTH_OF_INTERVAL, WIDTH_OF_NAME = 0.028, 0.037  # of a letter, in units of the horizontal axis
RANGE = ["attribute", "lower", "upper"]  # what makes a range one and the same neuron


def choose(rules: pd.DataFrame, most_ranges: int) -> pd.DataFrame:
    """The best supported combinations of each class, as many of each as bring at most `most_ranges` range neurons.

    Of each combination the `MOST_OF_COMBINATION` heaviest ranges; fewer where even one combination of each class brings
    more in all.
    """
    rules = _heaviest(rules, MOST_OF_COMBINATION)
    sizes = rules.drop_duplicates("combination").sort_values("support", ascending=False, kind="stable")
    place = sizes.groupby("class").cumcount().set_axis(sizes["combination"])
    for each in range(int(place.max()) + 1, 0, -1):
        chosen = rules[rules["combination"].map(place) < each]
        if len(chosen.drop_duplicates(RANGE)) <= most_ranges:
            return chosen
    each = max(1, most_ranges // chosen["combination"].nunique())
    return _heaviest(chosen, each)


def _heaviest(rules: pd.DataFrame, each: int) -> pd.DataFrame:
    """The heaviest ranges of each combination, in the order of the rules."""
    heaviest = rules.sort_values("weight", ascending=False, kind="stable").groupby("combination").head(each)
    return heaviest.sort_index()


def draw(rules: pd.DataFrame, most_ranges: int) -> tuple[Figure, pd.DataFrame]:
    """Ranges by feature on the left, combinations by class and support in the middle, classes on the right.

    Returned with the table of the links that are drawn.
    """
    drawn = choose(rules, most_ranges)
    ranges = _from_below(drawn.drop_duplicates(RANGE))
    combinations = drawn.drop_duplicates("combination").sort_values(
        ["class", "support"], ascending=[False, True], kind="stable"
    )
    classes = sorted(set(rules["class"]), key=str)
    colours = {label: CLASS_COLOURS[number % len(CLASS_COLOURS)] for number, label in enumerate(classes)}

    figure = Figure(figsize=(TWO_COLUMNS, 0.9 + 0.16 * max(len(ranges), 1.4 * len(combinations))), layout="constrained")
    axis = figure.subplots()
    axis.set_axis_off()
    heights = dict(zip(ranges[RANGE].itertuples(index=False, name=None), _spread(len(ranges)), strict=True))
    centres = dict(zip(combinations["combination"], _spread(len(combinations)), strict=True))
    ends = {
        label: np.mean([centres[k] for k in own["combination"]])
        for label, own in combinations.groupby("class", sort=False)
    }
    for link in drawn.sort_values("weight", kind="stable").itertuples():
        start, end = heights[(link.attribute, link.lower, link.upper)], centres[link.combination]
        axis.plot(
            [RANGES, COMBINATIONS], [start, end], color=colours[link[2]], linewidth=WIDEST * link.weight, alpha=0.55,
            solid_capstyle="round", zorder=1,
        )  # fmt: skip
    for (_, lower, upper), height in heights.items():
        axis.plot(RANGES, height, "o", color="0.35", markersize=3.5, zorder=3)
        axis.text(RANGES - 0.03, height, _interval(lower, upper), ha="right", va="center", fontsize=6.5)
    left_edge = _name_attributes(axis, heights)
    for combination in combinations.itertuples():
        height, shade = centres[combination.combination], colours[combination[2]]
        axis.plot([COMBINATIONS, CLASSES], [height, ends[combination[2]]], color=shade, linewidth=1, zorder=1)
        axis.plot(COMBINATIONS, height, "s", color=shade, markersize=6, zorder=3)
        axis.text(
            COMBINATIONS + 0.04, height, f"{combination.support}", va="center", fontsize=7, zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    for label, height in ends.items():
        axis.plot(CLASSES, height, "o", color=colours[label], markersize=10, zorder=3)
        axis.text(CLASSES + 0.05, height, f"{label}", va="center", weight="bold", color=colours[label])
    axis.set_xlim(left_edge, 3.35)
    axis.set_ylim(-0.03, 1.03)
    _legend(figure, rules, drawn)
    return figure, drawn


def _from_below(ranges: pd.DataFrame) -> pd.DataFrame:
    """Features as in the table, the first on top; the ranges of one by their bounds, those of text last."""
    place = {attribute: -number for number, attribute in enumerate(in_order(ranges["attribute"]))}

    def key(column: pd.Series) -> pd.Series:
        return column.map(place) if column.name == "attribute" else pd.to_numeric(column, errors="coerce")

    return ranges.sort_values(RANGE, key=key)


def _spread(count: int) -> np.ndarray:
    """Even heights from 0 to 1; a single one stands in the middle."""
    return np.linspace(0, 1, count) if count > 1 else np.array([0.5])


def _interval(lower: object, upper: object) -> str:
    lower, upper = (f"{value:.4g}" if isinstance(value, float) else f"{value}" for value in (lower, upper))
    return lower if lower == upper else f"{lower} to {upper}"


def _name_attributes(axis: Axes, heights: dict) -> float:
    """Writes the names left of the longest interval; returns where the longest name begins."""
    bracket = RANGES - 0.06 - WIDTH_OF_INTERVAL * max(len(_interval(*bounds)) for _, *bounds in heights)
    names = list(dict.fromkeys(name for name, _, _ in heights))
    for attribute in names:
        own = [height for (name, _, _), height in heights.items() if name == attribute]
        axis.plot([bracket] * 2, [min(own) - 0.008, max(own) + 0.008], color="0.6", linewidth=1)
        axis.text(bracket - 0.03, np.mean(own), f"{attribute}".replace("_", " "), ha="right", va="center")
    return bracket - 0.06 - WIDTH_OF_NAME * max(len(f"{name}") for name in names)


def _legend(figure: Figure, rules: pd.DataFrame, drawn: pd.DataFrame) -> None:
    def link(weight: float) -> Line2D:
        return Line2D([], [], color="0.5", linewidth=WIDEST * weight, label=f"weight {weight:g}")

    handles = [
        Line2D([], [], linestyle="", marker="o", color="0.35", markersize=3.5, label="range"),
        Line2D([], [], linestyle="", marker="s", color="0.35", markersize=6, label="combination, with its support"),
        Line2D([], [], linestyle="", marker="o", color="0.35", markersize=10, label="class"),
        *map(link, (0.1, 0.4)),
    ]
    shown, all_of_them = drawn["combination"].nunique(), rules["combination"].nunique()
    figure.legend(
        handles=handles, loc="outside upper center", ncols=len(handles), columnspacing=1.4, handletextpad=0.5,
        title=f"{shown} of {all_of_them} combinations, with {len(drawn)} of {len(rules)} weighted links to ranges",
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("rules", type=Input, metavar="RULES", help="one row a range (combination, class, attribute, …)")
    parser.add_argument(
        "--most-ranges",
        type=positive_integer,
        default=40,
        help="most ranges that are drawn, of the best supported combinations",
    )
    draw_figure(
        parser, arguments, __file__, lambda options: draw(read_result(options.rules, RULES), options.most_ranges)
    )


if __name__ == "__main__":
    run(main)
