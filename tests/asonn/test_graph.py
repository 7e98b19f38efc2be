import numpy as np

from asonn.graph import MISSING, associate, contradictory_objects, value_object_weights, value_similarity
from asonn.seed_order import order_of_seeds

TABLE = np.array([[2.0, 5.0], [0.0, 5.0], [2.0, 5.0], [np.nan, 7.0], [2.0, 5.0]])
CLASSES = np.array([1, 0, 1, 0, 0])


def test_identical_rows_of_a_class_are_one_object_with_a_multiplicity():
    graph = associate(TABLE, CLASSES, 2)
    np.testing.assert_array_equal(graph.ranks, [[MISSING, 1], [0, 0], [1, 0], [1, 0]])
    np.testing.assert_array_equal(graph.classes, [0, 0, 0, 1])
    np.testing.assert_array_equal(graph.multiplicity, [1, 1, 1, 2])
    np.testing.assert_array_equal(graph.row_objects, [3, 1, 3, 0, 2])


def test_values_know_their_objects_and_are_scaled_to_the_unit_interval():
    graph = associate(TABLE, CLASSES, 2)
    np.testing.assert_array_equal(graph.values, [0, 2, 5, 7])
    np.testing.assert_array_equal(graph.unit_values, [0, 1, 0, 1])
    assert [graph.value_objects[graph.value_starts[g] : graph.value_starts[g + 1]].tolist() for g in range(4)] == [
        [1],
        [2, 3],
        [1, 2, 3],
        [0],
    ]


def test_minus_zero_and_zero_are_one_value():
    assert len(associate(np.array([[-0.0], [0.0]]), np.array([0, 0]), 1).values) == 1


def test_scaled_values_stay_distinct_at_the_extremes_of_floating_point():
    columns = np.array([[-1.7e308, 5e-324], [1.7e308, 0.0], [1.0, 1e-323], [2.0, 1.0]])
    graph = associate(columns, np.zeros(4, dtype=int), 1)
    for attribute in range(2):
        units = graph.unit_values[graph.offsets[attribute] : graph.offsets[attribute + 1]]
        assert (np.diff(units) > 0).all()
        assert np.isfinite(units).all()


def test_objects_with_equal_values_and_different_classes_are_contradictory():
    np.testing.assert_array_equal(contradictory_objects(associate(TABLE, CLASSES, 2)), [False, False, True, True])


def test_similarity_of_values_falls_with_their_distance():
    graph = associate(np.array([[0.0], [1.0], [4.0]]), np.zeros(3, dtype=int), 1)
    np.testing.assert_allclose(value_similarity(graph, 0), [[1, 0.75, 0], [0.75, 1, 0.25], [0, 0.25, 1]])
    np.testing.assert_allclose(value_similarity(graph, 0, exponent=2)[0], [1, 0.5625, 0])


def test_values_support_objects_by_the_share_of_their_class():
    weights = value_object_weights(associate(TABLE, CLASSES, 2))
    # Value 2 has rows of class 0, 1, 1; value 5 has 0, 0, 1, 1; value 7 has 0; value 0 has 0.
    np.testing.assert_allclose(weights[0], [0, 1])
    np.testing.assert_allclose(weights[1], np.array([1, 1 / 2]) / 1.5)
    np.testing.assert_allclose(weights[3], np.array([2 / 3, 1 / 2]) / (7 / 6))


def test_seeds_that_share_most_values_with_other_classes_come_first():
    graph = associate(np.array([[0.0, 0.0], [0.0, 1.0], [5.0, 1.0], [9.0, 9.0]]), np.array([0, 1, 0, 1]), 2)
    # Object 1 shares one value with each of the objects 0 and 2, which share one with it; object 3 shares none.
    np.testing.assert_array_equal(order_of_seeds(graph, "hardest", None), [1, 0, 2, 3])
    np.testing.assert_array_equal(order_of_seeds(graph, "easiest", None), [3, 0, 2, 1])


def test_a_missing_value_is_shared_with_nobody():
    graph = associate(np.array([[np.nan, 0.0], [np.nan, 1.0], [3.0, 0.0]]), np.array([0, 1, 1]), 2)
    order = order_of_seeds(graph, "hardest", None)
    assert graph.ranks[order[-1]].tolist() == [MISSING, 1]
