"""Draws test accuracy against the fraction of links that still lie on a path from an input to the output layer."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.plots.labels import perturbation_name, rule_name
from study.plots.rules import networks_phrase, perturbation_styles
from study.plots.style import label_panels, light_grid, panels
from study.results.summary import median_and_band
from study.results.sweeps import SWEEP, chance_levels
from study.results.tables import in_order, read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

COLUMNS = [*SWEEP, "links_on_paths"]


def bands_on_paths(sweeps: pd.DataFrame) -> pd.DataFrame:
    """Median and band of accuracy of each level over networks, and the median fraction of links on paths."""
    by = ["dataset", "rule", "perturbation", "level"]
    bands = median_and_band(sweeps, by, "accuracy")
    fractions = median_and_band(sweeps, by, "links_on_paths").rename(columns={"median": "links_on_paths"})
    return bands.merge(fractions[[*by, "links_on_paths"]], on=by)


def draw(sweeps: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, one column a regrowth rule, a curve for each perturbation; and their table."""
    bands, chance = bands_on_paths(sweeps), chance_levels(sweeps)
    datasets, rules = in_order(bands["dataset"]), in_order(bands["rule"])
    looks = {
        name: {"color": colour, "marker": marker, "linestyle": (0, dashes or None), "mec": "white", "mew": 0.3}
        for name, (colour, marker, dashes) in perturbation_styles(bands["perturbation"]).items()
    }
    figure, axes = panels(len(datasets), len(rules), sharex=True, sharey=True)
    for dataset, row in zip(datasets, axes, strict=True):
        for rule, axis in zip(rules, row, strict=True):
            light_grid(axis)
            axis.axhline(chance[dataset], color="0.4", linewidth=0.5)
            panel = bands[(bands["dataset"] == dataset) & (bands["rule"] == rule)]
            for perturbation, curve in panel.groupby("perturbation", sort=False):
                fraction, look = curve["links_on_paths"], looks[perturbation]
                axis.fill_between(fraction, curve["lower"], curve["upper"], color=look["color"], alpha=0.2, linewidth=0)
                axis.plot(fraction, curve["median"], **look)
        row[0].set_ylabel("test accuracy")
    axes[0, 0].set_xlim(1.03, -0.03)  # links are lost from left to right, as in the other figures
    axes[0, 0].set_xticks([1, 0.5, 0])
    axes[0, 0].set_ylim(0, 1)
    label_panels(axes, datasets, list(map(rule_name, rules)), ["fraction of links on paths"] * len(rules))
    handles = [Line2D([], [], **look, label=perturbation_name(name).title) for name, look in looks.items()]
    title = f"Median and 40–60 % band of {networks_phrase(bands)}; thin line: chance"
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), title=title, handlelength=2.6)
    return figure, bands


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "sweeps of removals", COLUMNS, "rows, columns and legend")
    draw_figure(parser, arguments, __file__, lambda options: draw(read_results(options.tables, COLUMNS)))


if __name__ == "__main__":
    run(main)
