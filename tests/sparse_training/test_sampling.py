import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from sparse_training.errors import SparseTrainingError
from sparse_training.sampling import sample_unlinked


def sample_with_a_mask(linked, n_pairs, count, rng):
    """The same draws with a byte for each pair."""
    taken = np.zeros(n_pairs, bool)
    taken[linked] = True
    if 2 * (len(linked) + count) > n_pairs:
        return rng.choice(np.flatnonzero(~taken), count, replace=False)
    chosen = [np.empty(0, np.int64)]
    missing = count
    while missing:
        draws = rng.integers(n_pairs, size=missing)
        draws = np.unique(draws[~taken[draws]])
        taken[draws] = True
        chosen.append(draws)
        missing -= len(draws)
    return np.concatenate(chosen)


@given(st.integers(1, 300), st.floats(0, 1), st.floats(0, 1), st.integers(0, 100))
def test_draws_are_those_with_a_mask_of_all_pairs(n_pairs, fraction_linked, fraction_drawn, seed):
    n_links = int(fraction_linked * n_pairs)
    count = int(fraction_drawn * (n_pairs - n_links))
    linked = np.sort(np.random.default_rng(seed).choice(n_pairs, n_links, replace=False))
    ours, judge = np.random.default_rng(seed), np.random.default_rng(seed)
    assert_array_equal(sample_unlinked(linked, n_pairs, count, ours), sample_with_a_mask(linked, n_pairs, count, judge))
    assert ours.bit_generator.state == judge.bit_generator.state


def test_a_draw_among_a_million_million_pairs_takes_memory_for_its_links_alone():
    rng = np.random.default_rng(0)
    linked = np.unique(rng.integers(10**12, size=50_000))
    tracemalloc.start()
    drawn = sample_unlinked(linked, 10**12, 20_000, rng)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
    assert len(np.unique(drawn)) == 20_000
    assert not np.isin(drawn, linked).any()


def test_more_links_than_free_pairs_is_one_clear_error():
    with pytest.raises(SparseTrainingError, match="cannot place 4 links: only 3 of 5 pairs have none"):
        sample_unlinked(np.array([0, 2]), 5, 4, np.random.default_rng(0))
