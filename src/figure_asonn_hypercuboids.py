"""Draws the hypercuboids of ASONN in the plane of two features: one panel a class, its boxes over seeds and weeds."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from study.plots.labels import feature_name
from study.plots.style import panels
from study.provenance.record import Input
from study.results.tables import in_order, read_result
from study.scripts.figure import draw_figure
from study.scripts.run import run

BOXES = ["combination", "class", "x_attribute", "x_lower", "x_upper", "y_attribute", "y_lower", "y_upper", "support"]
POINTS = ["x", "y", "class", "split"]
SEED_COLOUR, WEED_COLOUR, BOX_COLOUR = "#0072B2", "#8C8C8C", "#E69F00"
MARGIN = 0.012  # of the axis, by which boxes are drawn larger: those of one value would have no width


def draw(boxes: pd.DataFrame, points: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One panel a class: its boxes with their support, its samples (seeds) and all others (weeds).

    Returned with the table of boxes and points, which the column `kind` tells apart.
    """
    classes = sorted(in_order(points["class"]), key=str)
    columns = min(3, len(classes))
    figure, axes = panels(-(-len(classes) // columns), columns, panel_height=2.3, sharex=True, sharey=True)
    spans = points["x"].max() - points["x"].min(), points["y"].max() - points["y"].min()
    margin = [MARGIN * (span or 1.0) for span in spans]
    for axis, label in zip(axes.flat, classes, strict=False):
        _draw_boxes(axis, boxes[boxes["class"] == label], margin)
        _draw_points(axis, points, label)
        axis.set_title(f"{label}")
        axis.set_xlim(points["x"].min() - 5 * margin[0], points["x"].max() + 5 * margin[0])
        axis.set_ylim(points["y"].min() - 5 * margin[1], points["y"].max() + 5 * margin[1])
    for axis in list(axes.flat)[len(classes) :]:
        axis.set_axis_off()
    for axis in axes[:, 0]:
        axis.set_ylabel(feature_name(boxes["y_attribute"].iloc[0]))
    for position in range(columns):  # the lowest panel of each column
        lowest = max(index for index in range(len(classes)) if index % columns == position)
        axes.flat[lowest].set_xlabel(feature_name(boxes["x_attribute"].iloc[0]))
        axes.flat[lowest].tick_params(labelbottom=True)
    _legend(figure, boxes, points)
    return figure, pd.concat([boxes.assign(kind="hypercuboid"), points.assign(kind="point")], ignore_index=True)


def _draw_boxes(axis: Axes, boxes: pd.DataFrame, margin: list[float]) -> None:
    for box in boxes.sort_values("support", ascending=False).itertuples():
        corner = box.x_lower - margin[0], box.y_lower - margin[1]
        size = box.x_upper - box.x_lower + 2 * margin[0], box.y_upper - box.y_lower + 2 * margin[1]
        axis.add_patch(Rectangle(corner, *size, facecolor=BOX_COLOUR, alpha=0.18, linewidth=0, zorder=1))
        axis.add_patch(Rectangle(corner, *size, facecolor="none", edgecolor=BOX_COLOUR, linewidth=0.9, zorder=3))


def _draw_points(axis: Axes, points: pd.DataFrame, label: object) -> None:
    for own, colour, marker in ((False, WEED_COLOUR, "x"), (True, SEED_COLOUR, "o")):
        for split in ("train", "test"):
            chosen = points[((points["class"] == label) == own) & (points["split"] == split)]
            face = "none" if split == "test" and own else colour
            axis.scatter(
                chosen["x"], chosen["y"], s=7 if own else 6, marker=marker if split == "train" or own else "+",
                facecolor=face, edgecolor=colour if own else None, color=None if own else colour, linewidth=0.6,
                zorder=2,
            )  # fmt: skip


def _legend(figure: Figure, boxes: pd.DataFrame, points: pd.DataFrame) -> None:
    def mark(marker: str, colour: str, label: str, face: str) -> Line2D:
        return Line2D(
            [], [], linestyle="", marker=marker, markersize=3, color=colour, markerfacecolor=face, label=label
        )

    train, test = (points["split"] == "train").sum(), (points["split"] == "test").sum()
    handles = [
        Patch(facecolor="#FBEBCC", edgecolor=BOX_COLOUR, label="hypercuboid"),
        mark("o", SEED_COLOUR, "seed, training", SEED_COLOUR),
        mark("o", SEED_COLOUR, "the class, test", "none"),
        mark("x", WEED_COLOUR, "weed, training", WEED_COLOUR),
        mark("+", WEED_COLOUR, "other class, test", WEED_COLOUR),
    ]
    figure.legend(
        handles=handles, loc="outside upper center", ncols=5, columnspacing=1.2, handletextpad=0.4,
        title=f"{len(boxes)} hypercuboids from {train} training samples; {test} test samples; one panel a class",
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("hypercuboids", type=Input, metavar="HYPERCUBOIDS", help="one row a hypercuboid")
    parser.add_argument("points", type=Input, metavar="POINTS", help="one row a sample: x, y, class, split")
    draw_figure(
        parser,
        arguments,
        __file__,
        lambda options: draw(read_result(options.hypercuboids, BOXES), read_result(options.points, POINTS)),
    )


if __name__ == "__main__":
    run(main)
