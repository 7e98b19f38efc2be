"""House style of every figure: sizes, fonts, colours, panels, and one way to save.

Importing this module sets matplotlib's style for the process.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from study.files import atomic_path, write_table
from study.names import dataset_name, rule_name

ONE_COLUMN = 3.5  # inches, 89 mm
TWO_COLUMNS = 7.2  # inches, 183 mm
RESOLUTION = 300  # dots per inch, of the PNG and of what is rasterised inside the PDF

HOUSE_STYLE = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same bytes on every machine
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 8,
    "legend.title_fontsize": 7,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.size": 1.8,
    "ytick.minor.size": 1.8,
    "lines.linewidth": 1.0,
    "lines.markersize": 3,
    "axes.axisbelow": True,
    "savefig.dpi": RESOLUTION,
    "pdf.fonttype": 42,  # TrueType: text stays text, as journals ask
    "svg.fonttype": "none",
}
matplotlib.use("Agg")
matplotlib.rcParams.update(HOUSE_STYLE)

# Okabe and Ito's palette, safe for the common colour-vision deficiencies; line style and marker tell the rules apart in grey.
RULE_COLOURS = {"ch3l3": "#0072B2", "random": "#D55E00", "paths": "#009E73", "static": "#595959"}
RULE_MARKERS = {"ch3l3": "o", "random": "s", "paths": "^", "static": "D"}
RULE_LINES = {"ch3l3": "-", "random": "-", "paths": "--", "static": ":"}
OTHER_COLOURS = ("#CC79A7", "#E69F00", "#56B4E9", "#8C510A", "#762A83", "#F0E442")
OTHER_MARKERS = ("v", "P", "X", "<", ">", "*")
OTHER_LINE = "-."

NEGATIVE, POSITIVE = "#0072B2", "#D55E00"  # the two signs of a weight


def rule_styles(rules: Iterable[str]) -> dict[str, dict[str, str]]:
    """Colour, marker and line style of each regrowth rule: {rule: {"color", "marker", "linestyle"}}.

    The rules of the papers always look the same. Others take further colours in alphabetical order, so that
    figures of the same rules agree with each other.
    """
    rules = list(dict.fromkeys(rules))
    others = sorted(set(rules) - set(RULE_COLOURS))
    styles = {
        rule: {"color": RULE_COLOURS[rule], "marker": RULE_MARKERS[rule], "linestyle": RULE_LINES[rule]}
        for rule in rules
        if rule in RULE_COLOURS
    } | {
        rule: {
            "color": OTHER_COLOURS[index % len(OTHER_COLOURS)],
            "marker": OTHER_MARKERS[index % len(OTHER_MARKERS)],
            "linestyle": OTHER_LINE,
        }
        for index, rule in enumerate(others)
    }
    return {rule: styles[rule] for rule in rules}


def panels(
    rows: int,
    columns: int,
    *,
    panel_height: float = 1.9,
    sharex: bool | str = False,
    sharey: bool | str = False,
) -> tuple[Figure, np.ndarray]:
    """A figure of `rows` x `columns` panels and its axes, always a two-dimensional array.

    One panel is one journal column wide, more share two columns. `panel_height` is in inches. In the figures of the
    robustness study a row is a data set.
    """
    width = ONE_COLUMN if columns == 1 else max(TWO_COLUMNS, 1.7 * columns)
    figure = Figure(figsize=(width, panel_height * rows + 0.75), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.04, h_pad=0.04, wspace=0.03, hspace=0.03)
    return figure, figure.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=sharey)


def title_rows(axes: np.ndarray, datasets: Sequence[str]) -> None:
    """Writes the name of each row's data set upright beside its last panel."""
    for axis, dataset in zip(axes[:, -1], datasets, strict=True):
        axis.annotate(
            dataset_name(dataset),
            xy=(1, 0.5),
            xytext=(5, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            rotation=-90,
            ha="left",
            va="center",
            weight="bold",
        )


def rule_legend(figure: Figure, rules: Iterable[str], note: str, *, markers: bool = False) -> None:
    """One legend for the whole figure, above the panels; `note` says what line and band are, and of how many."""
    handles = [
        Line2D(
            [],
            [],
            color=style["color"],
            linestyle=style["linestyle"],
            marker=style["marker"] if markers else None,
            label=rule_name(rule),
        )
        for rule, style in rule_styles(rules).items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), title=f"Regrowth rule; {note}", handlelength=2.6)


def light_grid(axis: Axes) -> None:
    """Faint horizontal lines, for reading values off a panel."""
    axis.grid(axis="y", color="0.9", linewidth=0.5)


def log_epochs(axis: Axes, first: int, last: int) -> None:
    """A logarithmic x axis from the first to the last epoch, labelled 1, 10, 100; 1, 2, 5, 10 where there is room."""
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if last <= 100 * first else (1,)))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.xaxis.set_minor_formatter(NullFormatter())


def draw_bands(axis: Axes, bands: pd.DataFrame, x: str, *, markers: bool = False) -> None:
    """A line (column `median`) and a band (`lower` to `upper`) over `x` for each value of the column `rule`."""
    styles = rule_styles(bands["rule"])
    for rule, curve in bands.groupby("rule", sort=False):
        style = styles[rule] if markers else styles[rule] | {"marker": None}
        axis.fill_between(curve[x], curve["lower"], curve["upper"], color=style["color"], alpha=0.2, linewidth=0)
        axis.plot(curve[x], curve["median"], **style)


def save_figure(figure: Figure, table: pd.DataFrame, stem: str | Path) -> None:
    """Writes `stem`.pdf, `stem`.png and `stem`.csv, the table of exactly what is drawn, each atomically.

    The files carry no date: the same data gives the same bytes.
    """
    stem = Path(stem)
    write_table(table, stem.with_name(f"{stem.name}.csv"))
    for suffix, metadata in ((".pdf", {"CreationDate": None}), (".png", {"Software": None})):
        with atomic_path(stem.with_name(stem.name + suffix)) as temporary:
            figure.savefig(temporary, metadata=metadata)
