"""Draws the area under each robustness curve, and differences to a reference rule, with intervals."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from study.claims.hypothesis_tests import Estimate, difference_of_means, mean_of
from study.errors import StudyError
from study.plots.labels import perturbation_name, rule_name
from study.plots.rules import networks_phrase, rule_legend, rule_styles
from study.plots.style import label_panels, panels
from study.results.sweeps import CURVE, SWEEP, areas_under_curves, read_sweeps
from study.results.tables import in_order
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

LEAST_NETWORKS = 3  # with an interval


def means_of(areas: pd.DataFrame) -> pd.DataFrame:
    """Mean of the networks of each curve, and its 95 % interval by Student's t."""
    return _table(
        {**dict(zip(CURVE, key, strict=True)), "value": group.mean(), "networks": len(group)}
        | _interval(mean_of, group)
        for key, group in areas.groupby(CURVE, sort=False)["value"]
    )


def differences_to(reference: str, areas: pd.DataFrame) -> pd.DataFrame:
    """Means minus those of the reference rule, with 95 % intervals by Welch's t.

    Networks of two rules are independent, also those of the same number: each rule is drawn for itself.
    """
    groups = dict(iter(areas.groupby(CURVE, sort=False)["value"]))
    return _table(
        {"dataset": dataset, "perturbation": perturbation, "rule": rule, "value": ours.mean() - theirs.mean()}
        | {"networks": min(len(ours), len(theirs))}
        | _interval(difference_of_means, ours, theirs)
        for (dataset, perturbation, rule), ours in groups.items()
        if rule != reference and (theirs := groups.get((dataset, perturbation, reference))) is not None
    )


def _interval(estimated: Callable[..., Estimate], *groups: pd.Series) -> dict[str, float]:
    """Of one or two groups of networks; none of fewer than three, whose interval would be wider than any axis."""
    if min(map(len, groups)) < LEAST_NETWORKS:
        return {"lower": np.nan, "upper": np.nan}
    estimate = estimated(*groups)
    return {"lower": estimate.lower, "upper": estimate.upper}


def _table(rows: Iterable[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*CURVE, "value", "lower", "upper", "networks"])


def draw(sweeps: pd.DataFrame, reference: str) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set: areas at left, differences at right; and the table of both."""
    areas = areas_under_curves(sweeps)
    if reference not in set(areas["rule"]):
        raise StudyError(f"No sweep is of the reference rule {reference}: name another with --reference.")
    differences = differences_to(reference, areas)
    areas = pd.concat([areas.astype({"seed": "Int64"}), means_of(areas)], ignore_index=True)
    datasets, perturbations, rules = (in_order(areas[name]) for name in CURVE)
    figure, axes = panels(len(datasets), 2, panel_height=0.3 + 0.42 * len(perturbations), sharex="col", sharey=True)
    for dataset, (left, right) in zip(datasets, axes, strict=True):
        _draw_panel(left, areas[areas["dataset"] == dataset], perturbations, rules)
        _draw_panel(right, differences[differences["dataset"] == dataset].assign(seed=pd.NA), perturbations, rules)
        right.axvline(0, color="0.4", linewidth=0.6, zorder=0)
        left.set_yticks(range(len(perturbations)), [perturbation_name(name).title for name in perturbations])
        left.set_ylim(len(perturbations) - 0.5, -0.5)
    xlabels = ["mean test accuracy over the levels", f"difference to {rule_name(reference)}"]
    label_panels(axes, datasets, xlabels=xlabels)
    networks = networks_phrase(areas.dropna(subset=["networks"]).astype({"networks": int}))
    rule_legend(
        figure, rules, f"dots: {networks}; markers: their mean and, of three or more, its 95 % interval", lines=False
    )
    table = pd.concat([areas.assign(quantity="area"), differences.assign(quantity="difference")], ignore_index=True)
    return figure, table


def _draw_panel(axis: Axes, table: pd.DataFrame, perturbations: list[str], rules: list[str]) -> None:
    """Perturbations below each other, the rules side by side within each."""
    axis.grid(axis="x", color="0.9", linewidth=0.5)
    for number in range(1, len(perturbations)):
        axis.axhline(number - 0.5, color="0.8", linewidth=0.5)
    offsets = dict(zip(rules, np.linspace(-0.3, 0.3, len(rules)) if len(rules) > 1 else [0], strict=True))
    for rule, style in rule_styles(rules).items():
        of_rule = table[table["rule"] == rule]
        height = of_rule["perturbation"].map(perturbations.index) + offsets[rule]
        is_mean = of_rule["seed"].isna()
        networks, means = of_rule[~is_mean], of_rule[is_mean]
        axis.plot(networks["value"], height[~is_mean], ".", color=style.colour, alpha=0.35, markersize=3, mew=0)
        axis.hlines(height[is_mean], means["lower"], means["upper"], color=style.colour, linewidth=1.2)
        axis.plot(means["value"], height[is_mean], style.marker, color=style.colour, mec="white", mew=0.3, markersize=4)
    axis.tick_params(axis="y", length=0)
    axis.xaxis.set_major_locator(MaxNLocator(5))


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "sweeps of perturbations", SWEEP, "rows, perturbations and legend")
    parser.add_argument(
        "--reference", default="random", metavar="RULE", help="the rule to compare the others with (default: random)"
    )
    draw_figure(parser, arguments, __file__, lambda options: draw(read_sweeps(options.tables), options.reference))


if __name__ == "__main__":
    run(main)
