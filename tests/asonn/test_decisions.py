"""How combinations decide together: votes, points, probabilities; and what the classifier accepts."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.sparse import csr_matrix
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from asonn.classifier import ASONNClassifier, ContradictionWarning
from asonn.decisions import FOLDS, POINT, deal_out
from asonn.errors import AsonnError
from asonn.graph import associate

complete = st.integers(2, 30).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.float64, (n, 3), elements=st.integers(0, 4).map(float)),
        hnp.arrays(np.int64, n, elements=st.integers(0, 2)),
    )
)


@pytest.fixture(scope="module")
def cancer():
    table = load_breast_cancer(as_frame=True)
    names = table.target.map(dict(enumerate(table.target_names)))
    return train_test_split(table.data, names, test_size=0.3, stratify=names, random_state=0)


@pytest.fixture(scope="module")
def card(cancer):
    X, _, y, _ = cancer
    return ASONNClassifier(version=4, n_orders=4).fit(X, y)


def test_votes_are_the_supports_of_the_boxes_that_hold_the_row():
    X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    classifier = ASONNClassifier(decision="vote").fit(X, [0, 0, 0, 1, 1, 1])
    scores = np.exp(classifier.decision_function(np.array([[1.5], [3.4]])))
    prior = 0.5
    np.testing.assert_allclose(scores, [prior / (3 + prior), (3 + prior) / prior])


@given(complete, st.sampled_from([{"version": 1}, {"decision": "vote"}, {"version": 4, "n_orders": 2}]))
@settings(max_examples=20)
def test_scores_probabilities_and_predictions_name_the_same_class(table, parameters):
    X, y = table
    classifier = ASONNClassifier(**parameters).fit(X, y)
    rows = np.vstack([X, X + 0.4])
    predicted = classifier.predict(rows)
    found = classifier.predict_proba(rows)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    np.testing.assert_array_equal(classifier.classes_[found.argmax(axis=1)], predicted)
    np.testing.assert_allclose(np.exp(classifier.predict_log_proba(rows)), found)
    scores = classifier.decision_function(rows)
    if len(classifier.classes_) == 2:
        np.testing.assert_array_equal(classifier.classes_[(scores > 0).astype(int)], predicted)
    else:
        np.testing.assert_array_equal(classifier.classes_[scores.argmax(axis=1)], predicted)


def test_a_scorecard_adds_whole_points_times_closeness(card, cancer):
    _, X, _, y = cancer
    assert card.decision_ == "points"
    assert card.score(X, y) > 0.9
    points = card._decision.points
    differences = points.points[:, 1] - points.points[:, 0]
    np.testing.assert_array_equal(differences, np.round(differences))
    explanation = card.explain(X.iloc[0])
    total = explanation.contributions.iloc[:, 3].sum()
    difference = abs(card.decision_function(X.iloc[[0]])[0])
    assert total == pytest.approx(difference / POINT, abs=0.05 * (len(points.points) + 1))
    assert f"{explanation.label} is {difference / POINT:.1f} ahead" in explanation.reason


def test_probabilities_of_version_4_are_calibrated_and_those_of_version_2_need_the_temperature(card, cancer):
    X, X_test, y, y_test = cancer
    flat = ASONNClassifier().fit(X, y)
    sharp = ASONNClassifier(temperature="auto").fit(X, y)
    losses = [log_loss(y_test, model.predict_proba(X_test)) for model in (flat, sharp, card)]
    assert losses[0] > 0.6 > 0.35 > losses[1] > losses[2]
    np.testing.assert_array_equal(flat.predict(X_test), sharp.predict(X_test))
    assert sharp.temperature_ < 0.5


def test_version_4_is_shorter_than_version_3(card, cancer):
    X, _, y, _ = cancer
    third = ASONNClassifier(version=3, n_orders=4).fit(X, y)
    assert card.n_combinations_ <= third.n_combinations_ + 1
    assert card.n_ranges_ < third.n_ranges_ / 3
    shortest = ASONNClassifier(version=4, n_orders=4, max_combinations=4).fit(X, y)
    assert shortest.n_combinations_ == 4
    assert shortest.score(X, y) > 0.85


def test_rules_can_be_cut_short_and_show_units(cancer):
    X, _, y, _ = cancer
    classifier = ASONNClassifier(units={"worst radius": "µm"}, n_orders=2, version=3).fit(X, y)
    text = classifier.to_text(max_conditions=2, min_support=150)
    rules = [line for line in text.splitlines() if " then " in line]
    assert all(line.count(" and ") <= 2 and " more then " in line for line in rules)
    assert len(rules) == (classifier.combinations_["support"] >= 150).sum()
    assert "of support below 150" in text
    assert " µm (" in classifier.to_text()


@pytest.mark.parametrize("parameters", [{}, {"version": 3, "n_orders": 2}, {"version": 4, "n_orders": 2}], ids=str)
def test_a_weight_is_a_number_of_rows(parameters):
    X, y = load_iris(return_X_y=True)
    weights = np.random.default_rng(0).integers(0, 3, len(y))
    weighted = ASONNClassifier(**parameters).fit(X, y, sample_weight=weights)
    repeated = ASONNClassifier(**parameters).fit(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    assert weighted.to_text() == repeated.to_text()
    np.testing.assert_array_equal(weighted.predict_proba(X), repeated.predict_proba(X))


def test_a_trace_tells_how_rows_with_weights_grow():
    X, y = load_iris(return_X_y=True)
    weights = np.random.default_rng(0).integers(0, 3, len(y))
    weighted = ASONNClassifier().trace(X, y, weights)
    repeated = ASONNClassifier().trace(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    pd.testing.assert_frame_equal(weighted, repeated)
    assert len(weighted) != len(ASONNClassifier().trace(X, y))


def test_fractional_weights_count_relative_to_their_mean():
    X, y = load_iris(return_X_y=True)
    one, other = (ASONNClassifier(version=4, n_orders=2).fit(X, y, np.full(150, w)) for w in (0.25, 1))
    for huge in (1e14, 1e18, 1e308):
        assert ASONNClassifier(version=4, n_orders=2).fit(X, y, np.full(150, huge)).to_text() == other.to_text()
    assert one.n_combinations_ == other.n_combinations_
    with pytest.raises(ValueError, match="finite and not negative"):
        ASONNClassifier().fit(X, y, np.full(150, -1.0))


@given(complete)
def test_rows_are_dealt_out_evenly_and_whatever_their_order(table):
    X, y = table
    graph = associate(X, y, 3)
    dealt = deal_out(graph)
    np.testing.assert_array_equal(dealt.sum(axis=0), graph.multiplicity)
    for c in range(3):
        rows = dealt[:, graph.classes == c].sum(axis=1)
        assert rows.max() - rows.min() <= 1
    assert len(dealt) == FOLDS


def test_contradictory_rows_are_counted_in_a_warning():
    with pytest.warns(ContradictionWarning, match="4 of 5 training rows have the same values"):
        ASONNClassifier().fit([[0.0], [0.0], [1.0], [1.0], [2.0]], [0, 1, 0, 1, 0])


def test_sparse_tables_are_tables():
    X, y = load_iris(return_X_y=True)
    dense, sparse = ASONNClassifier().fit(X, y), ASONNClassifier().fit(csr_matrix(X), y)
    np.testing.assert_array_equal(dense.predict_proba(X), sparse.predict_proba(csr_matrix(X)))


def test_importances_name_the_feature_that_tells_the_classes_apart():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    for version in (1, 2, 3, 4):
        importances = ASONNClassifier(version=version, n_orders=3).fit(X, X[:, 2] > 0).feature_importances_
        assert importances.argmax() == 2
        assert importances.sum() == pytest.approx(1.0)


def test_missing_values_can_count_as_inside_in_training():
    X = np.array([[0.0, 0.0], [np.nan, 0.1], [0.2, 0.3], [5.0, 5.0], [5.1, 5.2]])
    classifier = ASONNClassifier(missing="inside").fit(X, [0, 0, 0, 1, 1])
    assert sorted(classifier.combinations_["support"]) == [2, 3]
    np.testing.assert_array_equal(classifier.predict(X), [0, 0, 0, 1, 1])


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(np.float64, st.tuples(st.integers(3, 20), st.just(3)), elements=st.integers(0, 5).map(float)),
    st.sampled_from([{"version": 1}, {}, {"version": 3, "n_orders": 2}, {"version": 4, "n_orders": 2}]),
)
def test_a_missing_value_is_read_as_the_median_in_training_and_at_prediction(X, parameters):
    rng = np.random.default_rng(0)
    y, weights = np.arange(len(X)) % 2, rng.integers(1, 4, len(X))
    X = np.where(rng.random(X.shape) < 0.3, np.nan, X)
    repeated = np.repeat(X, weights, axis=0)
    known = ~np.isnan(repeated).all(axis=0)
    medians = np.full(3, np.nan)
    medians[known] = np.nanmedian(repeated[:, known], axis=0)
    filled = np.where(np.isnan(X), medians, X)
    blank, full = (ASONNClassifier(**parameters).fit(table, y, weights) for table in (X, filled))
    assert blank.to_text() == full.to_text()
    np.testing.assert_array_equal(blank.predict_proba(X), full.predict_proba(filled))
    if known.all():
        assert blank.explain(X[0]).filled == [f"x{a}" for a in np.flatnonzero(np.isnan(X[0]))]
        restored = ASONNClassifier.from_dict(json.loads(json.dumps(blank.to_dict(), allow_nan=False)))
        np.testing.assert_array_equal(restored.predict_proba(X), blank.predict_proba(X))


def test_a_missing_category_is_trained_on_as_the_most_frequent_one():
    X = pd.DataFrame({"colour": ["red", "red", "blue", None, "green", None], "size": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]})
    y = [0, 0, 1, 0, 1, 1]
    classifier = ASONNClassifier().fit(X, y)
    assert classifier.to_text() == ASONNClassifier().fit(X.fillna({"colour": "red"}), y).to_text()
    assert list(classifier.contradictions_) == []
    explanation = classifier.explain({"colour": None, "size": 4.5})
    assert explanation.filled == ["colour"]
    assert "missing, and read as the median or the most frequent category: colour" in str(explanation)


def test_a_missing_boolean_is_read_as_one_of_the_two():
    X = pd.DataFrame({"smoker": [True, True, False, False, None, None]})
    y = ["yes", "yes", "no", "no", "maybe", "maybe"]
    classifier = ASONNClassifier().fit(X, y)
    assert classifier.to_text() == ASONNClassifier().fit(X.fillna(False).astype(bool), y).to_text()
    assert set(classifier.predict(X)[2:]) == {"maybe"}


def test_rows_that_only_differ_in_what_is_missing_do_not_contradict_each_other():
    X = [[1.0, 2.0], [1.0, np.nan], [1.0, 2.0], [3.0, 2.0]]
    assert list(ASONNClassifier().fit(X, [0, 1, 0, 0]).contradictions_) == []


def test_an_explanation_says_what_decides_a_tie_and_which_boxes_hold_the_row():
    X = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 9.0], [4.0, 9.0], [2.0, 9.0]])
    y = ["low", "low", "low", "high", "high", "high"]
    explanation = ASONNClassifier(min_discrimination=1).fit(X, y).explain([2.0, 0.0])
    assert explanation.label == "low"
    assert explanation.holding["class"].tolist() == ["low"]
    assert explanation.excluded_by == ["x1"]
    tied = ASONNClassifier().fit([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], ["a", "a", "b"]).explain([0.0, 0.0])
    assert "the larger support decides, 2 against 1" in tied.reason


def test_only_the_boxes_that_hold_a_row_of_tiny_values_are_said_to():
    X = np.array([1.0, 2.0, 3.0, 7.0, 8.0, 9.0])[:, None] * 1e-30
    explanation = ASONNClassifier(decision="vote").fit(X, ["a", "a", "a", "b", "b", "b"]).explain(X[1])
    assert explanation.holding["class"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ([1.7e9, 1700010000.0, 1700020000.0, 1700040000.0], ["1700000000", "1700010000", "1700020000", "1700040000"]),
        ([20231229.0, 20231230.0, 20231231.0, 20240101.0], ["20231229", "20231230", "20231231", "20240101"]),
        ([0.25, 1.0000001, 1.0000002, 5.1], ["0.25", "1.0000001", "1.0000002", "5.1"]),
        ([0.123456789, 0.5, 1e20, 3e20], ["0.123457", "0.5", "1e+20", "3e+20"]),
    ],
)
def test_text_has_the_digits_that_tell_the_bounds_apart(values, bounds):
    classifier = ASONNClassifier().fit(np.array(values)[:, None], ["a", "a", "b", "b"])
    text = classifier.to_text()
    assert f"if {bounds[0]} ≤ x0 ≤ {bounds[1]} (" in text
    assert f"if {bounds[2]} ≤ x0 ≤ {bounds[3]} (" in text
    assert f"x0 = {bounds[1]}, range {bounds[2]} to {bounds[3]}" in str(classifier.explain(values[1:2]))


def test_odd_input_is_one_clear_sentence():
    X = pd.DataFrame({"size": [1.0, 2.0, 3.0], "colour": ["red", "blue", "red"]})
    classifier = ASONNClassifier().fit(X, ["a", "b", "a"])
    with pytest.raises(ValueError, match="same order"):
        classifier.predict(X[["colour", "size"]])
    with pytest.raises(ValueError, match="'colour' holds numbers"):
        classifier.predict(X.assign(colour=[1, 2, 3]))
    with pytest.raises(AsonnError, match="'size' cannot be read as numbers"):
        classifier.predict(X.assign(size="small"))
    with pytest.raises(AsonnError, match=r"'size' holds datetime.*; training saw numbers"):
        classifier.predict(X.assign(size=pd.Timestamp(2024, 1, 1)))
    grades = pd.DataFrame({"grade": pd.Categorical([1, 2, 1])})
    with pytest.raises(AsonnError, match="'grade' holds text; training saw 1, 2"):
        ASONNClassifier().fit(grades, ["a", "b", "a"]).predict(grades.astype(str))
    codes = pd.DataFrame({"code": ["1", "2", "1"]})
    coded = ASONNClassifier().fit(codes, ["A", "B", "A"])
    for values, kind in (
        (pd.Series([1, 2, 1], dtype=object), "numbers"),
        (pd.Categorical([1, 2, 1]), "numbers"),
        (pd.to_datetime(["2024-01-01"] * 3), "Timestamp"),
    ):
        with pytest.raises(AsonnError, match=f"'code' holds {kind}; training saw '1', '2' there"):
            coded.predict(codes.assign(code=values))
    with pytest.raises(ValueError, match="None in 1 rows, the first at position 1"):
        ASONNClassifier().fit(X, ["a", None, "b"])
    assert classifier.explain({"size": 2.0, "colour": "blue"}).label == "b"


def test_costly_features_are_avoided_with_default_settings():
    X, y = load_iris(return_X_y=True, as_frame=True)
    plain = ASONNClassifier().fit(X, y)
    frugal = ASONNClassifier(feature_costs={"petal length (cm)": 100.0}).fit(X, y)
    used = [(model.rules_["attribute"] == "petal length (cm)").sum() for model in (plain, frugal)]
    assert used[1] / frugal.n_combinations_ < 0.7 * used[0] / plain.n_combinations_
