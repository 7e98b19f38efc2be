import numpy as np
import pandas as pd
import pytest

import figure_asonn_accuracy
import figure_asonn_hypercuboids

CLASSIFIERS = ("asonn_v1", "asonn_v2", "svm", "my_own")


def write_scores(folder, tables):
    rng = np.random.default_rng(0)
    paths = []
    for table in tables:
        index = pd.MultiIndex.from_product([[table], CLASSIFIERS, range(3)], names=["table", "classifier", "split"])
        scores = pd.DataFrame({"accuracy": 0.7 + 0.3 * rng.random(len(index))}, index=index).reset_index()
        scores.loc[(scores["table"] == "t1") & (scores["classifier"] == "svm"), "accuracy"] = np.nan
        folder.mkdir(parents=True, exist_ok=True)
        paths.append(str(folder / f"{table}.csv"))
        scores.to_csv(paths[-1], index=False)
    return paths


def names_beside(axis):
    return [label.get_text() for label in axis.get_yticklabels()]


@pytest.mark.parametrize("n_tables", [1, 4, 9])
def test_accuracies_are_drawn_for_few_tables_and_summarised_for_many(tmp_path, n_tables):
    paths = write_scores(tmp_path / "scores", [f"t{number}" for number in range(n_tables)])
    figure_asonn_accuracy.main([*paths, "--output", str(tmp_path / "figures/accuracy")])
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"accuracy.pdf", "accuracy.png", "accuracy.csv"}
    drawn = pd.read_csv(tmp_path / "figures/accuracy.csv")
    assert len(drawn) == n_tables * len(CLASSIFIERS) * (3 if n_tables <= 6 else 1)


def test_the_better_classifier_is_drawn_higher():
    scores = pd.DataFrame(
        {"table": "t", "classifier": ["svm", "asonn_v2", "my_own"], "split": 0, "accuracy": [0.9, 0.8, np.nan]}
    )
    figure = figure_asonn_accuracy.draw_tables(scores)
    assert names_beside(figure.axes[0]) == ["my own", "ASONN v2", "SVM"]


def test_a_failed_method_ranks_last_and_differences_are_to_asonn():
    means = pd.DataFrame(
        {"table": "t", "classifier": ["svm", "asonn_v2", "my_own"], "mean": [0.9, 0.8, np.nan], "splits": [3, 3, 0]}
    )
    ranks = figure_asonn_accuracy.rank_tables(means).set_index("classifier")
    assert ranks["rank"].to_dict() == {"svm": 1, "asonn_v2": 2, "my_own": 3}
    assert ranks.loc["svm", "difference"] == pytest.approx(10)
    assert (ranks["reference"] == "asonn_v2").all()


def test_hypercuboids_are_drawn_one_panel_a_class(tmp_path):
    boxes = pd.DataFrame(
        {
            "combination": [0, 1], "class": ["a", "b"], "x_attribute": "petal_length", "x_lower": [0.0, 2.0],
            "x_upper": [1.0, 2.0], "y_attribute": "width", "y_lower": [0.0, 1.0], "y_upper": [1.0, 3.0],
            "support": [2, 1],
        }
    )  # fmt: skip
    points = pd.DataFrame(
        {"x": [0.0, 1.0, 2.0, 2.0], "y": [1.0, 0.0, 1.0, 2.5], "class": list("aabb"), "split": ["train"] * 3 + ["test"]}
    )
    figure = figure_asonn_hypercuboids.draw(boxes, points)
    assert [axis.get_title() for axis in figure.axes] == ["a", "b"]
    assert figure.axes[0].get_xlabel() == "petal length (cm)"
    assert figure.axes[0].get_ylabel() == "width"
    boxes.to_csv(tmp_path / "boxes.csv", index=False)
    points.to_csv(tmp_path / "points.csv", index=False)
    figure_asonn_hypercuboids.main(
        [str(tmp_path / "boxes.csv"), str(tmp_path / "points.csv"), "--output", str(tmp_path / "plane")]
    )
    assert pd.read_csv(tmp_path / "plane.csv")["kind"].value_counts().to_dict() == {"point": 4, "hypercuboid": 2}
