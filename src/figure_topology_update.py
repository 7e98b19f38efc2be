"""Draws the stages of one topology update of a small network, side by side (Fig. 7)."""

from argparse import ArgumentParser
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sparse_training.links import SparseLayer
from sparse_training.measures import links_on_paths
from study.plots.style import TWO_COLUMNS
from study.provenance.record import Input
from study.results.tables import in_order, read_result
from study.scripts.arguments import positive_integer
from study.scripts.figure import draw_figure
from study.scripts.run import run

STAGES = ["stage", "layer", "source", "target", "weight", "event"]
STAGE_TITLES = {
    "before": "trained network",
    "removed_by_magnitude": "smallest |weight| removed",
    "removed_off_path": "links on no path removed",
    "regrown": "links regrown",
}
EVENT_STYLES = {  # what happens to a link: label, colour, line style, line width
    "kept": ("kept, as wide as |weight|", "0.65", "-", 0.6),
    "removed_by_magnitude": ("removed: smallest |weight|", "#D55E00", (0, (3, 1.5)), 0.9),
    "removed_off_path": ("removed: on no input–output path", "#CC79A7", (0, (1, 1)), 1.3),
    "new": ("new", "#0072B2", "-", 0.9),
}
STAYS = ("kept", "new")
OUTPUT_DISTANCE = 0.75  # from the last hidden layer, in layer distances


def units_on_paths(links: pd.DataFrame, sizes: list[int]) -> list[np.ndarray]:
    """Units on a path from an input to the output layer: masks (n_units,) of the inputs and each hidden layer."""
    layers = []
    for number, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
        here = links[links["layer"] == number]
        bias = np.zeros(n_out, np.float32)
        layers.append(SparseLayer(*(here[name].to_numpy() for name in ("source", "target", "weight")), bias, n_in))
    masks = [np.zeros(size, bool) for size in sizes]
    on_paths = links_on_paths(layers, [np.ones(layer.n_links, bool) for layer in layers])
    for number, (layer, on_path) in enumerate(zip(layers, on_paths, strict=True)):
        masks[number][layer.sources[on_path]] = True
        masks[number + 1][layer.targets[on_path]] = True
    return masks


def draw(stages: pd.DataFrame, sizes: list[int]) -> tuple[Figure, pd.DataFrame]:
    """One panel a stage: links coloured by what happens to them, units filled if they are on an input-output path.

    `sizes` are the units of the input and of each hidden layer. Returned with the stages.
    """
    names = in_order(stages["stage"])
    figure = Figure(figsize=(TWO_COLUMNS, 2.9), layout="constrained")
    axes = figure.subplots(1, len(names), squeeze=False)[0]
    for name, axis in zip(names, axes, strict=True):
        links = stages[stages["stage"] == name]
        _draw_stage(axis, links, sizes)
        axis.set_title(f"{STAGE_TITLES.get(name, name)}\n{_count(links)}", fontsize=7)
    figure.legend(
        handles=[
            *(
                Line2D([], [], color=colour, linestyle=line, linewidth=width + 0.3, label=label)
                for label, colour, line, width in EVENT_STYLES.values()
            ),
            Line2D([], [], color="0.1", marker="o", linestyle="", label="unit on a path"),
            Line2D([], [], color="0.1", marker="o", linestyle="", markerfacecolor="white", label="unit on no path"),
        ],
        loc="outside lower center",
        ncols=3,
        fontsize=7,
    )
    return figure, stages


def _count(links: pd.DataFrame) -> str:
    """`146 links`, `146 − 43 links`, `103 + 43 links`."""
    events = links["event"].value_counts()
    kept, new = events.get("kept", 0), events.get("new", 0)
    removed = len(links) - kept - new
    change = f" + {new}" if new else f" − {removed}" if removed else ""
    return f"{len(links) - new}{change} links"


def _draw_stage(axis: Axes, links: pd.DataFrame, sizes: list[int]) -> None:
    positions = [
        np.stack([np.full(size, number, float), -(np.arange(size) + 0.5) / size], axis=1)
        for number, size in enumerate(sizes)
    ]
    largest = links["weight"].abs().max()
    for event, (_, colour, line, width) in EVENT_STYLES.items():
        drawn = links[links["event"] == event]
        widths = width if event != "kept" else width * (0.4 + 1.6 * drawn["weight"].abs() / largest)
        ends = [
            (positions[layer - 1][source], positions[layer][target])
            for layer, source, target in drawn[["layer", "source", "target"]].itertuples(index=False)
        ]
        axis.add_collection(LineCollection(ends, colors=colour, linestyles=[line], linewidths=widths))
    for place, on_path in zip(positions, units_on_paths(links[links["event"].isin(STAYS)], sizes), strict=True):
        size = min(3.5, 60 / len(place))
        axis.plot(*place[~on_path].T, "o", color="0.1", markersize=size, markerfacecolor="white", markeredgewidth=0.5)
        axis.plot(*place[on_path].T, "o", color="0.1", markersize=size, markeredgewidth=0.5)
    last = len(sizes) - 1
    axis.plot([last + OUTPUT_DISTANCE] * 2, [-1, 0], color="0.1", linewidth=2, solid_capstyle="butt")
    axis.set_xlim(-0.15, last + OUTPUT_DISTANCE + 0.15)
    axis.set_ylim(-1.02, 0.02)
    axis.set_xticks(
        [*range(len(sizes)), last + OUTPUT_DISTANCE], ["inputs", *map(str, range(1, last + 1)), "output"], fontsize=6
    )
    axis.tick_params(left=False, bottom=False, labelleft=False)
    axis.spines[:].set_visible(False)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("stages", type=Input, metavar="STAGES", help=f"one topology update ({', '.join(STAGES)})")
    parser.add_argument(
        "--layer-sizes",
        nargs="+",
        type=positive_integer,
        required=True,
        metavar="UNITS",
        help="units of the input and of each hidden layer",
    )
    draw_figure(
        parser, arguments, __file__, lambda options: draw(read_result(options.stages, STAGES), options.layer_sizes)
    )


if __name__ == "__main__":
    run(main)
