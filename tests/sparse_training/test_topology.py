import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from sparse_training.errors import SparseTrainingError
from sparse_training.measures import count_on_paths, links_on_paths
from sparse_training.methods import Method
from sparse_training.network import SparseMLP
from sparse_training.pruning.magnitude import largest_kept
from sparse_training.regrowth import REGROWTH_RULES, regrowth_rule
from sparse_training.sampling import sample_unlinked
from sparse_training.selection import fraction_of
from sparse_training.settings import TrainingSettings
from sparse_training.topology import topology_update_stages, update_topology
from tests.sparse_training.networks import random_network

SEED = np.random.SeedSequence(0)
REWIRING = ["ch3l3", "paths", "random"]


@pytest.mark.parametrize("rule", REWIRING)
@given(
    sizes=st.lists(st.integers(1, 25), min_size=2, max_size=4),
    density=st.floats(0.01, 1),
    zeta=st.floats(0, 0.99),
    remove_disconnected=st.booleans(),
    regrown_weight=st.sampled_from(["redraw", "keep"]),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=100)
def test_an_update_keeps_counts_exact_and_survivors_untouched(
    rule, sizes, density, zeta, remove_disconnected, regrown_weight, seed
):
    network = random_network(sizes, 3, density, seed)
    momentum = random_network(sizes, 3, density, seed, scale=5.0)  # the same links, other numbers
    before = {name: array.copy() for name, array in network.to_arrays().items()}

    updated, velocities, updates = update_topology(
        network,
        momentum,
        Method(regrowth=rule),
        np.random.default_rng(seed),
        zeta=zeta,
        remove_disconnected=remove_disconnected,
        regrown_weight=regrown_weight,
    )

    kept = [largest_kept(np.abs(layer.weights), fraction_of(layer.n_links, zeta)) for layer in network.sparse_layers]
    if remove_disconnected:
        kept = links_on_paths(network.sparse_layers, kept)
    for number, (layer, mask, update) in enumerate(zip(network.sparse_layers, kept, updates, strict=True)):
        new, velocity = updated.sparse_layers[number], velocities.sparse_layers[number]
        assert new.n_links == layer.n_links
        assert len(np.unique(new.positions)) == layer.n_links
        assert_array_equal(new.positions, np.sort(new.positions))
        assert_array_equal(velocity.positions, new.positions)

        survived = np.isin(new.positions, layer.positions[mask])
        assert survived.sum() == mask.sum()
        assert_array_equal(new.weights[survived], layer.weights[mask])
        assert_array_equal(velocity.weights[survived], momentum.sparse_layers[number].weights[mask])
        assert (velocity.weights[~survived] == 0).all()
        assert_array_equal(new.bias, layer.bias)

        assert update.removed_by_magnitude == fraction_of(layer.n_links, zeta)
        assert update.removed_by_magnitude + update.removed_off_path == update.regrown == (~mask).sum()
        returned = np.isin(new.positions, layer.positions[~mask])
        assert update.regrown_just_removed == returned.sum()
        if regrown_weight == "keep":
            assert_array_equal(new.weights[returned], layer.weights[np.isin(layer.positions, new.positions) & ~mask])
    for name, array in network.to_arrays().items():
        assert_array_equal(array, before[name])


def test_new_weights_have_the_variance_of_initialisation():
    network = SparseMLP.random([400, 500], n_classes=2, density=0.1, rng=np.random.default_rng(0))
    updated, _, _ = update_topology(network, network.zeros_like(), Method(), np.random.default_rng(1), zeta=0.9)
    new = updated.sparse_layers[0].weights[
        ~np.isin(updated.sparse_layers[0].positions, network.sparse_layers[0].positions)
    ]
    assert len(new) > 15_000
    assert new.std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    assert abs(new.mean()) < 0.002


@pytest.mark.parametrize(
    ("count", "fraction", "expected"), [(100, 0.29, 29), (7840, 0.3, 2352), (10, 0.7, 7), (3, 0.999, 2), (5, 0, 0)]
)
def test_a_fraction_of_a_count_is_not_spoiled_by_rounding(count, fraction, expected):
    assert fraction_of(count, fraction) == expected


def test_after_off_path_removal_only_links_on_paths_are_left(monkeypatch):
    monkeypatch.setattr(REGROWTH_RULES, "_members", dict(REGROWTH_RULES._members))
    network = random_network([40, 30, 30, 30], 2, 0.04, seed=3)
    seen = []

    @regrowth_rule("watched")
    def watch(context, count):
        seen.append(context.layer)
        return REGROWTH_RULES["random"](context, count)

    update_topology(network, network.zeros_like(), Method(regrowth="watched"), np.random.default_rng(0), zeta=0.3)
    survivors = SparseMLP(tuple(seen), network.readout_weights, network.readout_bias)
    assert count_on_paths(survivors)[0] == survivors.n_links < 0.7 * network.n_links


@pytest.mark.parametrize(("linked", "count"), [(0, 20), (3, 5), (15, 5), (19, 1), (20, 0)])
def test_pairs_without_a_link_are_drawn_evenly(linked, count):
    taken = np.arange(linked)
    counts = np.zeros(20)
    for seed in range(2000):
        drawn = sample_unlinked(taken, 20, count, np.random.default_rng(seed))
        assert len(np.unique(drawn)) == count
        counts[drawn] += 1
    assert (counts[:linked] == 0).all()
    if linked < 20:
        expected = 2000 * count / (20 - linked)
        assert np.abs(counts[linked:] - expected).max() < 5 * np.sqrt(2000 * 0.25)


def links(rows, stage, *events):
    return {
        (row["layer"], row["source"], row["target"]) for row in rows if row["stage"] == stage and row["event"] in events
    }


def test_the_stages_of_an_update_follow_from_each_other():
    network = random_network([12, 10, 10, 10], 3, 0.12, seed=1)
    rows = topology_update_stages(network, "ch3l3", TrainingSettings(epochs=1, zeta=0.3), SEED)

    before = links(rows, "before", "kept")
    weak = links(rows, "removed_by_magnitude", "removed_by_magnitude")
    off_path = links(rows, "removed_off_path", "removed_off_path")
    survivors = links(rows, "regrown", "kept")
    new = links(rows, "regrown", "new")
    assert len(before) == network.n_links
    assert len(weak) == sum(fraction_of(layer.n_links, 0.3) for layer in network.sparse_layers)
    assert off_path
    assert links(rows, "removed_by_magnitude", "kept") == before - weak
    assert links(rows, "removed_off_path", "kept") == before - weak - off_path == survivors
    assert len(survivors | new) == network.n_links
    assert not survivors & new


def test_without_off_path_removal_no_link_is_lost_to_it():
    network = random_network([12, 10, 10, 10], 3, 0.12, seed=1)
    without = TrainingSettings(epochs=1, remove_disconnected=False)
    assert not links(topology_update_stages(network, "random", without, SEED), "removed_off_path", "removed_off_path")


def test_a_rule_without_updates_has_no_stages():
    with pytest.raises(SparseTrainingError, match="static has no topology update"):
        topology_update_stages(random_network([3, 3], 2, 1.0, 0), "static", TrainingSettings(epochs=1), SEED)
