"""What leaves Python: JSON, SQL, figures; explanations through a pipeline."""

import json
import sqlite3

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from asonn import ASONNClassifier, AsonnError, explain


@pytest.fixture(scope="module")
def iris():
    table = load_iris(as_frame=True)
    return table.data, table.target.map(dict(enumerate(table.target_names)))


def check_json(classifier, X):
    """Asserts that what comes back from JSON is the same classifier."""
    restored = ASONNClassifier.from_dict(json.loads(json.dumps(classifier.to_dict(), allow_nan=False)))
    np.testing.assert_array_equal(restored.predict_proba(X), classifier.predict_proba(X))
    np.testing.assert_array_equal(restored.predict(X), classifier.predict(X))
    assert restored.to_text() == classifier.to_text()
    assert restored.get_params() == classifier.get_params()


def predicted_by_database(classifier, X, column="predicted"):
    """What SQLite makes of the rows with `to_sql`."""
    with sqlite3.connect(":memory:") as database:
        database.create_function("EXP", 1, lambda value: float(np.exp(value)))
        X.to_sql("input", database, index=False)
        return np.array([row[0] for row in database.execute(f"SELECT {column} FROM ({classifier.to_sql()})")])


@pytest.mark.parametrize("parameters", [{}, {"decision": "vote"}, {"version": 4, "n_orders": 2}], ids=str)
def test_a_classifier_comes_back_from_json_as_it_was(iris, parameters):
    check_json(ASONNClassifier(**parameters).fit(*iris), iris[0])


@pytest.mark.parametrize("costs", [pd.Series([2, 1, 1, 3]), {"petal width (cm)": np.int64(3)}, (2, 1, 1, 3)])
def test_costs_of_any_kind_come_back_from_json(iris, costs):
    classifier = ASONNClassifier(feature_costs=costs).fit(*iris)
    restored = ASONNClassifier.from_dict(json.loads(json.dumps(classifier.to_dict())))
    assert restored.to_text() == classifier.to_text()
    assert restored.fit(*iris).to_text() == classifier.to_text()


def test_what_is_no_plain_data_is_one_clear_error(iris):
    bands = pd.DataFrame({"band": pd.cut(iris[0]["petal width (cm)"], 3)})
    with pytest.raises(AsonnError, match="categories holds Interval"):
        ASONNClassifier().fit(bands, iris[1]).to_dict()
    with pytest.raises(AsonnError, match="random_state holds RandomState"):
        ASONNClassifier(random_state=np.random.RandomState(0)).fit(*iris).to_dict()
    data = ASONNClassifier().fit(*iris).to_dict()
    with pytest.raises(AsonnError, match="from_dict takes what to_dict of this version gives"):
        ASONNClassifier.from_dict(data | {"network": []})


def changed(data: dict, path: str, value) -> dict:
    """A copy of the data in which one entry is another."""
    data = json.loads(json.dumps(data))
    *parents, key = path.split(".")
    place = data
    for parent in parents:
        place = place[parent]
    place[key] = value(place[key]) if callable(value) else value
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("network.attributes.values", lambda values: [10**12, *values[1:]]),
        ("network.attributes.values", lambda values: [4, *values[1:]]),
        ("network.attributes.dtype", "float64"),
        ("network.classes.values", lambda values: [3, *values[1:]]),
        ("network.starts.values", lambda values: [values[1], *values[1:]]),
        ("network.set_starts.values", lambda values: [7, *values[1:]]),
        ("network.weights", lambda array: array | {"values": array["values"][1:], "shape": [array["shape"][0] - 1]}),
        ("network.weights.dtype", "object"),
        ("network.weights.dtype", "float16"),
        ("network.weights.values", lambda values: [None, *values[1:]]),
        ("network.n_classes", 2),
        ("network.n_classes", 3.0),
        ("decision.points.points.values", lambda values: [None, *values[1:]]),
        ("decision.form", "nonsense"),
        ("decision.points", None),
        ("decision.points.scales", lambda array: array | {"values": array["values"][1:], "shape": [3]}),
        ("decision.prior", lambda array: array | {"values": array["values"][1:], "shape": [2]}),
        ("parameters.version", 9),
        ("fitted.classes", [0, 1]),
        ("fitted.middles", []),
        ("fitted.n_features", 5),
        ("fitted.categories", [[4, ["a"]]]),
        ("fitted.unordered", None),
        ("fitted.unordered", [0]),
    ],
)
def test_a_file_that_was_damaged_is_refused_before_it_is_predicted_with(iris, path, value):
    data = ASONNClassifier(version=4, n_orders=2, decision="points").fit(*iris).to_dict()
    with pytest.raises(AsonnError):
        ASONNClassifier.from_dict(changed(data, path, value))


def test_a_set_of_categories_that_there_are_not_is_refused():
    X = pd.DataFrame({"x": ["a", "b", "c", "a"]})
    data = ASONNClassifier(decision="vote").fit(X, [0, 1, 1, 0]).to_dict()
    check_json(ASONNClassifier.from_dict(data), X)
    for categories in ([[0, ["a", "b"]]], []):
        with pytest.raises(AsonnError, match="from_dict takes what to_dict of this version gives"):
            ASONNClassifier.from_dict(changed(data, "fitted.categories", categories))


def test_parameters_that_no_longer_go_together_are_not_stored(iris):
    classifier = ASONNClassifier(version=4, n_orders=2).fit(*iris).set_params(reading="printed")
    with pytest.raises(AsonnError, match="is of versions 1 and 2"):
        classifier.to_dict()


@pytest.mark.parametrize("unit", ["D", "us", "ns"])
def test_classes_that_are_dates_come_back_from_json(unit):
    X, days = np.arange(6.0)[:, None], np.array(["2024-01-01", "2024-01-02"], dtype=f"datetime64[{unit}]")
    check_json(ASONNClassifier().fit(X, np.repeat(days, 3)), X)


@pytest.mark.parametrize("form", ["vote", "points"])
def test_a_database_classifies_as_the_classifier_does(iris, form):
    X, y = iris
    classifier = ASONNClassifier(version=4, n_orders=2, decision=form).fit(X, y)
    held = np.ones(len(X), dtype=bool)
    if form == "vote":  # rows that no combination holds go to the nearest one, which SQL is not asked for
        held = np.array([len(classifier.explain(row).holding) > 0 for _, row in X.iterrows()])
    assert held.mean() > 0.8
    np.testing.assert_array_equal(predicted_by_database(classifier, X)[held], classifier.predict(X)[held])


@pytest.mark.parametrize("seed", range(5))
def test_a_database_holds_the_rows_beside_a_single_value_that_the_classifier_holds(seed):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.integers(0, 6, (40, 3)).astype(float), columns=list("abc"))
    classifier = ASONNClassifier(decision="vote").fit(X, rng.integers(0, 3, 40))
    rows = pd.DataFrame(rng.uniform(0, 5, (200, 3)), columns=list("abc"))
    held = np.array([len(classifier.explain(row).holding) > 0 for _, row in rows.iterrows()])
    assert 0 < held.sum() < len(rows)
    np.testing.assert_array_equal(predicted_by_database(classifier, rows)[held], classifier.predict(rows)[held])


def test_a_database_holds_no_more_than_the_classifier_by_rounding():
    X = pd.DataFrame({"x": [np.nextafter(0.6, 0), 0.1, 0.2, 0.6, 0.9, 1.3]})
    y = ["low"] * 3 + ["high"] * 3
    classifier = ASONNClassifier(decision="vote").fit(X, y)
    assert predicted_by_database(classifier, X).tolist() == classifier.predict(X).tolist() == y
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 8, (60, 3)) / 10, columns=list("abc"))
    classifier = ASONNClassifier(decision="vote").fit(X, rng.integers(0, 3, 60))
    rows = pd.DataFrame(rng.integers(0, 16, (300, 3)) / 20, columns=list("abc"))
    held = np.array([len(classifier.explain(row).holding) > 0 for _, row in rows.iterrows()])
    assert 0 < held.sum() < len(rows)
    np.testing.assert_array_equal(predicted_by_database(classifier, rows)[held], classifier.predict(rows)[held])


def test_a_column_of_text_that_is_missing_everywhere_is_in_no_query():
    X = pd.DataFrame({"x": [1.0, 2, 7, 8], "blank": pd.Series([None] * 4, dtype="str")})
    classifier = ASONNClassifier(decision="vote").fit(X, [0, 0, 1, 1])
    assert predicted_by_database(classifier, X).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("form", ["vote", "points"])
def test_a_database_leaves_missing_values_out_where_the_classifier_does(iris, form):
    X, y = iris
    X = X.assign(colour=pd.Categorical(np.where(X["petal width (cm)"] > 1, "dark", "light")))
    classifier = ASONNClassifier(version=3, n_orders=2, decision=form, missing="inside").fit(X, y)
    rows = X.mask(np.random.default_rng(0).random(X.shape) < 0.3).astype({"colour": object})
    rows.loc[::7, "colour"] = "unseen"
    rows.iloc[0] = None
    held = np.ones(len(rows), dtype=bool)
    if form == "vote":
        held = np.array([len(classifier.explain(row).holding) > 0 for _, row in rows.iterrows()])
    assert held.mean() > 0.5
    np.testing.assert_array_equal(predicted_by_database(classifier, rows)[held], classifier.predict(rows)[held])


@pytest.mark.parametrize("form", ["vote", "points"])
def test_features_may_be_called_as_the_columns_that_sql_adds(form):
    X = pd.DataFrame({"score_0": [1.0, 2, 3, 7, 8, 9], "score_1": [5.0] * 6, "Predicted": [9.0, 9, 9, 0, 0, 0]})
    classifier = ASONNClassifier(decision=form).fit(X, ["low", "low", "low", "high", "high", "high"])
    assert predicted_by_database(classifier, X, "predicted_").tolist() == classifier.predict(X).tolist()


def test_combinations_without_conditions_hold_no_row_anywhere():
    X = pd.DataFrame({"x": [np.nan, np.nan, np.nan, 1.0, 2.0]})
    classifier = ASONNClassifier(decision="vote", missing="inside").fit(X, ["blank", "blank", "blank", "low", "high"])
    rows = X[3:].reset_index(drop=True)
    assert predicted_by_database(classifier, rows).tolist() == classifier.predict(rows).tolist() == ["low", "high"]
    assert "if no other combination is nearer then blank (support 3)" in classifier.to_text()


def test_ranges_without_weight_decide_nothing_anywhere():
    X = pd.DataFrame({"x0": [1.0, 1, 1, 1, 5, 6], "x1": [1.0, 1, 2, 2, 3, 3]})
    classifier = ASONNClassifier(decision="vote").fit(X, ["own", "other", "other", "other", "own", "own"])
    assert 0.0 in set(classifier.rules_["weight"])
    assert "(0.00)" not in classifier.to_text()
    rows = pd.DataFrame({"x0": [9.0, 0.0], "x1": [1.0, 1.0]})
    assert classifier.predict(rows).tolist() == predicted_by_database(classifier, rows).tolist() == ["own", "own"]
    assert all(classifier.explain(row).holding["combination"].tolist() == [0] for _, row in rows.iterrows())


@pytest.mark.parametrize("seed", [3, 15])
def test_a_database_decides_ties_as_the_classifier_does(seed):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.integers(0, 4, (66, 3)), columns=list("abc"))
    classifier = ASONNClassifier(decision="vote", within_class=False).fit(X, rng.permutation(np.arange(66) % 3))
    rows = pd.DataFrame(np.indices((4, 4, 4)).reshape(3, -1).T, columns=list("abc"))
    held = np.array([len(classifier.explain(row).holding) > 0 for _, row in rows.iterrows()])
    np.testing.assert_array_equal(predicted_by_database(classifier, rows)[held], classifier.predict(rows)[held])


@pytest.mark.parametrize("form", ["vote", "points"])
def test_a_database_gives_classes_that_are_numbers_as_numbers(form):
    X = pd.DataFrame({"x": [1.0, 2.0, 3.0, 7.0, 8.0, 9.0]})
    classifier = ASONNClassifier(decision=form).fit(X, [3, 3, 3, 5, 5, 5])
    rows = pd.DataFrame({"x": [2.0, 8.0, None]})
    assert predicted_by_database(classifier, rows).tolist() == classifier.predict(rows).tolist()


def test_rules_boxes_and_explanations_are_drawn_on_an_axis(iris):
    classifier = ASONNClassifier(version=4, n_orders=2).fit(*iris)
    axes = Figure().subplots(1, 3)
    assert len(classifier.plot_rules(axes[0], most=4).patches) == 4
    drawn = classifier.plot_boxes("petal length (cm)", "petal width (cm)", axes[1])
    assert len(drawn.patches) == classifier.n_combinations_
    explanation = classifier.explain(iris[0].iloc[70])
    assert classifier.plot_explanation(iris[0].iloc[70], axes[2]).get_title() == explanation.reason
    assert explanation.reason.split(":")[0] in explanation._repr_html_()


def test_a_class_has_the_same_colour_in_rules_and_boxes(iris):
    X, y = iris
    classifier = ASONNClassifier().fit(X, np.array([2, 10, 30])[pd.factorize(y)[0]])
    rules, boxes = Figure().subplots(1, 2)
    classifier.plot_rules(rules)
    classifier.plot_boxes(*X.columns[2:], boxes)
    colours = [
        {text.get_text(): mark.get_color() for text, mark in zip(legend.get_texts(), legend.get_lines(), strict=True)}
        for legend in (rules.get_legend(), boxes.get_legend())
    ]
    assert list(colours[1]) == ["2", "10", "30"]
    assert colours[0] == colours[1]


def test_figures_of_thirty_features_can_be_read():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    for parameters in ({"version": 4, "n_orders": 2, "decision": "points"}, {}):
        classifier = ASONNClassifier(**parameters).fit(X[::2], y[::2])
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        rules, explanation = figure.subplots(1, 2)
        classifier.plot_rules(rules, most=6)
        classifier.plot_explanation(X.iloc[5], explanation, most=8)
        figure.draw_without_rendering()
        assert len(rules.patches) == len(rules.texts) == min(6, classifier.n_combinations_)
        assert max(len(note.get_text()) for note in rules.texts) < 130
        assert rules.get_position().width > 0.2  # of the figure: long rules do not squeeze the bars
        labels = [label.get_text() for label in explanation.get_yticklabels()]
        assert len(labels) == len(set(labels)) <= 16
        assert any(("closeness" if parameters else "range") in label for label in labels)


def test_boxes_that_span_both_features_are_counted_not_drawn():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    classifier = ASONNClassifier(version=4, n_orders=2).fit(X[::2], y[::2])
    axis = classifier.plot_boxes("worst area", "worst texture", Figure().subplots())
    assert 0 < len(axis.patches) < classifier.n_combinations_
    assert axis.get_title().startswith(f"{len(axis.patches)} of {classifier.n_combinations_} combinations")


def test_a_pipeline_is_explained_in_the_features_of_its_last_step(iris):
    X, y = iris
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), ASONNClassifier()).fit(X, y)
    for row in (X.iloc[70], X.iloc[[70]]):
        explanation = explain(pipeline, row)
        assert explanation.label == pipeline.predict(X.iloc[[70]])[0]
        assert set(explanation.ranges["attribute"]) <= set(X.columns)
    for model in (ASONNClassifier(), make_pipeline(ASONNClassifier())):
        assert explain(model.fit(X, y), X.iloc[70]).label == explanation.label
