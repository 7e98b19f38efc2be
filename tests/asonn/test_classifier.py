"""The estimator as its users meet it."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from asonn import explain
from asonn.classifier import ASONNClassifier
from asonn.errors import AsonnError

READINGS = [
    {},
    {"version": 1},
    {"version": 3, "n_orders": 3},
    {"require_positive": True},
    {"min_discrimination": 2},
    {"seed_order": "easiest"},
    {"seed_order": "random", "random_state": 0},
    {"balance": False},
    {"within_class": False},
    {"normalisation": "values"},
    {"normalisation": "none"},
    {"distance_scale": "range"},
    {"bounds": "midpoints"},
    {"temperature": 0.1},
    {"decision": "vote"},
    {"decision": "vote", "simplify": True},
    {"reading": "printed"},
    {"reading": "authors"},
]


@parametrize_with_checks(
    [
        ASONNClassifier(),
        ASONNClassifier(version=1, bounds="midpoints"),
        ASONNClassifier(version=3, n_orders=2, decision="vote", temperature="auto"),
        ASONNClassifier(version=4, n_orders=2),
    ]
)
def test_it_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def iris():
    table = load_iris(as_frame=True)
    return table.data, table.target.map(dict(enumerate(table.target_names)))


labelled = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.float64, (n, 3), elements=st.integers(-4, 4).map(lambda v: v * 0.37)),
        hnp.arrays(np.int64, n, elements=st.integers(0, 3)),
    )
)


@given(labelled, st.sampled_from(READINGS))
def test_rows_without_contradiction_are_classified_as_trained(table, reading):
    X, y = table
    classifier = ASONNClassifier(**reading).fit(X, y)
    twins = [{y[j] for j in range(len(y)) if (X[i] == X[j]).all()} for i in range(len(y))]
    contradictory = np.array([len(labels) > 1 for labels in twins])
    np.testing.assert_array_equal(classifier.contradictions_, np.flatnonzero(contradictory))
    np.testing.assert_array_equal(classifier.predict(X)[~contradictory], y[~contradictory])


@given(labelled)
def test_contradictory_rows_go_to_their_most_frequent_class(table):
    X, y = table
    predicted = ASONNClassifier().fit(X, y).predict(X)
    for i in range(len(y)):
        counts = np.bincount(y[(X[i] == X).all(axis=1)], minlength=4)
        assert counts[predicted[i]] == counts.max()


@given(labelled)
def test_the_order_of_rows_does_not_matter(table):
    X, y = table
    order = np.random.default_rng(0).permutation(len(y))
    one, other = ASONNClassifier().fit(X, y), ASONNClassifier().fit(X[order], y[order])
    pd.testing.assert_frame_equal(one.rules_, other.rules_)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))


@given(labelled)
def test_bounds_are_training_values_and_weights_of_a_combination_add_up_to_one(table):
    X, y = table
    rules = ASONNClassifier().fit(X, y).rules_
    for rule in rules.itertuples():
        assert {rule.lower, rule.upper} <= set(X[:, int(rule.attribute[1:])] + 0.0)
    np.testing.assert_allclose(rules.groupby("combination")["weight"].sum(), 1.0)


def test_the_rule_table_counts_what_lies_in_each_range(iris):
    X, y = iris
    classifier = ASONNClassifier().fit(X, y)
    rules = classifier.rules_
    assert list(rules) == ["combination", "class", "attribute", "lower", "upper", "weight", "seeds", "weeds", "support"]
    for rule in rules.itertuples(name=None):
        _, _, label, attribute, lower, upper, _, seeds, weeds, _ = rule
        within = X[attribute].between(lower, upper)
        assert (within & (y == label)).sum() == seeds
        assert (within & (y != label)).sum() == weeds
    assert len(rules) == classifier.n_ranges_
    assert rules["combination"].nunique() == classifier.n_combinations_ == len(classifier.combinations_)


def test_the_rules_as_text_name_every_combination_with_its_class(iris):
    classifier = ASONNClassifier().fit(*iris)
    text = classifier.to_text()
    assert text.count(" then ") == classifier.n_combinations_
    assert "then setosa (support 50)" in text
    assert "petal width (cm)" in text


def test_a_missing_value_is_silent_in_an_explanation(iris):
    classifier = ASONNClassifier(missing="inside").fit(iris[0].to_numpy(), iris[1])
    explanation = classifier.explain([5.0, np.nan, 1.5, 0.2])
    assert explanation.label == "setosa"
    winner = explanation.ranges[explanation.ranges["role"] == "winner"]
    assert winner["membership"].isna().sum() == 1
    sums = explanation.ranges.groupby("role")["contribution"].sum()
    assert sums["winner"] == pytest.approx(explanation.score)
    assert sums["runner-up"] == pytest.approx(explanation.runner_up_score)
    assert "missing, silent" in str(explanation)


@pytest.fixture
def mixed():
    rng = np.random.default_rng(0)
    n = 60
    frame = pd.DataFrame(
        {
            "size": pd.Categorical(
                rng.choice(["small", "medium", "large"], n), ["small", "medium", "large"], ordered=True
            ),
            "colour": rng.choice(["red", "green", None], n),
            "smoker": rng.random(n) < 0.5,
            "age": rng.integers(20, 60, n),
            "weight": pd.array(rng.integers(50, 90, n), dtype="Int64"),
        }
    )
    frame.loc[::7, "weight"] = pd.NA
    return frame, np.where((frame["size"] == "large") | (frame["age"] > 45), "yes", "no")


def test_frames_with_categories_booleans_text_and_missing_values_need_no_preparation(mixed):
    X, y = mixed
    classifier = ASONNClassifier().fit(X, y)
    assert classifier.score(X, y) > 0.9
    assert list(classifier.feature_names_in_) == list(X)
    sizes = classifier.rules_.query("attribute == 'size'")
    assert set(sizes["lower"]) | set(sizes["upper"]) <= {"small", "medium", "large"}
    assert "size = large" in classifier.to_text()
    assert classifier.explain(X.iloc[0]).label == classifier.predict(X.iloc[[0]])[0]


def test_an_unknown_category_counts_as_missing(mixed):
    X, y = mixed
    classifier = ASONNClassifier().fit(X, y)
    known, unknown = X.iloc[[0]].copy(), X.iloc[[0]].copy()
    known["colour"], unknown["colour"] = None, "violet"
    np.testing.assert_array_equal(classifier.predict_proba(known), classifier.predict_proba(unknown))


@given(
    hnp.arrays(
        np.float64, st.tuples(st.integers(1, 20), st.just(3)), elements=st.integers(0, 3).map(float) | st.just(np.nan)
    )
)
def test_tables_full_of_holes_terminate_and_predict(X):
    classifier = ASONNClassifier().fit(X, np.arange(len(X)) % 2)
    assert np.isfinite(classifier.predict_proba(X)).all()


def test_one_class_one_row_and_constant_columns_work():
    one_class = ASONNClassifier().fit([[1.0], [2.0]], ["a", "a"])
    assert one_class.predict([[7.0]]) == ["a"]
    assert one_class.explain([7.0]).runner_up is None
    assert "always a" in one_class.to_text()
    assert len(one_class.rules_) == 0
    assert ASONNClassifier().fit([[1.0, 2.0]], [5]).predict([[0.0, 0.0]]) == [5]
    constant = ASONNClassifier().fit([[3.0, 3.0]] * 5, [0, 1, 1, 1, 0])
    assert constant.predict([[3.0, 3.0]]) == [1]
    assert len(constant.contradictions_) == 5


def test_thousands_of_distinct_values_work():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 2))
    y = (X[:, 0] > 0).astype(int)
    assert ASONNClassifier().fit(X, y).score(X, y) == 1.0


def test_the_extremes_of_floating_point_work():
    X = np.array([[-1.7e308, 5e-324], [1.7e308, 0.0], [1.0, 1e-323], [2.0, 1.0]])
    classifier = ASONNClassifier().fit(X, [0, 1, 0, 1])
    np.testing.assert_array_equal(classifier.predict(X), [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"version": 5}, "version must be a whole number from 1 to 4, got 5"),
        ({"min_discrimination": 0}, "min_discrimination"),
        ({"reading": "printed", "version": 3}, "reading='printed' is of versions 1 and 2; version 3 is ours"),
        ({"seed_order": "middle"}, "seed_order"),
        ({"temperature": 0.0}, "temperature"),
        ({"temperature": True}, "temperature must be a positive number"),
        ({"feature_costs": [1.0]}, r"shape \(1,\), expected \(4,\)"),
        ({"feature_costs": [1.0, 1.0, 0.0, 1.0]}, "finite and positive"),
        ({"feature_costs": {"height": 2.0}}, "no feature: height"),
        ({"units": {"nope": "cm"}}, "units names what is no feature: nope"),
        ({"feature_costs": ["cheap", 1.0, 1.0, 1.0]}, "feature_costs must be numbers"),
    ],
)
def test_a_wrong_parameter_is_one_clear_error(iris, arguments, message):
    with pytest.raises(AsonnError, match=message):
        ASONNClassifier(**arguments).fit(*iris)


@pytest.mark.parametrize("blank", [0, 1])
@pytest.mark.parametrize("bounds", ["values", "midpoints"])
def test_a_feature_that_is_missing_in_all_rows_is_silent(bounds, blank):
    X = np.insert(np.array([[1.0], [2.0], [7.0], [8.0]]), blank, np.nan, axis=1)
    classifier = ASONNClassifier(bounds=bounds).fit(X, [0, 0, 1, 1])
    assert classifier.predict(X).tolist() == [0, 0, 1, 1]
    assert set(classifier.rules_["attribute"]) == {f"x{1 - blank}"}


@pytest.mark.parametrize(
    ("column", "error", "message"),
    [
        (np.array([1.0, np.inf]), AsonnError, "infinity"),
        (pd.to_datetime(["2024-01-01", "2024-01-02"]), AsonnError, "'a' has dtype datetime"),
        (np.array([1.0, 2.0 + 1.0j]), AsonnError, "'a' has dtype complex"),
        ([[1], [2]], AsonnError, "'a' holds list values"),
        (["x", [2]], AsonnError, "'a' holds list values"),
        (pd.Series([1, "x"], dtype=object), AsonnError, "'a' cannot be read as numbers"),
    ],
)
def test_a_column_that_cannot_be_used_is_one_clear_error(column, error, message):
    with pytest.raises(error, match=message):
        ASONNClassifier().fit(pd.DataFrame({"a": column}), [0, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model, X, y: clone(model).fit(X, ["a", 1, 2] * 50), "Input y has labels that are text"),
        (lambda model, X, y: clone(model).fit(X, y, sample_weight=["a"] * 150), "sample_weight must be numbers"),
        (lambda model, X, y: clone(model).fit(X[[]], y), r"0 feature\(s\)"),
        (lambda model, X, y: clone(model).fit(X[:0], y[:0]), r"0 sample\(s\)"),
        (lambda model, X, y: clone(model).fit([[1.0, 2.0], [3.0]], [0, 1]), "^X or y is ragged: every row must"),
        (
            lambda model, X, y: clone(model).fit(X, np.linspace(0.5, 1.0, 150)),
            r"^Unknown label type: continuous: classes must be discrete, such as text or whole numbers\.$",
        ),
        (lambda model, X, y: model.predict(X.iloc[:, ::-1]), "same order"),
        (lambda model, X, y: clone(model).fit(X.to_numpy(), y).predict([[1.0, 2.0]]), "expecting 4 features"),
        (lambda model, X, y: clone(model).fit([["a"], ["b"]], [0, 1]), "X holds text.*no DataFrame: give one"),
        (
            lambda model, X, y: clone(model).fit(X.to_numpy(), y).predict([["a"] * 4]),
            "X holds text.*no DataFrame: give one",
        ),
        (lambda model, X, y: model.explain(X), "one row, got 150"),
        (lambda model, X, y: model.boxes("height", X.columns[0]), "no attribute 'height'"),
        (lambda model, X, y: model.to_sql(), 'needs decision="vote" or "points"'),
        (lambda model, X, y: model.explain([1.0, 2.0]), "explain takes a row of 4 features, got 2 values"),
        (
            lambda model, X, y: clone(model).fit(X.to_numpy(), y).explain(X.iloc[0]),
            "no names of features: call those of a row x0 to x3",
        ),
        (lambda model, X, y: explain(DummyClassifier(), X.iloc[0]), "pipeline that ends in one, got DummyClassifier"),
        (lambda model, X, y: model.to_text(max_conditions=0), "max_conditions must be at least 1"),
        (lambda model, X, y: model.from_dict({}), "from_dict takes what to_dict of this version gives"),
        (lambda model, X, y: model.from_dict(model.to_dict() | {"parameters": {"depth": 3}}), "'depth'"),
    ],
)
def test_what_no_method_can_use_is_one_clear_error(iris, call, message):
    with pytest.raises(AsonnError, match=message):
        call(ASONNClassifier().fit(*iris), *iris)


@pytest.mark.parametrize("as_given", [list, lambda table: np.array(table, dtype=object)])
def test_na_in_an_array_is_a_missing_value(as_given):
    table = [[1.0, pd.NA], [2.0, 5], [None, 6.0], [8.0, 7.0]]
    blank = np.array([[1.0, np.nan], [2.0, 5.0], [np.nan, 6.0], [8.0, 7.0]])
    classifier = ASONNClassifier().fit(as_given(table), [0, 0, 1, 1])
    assert classifier.to_text() == ASONNClassifier().fit(blank, [0, 0, 1, 1]).to_text()
    np.testing.assert_array_equal(classifier.predict_proba(as_given(table)), classifier.predict_proba(blank))


def test_named_values_of_a_row_to_explain_may_be_in_any_order(iris):
    classifier = ASONNClassifier().fit(*iris)
    row = iris[0].iloc[60]
    for named in (row[::-1], dict(row[::-1])):
        assert str(classifier.explain(named)) == str(classifier.explain(row))
    nameless = ASONNClassifier().fit(iris[0].to_numpy(), iris[1])
    for labels in (["x0", "x1", "x2", "x3"], [0, 1, 2, 3]):
        named = row.set_axis(labels)[::-1]
        for given_names in (named, dict(named)):
            assert str(nameless.explain(given_names)) == str(nameless.explain(row.to_numpy()))


@pytest.mark.parametrize("version", [2, 4])
def test_an_explanation_compares_two_classes_and_says_which_has_no_combination(iris, version):
    classifier = ASONNClassifier(version, n_orders=2, max_combinations=1).fit(*iris)
    owner = classifier.combinations_["class"].item()
    for position in (0, 100):
        explanation = classifier.explain(iris[0].iloc[position])
        compared = {explanation.label, explanation.runner_up}
        assert len(compared) == 2
        assert str(explanation).count("has no combination") == len(compared - {owner})


def test_costs_may_be_given_by_name(iris):
    by_name = ASONNClassifier(feature_costs={"petal width (cm)": 20.0}).fit(*iris)
    by_position = ASONNClassifier(feature_costs=[1.0, 1.0, 1.0, 20.0]).fit(*iris)
    pd.testing.assert_frame_equal(by_name.rules_, by_position.rules_)


def test_a_discrimination_above_the_number_of_features_leaves_growth_by_values_of_one_class(iris):
    assert set(ASONNClassifier(min_discrimination=5).trace(*iris)["event"]) == {"start", "pure"}


def test_equal_costs_change_nothing_and_costs_leave_an_explicit_within_class_alone(iris):
    plain = ASONNClassifier().fit(*iris).to_text()
    assert ASONNClassifier(feature_costs=[2] * 4).fit(*iris).to_text() == plain
    costs = [1, 1, 1, 100]
    within, free, default = (
        ASONNClassifier(feature_costs=costs, within_class=value).fit(*iris).to_text() for value in (True, False, None)
    )
    assert within != free == default


def test_dropping_combinations_of_little_support_leaves_every_class_one(iris):
    classifier = ASONNClassifier(min_support=1000).fit(*iris)
    assert set(classifier.combinations_["class"]) == set(iris[1])


def test_boxes_show_ranges_that_span_everything_too(iris):
    X = iris[0].rename(columns=lambda name: name.replace(" (cm)", ""))
    classifier = ASONNClassifier(within_class=False).fit(X, iris[1])
    boxes = classifier.boxes("sepal length", "petal width")
    assert len(boxes) == classifier.n_combinations_
    assert boxes["x_lower"].min() == X["sepal length"].min()


def test_a_fitted_classifier_pickles_and_a_refit_forgets(iris):
    classifier = ASONNClassifier().fit(*iris)
    rules = classifier.rules_
    restored = pickle.loads(pickle.dumps(classifier))
    pd.testing.assert_frame_equal(restored.rules_, rules)
    np.testing.assert_array_equal(restored.predict(iris[0]), classifier.predict(iris[0]))
    assert len(classifier.fit(iris[0][:60], iris[1][:60]).rules_) < len(rules)


@pytest.mark.parametrize(
    "ask", [lambda model: model.rules_, lambda model: model.explain([1.0] * 4), ASONNClassifier.to_text]
)
def test_what_is_not_fitted_says_so(ask):
    with pytest.raises(NotFittedError):
        ask(ASONNClassifier())


def test_the_third_version_needs_fewer_boxes_and_is_the_same_in_every_fit():
    rng = np.random.default_rng(2)
    X, y = rng.integers(0, 8, (120, 4)).astype(float), rng.integers(0, 2, 120)
    second, third = ASONNClassifier().fit(X, y), ASONNClassifier(version=3).fit(X, y)
    assert third.n_combinations_ < second.n_combinations_
    assert third.score(X, y) == second.score(X, y) == 1.0
    assert third.to_text() == ASONNClassifier(version=3).fit(X[::-1], y[::-1]).to_text()
