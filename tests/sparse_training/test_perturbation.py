import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from sparse_training.network import SparseMLP
from sparse_training.perturbation import PERTURBATIONS, perturb, sweep
from sparse_training.selection import fraction_of
from tests.sparse_training.networks import empty_layer, random_network

REMOVALS = ["random_pruning", "weight_order", "reverse_weight_order"]
LEVELS = st.floats(0, 1)


@pytest.fixture(scope="module")
def network():
    return random_network([30, 40, 35, 25], 5, 0.2, seed=0)


@pytest.fixture(scope="module")
def samples(network):
    rng = np.random.default_rng(0)
    return rng.normal(size=(64, 30)).astype(np.float32), rng.integers(5, size=64)


def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize("name", list(PERTURBATIONS))
def test_level_zero_changes_nothing(name, network):
    perturbed = perturb(network, name, 0.0, rng())
    for one, other in zip(network.to_arrays().values(), perturbed.to_arrays().values(), strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize("name", list(PERTURBATIONS))
@given(level=LEVELS)
def test_readout_and_biases_are_never_touched_nor_the_network_that_is_given(name, level):
    network = random_network([30, 40, 35], 5, 0.2, seed=0)
    before = {key: array.copy() for key, array in network.to_arrays().items()}
    perturbed = perturb(network, name, level, rng()).to_arrays()
    for key, array in network.to_arrays().items():
        assert_array_equal(array, before[key])
        if key.startswith(("readout", "bias")):
            assert_array_equal(perturbed[key], before[key])


@pytest.mark.parametrize("name", REMOVALS)
@given(level=LEVELS)
def test_each_layer_loses_exactly_the_floor_of_its_fraction_and_keeps_the_other_weights(name, level):
    network = random_network([30, 40, 35], 5, 0.2, seed=0)
    perturbed = perturb(network, name, level, rng())
    for layer, left in zip(network.sparse_layers, perturbed.sparse_layers, strict=True):
        assert left.n_links == layer.n_links - fraction_of(layer.n_links, level)
        assert_array_equal(left.weights, layer.weights[np.isin(layer.positions, left.positions)])


@pytest.mark.parametrize("name", REMOVALS)
@given(levels=st.tuples(LEVELS, LEVELS))
def test_links_lost_at_one_level_are_lost_at_every_higher_one(name, levels):
    network = random_network([30, 40, 35], 5, 0.2, seed=0)
    less, more = (perturb(network, name, level, rng()) for level in sorted(levels))
    for one, other in zip(less.sparse_layers, more.sparse_layers, strict=True):
        assert np.isin(other.positions, one.positions).all()


def test_weight_orders_remove_the_strongest_or_the_weakest(network):
    for layer, strong_gone, weak_gone in zip(
        network.sparse_layers,
        perturb(network, "weight_order", 0.3, rng()).sparse_layers,
        perturb(network, "reverse_weight_order", 0.3, rng()).sparse_layers,
        strict=True,
    ):
        ranked = np.sort(np.abs(layer.weights))
        assert_array_equal(np.sort(np.abs(strong_gone.weights)), ranked[: strong_gone.n_links])
        assert_array_equal(np.sort(np.abs(weak_gone.weights)), ranked[-weak_gone.n_links :])


@given(level=LEVELS)
def test_shuffling_keeps_the_weights_of_each_layer_and_moves_none_further_than_a_bin(level):
    network = random_network([30, 40, 35], 5, 0.2, seed=0)
    shuffled = perturb(network, "weight_shuffling", level, rng())
    for layer, other in zip(network.sparse_layers, shuffled.sparse_layers, strict=True):
        assert_array_equal(layer.positions, other.positions)
        assert_array_equal(np.sort(layer.weights), np.sort(other.weights))
        assert np.abs(layer.weights - other.weights).max() <= level * np.ptp(layer.weights) * (1 + 1e-6)


def test_full_shuffling_is_a_permutation_of_all_weights_that_moves_even_the_largest():
    layer = empty_layer(2, 10).with_links(np.arange(20), np.arange(20, dtype=np.float32))
    network = SparseMLP((layer,), np.ones((2, 10), np.float32), np.zeros(2, np.float32))
    places = np.zeros((20, 20))
    for seed in range(2000):
        shuffled = perturb(network, "weight_shuffling", 1.0, np.random.default_rng(seed)).sparse_layers[0].weights
        places[np.arange(20), shuffled.astype(int)] += 1
    assert np.abs(places - 100).max() < 60  # every weight reaches every place, 100 times on average


def test_weights_of_a_bin_change_places_among_themselves_only():
    weights = np.array([0.0, 0.1, 0.2, 0.6, 0.7, 1.0], np.float32)  # bins at level 0.5: [0, 0.5) and [0.5, 1]
    layer = empty_layer(1, 6).with_links(np.arange(6), weights)
    network = SparseMLP((layer,), np.ones((2, 6), np.float32), np.zeros(2, np.float32))
    outcomes = {
        tuple(perturb(network, "weight_shuffling", 0.5, np.random.default_rng(seed)).sparse_layers[0].weights.tolist())
        for seed in range(300)
    }
    assert {frozenset(outcome[:3]) for outcome in outcomes} == {frozenset(weights[:3].tolist())}
    assert len(outcomes) == 36  # 3! × 3!


def test_equal_weights_and_empty_layers_can_be_perturbed():
    layers = empty_layer(3, 4), empty_layer(4, 5).with_links(np.arange(20), np.full(20, 0.5, np.float32))
    network = SparseMLP(layers, np.ones((2, 5), np.float32), np.zeros(2, np.float32))
    for name in PERTURBATIONS:
        perturb(network, name, 0.5, rng())


@pytest.mark.parametrize("level", [0.3, 2.0])
def test_noise_has_the_stated_size(level):
    network = random_network([200, 300], 5, 0.5, seed=0)
    noise = perturb(network, "weight_noise", level, rng()).sparse_layers[0].weights - network.sparse_layers[0].weights
    assert noise.std() == pytest.approx(level * np.abs(network.sparse_layers[0].weights).mean(), rel=0.02)
    assert abs(noise.mean()) < 0.02 * level


@pytest.mark.parametrize("name", REMOVALS)
@given(level=LEVELS)
def test_layers_together_lose_the_floor_of_the_fraction_of_all_links(name, level):
    network = random_network([30, 40, 35], 5, 0.2, seed=0)
    perturbed = perturb(network, name, level, rng(), layers_together=True)
    assert perturbed.n_links == network.n_links - fraction_of(network.n_links, level)
    weights = np.concatenate([np.abs(layer.weights) for layer in network.sparse_layers])
    left = np.concatenate([np.abs(layer.weights) for layer in perturbed.sparse_layers])
    if name == "weight_order":
        assert_array_equal(np.sort(left), np.sort(weights)[: len(left)])
    if name == "reverse_weight_order":
        assert_array_equal(np.sort(left), np.sort(weights)[len(weights) - len(left) :])


@pytest.mark.parametrize("layers_together", [False, True])
@pytest.mark.parametrize("name", list(PERTURBATIONS))
def test_the_readout_is_damaged_on_demand(name, layers_together, network):
    perturbed = perturb(network, name, 0.5, rng(), readout=True, layers_together=layers_together)
    assert perturbed.readout_weights.shape == network.readout_weights.shape
    assert perturbed.readout_weights.dtype == np.float32
    assert (perturbed.readout_weights != network.readout_weights).any()
    assert_array_equal(perturbed.readout_bias, network.readout_bias)
    if name in REMOVALS:
        lost = np.count_nonzero(perturbed.readout_weights == 0)
        left = perturbed.n_links + perturbed.readout_weights.size - lost
        assert left == pytest.approx((network.n_links + network.readout_weights.size) / 2, abs=2)
        if not layers_together:
            assert lost == fraction_of(network.readout_weights.size, 0.5)


def test_shuffling_layers_together_moves_weights_between_layers(network):
    shuffled = perturb(network, "weight_shuffling", 1.0, rng(), layers_together=True)
    before = [np.sort(layer.weights) for layer in network.sparse_layers]
    after = [np.sort(layer.weights) for layer in shuffled.sparse_layers]
    assert_array_equal(np.sort(np.concatenate(before)), np.sort(np.concatenate(after)))
    assert not np.array_equal(before[0], after[0])


@pytest.mark.parametrize("name", REMOVALS)
def test_without_links_the_biases_alone_decide(name, network, samples):
    perturbed = perturb(network, name, 1.0, rng())
    assert perturbed.n_links == 0
    hidden = np.maximum(network.sparse_layers[-1].bias, 0)
    logits = network.readout_weights @ hidden + network.readout_bias
    np.testing.assert_allclose(perturbed.logits(samples[0]), np.tile(logits, (64, 1)), rtol=1e-5, atol=1e-6)


def test_a_sweep_starts_at_the_accuracy_of_the_network_and_repeats_what_it_drew(network, samples):
    rows = sweep(network, "random_pruning", [0.0, 0.4, 1.0], *samples, seed=3, repeats=2)
    assert [(row["repeat"], row["level"]) for row in rows] == [(r, level) for r in (0, 1) for level in (0.0, 0.4, 1.0)]
    assert rows[0]["accuracy"] == rows[3]["accuracy"] == network.accuracy(*samples)
    assert rows == sweep(network, "random_pruning", [0.0, 0.4, 1.0], *samples, seed=3, repeats=2)
    assert rows[1] != rows[4] | {"repeat": 0}
    assert [row["links_on_paths"] for row in rows[:3]] == sorted(
        (row["links_on_paths"] for row in rows[:3]), reverse=True
    )
    assert rows[2]["links_on_paths"] == rows[2]["units_on_paths"] == 0
