from math import sqrt
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sparse_training.bipartite import BipartiteGraph
from sparse_training.errors import SparseTrainingError
from sparse_training.link_prediction import (
    Scoring,
    best_pairs,
    ch2l3_scores,
    ch2l3n_scores,
    ch3l3_scores,
    ch3l3n_scores,
    path_counts,
    round_significant,
)
from sparse_training.sampling import sample_unlinked
from tests.sparse_training.networks import empty_layer

VECTORS = sorted((Path(__file__).parents[1] / "data" / "ch3l3").glob("*.npz"))


SCORES = {
    Scoring.CH3L3: ch3l3_scores,
    Scoring.CH2L3: ch2l3_scores,
    Scoring.CH3L3N: ch3l3n_scores,
    Scoring.CH2L3N: ch2l3n_scores,
    Scoring.PATHS: path_counts,
}


def brute_force(sources, targets, shape):
    """All scores from their definitions: sets of neighbours, one pair and one path after the other."""
    n_left, n_right = shape
    links = set(zip(sources.tolist(), targets.tolist(), strict=True))
    of_left = [{v for v in range(n_right) if (u, v) in links} for u in range(n_left)]
    of_right = [{u for u in range(n_left) if (u, v) in links} for v in range(n_right)]
    scores = {scoring: np.zeros(shape) for scoring in Scoring}
    for u in range(n_left):
        for v in range(n_right):
            if (u, v) in links:
                continue
            paths = [(z1, z2) for z1 in of_left[u] for z2 in of_right[v] if (z2, z1) in links]
            right, left = {z1 for z1, _ in paths}, {z2 for _, z2 in paths}
            inside1 = {z1: len(of_right[z1] & left) for z1 in right}
            inside2 = {z2: len(of_left[z2] & right) for z2 in left}
            outside1 = {z1: len(of_right[z1] - left - {u}) for z1 in right}
            outside2 = {z2: len(of_left[z2] - right - {v}) for z2 in left}
            for z1, z2 in paths:
                outer = (1 + outside1[z1]) * (1 + outside2[z2])
                scores[Scoring.CH3L3][u, v] += 1 / sqrt(outer)
                scores[Scoring.CH2L3][u, v] += sqrt((1 + inside1[z1]) * (1 + inside2[z2])) / sqrt(outer)
            for inside, outside in ((inside1, outside1), (inside2, outside2)):
                scores[Scoring.CH3L3N][u, v] += sum(1 / (1 + outside[z]) for z in outside)
                scores[Scoring.CH2L3N][u, v] += sum((1 + inside[z]) / (1 + outside[z]) for z in outside)
            scores[Scoring.PATHS][u, v] = len(paths)
    return scores


@st.composite
def bipartite(draw, largest=9):
    shape = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    pairs = draw(st.sets(st.integers(0, shape[0] * shape[1] - 1)))
    sources, targets = np.divmod(np.array(sorted(pairs), np.int64), shape[1])
    return sources, targets, shape


@given(bipartite())
def test_scores_equal_the_set_definition(network):
    judge = brute_force(*network)
    for scoring, scores in SCORES.items():
        assert_allclose(scores(*network), judge[scoring], rtol=1e-12, atol=0)


@given(bipartite())
def test_scores_are_the_same_where_tables_over_pairs_of_units_would_be_too_large(network):
    expected = {scoring: scores(*network) for scoring, scores in SCORES.items()}
    with patch("sparse_training.bipartite.TABLE_BYTES", 0):
        for scoring, scores in SCORES.items():
            assert_allclose(scores(*network), expected[scoring], rtol=1e-12, atol=0)


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


def chosen_from_all_scores(layer, count, scoring, rng):
    """What `best_pairs` is to return, from a full table: round, sort, draw among those tied at the last place."""
    scores = SCORES[scoring](layer.sources, layer.targets, layer.shape).ravel()
    scored = np.flatnonzero(scores)
    if len(scored) <= count:
        linked = np.sort(np.concatenate([layer.positions, scored]))
        filled = sample_unlinked(linked, len(scores), count - len(scored), rng)
        return np.sort(np.concatenate([scored, filled])), 0, count - len(scored)
    rounded = np.zeros(len(scores))
    rounded[scored] = round_significant(scores[scored], 12)
    last = np.sort(rounded)[::-1][count - 1]
    above, tied = np.flatnonzero(rounded > last), np.flatnonzero(rounded == last)
    places = count - len(above)
    if places == len(tied):
        return np.sort(np.concatenate([above, tied])), 0, 0
    return np.sort(np.concatenate([above, rng.choice(tied, places, replace=False)])), len(tied), 0


def assert_the_best(layer, fraction, scoring, seed):
    """Both ways to the best pairs give exactly those of the full table, drawn with the same numbers."""
    free = layer.n_in * layer.n_out - layer.n_links
    count = min(free, 1 + int(fraction * free))
    positions, ties, shortfall = chosen_from_all_scores(layer, count, scoring, np.random.default_rng(seed))
    for by_tables in (True, False):
        with patch.object(BipartiteGraph, "_tables_cost_less", lambda _, by_tables=by_tables: by_tables):
            new = best_pairs(layer, count, scoring, np.random.default_rng(seed))
        assert_array_equal(new.positions, positions)
        assert (new.ties, new.shortfall) == (ties, shortfall)


def linked_layer(sources, targets, shape):
    return empty_layer(*shape).with_links(sources * shape[1] + targets, np.ones(len(sources), np.float32))


@pytest.mark.parametrize("scoring", Scoring)
@given(network=bipartite(largest=12), fraction=st.floats(0, 1), seed=st.integers(0, 3))
@settings(max_examples=100)
def test_the_best_pairs_are_exactly_the_first_by_rounded_score(scoring, network, fraction, seed):
    assert_the_best(linked_layer(*network), fraction, scoring, seed)


@st.composite
def with_hubs(draw):
    """Links gathered in few units, as late in training, and units copied so that many pairs tie."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    shape = draw(st.integers(20, 60)), draw(st.integers(20, 60))
    exponent = draw(st.floats(0, 2))
    weights = [(1 + np.arange(n)) ** -exponent for n in shape]
    linked = rng.random(shape) < np.minimum(1, draw(st.floats(0.1, 4)) * np.outer(*weights))
    copies = draw(st.integers(1, 4))
    sources, targets = np.nonzero(np.tile(linked, (copies, 1)))
    return sources, targets, (copies * shape[0], shape[1])


@pytest.mark.parametrize("scoring", Scoring)
@given(network=with_hubs(), fraction=st.floats(0, 0.5), seed=st.integers(0, 3))
@settings(max_examples=40)
def test_the_best_pairs_of_networks_with_hubs_and_ties_are_exactly_the_first_by_rounded_score(
    scoring, network, fraction, seed
):
    assert_the_best(linked_layer(*network), fraction, scoring, seed)


def late_layer(n_in, n_out, n_links, updates, rng):
    """A layer as it is before regrowth late in training: its links gathered in few units by the rule itself."""
    positions = np.sort(rng.choice(n_in * n_out, n_links, replace=False))
    for _ in range(updates):
        kept = np.sort(rng.choice(positions, int(0.7 * n_links), replace=False))
        layer = empty_layer(n_in, n_out).with_links(kept, np.ones(len(kept), np.float32))
        new = best_pairs(layer, n_links - len(kept), Scoring.CH3L3, rng)
        positions = np.sort(np.concatenate([kept, new.positions]))
    return layer


@pytest.mark.parametrize("scoring", Scoring)
def test_the_best_pairs_late_in_training_are_exactly_the_first_by_rounded_score(scoring):
    layer = late_layer(120, 90, 900, 12, np.random.default_rng(0))
    for fraction in (0.001, 0.01, 0.025, 0.1, 0.5):
        assert_the_best(layer, fraction, scoring, seed=0)


def test_late_in_training_tables_leave_few_pairs_to_score():
    layer = late_layer(300, 200, 3000, 30, np.random.default_rng(0))
    graph = BipartiteGraph.of(layer.sources, layer.targets, layer.shape, Scoring.CH3L3.value)
    assert graph._tables_cost_less()
    sure, open_, _ = graph.leading(900, 1e-11)
    assert len(sure) > 800
    assert len(open_) < 200


def test_ties_are_drawn_evenly():
    # 0 – 0 – 1 – v for v in 1..4: four pairs with one path each.
    layer = empty_layer(2, 5).with_links(np.array([0, 5, 6, 7, 8, 9]), np.ones(6, np.float32))
    tied = np.array([1, 2, 3, 4])
    draws = [best_pairs(layer, 1, Scoring.PATHS, np.random.default_rng(seed)).positions for seed in range(400)]
    counts = np.array([sum(pair in draw for draw in draws) for pair in tied])
    assert counts.sum() == 400
    assert counts.min() > 60  # 100 are expected, with a standard deviation of 9


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
