"""Weights, fuzzifier and decisions on tables small enough for a pencil."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from asonn.classifier import ASONNClassifier
from asonn.construction import Combinations
from asonn.graph import associate
from asonn.inference import decide, membership, memberships, probabilities, winners
from asonn.ranges import build_network

# Four rows of class 0, two of class 1.
X = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [2.0, 3.0], [2.0, 0.0], [4.0, 3.0]])
Y = np.array([0, 0, 0, 0, 1, 1])


def network(low, high, classes, support, bounds="values", min_support=1, X=X, Y=Y):
    graph = associate(X, Y, Y.max() + 1)
    low, high = np.array(low, dtype=np.int32), np.array(high, dtype=np.int32)
    n = len(low)
    ones = np.ones(n, dtype=np.int64)
    sets = np.ones((n, 0), dtype=bool)
    combinations = Combinations(
        low, high, sets, np.array(classes), np.array(support), ones, ones, np.ones(graph.n_objects)
    )
    return build_network(graph, combinations, bounds, min_support)


def test_weights_by_hand():
    # x0 in 0..1: seeds 3, weeds 0; x1 in 0..1: seeds 3, weeds 1. Represented: 3 of 4 rows; other class: 2 rows.
    ranges = network([[0, 0]], [[1, 1]], [0], [3])
    phi = np.array([(1 - 0 / 2) * (3 + 3) / (3 + 4), (1 - 1 / 2) * (3 + 3) / (3 + 4)])
    np.testing.assert_allclose(ranges.weights, phi / phi.sum())
    np.testing.assert_array_equal(ranges.seeds, [3, 3])
    np.testing.assert_array_equal(ranges.weeds, [0, 1])


def test_a_range_over_all_values_is_no_range():
    ranges = network([[0, 0]], [[3, 1]], [0], [3])
    np.testing.assert_array_equal(ranges.attributes, [1])
    np.testing.assert_array_equal(ranges.weights, [1.0])
    np.testing.assert_array_equal(ranges.box_upper, [[4.0, 1.0]])


def test_ranges_that_exclude_nobody_weigh_the_same():
    ranges = network(
        [[1, 0]], [[1, 0]], [1], [1], X=np.array([[2.0, 0.0], [2.0, 0.0], [1.0, 1.0]]), Y=np.array([0, 1, 1])
    )
    np.testing.assert_array_equal(ranges.weights, [0.5, 0.5])


def test_combinations_of_little_support_are_dropped_unless_their_class_has_no_other():
    arguments = [[0, 0], [1, 0], [2, 0]], [[1, 1], [1, 0], [2, 0]], [0, 0, 1], [3, 1, 1]
    np.testing.assert_array_equal(network(*arguments, min_support=2).support, [3, 1])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.0, 1.0),
        (6.0, 1.0),
        (4.0, 1.0),
        (8.0, np.exp((1 - 2.0**2) / 2)),  # z = (16 - 6 - 2)/(6 - 2) = 2
        (0.0, np.exp((1 - 2.0**2) / 2)),
        (7.0, np.exp((1 - 1.5**2) / 2)),
        (1e9, 0.0),
    ],
)
def test_membership_is_one_inside_and_falls_as_a_gaussian_outside(value, expected):
    assert membership(value, 2.0, 6.0, 4.0, 2.0) == pytest.approx(expected, abs=1e-300)


def test_a_value_just_outside_a_wide_range_is_outside():
    X = np.concatenate([np.geomspace(1e-40, 1e-20, 20), np.geomspace(1e-18, 1.0, 40)])[:, None]
    y = np.repeat(["hit", "null"], [20, 40])
    for bounds in ("values", "midpoints"):
        assert ASONNClassifier(bounds=bounds).fit(X, y).score(X, y) == 1.0


def test_a_range_of_one_value_reaches_half_the_smallest_gap():
    # Values of x0 are 0, 1, 2, 4: the smallest gap is 1, so half-width 0.5 around 1.
    ranges = network([[1, 0]], [[1, 0]], [0], [1])
    inside = [memberships(ranges, np.array([value, 0.0]), 0)[0] for value in (1.0, 1.5, 1.75)]
    np.testing.assert_allclose(inside, [1.0, 1.0, np.exp((1 - 1.5**2) / 2)])


def test_midpoints_reach_half_way_to_the_next_training_value_and_no_farther_at_the_ends():
    ranges = network([[0, 0], [2, 2]], [[1, 1], [2, 2]], [0, 1], [3, 1], bounds="midpoints")
    np.testing.assert_array_equal(ranges.reach_lower, [0.0, 0.0, 1.5, 2.0])
    np.testing.assert_array_equal(ranges.reach_upper, [1.5, 2.0, 3.0, 3.0])
    np.testing.assert_array_equal(ranges.upper, [1.0, 1.0, 2.0, 3.0])


def test_midpoints_between_neighbouring_floats_keep_the_foreign_value_out():
    values = np.array([1.0, np.nextafter(1.0, 2.0), np.nextafter(np.nextafter(1.0, 2.0), 2.0)])
    classifier = ASONNClassifier(bounds="midpoints").fit(values[:, None], [0, 1, 2])
    np.testing.assert_array_equal(classifier.predict(values[:, None]), [0, 1, 2])


def test_equal_scores_are_decided_by_support_and_the_probabilities_agree():
    ranges = network([[1, 0], [0, 0]], [[3, 0], [2, 0]], [0, 1], [1, 7])
    deficits, best, _ = winners(ranges, np.array([[1.0, 0.0]]))
    np.testing.assert_array_equal(deficits, [[0.0, 0.0]])
    np.testing.assert_array_equal(decide(ranges, deficits, best), [1])
    found = probabilities(ranges, deficits, best, temperature=1.0)
    assert found.argmax() == 1
    np.testing.assert_allclose(found, 0.5)


def test_probabilities_are_the_soft_max_of_the_scores():
    ranges = network([[0, 0], [2, 0]], [[1, 1], [2, 0]], [0, 1], [3, 1])
    deficits, best, _ = winners(ranges, X)
    scores = 1 - deficits
    for temperature in (1.0, 0.1):
        expected = np.exp(scores / temperature) / np.exp(scores / temperature).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(probabilities(ranges, deficits, best, temperature), expected)


rows = hnp.arrays(
    np.float64, st.tuples(st.integers(2, 20), st.just(3)), elements=st.integers(0, 5).map(float) | st.just(np.nan)
)


@given(rows)
def test_a_class_scores_as_its_best_combination_whose_missing_values_are_silent(table):
    ranges = ASONNClassifier(missing="inside").fit(table, np.arange(len(table)) % 3)._network
    deficits, best, _ = winners(ranges, table)
    expected = np.full(deficits.shape, np.inf)
    for (i, row), k in product(enumerate(table), range(len(ranges.classes))):
        inside = memberships(ranges, row, k)
        weights = ranges.weights[ranges.starts[k] : ranges.starts[k + 1]]
        heard = ~np.isnan(inside)
        deficit = np.average(1 - inside[heard], weights=weights[heard]) if heard.any() else 1.0
        c = ranges.classes[k]
        expected[i, c] = min(expected[i, c], deficit)
        if best[i, c] == k:
            assert deficits[i, c] == pytest.approx(deficit, abs=1e-12)
    np.testing.assert_allclose(deficits, expected, atol=1e-12)
