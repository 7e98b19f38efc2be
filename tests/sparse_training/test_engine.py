import numpy as np
import pytest
from numpy.testing import assert_allclose

from sparse_training.engine import logits, sgd_epoch
from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from tests.sparse_training.networks import MaskedDense, empty_layer, random_network

# sizes, classes, density, samples, batch size: batches of one, of one vector and of several, of several parts; last
# batches that are not full; units without links, layers of one unit, classes that fill and do not fill a block of the
# readout.
CASES = {
    "one sample": ([7, 5], 3, 0.5, 1, 1),
    "batches of one": ([10, 20, 30], 4, 0.1, 9, 1),
    "part of a vector": ([33, 40, 17], 10, 0.05, 23, 10),
    "batch of 32, last one smaller": ([64, 100, 90, 80], 10, 0.03, 75, 32),
    "batch of 128": ([50, 60, 70], 26, 0.02, 300, 128),
    "batch in two parts, last one smaller": ([20, 30, 40], 10, 0.1, 450, 200),
    "dense layers": ([12, 13, 14], 2, 1.0, 40, 32),
    "single units": ([1, 1, 1], 2, 1.0, 12, 10),
    "more inputs than a block": ([49, 16], 5, 0.2, 64, 32),
}


def samples(network, n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, network.n_inputs)).astype(np.float32), rng.integers(network.n_classes, size=n)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("weight_decay", [0.0, 0.01])
def test_an_epoch_equals_autograd_and_sgd_on_the_masked_dense_network(case, weight_decay):
    sizes, n_classes, density, n, batch_size = CASES[case]
    network = random_network(sizes, n_classes, density, seed=len(case))
    images, labels = samples(network, n)
    order = np.random.default_rng(1).permutation(n)
    settings = {
        "batch_size": batch_size,
        "learning_rate": 0.02,
        "momentum_factor": 0.9,
        "weight_decay": weight_decay,
    }

    trained, momentum, loss = sgd_epoch(network, network.zeros_like(), images, labels, order, **settings)
    judge = MaskedDense(network)
    velocities, bias_velocities, judged_loss = judge.descend(images, labels, order, **settings)

    assert_allclose(loss, judged_loss, rtol=1e-5)
    for number, layer in enumerate(trained.sparse_layers):
        velocity = momentum.sparse_layers[number]
        judged = judge.weights[number].detach().numpy()[layer.targets, layer.sources]
        assert_close_to_float32(layer.weights, judged)
        assert_close_to_float32(layer.bias, judge.biases[number].detach().numpy())
        assert_close_to_float32(velocity.weights, velocities[number].numpy()[layer.targets, layer.sources])
        assert_close_to_float32(velocity.bias, bias_velocities[number].numpy())
    assert_close_to_float32(trained.readout_weights, judge.weights[-1].detach().numpy())
    assert_close_to_float32(trained.readout_bias, judge.biases[-1].detach().numpy())
    assert_close_to_float32(momentum.readout_weights, velocities[-1].numpy())
    assert_close_to_float32(momentum.readout_bias, bias_velocities[-1].numpy())


def assert_close_to_float32(values, judged):
    """Equal to float32 rounding of sums whose terms are as large as the largest of the values."""
    assert values.dtype == np.float32
    assert_allclose(values, judged, rtol=2e-5, atol=5e-6 * max(1e-3, np.abs(judged).max(initial=0)))


@pytest.mark.parametrize("seed", range(8))
def test_a_single_gradient_equals_autograd_for_random_shapes(seed):
    rng = np.random.default_rng(seed)
    sizes = [int(size) for size in rng.integers(1, 60, rng.integers(2, 5))]
    network = random_network(sizes, int(rng.integers(2, 30)), float(rng.uniform(0.01, 0.6)), seed)
    n = int(rng.integers(1, 33))
    images, labels = samples(network, n, seed)
    settings = {"batch_size": 32, "learning_rate": 1.0, "momentum_factor": 0.9, "weight_decay": 0.0}

    _, gradient, _ = sgd_epoch(network, network.zeros_like(), images, labels, np.arange(n), **settings)
    velocities, bias_velocities, _ = MaskedDense(network).descend(images, labels, np.arange(n), **settings)

    for number, layer in enumerate(gradient.sparse_layers):
        assert_close_to_float32(layer.weights, velocities[number].numpy()[layer.targets, layer.sources])
        assert_close_to_float32(layer.bias, bias_velocities[number].numpy())
    assert_close_to_float32(gradient.readout_weights, velocities[-1].numpy())


def test_a_layer_without_any_link_learns_by_its_biases_alone():
    full = random_network([6, 8, 9], 3, 0.5, seed=0)
    network = SparseMLP((full.sparse_layers[0], empty_layer(8, 9)), full.readout_weights, full.readout_bias)
    images, labels = samples(network, 20)
    settings = {"batch_size": 10, "learning_rate": 0.1, "momentum_factor": 0.9, "weight_decay": 0.0}

    trained, _, _ = sgd_epoch(network, network.zeros_like(), images, labels, np.arange(20), **settings)
    judge = MaskedDense(network)
    judge.descend(images, labels, np.arange(20), **settings)

    assert_close_to_float32(trained.sparse_layers[1].bias, judge.biases[1].detach().numpy())
    assert_close_to_float32(trained.readout_weights, judge.weights[-1].detach().numpy())


@pytest.mark.parametrize("n", [1, 31, 128, 300])
def test_logits_equal_the_masked_dense_network(n):
    network = random_network([30, 40, 35, 20], 11, 0.1, seed=n)
    images = np.random.default_rng(0).normal(size=(n, 30)).astype(np.float32)
    judged = MaskedDense(network).logits(images).detach().numpy()
    np.testing.assert_allclose(logits(network, images), judged, rtol=1e-5, atol=1e-5)
    assert logits(network, images).dtype == np.float32


def test_accuracy_counts_the_images_whose_largest_logit_is_right():
    network = random_network([10, 20], 4, 0.5, seed=0)
    images = np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32)
    predicted = network.logits(images).argmax(axis=1)
    labels = np.where(np.arange(50) < 40, predicted, (predicted + 1) % 4)
    assert network.accuracy(images, labels) == 0.8


def test_the_network_that_is_trained_from_is_not_changed():
    network = random_network([8, 9, 10], 3, 0.3, seed=0)
    before = {name: array.copy() for name, array in network.to_arrays().items()}
    images, labels = samples(network, 20)
    sgd_epoch(network, network.zeros_like(), images, labels, np.arange(20), batch_size=10, learning_rate=0.1)
    for name, array in network.to_arrays().items():
        np.testing.assert_array_equal(array, before[name])


def test_momenta_without_gradient_vanish_instead_of_becoming_subnormal():
    network = random_network([16, 16], 2, 0.5, seed=0)
    dead = network.sparse_layers[0]
    dead.bias[:] = -1e6  # no unit ever fires: all gradients of the layer are zero
    momentum = network.zeros_like()
    momentum.sparse_layers[0].weights[:] = 1e-30
    images, labels = samples(network, 32 * 250)
    _, momentum, _ = sgd_epoch(
        network, momentum, images, labels, np.arange(len(labels)), batch_size=32, learning_rate=0.1
    )
    assert (momentum.sparse_layers[0].weights == 0).all()  # not 1e-30 × 0.9^250 = 4e-42
    assert np.float32(1e-39) / np.float32(2) > 0  # the processor's mode is given back


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((3, 7)), np.zeros(3, int), r"images must have the shape \(n_samples, 8\), got \(3, 7\)"),
        (np.zeros((3, 8)), np.zeros(2, int), "one for each"),
        (np.zeros((3, 8)), np.array([0, 1, 3]), r"labels must lie in 0\.\.2, got 0\.\.3"),
        (np.zeros((3, 8)), np.array([0.0, 1.0, 2.0]), "whole numbers"),
        (np.zeros((0, 8)), np.zeros(0, int), "at least one image"),
    ],
)
def test_bad_data_is_one_clear_error(images, labels, message):
    network = random_network([8, 9], 3, 0.5, seed=0)
    with pytest.raises(SparseTrainingError, match=message):
        sgd_epoch(
            network, network.zeros_like(), images, labels, np.arange(len(labels)), batch_size=2, learning_rate=0.1
        )
