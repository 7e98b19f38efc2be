import numpy as np
import pandas as pd
import pytest

import figure_robustness_areas
from study.claims.hypothesis_tests import mean_of
from study.errors import StudyError
from study.results.sweeps import areas_under_curves, read_sweeps


@pytest.fixture
def sweeps(inputs) -> pd.DataFrame:
    return read_sweeps(inputs("figure_robustness_areas"))


def one_network(sweeps: pd.DataFrame, rule: str, perturbation: str, seed: int) -> float:
    rows = sweeps[(sweeps.rule == rule) & (sweeps.perturbation == perturbation) & (sweeps.seed == seed)]
    levels = sorted(rows["level"].unique())
    accuracy = [rows[rows["level"] == level]["accuracy"].mean() for level in levels]
    steps = zip(levels[:-1], levels[1:], accuracy[:-1], accuracy[1:], strict=True)
    return sum((right - left) * (a + b) / 2 for left, right, a, b in steps) / (levels[-1] - levels[0])


def test_the_area_is_the_mean_accuracy_over_the_sweep_of_each_network(sweeps):
    areas = areas_under_curves(sweeps)
    assert len(areas) == 2 * 4 * 3
    for row in areas.to_dict("records"):
        assert row["value"] == pytest.approx(one_network(sweeps, row["rule"], row["perturbation"], row["seed"]))
    flat = areas_under_curves(sweeps.assign(accuracy=0.7, level=3 * sweeps["level"]))
    np.testing.assert_allclose(flat["value"], 0.7)


def test_differences_are_of_the_means_of_independent_networks(sweeps):
    areas = areas_under_curves(sweeps)
    areas = areas[~((areas["rule"] == "random") & (areas["seed"] == 1))]
    differences = figure_robustness_areas.differences_to("random", areas)
    assert set(differences["rule"]) == {"ch3l3"}
    for row in differences.to_dict("records"):
        ours = [one_network(sweeps, "ch3l3", row["perturbation"], seed) for seed in (0, 1, 2)]
        theirs = [one_network(sweeps, "random", row["perturbation"], seed) for seed in (0, 2)]
        assert row["value"] == pytest.approx(np.mean(ours) - np.mean(theirs))
        assert row["networks"] == 2
        assert np.isnan([row["lower"], row["upper"]]).all()  # of two networks


def test_the_table_has_each_network_and_below_it_mean_and_interval(sweeps, drawn):
    drawn = pd.read_csv(drawn("figure_robustness_areas") / "figure.csv")
    chosen = drawn[(drawn.quantity == "area") & (drawn.rule == "ch3l3") & (drawn.perturbation == "weight_noise")]
    networks, (mean,) = chosen[chosen["seed"].notna()], chosen[chosen["seed"].isna()].to_dict("records")
    values = [one_network(sweeps, "ch3l3", "weight_noise", seed) for seed in (0, 1, 2)]
    np.testing.assert_allclose(networks["value"], values)
    assert mean["value"] == pytest.approx(np.mean(values))
    assert mean["networks"] == 3
    expected = mean_of(values)
    assert (mean["lower"], mean["upper"]) == pytest.approx((expected.lower, expected.upper))


def test_a_reference_rule_without_sweeps_is_an_error_that_names_it(inputs, tmp_path):
    arguments = [*inputs("figure_robustness_areas"), "--reference", "static", "--output", str(tmp_path / "areas")]
    with pytest.raises(StudyError, match="reference rule static"):
        figure_robustness_areas.main(arguments)


def test_a_sweep_of_one_level_is_refused_by_the_name_of_its_perturbation(sweeps):
    with pytest.raises(StudyError, match="weight_noise"):
        areas_under_curves(sweeps[(sweeps["perturbation"] != "weight_noise") | (sweeps["level"] == 0)])


def test_one_rule_alone_is_drawn_without_differences(inputs, tmp_path):
    arguments = [argument for argument in inputs("figure_robustness_areas") if "/random/" in argument]
    figure_robustness_areas.main([*arguments, "--output", str(tmp_path / "areas")])
    assert set(pd.read_csv(tmp_path / "areas.csv")["quantity"]) == {"area"}
