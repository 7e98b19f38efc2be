"""The building blocks of the kernels, each against NumPy."""

import subprocess
import sys

import numba
import numpy as np
import pytest

from sparse_training.engine import Packing, logits
from sparse_training.kernels import compilation, simd
from sparse_training.kernels.forward import gather_batch
from sparse_training.kernels.simd import flush_subnormals, load, restore_subnormals, row_sums, store, width_of
from sparse_training.network import SparseMLP
from tests.sparse_training.networks import MaskedDense, random_network


def test_row_sums_adds_each_of_16_rows():
    @numba.njit
    def sums(block, result):
        store(result, 0, row_sums(block))

    block = np.random.default_rng(0).integers(-1000, 1000, 256).astype(np.float32)  # exact in float32
    result = np.zeros(16, np.float32)
    sums(block, result)
    np.testing.assert_array_equal(result, block.reshape(16, 16).sum(axis=1))


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


@pytest.mark.skipif(not simd._IS_X86, reason="other processors handle subnormals at full speed: nothing is flushed")
def test_subnormals_are_flushed_only_between_the_two_calls():
    @numba.njit
    def products(values, result):
        control_word = flush_subnormals()
        result[0] = values[0] * values[1]
        restore_subnormals(control_word)
        return values[0]

    values, result = np.array([1e-30, 1e-10], np.float32), np.ones(1, np.float32)
    products(values, result)
    assert result[0] == 0
    assert values[0] * values[1] > 0


def test_a_vector_is_loaded_and_stored_at_any_offset():
    @numba.njit
    def copy(source, target, width):
        store(target, 3, load(source, 5, width))

    source, target = np.arange(64, dtype=np.float32), np.zeros(64, np.float32)
    copy(source, target, width_of(32))
    np.testing.assert_array_equal(target[3:35], source[5:37])
    assert not target[:3].any()
    assert not target[35:].any()


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


def test_the_cache_of_compiled_kernels_changes_with_any_kernel_source(tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text("a = 1")
    (tmp_path / "two.py").write_text("b = 1")
    monkeypatch.setattr(compilation, "_KERNELS", tmp_path)
    before = compilation.cache_folder()
    assert compilation.cache_folder() == before
    (tmp_path / "two.py").write_text("b = 2")
    assert compilation.cache_folder() != before


def test_a_cache_folder_of_the_users_choice_is_kept_to_and_no_other_cache_is_moved(tmp_path):
    code = (
        "import numba; import numpy as np; from sparse_training.kernels.paths import inverse_roots; inverse_roots(3);"
        "print(numba.config.CACHE_DIR)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd="src",
        env={"NUMBA_CACHE_DIR": str(tmp_path), "PATH": ""},
    )
    assert result.stdout.strip() == str(tmp_path)
    assert list(tmp_path.glob("kernels-*/*/*.nbi"))
