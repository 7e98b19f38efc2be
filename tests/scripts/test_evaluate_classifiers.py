import pandas as pd
import pytest

import evaluate_classifiers
import find_hypercuboids


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    frame = pd.DataFrame({"a": range(40), "b": [i % 3 for i in range(40)], "target": ["low"] * 20 + ["high"] * 20})
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    frame.to_csv(path, index=False)
    return path


def run_evaluation(table, folder):
    scores, timings = folder / "scores.csv", folder / "timings.csv"
    evaluate_classifiers.main(
        [
            str(table), "--table", "steps", "--versions", "1", "2", "--readings", "printed", "--classifiers",
            "decision_tree", "svm", "--tuned", "asonn_printed", "svm",
            "--splits", "2", "--test-size", "0.3", "--scores", str(scores), "--timings", str(timings),
        ]
    )  # fmt: skip
    return scores, timings


@pytest.fixture(scope="module")
def results(table, tmp_path_factory):
    return run_evaluation(table, tmp_path_factory.mktemp("results"))


def test_every_method_is_scored_on_every_split(results):
    scores, timings = map(pd.read_csv, results)
    assert list(scores) == [
        "table", "classifier", "split", "accuracy", "balanced_accuracy", "auc", "log_loss", "training_accuracy",
        "rules", "ranges", "training_values", "error",
    ]  # fmt: skip
    names = ["asonn_v1", "asonn_v2", "asonn_printed", "decision_tree", "svm", "asonn_printed_tuned", "svm_tuned"]
    assert scores[["classifier", "split"]].to_numpy().tolist() == [[name, split] for name in names for split in (0, 1)]
    assert (scores["table"] == "steps").all()
    assert (scores["accuracy"] > 0.8).all()
    assert scores["error"].isna().all()
    assert (scores.loc[scores["classifier"].str.fullmatch(r"asonn_v\d"), "training_accuracy"] == 1).all()
    assert (scores["training_values"] == 28 * 2).all()
    with_ranges = scores["classifier"].str.startswith("asonn")
    assert (scores["rules"].notna() == (with_ranges | (scores["classifier"] == "decision_tree"))).all()
    assert (scores["ranges"].notna() == with_ranges).all()
    assert (scores["log_loss"].isna() == scores["classifier"].str.startswith("svm")).all()
    assert (scores["auc"] > 0.8).all()
    assert list(timings) == ["table", "classifier", "split", "fit_seconds", "predict_seconds"]
    assert (timings[["fit_seconds", "predict_seconds"]] > 0).all(axis=None)


def test_the_scores_are_the_same_bytes_in_every_run(results, table, tmp_path):
    again, _ = run_evaluation(table, tmp_path)
    assert again.read_bytes() == results[0].read_bytes()


def test_hypercuboids_and_points_are_written_for_two_attributes(table, tmp_path):
    boxes, points, growth = tmp_path / "hypercuboids.csv", tmp_path / "points.csv", tmp_path / "growth.csv"
    find_hypercuboids.main(
        [
            str(table), "--table", "made", "--attributes", "a", "b", "--hypercuboids", str(boxes),
            "--points", str(points), "--growth", str(growth),
        ]
    )  # fmt: skip
    boxes, points = pd.read_csv(boxes), pd.read_csv(points)
    assert list(boxes) == [
        "table", "combination", "class", "x_attribute", "x_lower", "x_upper", "y_attribute", "y_lower", "y_upper",
        "support",
    ]  # fmt: skip
    assert (points["split"] == "test").sum() == 12
    last = pd.read_csv(growth).groupby(["combination", "attribute"])[["lower", "upper"]].last()
    for axis in "xy":
        grown = last.xs(boxes[f"{axis}_attribute"][0], level="attribute")
        assert (grown.to_numpy() == boxes[[f"{axis}_lower", f"{axis}_upper"]].to_numpy()).all()
    train = points[points["split"] == "train"]
    for box in boxes.itertuples(name=None):
        _, _, _, label, _, x_lower, x_upper, _, y_lower, y_upper, support = box
        inside = train["x"].between(x_lower, x_upper) & train["y"].between(y_lower, y_upper)
        assert (train.loc[inside, "class"] == label).all()
        assert inside.sum() == support


def test_a_baseline_that_is_not_installed_stops_before_anything_runs(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("study.classifiers.find_spec", lambda module: None)
    scores, timings = tmp_path / "scores.csv", tmp_path / "timings.csv"
    with pytest.raises(SystemExit):
        evaluate_classifiers.main(
            [
                str(table), "--table", "steps", "--classifiers", "svm", "figs", "--scores", str(scores),
                "--timings", str(timings),
            ]
        )  # fmt: skip
    assert "figs, which needs imodels: run `python -m pip install -r" in capsys.readouterr().err
    assert not scores.exists()
