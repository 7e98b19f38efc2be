"""A first try with one network, one epoch and two levels must give figures, not errors."""

import pandas as pd
import pytest

import figure_active_units
import figure_learning_curves
import figure_robustness
import figure_robustness_areas
from study.results.tables import write_results


@pytest.fixture
def study(tmp_path):
    network = {"dataset": "mine", "rule": "my_rule", "seed": 0}
    tables = {
        "training/mine/my_rule/0/history.csv": {"epoch": [1], "training_loss": [2.3], "test_accuracy": [0.1]},
        "training/mine/my_rule/0/topology.csv": {"epoch": [1], "layer": [1], "active_units": [9]},
        "perturbations/mine/my_rule/weight_order.csv": {
            "perturbation": "weight_order",
            "level": [0, 1],
            "repeat": [0, 0],
            "accuracy": [0.9, 0.1],
            "chance": 0.1,
        },
    }
    for path, columns in tables.items():
        write_results(pd.DataFrame(columns), tmp_path / path, **network)
    return [str(tmp_path / path) for path in tables]


def test_one_network_one_epoch_and_two_levels_are_enough(study, tmp_path):
    history, topology, sweep = study
    figure_learning_curves.main([history, "--output", str(tmp_path / "learning_curves")])
    figure_active_units.main([topology, "--output", str(tmp_path / "active_units")])
    figure_robustness.main([sweep, "--output", str(tmp_path / "link_removal")])
    figure_robustness_areas.main([sweep, "--reference", "my_rule", "--output", str(tmp_path / "areas")])
    assert len(list(tmp_path.glob("*.pdf"))) == 4
    areas = pd.read_csv(tmp_path / "areas.csv")
    assert areas["value"].tolist() == pytest.approx([0.5, 0.5])
    assert areas[["lower", "upper"]].isna().all(axis=None)
