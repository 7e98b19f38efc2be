"""Dense controls: their widths, and their training by PyTorch, which must be that of the kernels."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparse_training import SparseMLP, SparseTrainingError, TrainingSettings, dense, initial_network, train
from sparse_training.dense import DenseRun, train_dense
from sparse_training.methods.narrow_dense import narrow_sizes
from sparse_training.randomness import as_seed_sequence


def parameters(network):
    biases = sum(layer.n_out for layer in network.sparse_layers) + network.n_classes
    return network.n_links + network.readout_weights.size + biases


def dense_networks(sizes, count):
    return [
        SparseMLP.random(sizes, n_classes=3, density=0.1, rng=np.random.default_rng(seed), initial_topology="complete")
        for seed in range(count)
    ]


def data(samples, n_inputs):
    rng = np.random.default_rng(1)
    labels = rng.integers(3, size=samples)
    images = rng.standard_normal((samples, n_inputs)).astype(np.float32) + labels[:, None].astype(np.float32)
    return images, labels


def test_the_narrow_network_of_the_paper_has_as_many_parameters_as_the_sparse_one():
    narrow = narrow_sizes([784, 1000, 1000, 1000], 10, 0.01)
    assert narrow == [46, 46, 46]
    rng = np.random.default_rng(0)
    sparse = SparseMLP.random([784, 1000, 1000, 1000], n_classes=10, density=0.01, rng=rng)
    dense = SparseMLP.random([784, *narrow], n_classes=10, density=1, rng=rng)
    assert abs(parameters(dense) / parameters(sparse) - 1) < 0.01


@given(st.integers(1, 60), st.lists(st.integers(1, 60), min_size=1, max_size=3), st.integers(1, 5), st.floats(0.01, 1))
def test_no_narrower_or_wider_network_of_the_same_proportions_comes_closer(n_inputs, hidden, n_classes, density):
    def counted(hidden, density):
        units = [n_inputs, *hidden]
        links = sum(density * a * b for a, b in pairwise(units))
        return links + sum(hidden) + n_classes * (hidden[-1] + 1)

    found = narrow_sizes([n_inputs, *hidden], n_classes, density)
    distance = abs(counted(found, 1) - counted(hidden, density))
    assert all(1 <= narrow <= wide for narrow, wide in zip(found, hidden, strict=True))
    for width in range(1, max(hidden) + 1):
        other = [max(1, round(units * width / max(hidden))) for units in hidden]
        assert distance <= abs(counted(other, 1) - counted(hidden, density)) + 1e-9


def test_a_network_without_hidden_layers_has_no_narrow_counterpart():
    with pytest.raises(SparseTrainingError, match="at least one hidden layer"):
        narrow_sizes([784], 10, 0.01)


def test_narrow_dense_has_all_links_at_any_density_and_keeps_them():
    images, labels = data(40, 6)
    settings = TrainingSettings(epochs=2, density=0.1)
    rng = np.random.default_rng(0)
    network = initial_network([6, 5, 4], n_classes=3, rule="narrow_dense", settings=settings, rng=rng)
    run = train(network, images, labels, images, labels, rule="narrow_dense", settings=settings, seed=0)
    assert [layer.n_links for layer in run.network.sparse_layers] == [30, 20]
    assert run.topology[-1]["regrown"] == 0


@pytest.mark.parametrize("schedule", ["linear", "constant"])
def test_networks_trained_together_by_torch_are_those_that_the_kernels_train_one_by_one(schedule):
    settings = TrainingSettings(
        epochs=3, batch_size=16, learning_rate=0.05, learning_rate_schedule=schedule, momentum=0.8, weight_decay=1e-3
    )
    networks = dense_networks([8, 20, 12], 3)
    images, labels = data(75, 8)  # the last batch has 11
    tested, answers = data(30, 8)
    seeds = [as_seed_sequence(seed) for seed in (5, 6, 7)]
    untouched = networks[0].readout_weights.copy()
    together, records = train_dense(
        networks, images, labels, tested, answers, settings=settings, seeds=seeds, device="cpu"
    )
    for network, seed, trained, epochs in zip(networks, seeds, together, records, strict=True):
        run = train(network, images, labels, tested, answers, rule="static", settings=settings, seed=seed)
        for ours, theirs in zip(trained.sparse_layers, run.network.sparse_layers, strict=True):
            np.testing.assert_allclose(ours.weights, theirs.weights, atol=2e-5)
            np.testing.assert_allclose(ours.bias, theirs.bias, atol=2e-5)
            assert (ours.positions == theirs.positions).all()
        np.testing.assert_allclose(trained.readout_weights, run.network.readout_weights, atol=2e-5)
        for ours, theirs in zip(epochs, run.history, strict=True):
            assert ours.history["training_loss"] == pytest.approx(theirs["training_loss"], rel=1e-4)
            assert ours.history["test_accuracy"] == pytest.approx(theirs["test_accuracy"], abs=1 / 30 + 1e-9)
        assert [row for epoch in epochs for row in epoch.topology] == run.topology
        assert [set(epoch.timings) for epoch in epochs] == [set(row) for row in run.timings]
    assert (networks[0].readout_weights == untouched).all()


@pytest.mark.parametrize("momentum", [0.0, 0.8])
def test_a_training_that_goes_on_from_its_stored_state_ends_in_the_same_bytes(momentum):
    images, labels = data(75, 8)
    settings = TrainingSettings(epochs=4, batch_size=16, learning_rate_schedule="linear", momentum=momentum)
    runs = []

    def trained(**options):
        return train_dense(
            dense_networks([8, 20, 12], 2),
            *(images, labels, images, labels),
            settings=settings,
            seeds=[0, 1],
            device="cpu",
            **options,
        )

    whole, records = trained(after_epoch=runs.append)
    assert [run.epoch for run in runs] == [1, 2, 3, 4]
    stored = DenseRun.from_arrays(runs[1].to_arrays(), json.loads(json.dumps(runs[1].rows())), "cpu")
    for start in (stored, runs[1], runs[1]):  # once more: a run stays as it is
        resumed, continued = trained(resume_from=start)
        for left, right in zip(whole, resumed, strict=True):
            for name, array in left.to_arrays().items():
                assert (array == right.to_arrays()[name]).all(), name
        for left, right in zip(records, continued, strict=True):
            assert [(row.history, row.topology) for row in left] == [(row.history, row.topology) for row in right]


@pytest.mark.parametrize("trained", [False, True], ids=["an epoch", "its test"])
def test_every_operation_on_a_device_finds_its_tensors_there(monkeypatch, trained):
    """PyTorch's device `meta` takes any operation but one that mixes devices, or that needs the values."""
    if trained:
        monkeypatch.setattr(dense, "_epoch", lambda *_: np.zeros(2))
    images, labels = data(20, 8)
    settings = TrainingSettings(epochs=1, batch_size=8)
    with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor") as refused:
        train_dense(
            dense_networks([8, 20, 12], 2),
            images,
            labels,
            images,
            labels,
            settings=settings,
            seeds=[0, 1],
            device="meta",
        )
    assert refused.traceback[-1].name == ("_accuracies" if trained else "_epoch")
    assert "cpu()" in str(refused.traceback[-1].statement)  # the results, which are then moved to the CPU


def test_a_network_with_links_missing_is_refused():
    (network,) = dense_networks([8, 20], 1)
    layer = network.sparse_layers[0]
    sparse = replace(network, sparse_layers=(layer.select(np.arange(layer.n_links) > 0),))
    images, labels = data(20, 8)
    with pytest.raises(SparseTrainingError, match="all pairs linked"):
        train_dense([sparse], images, labels, images, labels, settings=TrainingSettings(epochs=1), seeds=[0])


@pytest.mark.parametrize(
    ("sizes", "seeds", "message"),
    [
        ([], [], "one for each network; got 0 for 0"),
        ([[8, 20]], [0, 1], "one for each network; got 2 for 1"),
        ([[8, 20], [8, 21]], [0, 1], "networks of the same sizes"),
    ],
)
def test_networks_that_cannot_be_trained_together_are_refused(sizes, seeds, message):
    networks = [dense_networks(each, 1)[0] for each in sizes]
    images, labels = data(20, 8)
    with pytest.raises(SparseTrainingError, match=message):
        train_dense(networks, images, labels, images, labels, settings=TrainingSettings(epochs=1), seeds=seeds)


def test_a_loss_that_grows_without_bounds_is_said():
    networks = dense_networks([8, 20], 2)
    images, labels = data(40, 8)
    settings = TrainingSettings(epochs=20, learning_rate=1000.0, momentum=0.99)
    with pytest.raises(SparseTrainingError, match="smaller learning_rate"):
        train_dense(networks, images, labels, images, labels, settings=settings, seeds=[0, 1])
