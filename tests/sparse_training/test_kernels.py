"""The building blocks of the kernels, each against NumPy."""

import numpy as np
import pytest

from numba_vectors.vectors import width_of
from sparse_training.engine import Packing, logits
from sparse_training.kernels.forward import gather_batch
from sparse_training.network import SparseMLP
from tests.sparse_training.networks import MaskedDense, random_network


@pytest.mark.parametrize("n_inputs", [5, 16, 39])
@pytest.mark.parametrize("samples", [1, 16, 20, 32])
def test_a_batch_is_gathered_transposed_with_zeros_in_lanes_without_a_sample(n_inputs, samples):
    rng = np.random.default_rng(0)
    images = rng.normal(size=(60, n_inputs)).astype(np.float32)
    order = rng.permutation(60)
    width = width_of(32)
    activations = np.full(n_inputs * 32, np.nan, np.float32)
    gather_batch(activations, images, order, 3, samples, width)
    batch = activations.reshape(n_inputs, 32)
    np.testing.assert_array_equal(batch[:, :samples], images[order[3 : 3 + samples]].T)
    assert not batch[:, samples:].any()


@pytest.mark.parametrize("samples", [1, 31, 128, 300])
def test_logits_equal_the_masked_dense_network(samples):
    network = random_network([30, 40, 35, 20], 11, 0.1, seed=samples)
    images = np.random.default_rng(0).normal(size=(samples, 30)).astype(np.float32)
    judged = MaskedDense(network).logits(images).detach().numpy()
    np.testing.assert_allclose(logits(network, images), judged, rtol=1e-5, atol=1e-5)
    assert logits(network, images).dtype == np.float32


def test_accuracy_counts_the_images_whose_largest_logit_is_right():
    network = random_network([10, 20], 4, 0.5, seed=0)
    images = np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32)
    predicted = network.logits(images).argmax(axis=1)
    labels = np.where(np.arange(50) < 40, predicted, (predicted + 1) % 4)
    assert network.accuracy(images, labels) == 0.8


@pytest.mark.parametrize("sizes", [[3, 5], [16, 16, 16], [17, 1, 33]])
def test_packing_and_unpacking_give_the_network_back(sizes):
    network = random_network(sizes, 5, 0.4, seed=0)
    packing = Packing.of(network)
    unpacked = packing.unpack(network.zeros_like(), *packing.pack(network))
    assert isinstance(unpacked, SparseMLP)
    for one, other in zip(network.to_arrays().values(), unpacked.to_arrays().values(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.count_nonzero(packing.pack(network)[0]) == network.n_links + network.readout_weights.size
