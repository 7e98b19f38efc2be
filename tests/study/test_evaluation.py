import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV

from asonn.classifier import ASONNClassifier
from study.classifiers import (
    CLASSIFIERS,
    OPTIONAL_MODULES,
    SEARCHES,
    classifier_names,
    factory_of,
    model_size,
    not_installed,
)
from study.evaluation import evaluate, mean_auc, split_rows, unambiguous_rows


class Failing(DummyClassifier):
    def fit(self, X, y):
        raise RuntimeError("no luck\nwith this table")


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    target = pd.Series(np.repeat(["a", "b", "c"], 20))
    return pd.DataFrame({"x": rng.normal(size=60) + 4 * np.repeat([0, 1, 2], 20), "y": rng.normal(size=60)}), target


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.filterwarnings("default")] if name in OPTIONAL_MODULES else [])
        for name in CLASSIFIERS
    ],
)
def test_every_classifier_that_is_installed_learns_an_easy_table(table, name):
    pytest.importorskip({"xgboost": "xgboost", **OPTIONAL_MODULES}.get(name, "sklearn"))
    scores, _ = evaluate(*table, {name: CLASSIFIERS[name]}, splits=1, test_size=0.3)
    assert scores[0]["error"] is None
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


def test_names_say_the_version_or_the_reading_of_asonn_and_whether_hyperparameters_were_searched():
    names = classifier_names([1, 4], ["printed", "authors"], ["svm"], ["asonn_printed", "svm"])
    assert names == [
        *("asonn_v1", "asonn_v4", "asonn_printed", "asonn_authors", "svm", "asonn_printed_tuned", "svm_tuned"),
    ]
    estimators = [factory_of(name, ASONNClassifier)(0) for name in names]
    assert [estimator.version for estimator in estimators[:2]] == [1, 4]
    assert [estimator.reading for estimator in estimators[:4]] == ["ours", "ours", "printed", "authors"]
    assert estimators[5].estimator.reading == "printed"
    with pytest.raises(KeyError):
        factory_of("asonn_v9", ASONNClassifier)


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_has_nine_candidates_and_the_defaults_come_first(name):
    search = factory_of(f"{name}_tuned", ASONNClassifier)(0)
    parameters = search.estimator.get_params()
    sizes = [len(values) for values in SEARCHES[name].values()]
    assert np.prod(sizes) == 9
    for key, values in SEARCHES[name].items():
        own = {} if name == "decision_tree" else {"max_depth": 6, "learning_rate": 0.3, "min_support": 1}  # of None
        assert values[0] == (own.get(key) if parameters[key] is None else parameters[key])


def test_a_search_finds_what_the_defaults_miss_and_its_size_is_that_of_the_best_model():
    rng = np.random.default_rng(0)  # noise in the labels: an unpruned tree learns it by heart
    features = pd.DataFrame({"x": rng.normal(size=300)})
    target = pd.Series(np.where(rng.random(300) < 0.2, rng.random(300) < 0.5, features["x"] > 0)).astype(int)
    factories = {name: factory_of(name, ASONNClassifier) for name in ("decision_tree", "decision_tree_tuned")}
    (plain, tuned), _ = evaluate(features, target, factories, splits=1, test_size=0.3)
    assert tuned["accuracy"] > plain["accuracy"]
    assert tuned["rules"] < plain["rules"]


def test_a_search_is_run_on_the_splits_and_not_to_load_its_libraries(table, monkeypatch):
    searched = []
    monkeypatch.setattr(GridSearchCV, "fit", lambda search, X, y: searched.append(len(X)))
    factories = {"svm_tuned": factory_of("svm_tuned", ASONNClassifier)}
    evaluate(*table, factories, splits=2, test_size=0.3)
    assert searched == [42, 42]  # training rows


def test_auc_is_the_mean_over_the_classes_each_against_the_rest():
    features, target = load_iris(return_X_y=True)
    scores = np.random.default_rng(0).dirichlet([1, 1, 1], len(target)) + 0.3 * np.eye(3)[target]
    expected = roc_auc_score(target, scores / scores.sum(axis=1, keepdims=True), multi_class="ovr", average="macro")
    normalised = scores / scores.sum(axis=1, keepdims=True)
    assert mean_auc(target, normalised, np.arange(3)) == pytest.approx(expected)
    binary, values = (target > 0).astype(int), features[:, 1]
    assert mean_auc(binary, values, np.arange(2)) == pytest.approx(roc_auc_score(binary, values))
    present = target < 2  # a class that no row has counts for nothing
    assert mean_auc(target[present], normalised[present], np.arange(3)) == pytest.approx(
        np.mean([roc_auc_score(target[present] == k, normalised[present, k]) for k in (0, 1)])
    )
    assert np.isnan(mean_auc(np.zeros(5), np.ones((5, 1)), np.arange(1)))
