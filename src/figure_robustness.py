"""Draws test accuracy against the level of each perturbation: pruning (Fig. 4), weight shuffling and noise (Fig. 5), or
perturbations of images."""

from argparse import ArgumentParser, BooleanOptionalAction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.plots.labels import perturbation_name, rule_name
from study.plots.rules import draw_bands, networks_phrase, perturbation_styles, rule_legend
from study.plots.style import label_panels, light_grid, log_axis, panels
from study.results.summary import mean_and_deviation
from study.results.sweeps import SWEEP, chance_levels, read_sweeps
from study.results.tables import in_order
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

COLLAPSE = "weight_order"  # accuracy is lost within a few percent of the links, or less: an inset shows where
PAPER_LINES = {"ch3l3": "-", "random": "--"}  # of Figs. 4 and 5 of Sulyok et al.


def draw(sweeps: pd.DataFrame, together: bool = True) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set; returns the figure and the table of what is drawn.

    At left, as Sulyok et al. draw it, the average of their two rules under every perturbation, unless `together` is
    false; then one panel for each perturbation with all rules and their scatter.
    """
    averages = mean_and_deviation(sweeps, ["dataset", "perturbation", "rule", "level"], "accuracy")
    datasets, perturbations = in_order(averages["dataset"]), in_order(averages["perturbation"])
    chance = chance_levels(sweeps)
    figure, axes = panels(len(datasets), int(together) + len(perturbations), sharex="col", sharey=True)
    for dataset, row in zip(datasets, axes, strict=True):
        of_dataset = averages[averages["dataset"] == dataset]
        if together:
            _draw_together(row[0], of_dataset, chance[dataset])
        for perturbation, axis in zip(perturbations, row[int(together) :], strict=True):
            panel = of_dataset[of_dataset["perturbation"] == perturbation]
            _draw_panel(axis, panel, chance[dataset])
            if perturbation == COLLAPSE:
                _draw_collapse(axis, panel, chance[dataset])
        row[0].set_ylabel("test accuracy")
    names = list(map(perturbation_name, perturbations))
    titles, xlabels = ([getattr(name, part) for name in names] for part in ("title", "level"))
    label_panels(axes[:, int(together) :], datasets, titles, xlabels)
    note = f"mean and standard deviation of {networks_phrase(averages)}; thin line: chance"
    rule_legend(figure, averages["rule"], note, markers=True)
    if together:
        axes[0, 0].set_title(f"{'both' if len(names) == 2 else 'all'} perturbations")
        levels = {name.level for name in names}
        axes[-1, 0].set_xlabel(levels.pop() if len(levels) == 1 else "level of the perturbation")
        _perturbation_legend(figure, perturbations, averages["rule"])
    return figure, averages


def _draw_together(axis: Axes, averages: pd.DataFrame, chance: float) -> None:
    light_grid(axis)
    axis.axhline(chance, color="0.4", linewidth=0.5)
    styles = perturbation_styles(averages["perturbation"])
    for (perturbation, rule), curve in averages.groupby(["perturbation", "rule"], sort=False):
        if rule in PAPER_LINES:
            axis.plot(curve["level"], curve["mean"], PAPER_LINES[rule], color=styles[perturbation].colour)
    axis.set_xlim(0, 1)


def _draw_panel(axis: Axes, panel: pd.DataFrame, chance: float) -> None:
    light_grid(axis)
    axis.axhline(chance, color="0.4", linewidth=0.5)
    draw_bands(axis, panel, "level", "mean", markers=True)
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


def _perturbation_legend(figure: Figure, perturbations: list[str], rules: pd.Series) -> None:
    handles = [
        Line2D([], [], color=style.colour, label=perturbation_name(name).title)
        for name, style in perturbation_styles(perturbations).items()
    ]
    lines = ", ".join(
        f"{'continuous' if line == '-' else 'dashed'}: {rule_name(rule)}"
        for rule, line in PAPER_LINES.items()
        if rule in set(rules)
    )
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=len(handles),
        title=f"Left: mean of the networks{'; ' if lines else ''}{lines}",
    )


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "sweeps of perturbations", SWEEP, "rows, columns and legend")
    parser.add_argument(
        "--together",
        action=BooleanOptionalAction,
        default=True,
        help="draw a first panel of all perturbations, whose levels then must be of one kind",
    )
    draw_figure(parser, arguments, __file__, lambda options: draw(read_sweeps(options.tables), options.together))


if __name__ == "__main__":
    run(main)
