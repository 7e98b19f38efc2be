"""Figures of test accuracy against the level of a perturbation."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.data.image_sets import number_of_classes
from study.plots.labels import perturbation_name
from study.plots.rules import draw_bands, rule_legend
from study.plots.style import light_grid, log_axis, panels, title_rows
from study.results.summary import count_phrase, median_and_band
from study.results.tables import in_order, labels_of

COLLAPSE = "weight_order"  # accuracy is lost within a few percent of the links, or less: an inset shows where


def chance_levels(image_sets: Iterable[Path]) -> dict[str, float]:
    """Accuracy of guessing, one over the number of classes, of each image set `{dataset}.npz`."""
    return {labels_of(path, "{dataset}.npz")["dataset"]: 1 / number_of_classes(path) for path in image_sets}


def draw_robustness(sweeps: pd.DataFrame, chance: dict[str, float]) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, one column a perturbation; returns the figure and the table of what is drawn."""
    bands = median_and_band(sweeps, ["dataset", "perturbation", "rule", "level"], "accuracy")
    datasets, perturbations = in_order(bands["dataset"]), in_order(bands["perturbation"])
    figure, axes = panels(len(datasets), len(perturbations), sharex="col", sharey="row")
    for dataset, row in zip(datasets, axes, strict=True):
        for perturbation, axis in zip(perturbations, row, strict=True):
            panel = bands[(bands["dataset"] == dataset) & (bands["perturbation"] == perturbation)]
            _draw_panel(axis, panel, chance.get(dataset))
            if perturbation == COLLAPSE:
                _draw_collapse(axis, panel, chance.get(dataset))
        row[0].set_ylabel("test accuracy")
    for perturbation, top, bottom in zip(perturbations, axes[0], axes[-1], strict=True):
        name = perturbation_name(perturbation)
        top.set_title(name.title)
        bottom.set_xlabel(name.level)
    title_rows(axes, datasets)
    note = f"median and 40–60 % band of {count_phrase(bands['networks'], 'network')}"
    rule_legend(figure, bands["rule"], note + ("; thin line: chance" if chance else ""), markers=True)
    return figure, bands


def _draw_panel(axis: Axes, panel: pd.DataFrame, chance: float | None) -> None:
    light_grid(axis)
    if chance is not None:
        axis.axhline(chance, color="0.4", linewidth=0.5)
    draw_bands(axis, panel, "level", markers=True)
    axis.set_ylim(0, 1)


def _draw_collapse(axis: Axes, panel: pd.DataFrame, chance: float | None) -> None:
    """The same with a logarithmic level axis, in the corner that the collapse leaves empty."""
    damaged = panel[panel["level"] > 0]
    if damaged["level"].nunique() < 2:
        return
    inset = axis.inset_axes((0.46, 0.46, 0.54, 0.5))
    _draw_panel(inset, damaged, chance)
    log_axis(inset, damaged["level"].min(), damaged["level"].max(), room=10)
    inset.tick_params(labelsize=6)
