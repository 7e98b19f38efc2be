"""Draws how many units of each sparse layer have incoming links, over the epochs of training."""

import argparse

import pandas as pd
from matplotlib.figure import Figure

from study.plots.rules import draw_bands, rule_legend
from study.plots.style import light_grid, log_axis, panels, save_figure, title_rows
from study.provenance.record import FigureStem, Input, parse
from study.results.summary import count_phrase, median_and_band
from study.results.tables import in_order, read_results
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
    for layer, top, bottom in zip(layers, axes[0], axes[-1], strict=True):
        top.set_title(f"layer {layer}")
        bottom.set_xlabel("epoch")
    title_rows(axes, datasets)
    rule_legend(figure, bands["rule"], f"median and 40–60 % band of {count_phrase(bands['networks'], 'network')}")
    return figure, bands


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "topologies",
        nargs="+",
        type=Input,
        metavar="TOPOLOGY",
        help=f"records of topology ({', '.join(TOPOLOGY)}). Their order is the order of rows and legend",
    )
    parser.add_argument(
        "--output", type=FigureStem, required=True, metavar="STEM", help="writes STEM.pdf, STEM.png and STEM.csv"
    )
    options, record = parse(parser, arguments, __file__)
    topologies = read_results(options.topologies, TOPOLOGY)
    save_figure(*draw(topologies), options.output, record)
    record.write()


if __name__ == "__main__":
    run(main)
