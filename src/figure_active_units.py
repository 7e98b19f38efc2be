"""Draws how many units of each sparse layer have incoming links, over the epochs of training."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.figure import Figure

from study.plots.rules import draw_bands, networks_phrase, rule_legend
from study.plots.style import label_panels, light_grid, log_axis, panels
from study.results.summary import median_and_band
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

TOPOLOGY = ["dataset", "rule", "seed", "epoch", "layer", "active_units"]


def draw(topologies: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, one column a sparse layer; and the table of what is drawn."""
    bands = median_and_band(topologies, ["dataset", "layer", "rule", "epoch"], "active_units")
    datasets, layers = in_order(bands["dataset"]), sorted(set(bands["layer"]))
    figure, axes = panels(len(datasets), len(layers), sharex="col", sharey="row")
    for dataset, row in zip(datasets, axes, strict=True):
        for layer, axis in zip(layers, row, strict=True):
            light_grid(axis)
            panel = bands[(bands["dataset"] == dataset) & (bands["layer"] == layer)]
            draw_bands(axis, panel, "epoch")
            log_axis(axis, panel["epoch"].min(), panel["epoch"].max())
        row[0].set_ylim(bottom=0)
        row[0].set_ylabel("active units")
    label_panels(axes, datasets, [f"layer {layer}" for layer in layers], ["epoch"] * len(layers))
    rule_legend(figure, bands["rule"], f"median and 40–60 % band of {networks_phrase(bands)}")
    return figure, bands


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "records of topology updates", TOPOLOGY, "rows and legend")
    draw_figure(parser, arguments, __file__, lambda options: draw(read_results(options.tables, TOPOLOGY)))


if __name__ == "__main__":
    run(main)
