"""Draws trained networks: units in layers, the strongest links with their signs (Fig. 1)."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from study.plots.labels import dataset_name, rule_name
from study.plots.style import NEGATIVE, POSITIVE, panels
from study.results.tables import identity_of
from study.scripts.arguments import fraction
from study.scripts.figure import draw_figure
from study.scripts.networks import add_networks
from study.scripts.run import run

LAYER_DISTANCE = 1.0  # a layer is a sheet of units, seen from the side
SHEET_WIDTH, SHEET_HEIGHT, SHEET_SLANT = 0.36, 1.0, 0.35  # the far edge of a sheet lies SHEET_SLANT lower
WIDEST_LINK = 0.7  # points


def strongest_links(network: SparseMLP, fraction: float) -> pd.DataFrame:
    """The links with the largest |weight| of each layer: layer, source, target, weight; weak ones first.

    Layers are numbered from 1; the last is the dense output layer, never pruned, of which the same fraction is shown.
    """
    classes, hidden = np.indices(network.readout_weights.shape).reshape(2, -1)
    layers = [(layer.sources, layer.targets, layer.weights) for layer in network.sparse_layers]
    layers.append((hidden, classes, network.readout_weights.ravel()))
    tables = []
    for number, (sources, targets, weights) in enumerate(layers, start=1):
        strongest = np.argsort(np.abs(weights), kind="stable")[-max(1, round(fraction * len(weights))) :]
        columns = {"source": sources[strongest], "target": targets[strongest], "weight": weights[strongest]}
        tables.append(pd.DataFrame({"layer": number} | columns))
    return pd.concat(tables, ignore_index=True)


def unit_positions(network: SparseMLP) -> list[np.ndarray]:
    """Where the units are drawn, (n_units, 2) for inputs, each hidden layer and the output layer.

    Inputs and hidden layers are square sheets, filled row by row from the top: inputs as they lie in a square image,
    hidden units by their number of incoming links, so that the units without any are at the bottom.
    """
    positions = [_sheet(np.arange(network.n_inputs))]
    for number, layer in enumerate(network.sparse_layers, start=1):
        most_links_first = np.argsort(-np.bincount(layer.targets, minlength=layer.n_out), kind="stable")
        positions.append(_sheet(np.argsort(most_links_first), left=number * LAYER_DISTANCE))
    height = np.linspace(-SHEET_SLANT, -SHEET_HEIGHT, network.n_classes)
    place = (len(network.sparse_layers) + 1) * LAYER_DISTANCE
    return [*positions, np.stack([np.full(network.n_classes, place), height], axis=1)]


def _sheet(ranks: np.ndarray, left: float = 0.0) -> np.ndarray:
    """Places in a slanted square, (n, 2), for units numbered row by row; its upper left corner is at (left, 0)."""
    side = int(np.ceil(np.sqrt(len(ranks))))
    row, column = np.divmod(ranks, side) / np.float64(max(1, side - 1))
    return np.stack([left + SHEET_WIDTH * column, -SHEET_HEIGHT * row - SHEET_SLANT * column], axis=1)


def draw(networks: Mapping[Path, SparseMLP], fraction: float) -> tuple[Figure, pd.DataFrame]:
    """One panel for each network, by the path of its file, and the table of the links drawn."""
    identities = [identity_of(network.metadata, path) for path, network in networks.items()]
    links = [strongest_links(network, fraction) for network in networks.values()]
    full_width = max(np.quantile(table["weight"].abs(), 0.99) for table in links)
    columns = min(2, len(networks))
    figure, axes = panels(-(-len(networks) // columns), columns, panel_height=2.2)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, network, identity, table in zip(axes.flat, networks.values(), identities, links, strict=False):
        _draw_network(axis, network, table, full_width)
        axis.set_title(f"{dataset_name(identity['dataset'])}, {rule_name(identity['rule'])}")
    signs = {"positive weight": POSITIVE, "negative weight": NEGATIVE}
    figure.legend(
        handles=[Line2D([], [], color=colour, linewidth=1.2, label=sign) for sign, colour in signs.items()],
        loc="outside upper center",
        ncols=2,
        title=f"strongest {100 * fraction:g} % of the links of each layer",
    )
    drawn = [table.assign(**identity) for table, identity in zip(links, identities, strict=True)]
    return figure, pd.concat(drawn, ignore_index=True)[["dataset", "rule", "layer", "source", "target", "weight"]]


def _draw_network(axis: Axes, network: SparseMLP, links: pd.DataFrame, full_width: float) -> None:
    """Links as lines, as wide and dark as |weight| over `full_width`; units as dots, pale without incoming links."""
    positions = unit_positions(network)
    links = links.iloc[np.argsort(links["weight"].abs(), kind="stable")]
    starts, ends = np.empty((2, len(links), 2))
    for number in links["layer"].unique():
        rows = (links["layer"] == number).to_numpy()
        starts[rows] = positions[number - 1][links["source"][rows]]
        ends[rows] = positions[number][links["target"][rows]]
    strength = np.minimum(links["weight"].abs().to_numpy() / full_width, 1)
    shades = np.where(links["weight"].to_numpy()[:, None] > 0, to_rgb(POSITIVE), to_rgb(NEGATIVE))
    colours = 1 - (0.2 + 0.6 * strength**2)[:, None] * (1 - shades)  # opaque: a third less to store than blended
    segments = np.stack([starts, ends], axis=1)
    axis.add_collection(LineCollection(segments, colors=colours, linewidths=0.1 + WIDEST_LINK * strength))
    n_active = [f"{len(positions[0])}\ninputs"]
    for place, layer in zip(positions[1:-1], network.sparse_layers, strict=True):
        active = np.bincount(layer.targets, minlength=layer.n_out) > 0
        _draw_units(axis, place[~active], "0.8")
        _draw_units(axis, place[active], "0.1")
        n_active.append(f"{active.sum()} of {layer.n_out}\nunits active")
    _draw_units(axis, positions[0], "0.1")
    _draw_units(axis, positions[-1], "0.1")
    for place, text in zip(positions, [*n_active, f"{network.n_classes}\nclasses"], strict=True):
        axis.text(place[:, 0].mean(), -SHEET_HEIGHT - SHEET_SLANT - 0.08, text, ha="center", va="top", fontsize=6)
    axis.set_xlim(-0.05, positions[-1][0, 0] + 0.15)
    axis.set_ylim(-SHEET_HEIGHT - SHEET_SLANT - 0.05, 0.05)


def _draw_units(axis: Axes, places: np.ndarray, colour: str) -> None:
    axis.plot(*places.T, ".", color=colour, markersize=1.3, markeredgewidth=0)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_networks(parser, "trained networks, one panel each")
    parser.add_argument(
        "--strongest",
        type=fraction,
        default=0.05,
        metavar="FRACTION",
        help="fraction of the links of each layer that is drawn, those with the largest |weight| (default: 0.05)",
    )
    draw_figure(
        parser,
        arguments,
        __file__,
        lambda options: draw({path: SparseMLP.load(path) for path in options.networks}, options.strongest),
    )


if __name__ == "__main__":
    run(main, SparseTrainingError)
