"""Draws test accuracy against the level of each perturbation: pruning (Fig. 4), weight shuffling and noise (Fig. 5)."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.plots.labels import perturbation_name
from study.plots.rules import draw_bands, rule_legend
from study.plots.style import light_grid, log_axis, panels, title_rows
from study.results.summary import count_phrase, median_and_band
from study.results.sweeps import SWEEP, chance_levels, read_sweeps
from study.results.tables import in_order
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

COLLAPSE = "weight_order"  # accuracy is lost within a few percent of the links, or less: an inset shows where


def draw(sweeps: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, one column a perturbation; returns the figure and the table of what is drawn."""
    bands = median_and_band(sweeps, ["dataset", "perturbation", "rule", "level"], "accuracy")
    datasets, perturbations = in_order(bands["dataset"]), in_order(bands["perturbation"])
    chance = chance_levels(sweeps)
    figure, axes = panels(len(datasets), len(perturbations), sharex="col", sharey="row")
    for dataset, row in zip(datasets, axes, strict=True):
        for perturbation, axis in zip(perturbations, row, strict=True):
            panel = bands[(bands["dataset"] == dataset) & (bands["perturbation"] == perturbation)]
            _draw_panel(axis, panel, chance[dataset])
            if perturbation == COLLAPSE:
                _draw_collapse(axis, panel, chance[dataset])
        row[0].set_ylabel("test accuracy")
    for perturbation, top, bottom in zip(perturbations, axes[0], axes[-1], strict=True):
        name = perturbation_name(perturbation)
        top.set_title(name.title)
        bottom.set_xlabel(name.level)
    title_rows(axes, datasets)
    note = f"median and 40–60 % band of {count_phrase(bands['networks'], 'network')}"
    rule_legend(figure, bands["rule"], note + "; thin line: chance", markers=True)
    return figure, bands


def _draw_panel(axis: Axes, panel: pd.DataFrame, chance: float) -> None:
    light_grid(axis)
    axis.axhline(chance, color="0.4", linewidth=0.5)
    draw_bands(axis, panel, "level", markers=True)
    axis.set_ylim(0, 1)


def _draw_collapse(axis: Axes, panel: pd.DataFrame, chance: float) -> None:
    """The same with a logarithmic level axis, in the corner that the collapse leaves empty."""
    perturbed = panel[panel["level"] > 0]
    if perturbed["level"].nunique() < 2:
        return
    inset = axis.inset_axes((0.46, 0.46, 0.54, 0.5))
    _draw_panel(inset, perturbed, chance)
    log_axis(inset, perturbed["level"].min(), perturbed["level"].max(), room=10)
    inset.tick_params(labelsize=6)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "sweeps of perturbations", SWEEP, "rows, columns and legend")
    draw_figure(parser, arguments, __file__, lambda options: draw(read_sweeps(options.tables)))


if __name__ == "__main__":
    run(main)
