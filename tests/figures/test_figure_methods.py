"""What is drawn of training methods and their costs."""

import pandas as pd
import pytest

import figure_methods


def test_the_table_is_accuracy_links_and_units_of_the_last_epoch_and_the_mean_seconds_of_an_epoch(inputs, tmp_path):
    figure_methods.main([*inputs("figure_methods"), "--output", str(tmp_path / "figure")])
    drawn = pd.read_csv(tmp_path / "figure.csv").set_index("rule")
    assert drawn["epochs"].to_dict() == {"ch3l3": 4, "random": 4, "dense": 2}
    assert drawn["networks"].unique().tolist() == [3]
    for rule, row in drawn.iterrows():
        folders = [tmp_path / f"training/digits/{rule}/{seed}" for seed in (0, 1, 2)]
        last = [pd.read_csv(folder / "histories.csv")["test_accuracy"].iloc[-1] for folder in folders]
        assert row["test_accuracy"] == pytest.approx(pd.Series(last).mean())
        assert row["deviation"] == pytest.approx(pd.Series(last).std())
        layers = [pd.read_csv(folder / "topologies.csv").tail(2) for folder in folders]
        assert row["links"] == pytest.approx(sum(table["links"].sum() for table in layers) / 3)
        assert row["active_units"] == pytest.approx(sum(table["active_units"].sum() for table in layers) / 3)
        times = pd.concat(pd.read_csv(folder / "timings.csv") for folder in folders)
        assert row["seconds"] == pytest.approx((times["seconds_training"] + times["seconds_update"]).mean())
