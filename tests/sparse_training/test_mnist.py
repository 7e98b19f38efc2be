"""The paper's settings on the paper's data: needs a mirror of the image sets in DATA_MIRROR."""

import os

import numpy as np
import pytest

import convert_images
import download_images
from sparse_training.network import SparseMLP
from sparse_training.perturbation import sweep
from sparse_training.randomness import Stream, generator, network_seed
from sparse_training.settings import TrainingSettings
from sparse_training.training import train
from study.data.image_sets import load_scaled

MIRROR = os.environ.get("DATA_MIRROR")

pytestmark = pytest.mark.skipif(not MIRROR, reason="real data: set DATA_MIRROR to a mirror of the image sets")


@pytest.fixture(scope="module")
def mnist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mnist")
    download_images.main(["--dataset", "mnist", "--output", str(folder / "files")])
    convert_images.main([str(folder / "files"), "--dataset", "mnist", "--output", str(folder / "mnist.npz")])
    return load_scaled(folder / "mnist.npz")


@pytest.fixture(scope="module")
def runs(mnist):
    """Twenty epochs by each rule of the paper, with the settings of config/paper.yaml."""
    results = {}
    for rule in ("random", "ch3l3"):
        seed = network_seed("mnist", rule, 0)
        network = SparseMLP.random(
            [784, 1000, 1000, 1000], n_classes=10, density=0.01, rng=generator(seed, Stream.INITIALISATION)
        )
        images = mnist.train_images, mnist.train_labels, mnist.test_images, mnist.test_labels
        results[rule] = train(network, *images, rule=rule, settings=TrainingSettings(epochs=20), seed=seed)
    return results


def test_both_rules_of_the_paper_reach_the_expected_accuracy(runs):
    assert all(run.history[-1]["test_accuracy"] >= 0.965 for run in runs.values())


def test_ch3l3_is_ahead_early_and_drains_hidden_units_while_random_keeps_them(runs):
    early = {rule: np.mean([row["test_accuracy"] for row in run.history[2:5]]) for rule, run in runs.items()}
    assert early["ch3l3"] > early["random"]
    active = {rule: [row["active_units"] for row in run.topology[-3:]] for rule, run in runs.items()}
    assert all(units > 950 for units in active["random"])
    assert all(units < 900 for units in active["ch3l3"])


def test_removing_the_strongest_links_is_fatal_and_the_weakest_half_is_not_needed(runs, mnist):
    images = mnist.test_images, mnist.test_labels
    for run in runs.values():
        strongest, weakest = (
            sweep(run.network, name, [level], *images, seed=0)[0]["accuracy"]
            for name, level in (("weight_order", 0.05), ("reverse_weight_order", 0.5))
        )
        assert strongest < 0.6
        assert weakest > 0.95
