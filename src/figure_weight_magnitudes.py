"""Draws densities of |weight| of trained networks, all sparse layers together and each alone (Fig. 6)."""

from argparse import ArgumentParser

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.plots.rules import rule_legend, rule_styles
from study.plots.style import light_grid, panels, title_rows
from study.results.summary import count_phrase
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

BIN = ["bin_lower", "bin_upper"]
WEIGHTS = ["dataset", "rule", "seed", "layer", *BIN, "links", "density"]
POOLED = "all"


def mean_densities(weights: pd.DataFrame) -> pd.DataFrame:
    """Mean density of each bin over networks, and its range: lowest and highest network.

    One row for each data set, layer (`all`: the layers pooled by their numbers of links), rule and bin.
    """
    pooled = weights.groupby(["dataset", "rule", "seed", *BIN], sort=False)["links"].sum().reset_index()
    total = pooled.groupby(["dataset", "rule", "seed"])["links"].transform("sum")
    pooled["density"] = pooled["links"] / (total * (pooled["bin_upper"] - pooled["bin_lower"]))
    by_network = pd.concat([pooled.assign(layer=POOLED), weights.astype({"layer": str})], ignore_index=True)
    groups = by_network.groupby(["dataset", "layer", "rule", *BIN], sort=False)["density"]
    return groups.agg(mean="mean", lowest="min", highest="max", networks="size").reset_index()


def draw(densities: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, one column for all layers and one for each layer; and their table."""
    datasets, layers = in_order(densities["dataset"]), in_order(densities["layer"])
    figure, axes = panels(len(datasets), len(layers), sharex="row", sharey="row")
    for dataset, row in zip(datasets, axes, strict=True):
        of_dataset = densities[densities["dataset"] == dataset]
        row[0].set_ylabel("probability density")
        row[0].set_yscale("log")
        row[0].set_xlim(0, of_dataset.loc[of_dataset["highest"] > 0, "bin_upper"].max())
        for layer, axis in zip(layers, row, strict=True):
            _draw_panel(axis, of_dataset[of_dataset["layer"] == layer])
    for layer, top, bottom in zip(layers, axes[0], axes[-1], strict=True):
        top.set_title("all sparse layers" if layer == POOLED else f"layer {layer}")
        bottom.set_xlabel("|weight|")
    title_rows(axes, datasets)
    networks = count_phrase(densities["networks"], "network")
    rule_legend(
        figure, densities["rule"], f"mean of {networks}; band: their range, in bins where all of them have links"
    )
    return figure, densities


def _draw_panel(axis: Axes, panel: pd.DataFrame) -> None:
    light_grid(axis)
    styles = rule_styles(panel["rule"])
    for rule, curve in panel.groupby("rule", sort=False):
        edges = np.append(curve["bin_lower"], curve["bin_upper"].iloc[-1])
        colour, _, dashes = styles[rule]
        on_axis = curve[["lowest", "highest"]].where(curve["lowest"] > 0)  # a logarithmic axis has no zero
        axis.stairs(on_axis["highest"], edges, baseline=on_axis["lowest"], fill=True, color=colour, alpha=0.2, lw=0)
        axis.stairs(
            curve["mean"].where(curve["mean"] > 0), edges, baseline=None, color=colour, linestyle=(0, dashes or None)
        )


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "histograms of |weight|", WEIGHTS, "rows and legend")
    draw_figure(
        parser, arguments, __file__, lambda options: draw(mean_densities(read_results(options.tables, WEIGHTS)))
    )


if __name__ == "__main__":
    run(main)
