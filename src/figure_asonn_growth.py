"""Draws how ASONN builds hypercuboids in the plane of two features: where they start, how one grows, all of them."""

from argparse import ArgumentParser

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from scipy.sparse.csgraph import connected_components

from study.plots.labels import feature_name
from study.plots.style import panels
from study.provenance.record import Input
from study.results.tables import in_order, read_result
from study.scripts.figure import draw_figure
from study.scripts.run import run

STEPS = ["combination", "class", "step", "event", "attribute", "lower", "upper"]
POINTS = ["x", "y", "class", "split"]
CLASS_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#8C510A", "#595959", "#F0E442")
CLASS_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
RANGE_COLOUR, BOX_COLOUR, WEED_COLOUR, INTRUDER_COLOUR = "#E69F00", "#A86F00", "#9A9A9A", "#B2182B"
CROWDED = 0.12  # of the axis: starting samples closer than this share the room around them for their numbers
MARGIN = 0.014  # of the axis, by which ranges are drawn wider: those of one value would not be seen


def boxes_by_step(growth: pd.DataFrame) -> pd.DataFrame:
    """The box after every step: combination, class, step, event, x_lower, x_upper, y_lower, y_upper.

    The features are x and y in the order in which the first combination names them.
    """
    x, y = in_order(growth["attribute"])
    wide = growth.pivot_table(
        index=["combination", "class", "step", "event"], columns="attribute", values=["lower", "upper"], sort=True
    )
    wide = wide.groupby("combination").ffill()
    bounds = {
        f"{axis}_{bound}": wide[bound, attribute]
        for axis, attribute in (("x", x), ("y", y))
        for bound in ("lower", "upper")
    }
    return pd.DataFrame(bounds).reset_index()


def stages(boxes: pd.DataFrame) -> pd.DataFrame:
    """Four boxes of the combination that takes most steps: start, first best extension, half-way, complete."""
    longest = boxes.groupby("combination")["step"].max().idxmax()
    grown = boxes[boxes["combination"] == longest].set_index("step")
    last = grown.index.max()
    best = grown.index[grown["event"] == "best"]
    chosen = sorted({0, best.min() if len(best) else 0, (last + 1) // 2, last})
    return grown.loc[chosen].reset_index()


def draw(growth: pd.DataFrame, points: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """First panel: where combinations start. Then stages of one of them. Last panel: all combinations.

    Returned with the table of the boxes after every step.
    """
    table = boxes_by_step(growth)
    boxes = table.rename(columns={"class": "label"})  # a name that tuples may have
    train = points[points["split"] == "train"]
    chosen = stages(boxes)
    figure, axes = panels(-(-(len(chosen) + 2) // 3), 3, panel_height=2.15, sharex=True, sharey=True)
    spans = np.array([np.ptp(train["x"]) or 1.0, np.ptp(train["y"]) or 1.0])
    margin = MARGIN * spans
    classes = sorted(in_order(train["class"]), key=str)
    style = {label: (CLASS_COLOURS[k % 8], CLASS_MARKERS[k % 8]) for k, label in enumerate(classes)}

    first, *between, last = list(axes.flat)[: len(chosen) + 2]
    _draw_classes(first, train, style)
    starts = boxes[boxes["step"] == 0]
    _number_starts(first, starts, spans)
    first.set_title(f"a  {len(starts)} starting samples, hardest first", loc="left")
    number = int(chosen["combination"].iloc[0]) + 1
    extensions = chosen["step"].max()
    for letter, axis, box in zip("bcdefgh", between, chosen.itertuples(), strict=False):
        _draw_stage(axis, box, train, margin, style[box.label])
        axis.set_title(f"{letter}  {_stage_name(box, number, extensions)}", loc="left")
    _draw_classes(last, train, style, faint=True)
    ends = boxes.groupby("combination").last()
    for box in ends.itertuples():
        last.add_patch(_rectangle(box, margin, facecolor=style[box.label][0], alpha=0.12, linewidth=0))
        last.add_patch(_rectangle(box, margin, facecolor="none", edgecolor=style[box.label][0], linewidth=0.9))
    last.set_title(f"{'abcdefgh'[len(chosen) + 1]}  all {len(ends)} hypercuboids", loc="left")

    for axis in list(axes.flat)[len(chosen) + 2 :]:
        axis.set_axis_off()
    first.set_xlim(train["x"].min() - 5 * margin[0], train["x"].max() + 5 * margin[0])
    first.set_ylim(train["y"].min() - 5 * margin[1], train["y"].max() + 5 * margin[1])
    x, y = in_order(growth["attribute"])
    for axis in axes[:, 0]:
        axis.set_ylabel(feature_name(y))
    for axis in axes[-1]:
        axis.set_xlabel(feature_name(x))
    _legends(figure, first, style, chosen["label"].iloc[0])
    return figure, table


def _stage_name(box: tuple, number: int, extensions: int) -> str:
    if box.step == 0:
        return f"number {number}: the values of one sample"
    if box.step == extensions:
        return f"complete: {extensions} extensions"
    if box.event == "best" and box.step <= 3:
        pure = box.step - 1
        return f"{pure} pure, then the best extension" if pure else "the best extension"
    return f"{box.step} extensions"


def _draw_classes(axis: Axes, train: pd.DataFrame, style: dict, *, faint: bool = False) -> None:
    for label, (colour, marker) in style.items():
        own = train[train["class"] == label]
        axis.plot(own["x"], own["y"], marker, color=colour, markersize=2.4, mew=0, alpha=0.45 if faint else 0.8)


def _number_starts(axis: Axes, starts: pd.DataFrame, spans: np.ndarray) -> None:
    """Numbers in the order of construction around the samples that start combinations, which are ringed.

    Samples of different classes may have the same values: their numbers stand together.
    """
    places = starts.groupby(["x_lower", "y_lower"])["combination"].apply(list).reset_index()
    scaled = places[["x_lower", "y_lower"]].to_numpy() / spans
    angles = _fan(scaled)
    for place, angle in zip(places.itertuples(), angles, strict=True):
        axis.plot(place.x_lower, place.y_lower, "o", mfc="none", mec="black", markersize=4.5, mew=0.7, zorder=4)
        axis.annotate(
            ", ".join(str(number + 1) for number in place.combination), (place.x_lower, place.y_lower),
            xytext=(17 * np.cos(angle), 17 * np.sin(angle)), textcoords="offset points", fontsize=7, ha="center",
            va="center", zorder=5,
            arrowprops={"arrowstyle": "-", "color": "0.2", "linewidth": 0.5, "shrinkA": 0, "shrinkB": 2.3},
            bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.6},
        )  # fmt: skip


def _fan(places: np.ndarray) -> np.ndarray:
    """The angle of each label of places (n, 2): even steps around the middle of those that are close together."""
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    n_groups, group = connected_components(distances < CROWDED)
    angles = np.full(len(places), 0.5 * np.pi)
    for number in range(n_groups):
        members = np.flatnonzero(group == number)
        if len(members) > 1:
            outward = places[members] - places[members].mean(axis=0)
            order = np.argsort(np.arctan2(outward[:, 1], outward[:, 0]), kind="stable")
            angles[members[order]] = -np.pi + 2 * np.pi * (np.arange(len(members)) + 0.5) / len(members)
    return angles


def _rectangle(box: tuple, margin: np.ndarray, **style: object) -> Rectangle:
    corner = box.x_lower - margin[0], box.y_lower - margin[1]
    return Rectangle(
        corner, box.x_upper - box.x_lower + 2 * margin[0], box.y_upper - box.y_lower + 2 * margin[1], **style
    )


def _draw_stage(axis: Axes, box: tuple, train: pd.DataFrame, margin: np.ndarray, style: tuple[str, str]) -> None:
    """Both ranges as bands, the box where they cross; weeds that lie in one of the ranges stand out."""
    axis.axvspan(box.x_lower - margin[0], box.x_upper + margin[0], color=RANGE_COLOUR, alpha=0.16, linewidth=0)
    axis.axhspan(box.y_lower - margin[1], box.y_upper + margin[1], color=RANGE_COLOUR, alpha=0.16, linewidth=0)
    axis.add_patch(_rectangle(box, margin, facecolor="none", edgecolor=BOX_COLOUR, linewidth=1.1, zorder=4))
    shared = train["x"].between(box.x_lower, box.x_upper).astype(int) + train["y"].between(box.y_lower, box.y_upper)
    own = train["class"] == box.label
    for chosen, marker, colour, face in (
        (~own & (shared == 0), "x", WEED_COLOUR, WEED_COLOUR),
        (~own & (shared > 0), "x", INTRUDER_COLOUR, INTRUDER_COLOUR),
        (own & (shared < 2), style[1], style[0], "none"),
        (own & (shared == 2), style[1], style[0], style[0]),
    ):
        axis.plot(
            train.loc[chosen, "x"], train.loc[chosen, "y"], marker, color=colour, mfc=face, markersize=2.8, mew=0.6,
            linestyle="", zorder=3,
        )  # fmt: skip
    inside, intruders = int((own & (shared == 2)).sum()), int((~own & (shared > 0)).sum())
    axis.text(
        0.98, 0.03, f"seeds inside: {inside}\nweeds in one range: {intruders}", transform=axis.transAxes, ha="right",
        va="bottom", fontsize=6.5, bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 1.5}, zorder=6,
    )  # fmt: skip


def _legends(figure: Figure, first: Axes, style: dict[object, tuple[str, str]], grown: object) -> None:
    """Of classes in the first panel, of the stages above all."""

    def mark(marker: str, colour: str, label: object, face: str | None = None) -> Line2D:
        return Line2D(
            [], [], linestyle="", marker=marker, markersize=3.5, color=colour, mfc=face or colour, mew=0.7,
            label=f"{label}",
        )  # fmt: skip

    first.legend(
        handles=[mark(marker, colour, label) for label, (colour, marker) in style.items()], loc="lower right",
        fontsize=6.5, handletextpad=0.2, borderpad=0.2,
    )  # fmt: skip
    colour, marker = style[grown]
    handles = [
        Patch(facecolor="#FBEBCC", label="range"),
        Patch(facecolor="#F6D79A", edgecolor=BOX_COLOUR, label="hypercuboid"),
        mark(marker, colour, "seed inside"),
        mark(marker, colour, "seed outside", "none"),
        mark("x", INTRUDER_COLOUR, "weed in one range"),
        mark("x", WEED_COLOUR, "weed outside"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=6, columnspacing=1.6, handletextpad=0.4)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("growth", type=Input, metavar="GROWTH", help="one row a step of the construction")
    parser.add_argument("points", type=Input, metavar="POINTS", help="one row a sample: x, y, class, split")
    draw_figure(
        parser,
        arguments,
        __file__,
        lambda options: draw(read_result(options.growth, STEPS), read_result(options.points, POINTS)),
    )


if __name__ == "__main__":
    run(main)
