"""Draws densities of |weight| of trained networks, all sparse layers together and each alone (Fig. 6)."""

from argparse import ArgumentParser

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.plots.rules import networks_phrase, rule_legend, rule_styles
from study.plots.style import label_panels, light_grid, panels
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

BIN = ["bin_lower", "bin_upper"]
WEIGHTS = ["dataset", "rule", "seed", "layer", *BIN, "links", "density"]
POOLED = "all"
BAND, EDGES = (0.1, 0.9), ["lower", "upper"]  # quantiles over networks, which do not spread with their number
NEAR_ZERO = 0.2  # the inset ends here; Sulyok et al. see a narrow minimum near 0, and a maximum after it (section 2.2)
WIDE = 0.05  # of a bin outside the inset: few networks have a large weight in each narrow one


def mean_densities(weights: pd.DataFrame) -> pd.DataFrame:
    """Mean density of each bin over networks, and the band from the 10 % to the 90 % quantile (`lower`, `upper`).

    One row for each data set, layer (`all`: the layers pooled by their numbers of links), rule and bin; `bins` is
    `narrow` for bins as they were measured, `wide` for bins of `WIDE`.
    """
    narrow = _all_bins(weights[["dataset", "rule", "seed", "layer", *BIN, "links"]].astype({"layer": str}))
    tables = [densities.assign(bins=bins) for bins, densities in (("wide", widen(narrow)), ("narrow", narrow))]
    by_layer = pd.concat(tables, ignore_index=True)
    network = ["dataset", "rule", "seed", "bins"]
    pooled = by_layer.groupby([*network, *BIN], sort=False)["links"].sum().reset_index().assign(layer=POOLED)
    by_network = pd.concat([pooled, by_layer], ignore_index=True)
    total = by_network.groupby([*network, "layer"])["links"].transform("sum")
    by_network["density"] = by_network["links"] / (total * (by_network["bin_upper"] - by_network["bin_lower"]))
    groups = by_network.groupby(["dataset", "layer", "rule", "bins", *BIN], sort=False)["density"]
    bands = groups.quantile(list(BAND)).unstack().set_axis(EDGES, axis="columns")
    return groups.agg(mean="mean", networks="size").join(bands).reset_index()


def _all_bins(weights: pd.DataFrame) -> pd.DataFrame:
    """The bins of all networks of a data set and rule for each of them: a group's end at its own largest weight."""
    every = ["dataset", "rule", *BIN]
    layers = weights[["dataset", "rule", "seed", "layer"]].drop_duplicates()
    bins = layers.merge(weights[every].drop_duplicates().sort_values("bin_lower", kind="stable"))
    return bins.merge(weights, how="left").fillna({"links": 0}).astype({"links": weights["links"].dtype})


def widen(bins: pd.DataFrame) -> pd.DataFrame:
    """Bins put together to a width of `WIDE`; wider ones stay."""
    layer = ["dataset", "rule", "seed", "layer"]
    groups = bins.groupby([*layer, np.floor(bins["bin_lower"] / WIDE + 1e-6)], sort=False)
    edges = {"bin_lower": ("bin_lower", "min"), "bin_upper": ("bin_upper", "max")}
    return groups.agg(**edges, links=("links", "sum")).reset_index(layer)


def draw(densities: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, one column for all layers and one for each layer; and their table.

    The inset of the first panel shows the smallest weights in bins as they were measured.
    """
    datasets, layers = in_order(densities["dataset"]), in_order(densities["layer"])
    figure, axes = panels(len(datasets), len(layers), sharex="row", sharey="row")
    for dataset, row in zip(datasets, axes, strict=True):
        of_dataset = densities[densities["dataset"] == dataset]
        wide = of_dataset[of_dataset["bins"] == "wide"]
        row[0].set_ylabel("probability density")
        row[0].set_yscale("log")
        row[0].set_xlim(0, wide.loc[wide["mean"] > 0, "bin_upper"].max())
        for layer, axis in zip(layers, row, strict=True):
            _draw_panel(axis, wide[wide["layer"] == layer])
        inset = row[0].inset_axes((0.5, 0.56, 0.5, 0.42))
        smallest = (of_dataset["bins"] == "narrow") & (of_dataset["layer"] == POOLED)
        _draw_panel(inset, of_dataset[smallest & (of_dataset["bin_lower"] < NEAR_ZERO - 1e-9)])
        inset.set_xlim(0, NEAR_ZERO)
        inset.set_ylim(bottom=0)
        inset.tick_params(labelsize=6)
    titles = ["all sparse layers" if layer == POOLED else f"layer {layer}" for layer in layers]
    label_panels(axes, datasets, titles, ["|weight|"] * len(layers))
    note = f"mean and 10–90 % band of {networks_phrase(densities)}; no band where its lower end is 0"
    rule_legend(figure, densities["rule"], note)
    return figure, densities


def _draw_panel(axis: Axes, panel: pd.DataFrame) -> None:
    light_grid(axis)
    styles = rule_styles(panel["rule"])
    for rule, curve in panel.groupby("rule", sort=False):
        edges = np.append(curve["bin_lower"], curve["bin_upper"].iloc[-1])
        colour, _, dashes = styles[rule]
        on_axis = curve[EDGES].where(curve["lower"] > 0)  # a logarithmic axis has no zero
        axis.stairs(on_axis["upper"], edges, baseline=on_axis["lower"], fill=True, color=colour, alpha=0.2, lw=0)
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
