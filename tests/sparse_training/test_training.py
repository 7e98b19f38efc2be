import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from sparse_training.errors import SparseTrainingError
from sparse_training.methods import METHODS
from sparse_training.network import SparseMLP
from sparse_training.perturbation import PERTURBATIONS, perturb
from sparse_training.randomness import Stream, generator, network_seed
from sparse_training.regrowth import REGROWTH_RULES
from sparse_training.settings import TrainingSettings
from sparse_training.training import TrainingState, train, training_epochs

SETTINGS = TrainingSettings(epochs=5, learning_rate=0.1, batch_size=16)


@pytest.fixture(scope="module")
def task():
    """Two classes that a line separates: train images, train labels, test images, test labels."""
    rng = np.random.default_rng(0)
    images = rng.normal(size=(328, 20)).astype(np.float32)
    labels = (images @ rng.normal(size=20) > 0).astype(np.int64)
    return images[:200], labels[:200], images[200:], labels[200:]


@pytest.fixture(scope="module")
def network():
    return SparseMLP.random([20, 60, 50], n_classes=2, density=0.2, rng=np.random.default_rng(1))


def assert_same(one, other):
    first, second = one.to_arrays(), other.to_arrays()
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


@pytest.mark.parametrize("rule", [*REGROWTH_RULES, *sorted(set(METHODS) - {"chtss"})])  # its density moves
def test_every_rule_learns_and_records_every_epoch(rule, task, network):
    run = train(
        network, *task, rule=rule, settings=TrainingSettings(epochs=15, learning_rate=0.1, batch_size=16), seed=0
    )
    assert run.history[-1]["test_accuracy"] > 0.75
    assert run.history[-1]["test_accuracy"] == run.network.accuracy(task[2], task[3])
    assert [row["epoch"] for row in run.history] == [row["epoch"] for row in run.timings] == list(range(1, 16))
    assert [(row["epoch"], row["layer"]) for row in run.topology] == [(e, n) for e in range(1, 16) for n in (1, 2)]
    for row in run.topology:
        updated = rule not in ("static", "narrow_dense") and row["epoch"] < 15
        assert row["links"] == network.sparse_layers[row["layer"] - 1].n_links
        assert row["regrown"] == row["removed_by_magnitude"] + row["removed_off_path"]
        if rule not in METHODS or METHODS[rule].zeta_schedule == "constant":
            assert (row["regrown"] > 0) == updated
        assert 0 <= row["regrown_just_removed"] <= 1
        assert 0 < row["active_units"] <= 60


@pytest.mark.parametrize("rule", ["random", "ch3l3"])
def test_training_resumed_from_any_epoch_gives_the_same_bytes(rule, task, network):
    states = dict(enumerate((state for state, _ in epochs(TrainingState.start(network), task, rule)), start=1))
    for epoch in range(1, SETTINGS.epochs):
        resumed = list(epochs(states[epoch], task, rule))
        assert [state.epoch for state, _ in resumed] == list(range(epoch + 1, SETTINGS.epochs + 1))
        assert_same(resumed[-1][0].network, states[SETTINGS.epochs].network)
        assert_same(resumed[-1][0].momentum, states[SETTINGS.epochs].momentum)


def test_a_run_that_is_broken_off_and_resumed_has_the_same_rows_and_network(task, network):
    settings, seed = SETTINGS, network_seed("line", "random", 0)
    whole = train(network, *task, rule="random", settings=settings, seed=seed)
    reached = []

    def break_off(run):
        reached.append(run)
        if run.state.epoch == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(network, *task, rule="random", settings=settings, seed=seed, after_epoch=break_off)
    resumed = train(network, *task, rule="random", settings=settings, seed=seed, resume_from=reached[-1])
    assert [run.state.epoch for run in reached] == [1, 2, 3]
    assert resumed.history == whole.history
    assert resumed.topology == whole.topology
    assert [row["epoch"] for row in resumed.timings] == [1, 2, 3, 4, 5]
    assert_same(resumed.network, whole.network)


def test_a_state_goes_through_arrays_unchanged(task, network):
    *_, (state, _) = epochs(TrainingState.start(network), task, "random")
    again = TrainingState.from_arrays(state.to_arrays())
    assert again.epoch == state.epoch
    assert_same(again.network, state.network)
    assert_same(again.momentum, state.momentum)


def epochs(state, task, rule):
    return training_epochs(state, *task, rule=rule, settings=SETTINGS, seed=network_seed("line", rule, 0))


def test_the_seed_decides_the_outcome(task, network):
    first, again, other = (train(network, *task, rule="random", settings=SETTINGS, seed=seed) for seed in (0, 0, 1))
    assert first.history == again.history
    assert first.topology == again.topology
    assert_same(first.network, again.network)
    assert first.history != other.history


def test_streams_of_a_seed_are_independent_of_each_other_and_of_earlier_draws():
    seed = network_seed("digits", "ch3l3", 3)
    draws = {
        (stream, number): generator(seed, stream, number).integers(2**62) for stream in Stream for number in range(20)
    }
    assert len(set(draws.values())) == len(draws)
    assert generator(seed, Stream.REGROWTH, 7).integers(2**62) == draws[Stream.REGROWTH, 7]
    others = [network_seed(*key) for key in [("digits", "ch3l3", 4), ("digits", "random", 3), ("mnist", "ch3l3", 3)]]
    assert len({seed.entropy, *(other.entropy for other in others)}) == 4


def test_a_network_is_stored_in_the_same_bytes_and_read_back_exactly(tmp_path, network):
    network.save(tmp_path / "one.npz")
    network.save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert_same(SparseMLP.load(tmp_path / "one.npz"), network)


def test_metadata_say_which_network_a_file_holds_and_a_file_without_them_is_read(tmp_path):
    metadata = {"dataset": "digits", "rule": "ch3l3", "seed": 3, "density": 0.01}
    network = SparseMLP.random([6, 8], n_classes=3, density=0.5, rng=np.random.default_rng(0))
    network.save(tmp_path / "without.npz")
    replace(network, metadata=metadata).save(tmp_path / "with.npz")
    assert SparseMLP.load(tmp_path / "without.npz").metadata == {}
    named = SparseMLP.load(tmp_path / "with.npz")
    assert named.metadata == metadata
    assert_same(replace(named, metadata={}), network)
    for name in PERTURBATIONS:
        assert perturb(named, name, 0.5, np.random.default_rng(0)).metadata == metadata


def test_a_new_network_has_exactly_the_links_and_variance_of_the_paper():
    network = SparseMLP.random([784, 1000, 1000, 1000], n_classes=10, density=0.01, rng=np.random.default_rng(0))
    assert [layer.n_links for layer in network.sparse_layers] == [7840, 10_000, 10_000]
    for layer in network.sparse_layers:
        assert layer.weights.std() == pytest.approx(np.sqrt(2 / layer.n_in), rel=0.03)
        assert not layer.bias.any()
        assert np.array_equal(layer.to_dense()[layer.targets, layer.sources], layer.weights)
        assert np.count_nonzero(layer.to_dense()) == layer.n_links
    assert network.readout_weights.shape == (10, 1000)
    assert network.readout_weights.std() == pytest.approx(np.sqrt(2 / 1000), rel=0.03)


def test_the_linear_schedule_falls_to_a_hundredth_over_nine_tenths_of_the_epochs():
    settings = TrainingSettings(epochs=100, learning_rate=1.0)
    rates = [settings.learning_rate_of(epoch) for epoch in (1, 46, 91, 100)]
    assert rates == pytest.approx([1.0, 1 - 0.99 / 2, 0.01, 0.01])
    assert TrainingSettings(epochs=9, learning_rate_schedule="constant").learning_rate_of(9) == 0.025
    assert TrainingSettings(epochs=1).learning_rate_of(1) == 0.025


@pytest.mark.parametrize(("sizes", "density"), [([5], 0.1), ([5, 0], 0.1), ([5, 5], 0.0), ([5, 5], 1.1)])
def test_an_impossible_network_is_one_clear_error(sizes, density):
    with pytest.raises(SparseTrainingError, match="must"):
        SparseMLP.random(sizes, n_classes=2, density=density, rng=np.random.default_rng(0))


def test_a_loss_that_is_not_finite_stops_the_run_and_names_the_epoch(task, network):
    settings = TrainingSettings(epochs=30, learning_rate=1000.0)
    with pytest.raises(SparseTrainingError, match=r"loss of epoch \d+ is not finite .*learning_rate=1000"):
        train(network, *task, rule="random", settings=settings, seed=0)


def test_training_imports_neither_torch_nor_networkx_nor_the_other_library():
    code = (
        "import sys; import sparse_training; sparse_training.train; "
        "print([name for name in ('torch', 'networkx', 'sklearn', 'pandas', 'asonn', 'study') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="src")
    assert result.stdout.strip() == "[]"
