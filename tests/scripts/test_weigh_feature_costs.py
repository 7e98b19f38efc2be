import numpy as np
import pandas as pd
import pytest

import weigh_feature_costs
from asonn.classifier import ASONNClassifier


def test_half_of_the_features_are_costly_and_others_in_each_split():
    drawn = [weigh_feature_costs.draw_costs(list("abcdefg"), split) for split in range(5)]
    assert all(sorted(costs.values()) == [1] * 4 + [10] * 3 for costs in drawn)
    assert len({tuple(costs.values()) for costs in drawn}) > 1
    assert weigh_feature_costs.draw_costs(list("abcdefg"), 0) == drawn[0]


def test_the_cost_of_combinations_is_what_their_features_cost_a_represented_row():
    features = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1]})
    classifier = ASONNClassifier().fit(features, ["x", "x", "y", "y"])  # b tells nothing
    assert set(classifier.rules_["attribute"]) == {"a"}
    assert weigh_feature_costs.cost_of_combinations(classifier, {"a": 10.0, "b": 1.0}) == 10


def test_two_features_that_tell_the_same_leave_the_cheap_one(tmp_path):
    rng = np.random.default_rng(0)
    values = rng.permutation(60)
    table = pd.DataFrame({"a": values, "b": values, "target": np.where(values < 30, "low", "high")})
    table.to_csv(tmp_path / "table.csv", index=False)
    weigh_feature_costs.main(
        [
            str(tmp_path / "table.csv"), "--table", "t", "--readings", "printed", "authors", "--splits", "2",
            "--costs", str(tmp_path / "costs.csv"),
        ]
    )  # fmt: skip
    costs = pd.read_csv(tmp_path / "costs.csv")
    assert costs["classifier"].tolist() == ["asonn_v2"] * 2 + ["asonn_printed"] * 2 + ["asonn_authors"] * 2
    assert (costs[["accuracy_unknown", "accuracy_known"]] > 0.9).all(axis=None)
    ours = costs[costs["classifier"] == "asonn_v2"]
    assert ours["cost_known"].to_numpy() == pytest.approx(1)
    assert (ours["cost_unknown"] > 1).all()
