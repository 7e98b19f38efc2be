import json

import pandas as pd
import pytest

import figure_specification_curve
from figure_specification_curve import draw
from study.claims.ledger import read_ledger
from study.errors import StudyError


@pytest.fixture
def ledgers(inputs) -> tuple[pd.DataFrame, dict]:
    *paths, _, settings = inputs("figure_specification_curve")
    return pd.concat(map(read_ledger, paths), ignore_index=True), json.loads(settings)


def test_each_statement_and_data_set_has_all_arms_sorted_by_effect_with_their_settings(ledgers):
    _, table = draw(*ledgers)
    assert table.groupby(["claim", "data"], sort=False).size().to_dict() == {
        (claim, data): 3
        for claim in ("early-learning", "weight-order", "noise-results")
        for data in ("mnist", "kmnist")
    }
    measured_in = dict(iter(ledgers[0].groupby(["claim", "data"])))
    for place, panel in table.groupby(["claim", "data"]):
        assert panel["rank"].tolist() == [1, 2, 3]
        assert panel["effect"].is_monotonic_increasing
        measured = measured_in[place].set_index("arm")
        for name in ("effect", "lower", "upper", "outcome"):
            assert panel.set_index("arm")[name].to_dict() == measured[name].to_dict()
    assert (table.set_index("arm").loc["few", "zeta"] == 0.1).all()
    assert (table.set_index("arm").loc["heavy", "momentum"] == 0.9).all()


def test_what_was_tested_in_one_arm_alone_is_not_drawn(ledgers):
    tables, settings = ledgers
    _, table = draw(tables[(tables["claim"] != "early-learning") | (tables["arm"] == "main")], settings)
    assert set(table["claim"]) == {"weight-order", "noise-results"}


def test_an_effect_is_as_stated_where_it_lies_in_the_region_of_its_data_set(ledgers):
    _, table = draw(*ledgers)
    table = table.set_index(["claim", "data"])
    for place, inside in {
        ("early-learning", "mnist"): lambda effect: effect < 1,
        ("weight-order", "mnist"): lambda effect: effect > 0,
        ("weight-order", "kmnist"): lambda effect: effect < 0,
    }.items():
        assert table.loc[place, "as_stated"].tolist() == inside(table.loc[place, "effect"]).tolist()


def test_a_dot_below_a_point_is_a_setting_that_differs_from_the_studys_own(ledgers):
    figure, table = draw(*ledgers)
    curve, dots = figure.axes[:2]
    assert [label.get_text() for label in dots.get_yticklabels()] == ["momentum 0.9", "zeta 0.1"]
    panel = table[(table["claim"] == "early-learning") & (table["data"] == "mnist")].set_index("arm")
    drawn = [(float(x), float(y)) for line in dots.lines for x, y in zip(*line.get_data(), strict=True)]
    assert drawn == [(panel.loc["heavy", "rank"], 0), (panel.loc["few", "rank"], 1)]
    assert curve.get_title() == "early-learning\nMNIST: −"


def test_ratios_are_drawn_on_a_logarithmic_axis(ledgers):
    figure, _ = draw(*ledgers)
    scales = {axis.get_title().split("\n")[0]: axis.get_yscale() for axis in figure.axes[::2]}
    assert scales == {"early-learning": "log", "weight-order": "linear", "noise-results": "linear"}


def test_an_arm_without_settings_and_a_study_of_single_networks_are_one_sentence(ledgers):
    tables, settings = ledgers
    with pytest.raises(StudyError, match="lacks the arm heavy"):
        draw(tables, {"main": settings["main"], "few": settings["few"]})
    with pytest.raises(StudyError, match="more than one network"):
        draw(tables[tables["outcome"] == "not run"], settings)


def test_settings_that_are_no_json_are_refused(inputs, tmp_path, capsys):
    *paths, _, _ = inputs("figure_specification_curve")
    with pytest.raises(SystemExit):
        figure_specification_curve.main([*paths, "--settings", "momentum: 0", "--output", str(tmp_path / "a")])
    assert "--settings" in capsys.readouterr().err
