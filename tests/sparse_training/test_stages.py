import numpy as np
import pytest

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.settings import TrainingSettings
from sparse_training.stages import topology_update_stages
from sparse_training.topology import share_of
from sparse_training.weights import magnitude_density
from tests.sparse_training.networks import empty_layer, random_network

SEED = np.random.SeedSequence(0)


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
    assert len(weak) == sum(share_of(layer.n_links, 0.3) for layer in network.sparse_layers)
    assert off_path
    assert links(rows, "removed_by_magnitude", "kept") == before - weak
    assert links(rows, "removed_off_path", "kept") == before - weak - off_path == survivors
    assert len(survivors | new) == network.n_links
    assert not survivors & new


def test_without_off_path_removal_no_link_is_lost_to_it():
    network = random_network([12, 10, 10, 10], 3, 0.12, seed=1)
    settings = TrainingSettings(epochs=1, remove_disconnected=False)
    assert not links(topology_update_stages(network, "random", settings, SEED), "removed_off_path", "removed_off_path")


def test_a_rule_without_updates_has_no_stages():
    with pytest.raises(SparseTrainingError, match="static has no topology update"):
        topology_update_stages(random_network([3, 3], 2, 1.0, 0), "static", TrainingSettings(epochs=1), SEED)


def test_magnitude_densities_count_every_link_once_and_integrate_to_one():
    network = random_network([30, 40, 50], 3, 0.2, seed=0)
    largest = max(np.abs(layer.weights).max() for layer in network.sparse_layers)
    edges = np.linspace(0, largest, 20)
    rows = magnitude_density(network, edges)
    for number, layer in enumerate(network.sparse_layers, start=1):
        own = [row for row in rows if row["layer"] == number]
        assert [row["bin_lower"] for row in own] == edges[:-1].tolist()
        assert sum(row["links"] for row in own) == layer.n_links
        assert sum(row["density"] * (row["bin_upper"] - row["bin_lower"]) for row in own) == pytest.approx(1)


def test_densities_of_hand_made_weights():
    layer = empty_layer(1, 4).with_links(np.arange(4), np.array([0.1, -0.2, 0.7, -3.0], np.float32))
    network = SparseMLP((layer,), np.ones((2, 4), np.float32), np.zeros(2, np.float32))
    rows = magnitude_density(network, [0, 0.5, 1.0])
    assert [(row["links"], row["density"]) for row in rows] == [(2, 1.0), (1, 0.5)]  # |w| = 3 lies outside
