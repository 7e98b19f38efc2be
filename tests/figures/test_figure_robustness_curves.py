"""Accuracy against the level of a perturbation, and against the links that lie on paths."""

import numpy as np
import pandas as pd
import pytest

import figure_robustness
from study.plots.rules import PERTURBATION_STYLES
from study.results.sweeps import read_sweeps


def sweep_of(arguments: list[str], end: str) -> pd.DataFrame:
    (path,) = (argument for argument in arguments if argument.endswith(end))
    return pd.read_csv(path)


def test_the_table_of_link_removal_is_the_average_of_the_networks_with_their_deviation(inputs, drawn):
    arguments = inputs("figure_robustness")
    drawn = pd.read_csv(drawn("figure_robustness") / "figure.csv").set_index(
        ["dataset", "perturbation", "rule", "level"]
    )
    assert len(drawn) == 3 * 2 * 5
    sweep = sweep_of(arguments, "random/weight_order.csv")
    for level in sweep["level"].unique():
        of_networks = [
            sweep[(sweep["level"] == level) & (sweep["seed"] == seed)]["accuracy"].to_numpy().mean()
            for seed in (0, 1, 2)
        ]
        row = drawn.loc[("digits", "weight_order", "random", level)]
        mean, deviation = np.mean(of_networks), np.std(of_networks, ddof=1)
        expected = [mean, mean - deviation, mean + deviation]
        np.testing.assert_allclose(row[["mean", "lower", "upper"]].to_numpy(float), expected, rtol=1e-12)
        assert row["networks"] == 3


def test_only_weight_order_has_an_inset_and_its_levels_are_logarithmic(inputs):
    figure, _ = figure_robustness.draw(read_sweeps(inputs("figure_robustness")))
    panels = figure.axes
    assert [panel.get_title() for panel in panels] == [
        "all perturbations",
        "random removal",
        "largest |weight| first",
        "smallest |weight| first",
    ]
    assert [len(panel.child_axes) for panel in panels] == [0, 0, 1, 0]
    (inset,) = panels[2].child_axes
    assert inset.get_xscale() == "log"
    chance, *curves = inset.lines
    assert set(chance.get_ydata()) == {1 / 4}
    assert [list(curve.get_xdata()) for curve in curves] == [[0.02, 0.1, 0.5, 1]] * 2


def test_the_first_panel_has_the_average_of_the_papers_rules_under_every_perturbation(inputs):
    figure, averages = figure_robustness.draw(read_sweeps(inputs("figure_robustness")))
    chance, *curves = figure.axes[0].lines
    assert chance.get_linestyle() == "-"
    assert figure.axes[0].get_xlim() == (0, 1)
    drawn = {(curve.get_color(), curve.get_linestyle()): list(curve.get_ydata()) for curve in curves}
    expected = {
        (PERTURBATION_STYLES[perturbation].colour, "-" if rule == "ch3l3" else "--"): list(curve["mean"])
        for (perturbation, rule), curve in averages.groupby(["perturbation", "rule"])
    }
    assert len(expected) == 6
    assert drawn == expected


def test_points_against_paths_lie_at_the_median_fraction_of_links_on_paths(inputs, drawn):
    arguments = inputs("figure_robustness_paths")
    drawn = pd.read_csv(drawn("figure_robustness_paths") / "figure.csv").set_index(["rule", "perturbation", "level"])
    sweep = sweep_of(arguments, "ch3l3/random_pruning.csv")
    for column, statistic in (("accuracy", "median"), ("links_on_paths", "links_on_paths")):
        of_networks = sweep[sweep["level"] == 0.5].groupby("seed")[column].mean()
        assert drawn.loc[("ch3l3", "random_pruning", 0.5), statistic] == pytest.approx(np.median(of_networks))


def test_perturbations_with_levels_of_their_own_units_get_no_common_panel(inputs):
    sweeps = figure_robustness.read_sweeps(inputs("figure_robustness"))
    perturbations = sweeps["perturbation"].nunique()
    for together in (True, False):
        figure, drawn = figure_robustness.draw(sweeps, together)
        panels = [axis for axis in figure.axes if axis.get_subplotspec() is not None]
        assert len(panels) == perturbations + together
        assert panels[0].get_ylabel() == "test accuracy"
        assert set(drawn["perturbation"]) == set(sweeps["perturbation"])
