from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sparse_training.errors import SparseTrainingError
from sparse_training.link_prediction import Scoring, best_pairs, ch3l3_scores, path_counts, round_significant
from tests.sparse_training.networks import empty_layer

VECTORS = sorted((Path(__file__).parents[1] / "data" / "ch3l3").glob("*.npz"))


def brute_force(sources, targets, shape):
    """CH3-L3 and path counts from the definition: sets of neighbours, one pair and one path after the other."""
    n_left, n_right = shape
    links = set(zip(sources.tolist(), targets.tolist(), strict=True))
    of_left = [{v for v in range(n_right) if (u, v) in links} for u in range(n_left)]
    of_right = [{u for u in range(n_left) if (u, v) in links} for v in range(n_right)]
    scores, counts = np.zeros(shape), np.zeros(shape)
    for u in range(n_left):
        for v in range(n_right):
            if (u, v) in links:
                continue
            paths = [(z1, z2) for z1 in of_left[u] for z2 in of_right[v] if (z2, z1) in links]
            community_right, community_left = {z1 for z1, _ in paths}, {z2 for _, z2 in paths}
            for z1, z2 in paths:
                external1 = len(of_right[z1] - community_left - {u})
                external2 = len(of_left[z2] - community_right - {v})
                scores[u, v] += 1 / np.sqrt((1 + external1) * (1 + external2))
            counts[u, v] = len(paths)
    return scores, counts


@st.composite
def bipartite(draw, largest=9):
    shape = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    pairs = draw(st.sets(st.integers(0, shape[0] * shape[1] - 1)))
    sources, targets = np.divmod(np.array(sorted(pairs), np.int64), shape[1])
    return sources, targets, shape


@given(bipartite())
def test_scores_and_counts_equal_the_set_definition(network):
    scores, counts = brute_force(*network)
    assert_allclose(ch3l3_scores(*network), scores, rtol=1e-12, atol=0)
    assert_array_equal(path_counts(*network), counts)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_scores_equal_those_of_the_rules_authors(path):
    with np.load(path) as vectors:
        links = vectors["left"], vectors["right"], tuple(vectors["shape"])
        assert_allclose(ch3l3_scores(*links), vectors["score"], rtol=1e-9, atol=0)
        assert_array_equal(path_counts(*links), vectors["paths"])


def test_there_are_vectors_of_the_rules_authors():
    assert len(VECTORS) == 5


def test_a_pair_worked_out_by_hand():
    # (0, 2) has the paths 0-0-1-2 and 0-1-2-2 with external degrees (0, 0) and (0, 1).
    sources, targets = np.array([0, 0, 1, 1, 2, 2, 2, 3, 4]), np.array([0, 1, 0, 2, 1, 2, 3, 3, 4])
    assert ch3l3_scores(sources, targets, (6, 5))[0, 2] == pytest.approx(1 + 1 / np.sqrt(2), rel=1e-12)
    assert path_counts(sources, targets, (6, 5))[0, 2] == 2


@given(bipartite())
def test_scores_do_not_depend_on_which_side_is_left(network):
    sources, targets, (n_left, n_right) = network
    assert_allclose(
        ch3l3_scores(sources, targets, (n_left, n_right)),
        ch3l3_scores(targets, sources, (n_right, n_left)).T,
        rtol=1e-12,
    )


@pytest.mark.parametrize("scoring", Scoring)
@given(network=bipartite(largest=12), share=st.floats(0, 1), seed=st.integers(0, 3))
@settings(max_examples=150)
def test_the_best_pairs_are_exactly_the_first_by_rounded_score(scoring, network, share, seed):
    sources, targets, shape = network
    free = shape[0] * shape[1] - len(sources)
    count = int(share * free)
    layer = empty_layer(*shape).with_links(sources * shape[1] + targets, np.ones(len(sources), np.float32))
    scores = (ch3l3_scores if scoring is Scoring.CH3L3 else path_counts)(*network).ravel()
    positive = np.flatnonzero(scores)
    rounded = np.zeros(len(scores))
    rounded[positive] = round_significant(scores[positive], 12)

    new = best_pairs(layer, count, scoring, np.random.default_rng(seed))

    assert len(np.unique(new.positions)) == count
    assert not np.isin(new.positions, layer.positions).any()
    assert_array_equal(np.sort(rounded[new.positions])[::-1], np.sort(rounded)[::-1][:count])
    assert new.shortfall == max(0, count - len(positive))
    assert new.ties == ties_at_the_last_place(rounded, count)


def ties_at_the_last_place(rounded, count):
    ranked = np.sort(rounded)[::-1]
    if count == 0 or count == len(ranked) or ranked[count - 1] == 0 or ranked[count - 1] > ranked[count]:
        return 0
    return int((rounded == ranked[count - 1]).sum())


def test_ties_are_drawn_evenly():
    # 0 – 0 – 1 – v for v in 1..4: four pairs with one path each.
    layer = empty_layer(2, 5).with_links(np.array([0, 5, 6, 7, 8, 9]), np.ones(6, np.float32))
    tied = np.array([1, 2, 3, 4])
    draws = [best_pairs(layer, 1, Scoring.PATHS, np.random.default_rng(seed)).positions for seed in range(400)]
    counts = np.array([sum(pair in draw for draw in draws) for pair in tied])
    assert counts.sum() == 400
    assert counts.min() > 60  # 100 are expected, with a standard deviation of 9


def test_a_large_layer_with_many_ties_is_chosen_from_without_a_full_table():
    rng = np.random.default_rng(0)
    positions = np.sort(rng.choice(400 * 300, 2000, replace=False))
    layer = empty_layer(400, 300).with_links(positions, np.ones(2000, np.float32))
    scores = path_counts(layer.sources, layer.targets, layer.shape).ravel()
    for count in (1, 700, 5000, 20000):
        new = best_pairs(layer, count, Scoring.PATHS, rng)
        expected = np.sort(scores)[::-1][:count]
        assert_array_equal(np.sort(scores[new.positions])[::-1], expected)


def test_scores_are_rounded_to_significant_digits_not_decimals():
    assert_allclose(round_significant(np.array([1.23456, 0.00123456, 9.9999]), 3), [1.23, 0.00123, 10.0], rtol=1e-12)


@pytest.mark.parametrize(
    ("sources", "targets", "message"),
    [
        ([0, 1], [0], "one source and one target"),
        ([0, 3], [0, 0], "within the shape"),
        ([0, 0], [1, 1], "unique"),
    ],
)
def test_bad_links_are_one_clear_error(sources, targets, message):
    with pytest.raises(SparseTrainingError, match=message):
        ch3l3_scores(np.array(sources), np.array(targets), (3, 3))
