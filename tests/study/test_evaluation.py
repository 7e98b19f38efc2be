import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from study.classifiers import CLASSIFIERS, OPTIONAL_MODULES, model_size, not_installed
from study.evaluation import evaluate, split_rows, unambiguous_rows


class Failing(DummyClassifier):
    def fit(self, X, y):
        raise RuntimeError("no luck\nwith this table")


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    target = pd.Series(np.repeat(["a", "b", "c"], 20))
    return pd.DataFrame({"x": rng.normal(size=60) + 4 * np.repeat([0, 1, 2], 20), "y": rng.normal(size=60)}), target


@pytest.mark.parametrize("name", [name for name in CLASSIFIERS if name not in ("xgboost", *OPTIONAL_MODULES)])
def test_every_registered_classifier_learns_an_easy_table(table, name):
    scores, _ = evaluate(*table, {name: CLASSIFIERS[name]}, splits=1, test_size=0.3)
    assert scores[0]["accuracy"] > 0.8
    assert scores[0]["error"] is None


def test_xgboost_learns_an_easy_table(table):
    pytest.importorskip("xgboost")
    scores, _ = evaluate(*table, {"xgboost": CLASSIFIERS["xgboost"]}, splits=1, test_size=0.3)
    assert scores[0]["accuracy"] > 0.8


def test_a_method_that_fails_keeps_its_rows_with_the_message(table):
    scores, timings = evaluate(*table, {"unlucky": lambda seed: Failing()}, splits=2, test_size=0.3)
    assert [row["error"] for row in scores] == ["RuntimeError: no luck"] * 2
    assert all(row["accuracy"] is None for row in scores)
    assert all(np.isnan(row["fit_seconds"]) for row in timings)


def test_training_accuracy_leaves_out_rows_that_a_row_of_another_class_equals():
    features = pd.DataFrame({"x": [1.0, 1.0, 1.0, 2.0, 2.0, np.nan, np.nan], "y": [0, 0, 1, 0, 0, 3, 3]})
    unambiguous = unambiguous_rows(features, np.array([0, 1, 0, 2, 2, 0, 1]))
    assert unambiguous.tolist() == [False, False, True, True, True, False, False]
    doubled = pd.DataFrame({"x": np.arange(60) % 50})  # ten values occur in both classes
    target = pd.Series(["a"] * 50 + ["b"] * 10)
    (score,), _ = evaluate(doubled, target, {"tree": CLASSIFIERS["decision_tree"]}, splits=1, test_size=0.5)
    assert score["training_accuracy"] == 1
    assert score["accuracy"] < 1


def test_a_missing_package_is_no_result_of_the_method(table):
    def factory(seed):
        raise ImportError("No module named 'six'")

    with pytest.raises(ImportError, match="six"):
        evaluate(*table, {"baseline": factory}, splits=1, test_size=0.3)


def test_a_baseline_that_is_not_installed_is_one_sentence_that_says_what_to_do(monkeypatch):
    monkeypatch.setattr("study.classifiers.find_spec", lambda module: None)
    assert not_installed(["svm", "mlp"]) is None
    sentence = not_installed(["svm", "figs", "rulefit"])
    assert sentence == (
        "asonn.classifiers names figs, rulefit, which need imodels: "
        "run `python -m pip install -r envs/requirements-baselines.txt`, or leave the name out."
    )
    monkeypatch.setattr("study.classifiers.find_spec", lambda module: object())
    assert not_installed(["figs"]) is None


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", ["figs", "rulefit"])
def test_a_rival_that_is_installed_learns_an_easy_table(table, name):
    pytest.importorskip(OPTIONAL_MODULES[name])
    scores, _ = evaluate(*table, {name: CLASSIFIERS[name]}, splits=1, test_size=0.3)
    assert scores[0]["error"] is None
    assert scores[0]["accuracy"] > 0.8


def test_splits_are_stratified_disjoint_and_differ(table):
    _, target = table
    tests = []
    for split in range(2):
        train, test = split_rows(target.to_numpy(), 0.3, split)
        assert sorted([*train, *test]) == list(range(60))
        assert target.iloc[test].value_counts().tolist() == [6, 6, 6]
        tests.append(set(test))
    assert tests[0] != tests[1]


def test_the_size_of_trees_is_the_number_of_their_leaves(table):
    features, target = table
    codes = target.astype("category").cat.codes
    tree = CLASSIFIERS["decision_tree"](0).fit(features, codes)
    assert model_size(tree) == {"rules": len(np.unique(tree.apply(features)))}
    forest = CLASSIFIERS["random_forest"](0).fit(features, codes)
    nodes = [t.tree_.children_left for t in forest.estimators_]
    assert model_size(forest) == {"rules": sum((left == -1).sum() for left in nodes)}
    assert model_size(CLASSIFIERS["naive_bayes"](0).fit(features, codes)) == {}


def test_the_size_of_gradient_boosting_is_the_number_of_its_leaves(table):
    pytest.importorskip("xgboost")
    features, target = table
    codes = target.astype("category").cat.codes
    model = CLASSIFIERS["xgboost"](0).fit(features, codes)
    nodes = model.get_booster().trees_to_dataframe()
    assert model_size(model) == {"rules": (nodes["Feature"] == "Leaf").sum()}
