"""Unordered categories: boxes hold sets of them, grown one category after the other, whatever their codes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.asonn.test_construction import DEFAULTS, PlainConstruction, as_plain, check_combinations
from tests.asonn.test_export import check_json, predicted_by_database

from asonn.canonical import associate_sets
from asonn.classifier import ASONNClassifier
from asonn.construction import GrowthRules, construct, construct_with_extensions
from asonn.errors import AsonnError
from asonn.graph import objects_table
from asonn.kernels.memberships import set_membership
from asonn.seed_order import order_of_seeds
from asonn.selection import simplified

VERSIONS = [{"version": 1}, {}, {"version": 3, "n_orders": 3}, {"version": 4, "n_orders": 3}]


class PlainSets(PlainConstruction):
    """The specification with attributes of which a box holds a set: a range is a frozenset of ranks."""

    def __init__(self, X, y, nominal, **rules):
        self.nominal = nominal
        super().__init__(X, y, **rules)

    def inside(self, box, ranks):
        return sum(
            held is not None and (r is None or (r in held if isinstance(held, frozenset) else held[0] <= r <= held[1]))
            for held, r in zip(box, ranks, strict=True)
        )

    def next_rank(self, box, own, a, side):
        if a not in self.nominal:
            return super().next_rank(box, own, a, side)
        rank = side[1]
        taken = box[a] is None or rank in box[a] or rank >= len(self.values[a])
        has_own = any(label == own or not self.rules["within_class"] for r, label, _ in self.objects if r[a] == rank)
        return None if taken or not has_own else rank

    def extended(self, box, a, side):
        if a not in self.nominal:
            return super().extended(box, a, side)
        return [*box[:a], box[a] | {side[1]}, *box[a + 1 :]]

    def coefficient(self, box, own, a, side):
        if a not in self.nominal:
            return super().coefficient(box, own, a, side)
        there = [i for i, (ranks, _, _) in enumerate(self.objects) if ranks[a] == side[1]]
        rows = sum(self.objects[i][2] for i in there)
        gamma = {"objects": rows, "values": 1, "none": 1}[self.rules["normalisation"]]
        return sum(self.strength(i, box, own) for i in there) / gamma

    def start(self, ranks):
        return [None if r is None else frozenset({r}) if a in self.nominal else (r, r) for a, r in enumerate(ranks)]

    def directions(self):
        pairs = {a: sorted(range(len(self.values[a])), key=lambda g: (g // 2, -g)) for a in self.nominal}
        return [(a, side) for a in range(self.m) for side in ([("set", g) for g in pairs[a]] if a in pairs else (0, 1))]

    def opened(self, box):
        everything = [
            frozenset(range(len(v))) if a in self.nominal else (0, len(v) - 1) for a, v in enumerate(self.values)
        ]
        return [held or all_of for held, all_of in zip(box, everything, strict=True)]


def random_table(seed, rows=16, missing=0.0, categories=(5, 4), classes=3):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.integers(0, k, rows) for k in (*categories, 6)]).astype(float)
    X[rng.random(X.shape) < missing] = np.nan
    return X, rng.integers(0, classes, rows)


def grown(X, y, nominal=(0, 1), **rules):
    graph = associate_sets(X, y, int(y.max()) + 1, None, np.isin(np.arange(X.shape[1]), nominal))
    seeds = order_of_seeds(graph, "hardest", None)
    return graph, seeds, GrowthRules(**(DEFAULTS | rules))


def boxes_of(graph, combinations):
    found = as_plain(combinations)
    for held, (box, *_) in zip(combinations.sets, found, strict=True):
        for a in np.flatnonzero(graph.nominal):
            size = graph.offsets[a + 1] - graph.offsets[a]
            box[a] = frozenset(np.flatnonzero(held[graph.set_starts[a] :][:size]).tolist())
    return found


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"distance_scale": "none"},
        {"distance_scale": "range"},
        {"try_next_best": False},
        {"require_positive": True},
        {"within_class": False, "normalisation": "none"},
        {"min_discrimination": 2, "normalisation": "values"},
    ],
    ids=str,
)
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_kernels_grow_the_sets_of_the_plain_algorithm(rules, missing):
    for seed in range(5):
        X, y = random_table(seed, missing=missing)
        graph, seeds, growth = grown(X, y, **rules)
        combinations, extensions = construct_with_extensions(graph, seeds, np.ones(3), growth)
        ranks = np.where(graph.ranks < 0, np.nan, graph.ranks.astype(float))
        rows = ranks[graph.row_objects]
        rows[:, 2] = X[:, 2]
        plain = PlainSets(rows.tolist(), y.tolist(), (0, 1), **rules)
        assert boxes_of(graph, combinations) == plain.combinations
        assert (extensions.categories[extensions.attributes < 2] >= 0).all()


names = st.permutations(range(6))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), names, st.sampled_from(VERSIONS), st.sampled_from([0.0, 0.15]))
def test_nothing_depends_on_the_codes_of_categories(seed, order, parameters, missing):
    X, y = random_table(seed, 30, missing, classes=2)
    labels = np.array(list("abcdef"))

    def frame(order):
        columns = [np.where(np.isnan(X[:, a]), None, labels[np.nan_to_num(X[:, a]).astype(int)]) for a in range(2)]
        return pd.DataFrame(
            {f"x{a}": pd.Categorical(columns[a], [labels[k] for k in order]) for a in range(2)} | {"x2": X[:, 2]}
        )

    one, other = (ASONNClassifier(**parameters).fit(frame(o), y) for o in (range(6), order))
    assert one.n_combinations_ == other.n_combinations_
    assert one.n_ranges_ == other.n_ranges_
    np.testing.assert_allclose(one.predict_proba(frame(range(6))), other.predict_proba(frame(order)), atol=1e-6)
    sets = [
        sorted(
            (row.combination, row.attribute, frozenset(row.categories))
            for row in model.rules_.itertuples()
            if row.categories
        )
        for model in (one, other)
    ]
    assert sets[0] == sets[1]


@pytest.mark.parametrize("parameters", VERSIONS, ids=str)
def test_a_class_of_scattered_categories_is_one_box(parameters):
    colours = np.array(["amber", "blue", "green", "red", "violet", "white"] * 4)
    likes = np.isin(colours, ["amber", "green", "violet"])
    frame = pd.DataFrame({"colour": colours, "noise": np.arange(24) % 5})
    classifier = ASONNClassifier(**parameters).fit(frame, likes)
    assert classifier.n_combinations_ == 2  # three boxes of neighbouring letters a class, if they were in order
    assert "colour in {amber, green, violet}" in classifier.to_text()
    assert classifier.score(frame, likes) == 1.0
    rule = classifier.rules_.set_index(["class", "attribute"]).loc[(True, "colour")]
    assert rule["categories"] == ("amber", "green", "violet")
    assert (rule["seeds"], rule["weeds"]) == (12, 0)


def test_a_set_that_leaves_out_little_is_named_by_what_it_leaves_out():
    frame = pd.DataFrame({"colour": list("abcdef") * 3})
    text = ASONNClassifier().fit(frame, frame["colour"] == "c").to_text()
    assert "colour ≠ c" in text
    assert "colour = c" in text


@given(st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_simplified_sets_keep_every_foreign_object_out(seed):
    X, y = random_table(seed, 25, 0.1)
    graph, seeds, growth = grown(X, y)
    (simple,) = simplified(graph, [construct(graph, seeds, np.ones(3), growth)], 1)
    check_combinations(graph, simple)


def test_objects_keep_their_codes_in_whatever_order_the_categories_are():
    X, y = random_table(1, missing=0.2)
    graph, _, _ = grown(X, y)
    np.testing.assert_array_equal(objects_table(graph)[graph.row_objects], X)


@pytest.fixture
def shop():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"colour": rng.choice(["red", "blue", "o'red", "green"], 80), "price": rng.integers(1, 50, 80)}
    )
    return frame, np.where(frame["colour"].isin(["red", "o'red"]) & (frame["price"] > 20), "buy", "leave")


@pytest.mark.parametrize("parameters", VERSIONS, ids=str)
def test_an_array_of_categories_is_read_as_the_frame_is(shop, parameters):
    X, y = shop
    classifier = ASONNClassifier(**parameters).fit(X, y)
    np.testing.assert_array_equal(classifier.predict_proba(X.to_numpy()), classifier.predict_proba(X))
    listed = X.to_numpy().tolist()
    np.testing.assert_array_equal(classifier.predict_proba(listed), classifier.predict_proba(X))
    with pytest.raises(AsonnError, match="'colour' holds numbers"):
        classifier.predict([[94103000000.0, 1.0]])
    codes = pd.DataFrame({"code": pd.Categorical([30, 10, 20, 30])})
    numbered = ASONNClassifier(**parameters).fit(codes, ["a", "b", "b", "a"])
    np.testing.assert_array_equal(numbered.predict(codes.to_numpy()), numbered.predict(codes))
    np.testing.assert_array_equal(numbered.predict([[94103000000.0]]), numbered.predict(pd.DataFrame({"code": [None]})))


@pytest.mark.parametrize("value", [-1.0, 2.0, 1e300, np.inf])
def test_no_set_holds_a_code_beyond_it(value):
    assert set_membership(value, np.array([False, True, True]), 1) == 0.0


@pytest.mark.parametrize("form", ["vote", "points"])
def test_sets_go_to_a_database_and_to_json_and_back(shop, form):
    X, y = shop
    classifier = ASONNClassifier(version=4, n_orders=2, decision=form).fit(X, y)
    np.testing.assert_array_equal(predicted_by_database(classifier, X), classifier.predict(X))
    check_json(classifier, X)
    unusual = pd.DataFrame({"colour": ["red", None, "mauve", "green"], "price": [None, 30.0, 40.0, None]})
    np.testing.assert_array_equal(predicted_by_database(classifier, unusual), classifier.predict(unusual))


def test_sets_are_explained_traced_and_not_drawn_as_boxes(shop):
    X, y = shop
    classifier = ASONNClassifier().fit(X, y)
    explanation = classifier.explain({"colour": "green", "price": 30})
    assert explanation.label == "leave"
    assert "colour = green, set {" in str(explanation)
    steps = classifier.trace(X, y)
    assert steps["combination"].nunique() == classifier.n_combinations_
    with pytest.raises(ValueError, match="categories of 'colour' have no order"):
        classifier.boxes("colour", "price")


def test_categories_of_rows_without_weight_are_unknown(shop):
    X, y = shop
    for parameters in VERSIONS:
        weights = np.where(X["colour"] == "green", 0, 1)
        weighted = ASONNClassifier(**parameters).fit(X, y, weights)
        fewer = ASONNClassifier(**parameters).fit(X[weights > 0], y[weights > 0])
        np.testing.assert_array_equal(weighted.predict_proba(X), fewer.predict_proba(X))
