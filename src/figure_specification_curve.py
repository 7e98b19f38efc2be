"""Draws the effect of each statement of Sulyok et al. under every setting of training: specification curves."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, isfinite
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullLocator

from study.claims.arms import setting_text, stated
from study.claims.claim import Region
from study.claims.ledger import CLAIMS, COLUMNS, CONTRADICTED, SUPPORTED, UNDECIDED, read_ledger
from study.errors import StudyError
from study.plots.labels import MAIN_ARM, dataset_name
from study.results.tables import in_order
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

COLOURS = {SUPPORTED: "#0072B2", CONTRADICTED: "#D55E00", UNDECIDED: "#8C8C8C"}
ACROSS = 6  # panels
WIDTH, CURVE, DOTS = 1.15, 1.0, 0.085  # inches: of a panel, of the height of its curve, of each row of dots
LEFT, GAP, ABOVE, TOP = 1.45, 0.42, 0.42, 0.7  # inches: of labels, between panels, of their titles, of the legend
BELOW = 0.06  # inches: between a curve and its dots
DRAWN = ["claim", "data", "rank", "arm", "sign", "outcome", "as_stated", "effect", "lower", "upper", "sample"]


def draw(ledgers: pd.DataFrame, settings: Mapping[str, Mapping[str, Any]]) -> tuple[Figure, pd.DataFrame]:
    """A panel for each statement and data set, and the table of what is drawn.

    Arms lie from left to right by their effect; below, a dot marks each setting that is not the study's own.

    settings : of each arm those that are not the same in all of them.
    """
    if unknown := sorted(set(ledgers["arm"]) - set(settings)):
        raise StudyError(f"--settings lacks the arm {unknown[0]}: give those of each arm of the tables.")
    arms = in_order(ledgers["arm"])
    main = settings[MAIN_ARM]
    changed = {arm: {setting_text(*one) for one in settings[arm].items() if one not in main.items()} for arm in arms}
    values = {key: _sorted(settings[arm][key] for arm in arms) for key in main}
    labels = [setting_text(key, value) for key in main for value in values[key] if value != main[key]]
    rows = stated(ledgers)
    if rows.empty:
        raise StudyError("No statement was tested under two settings: train more than one network of each rule.")
    rows = rows.sort_values("effect", kind="stable")
    rows["rank"] = rows.groupby(["claim", "data"]).cumcount() + 1
    claims, datasets = {claim.id: claim for claim in CLAIMS}, in_order(ledgers["data"])
    order = {name: place for place, name in enumerate([*claims, *datasets])}
    panels = sorted(rows.groupby(["claim", "data"]), key=lambda panel: [order[name] for name in panel[0]])
    figure, grid = _grid(len(panels), len(labels))
    for (top, bottom), ((claim, data), points) in zip(grid, panels, strict=False):
        region = claims[claim].region_on(data)
        _draw_curve(top, points, region, claims[claim].ratio)
        top.set_title(f"{claim}\n{dataset_name(data)}: {region.sign}", fontsize=6, pad=3)
        _draw_dots(bottom, points, changed, labels)
    _legend(figure, rows)
    table = pd.concat([points for _, points in panels], ignore_index=True)[DRAWN]
    return figure, table.join(pd.DataFrame.from_dict(settings, orient="index"), on="arm")


def _sorted(values: Iterable[Any]) -> list:
    """Distinct values, numbers by size and others in their order."""
    return sorted(dict.fromkeys(values), key=lambda value: value if isinstance(value, int | float) else 0)


def _grid(panels: int, labels: int) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Axes of each panel, the curve and below it the dots, side by side in rows."""
    height = ABOVE + CURVE + BELOW + DOTS * max(labels, 1)
    down = ceil(panels / ACROSS)
    across = min(panels, ACROSS)
    size = (LEFT + across * (WIDTH + GAP), TOP + down * height + 0.3)
    figure = Figure(figsize=size)
    axes = []
    for place in range(panels):
        row, column = divmod(place, ACROSS)
        left = LEFT + column * (WIDTH + GAP)
        upper = size[1] - TOP - row * height - ABOVE  # of the curve
        boxes = [
            (left, upper - CURVE, WIDTH, CURVE),
            (left, upper - CURVE - BELOW - DOTS * labels, WIDTH, DOTS * labels),
        ]
        axes.append(
            tuple(figure.add_axes([x / size[0], y / size[1], w / size[0], h / size[1]]) for x, y, w, h in boxes)
        )
        axes[-1][1].tick_params(labelleft=column == 0)
    return figure, axes


def _draw_curve(axis: Axes, points: pd.DataFrame, region: Region, ratio: bool) -> None:
    """Effects and intervals, those of a ratio on a logarithmic axis; intervals of few networks may reach beyond it."""
    bounds = [bound for bound in (region.low, region.high) if isfinite(bound)]
    low, high = (end([*points["effect"], *bounds]) for end in (min, max))
    if ratio:
        axis.set_yscale("log")
        room = (high / low) ** 0.35 if high > low else 2.0
        lowest, highest = low / room, high * room
    else:
        room = 0.35 * (high - low) or 1.0
        lowest, highest = low - room, high + room
    axis.set_ylim(lowest, highest)
    axis.axhspan(max(region.low, lowest), min(region.high, highest), color="0.94", lw=0, zorder=0)
    for bound in bounds:
        axis.axhline(bound, color="0.4", linewidth=0.6, zorder=1)
    for outcome, colour in COLOURS.items():
        for is_main, marker, size in ((False, "o", 3.4), (True, "D", 4.4)):
            some = points[(points["outcome"] == outcome) & ((points["arm"] == MAIN_ARM) == is_main)]
            axis.vlines(some["rank"], some["lower"], some["upper"], color=colour, linewidth=0.7)
            axis.plot(some["rank"], some["effect"], marker, color=colour, markersize=size, mec="white", mew=0.2)
    axis.set_xlim(0.4, len(points) + 0.6)
    axis.tick_params(bottom=False, labelbottom=False, labelsize=5)
    if ratio:
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=5))
        axis.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        axis.yaxis.set_minor_locator(NullLocator())


def _draw_dots(axis: Axes, points: pd.DataFrame, changed: Mapping[str, set[str]], labels: Sequence[str]) -> None:
    for height, label in enumerate(labels):
        at = [rank for rank, arm in zip(points["rank"], points["arm"], strict=True) if label in changed[arm]]
        axis.plot(at, [height] * len(at), "o", color="0.15", markersize=2, mew=0)
    main = points.loc[points["arm"] == MAIN_ARM, "rank"]
    axis.vlines(main, -0.5, len(labels) - 0.5, color="0.85", linewidth=2, zorder=0)
    axis.set_xlim(0.4, len(points) + 0.6)
    axis.set_ylim(len(labels) - 0.4, -0.6)
    axis.set_yticks(range(len(labels)), labels, fontsize=5)
    axis.tick_params(left=False, bottom=False, labelbottom=False)
    axis.spines[:].set_visible(False)


def _legend(figure: Figure, rows: pd.DataFrame) -> None:
    handles = [
        Line2D([], [], color=colour, marker="o", markersize=3, linewidth=0.8, label=outcome)
        for outcome, colour in COLOURS.items()
    ]
    handles.append(Line2D([], [], color="0.3", marker="D", linestyle="", label="the study's own setting"))
    both = rows[rows["sample"].str.contains("+", regex=False)]  # networks of CH3-L3 and of random
    samples = both.groupby(both["arm"] == MAIN_ARM)["sample"].agg(lambda values: values.mode()[0])
    where = {True: "the study's own setting", False: "each of the others"}
    networks = ", ".join(f"{samples[is_own]} in {text}" for is_own, text in where.items() if is_own in samples)
    legend = figure.legend(
        handles=handles,
        loc="upper center",
        ncols=len(handles),
        title=f"Effect and 95 % interval in {rows['arm'].nunique()} arms, sorted; grey: where the statement holds; "
        "dots below: settings that are not the study's own\n"
        f"CH3-L3 and random: {networks}",
    )
    legend.get_title().set_multialignment("center")


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "ledgers of claims, one an arm", ["arm", *COLUMNS], "nothing, as effects are sorted")
    parser.add_argument(
        "--settings",
        type=json.loads,
        required=True,
        metavar="JSON",
        help=f"of each arm, {MAIN_ARM} included, the settings that are not the same in all: "
        """{"main": {"momentum": 0}, "heavy": {"momentum": 0.9}}""",
    )
    draw_figure(
        parser,
        arguments,
        __file__,
        lambda options: draw(pd.concat(map(read_ledger, options.tables), ignore_index=True), options.settings),
    )


if __name__ == "__main__":
    run(main)
