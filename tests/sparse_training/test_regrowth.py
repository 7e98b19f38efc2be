import numpy as np
import pytest

from sparse_training.context import Context
from sparse_training.errors import SparseTrainingError
from sparse_training.perturbation import PERTURBATIONS
from sparse_training.regrowth import REGROWTH_RULES
from sparse_training.regrowth.registry import NewLinks, regrowth_rule
from sparse_training.settings import TrainingSettings
from sparse_training.training import train
from tests.sparse_training.networks import empty_layer, random_network


@pytest.mark.parametrize("registry", [REGROWTH_RULES, PERTURBATIONS])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(registry):
    with pytest.raises(SparseTrainingError, match=r"unknown .* 'nonsense', expected one of .*random"):
        registry["nonsense"]
    assert "nonsense" not in registry


def test_a_rule_of_ones_own_can_be_registered_and_trained_with(monkeypatch):
    monkeypatch.setattr(REGROWTH_RULES, "_members", dict(REGROWTH_RULES._members))

    @regrowth_rule("first_free")
    def first_free(context, count):
        layer = context.layer
        free = np.setdiff1d(np.arange(layer.n_in * layer.n_out), layer.positions)
        return NewLinks(free[:count])

    network = random_network([10, 20], 3, 0.3, seed=0)
    images = np.random.default_rng(0).normal(size=(20, 10)).astype(np.float32)
    labels = np.arange(20) % 3
    settings = TrainingSettings(epochs=3)
    run = train(network, images, labels, images, labels, rule="first_free", settings=settings, seed=0)
    assert run.network.sparse_layers[0].positions[:10].tolist() == list(range(10))


@pytest.mark.parametrize("rule", ["ch3l3", "paths"])
def test_predicting_rules_close_paths_of_length_3_first(rule):
    # 0–0, 1–0, 1–1: the one open path of length 3 is between left 0 and right 1.
    layer = empty_layer(3, 3).with_links(np.array([0, 3, 4]), np.ones(3, np.float32))
    new = REGROWTH_RULES[rule](Context(layer, np.random.default_rng(0)), 2)
    assert 1 in new.positions
    assert new.shortfall == 1


@pytest.mark.parametrize("rule", ["gradient", "sampled_gradient"])
@pytest.mark.parametrize("samples", [2.5, 128.0, 0, True, "8"])
def test_gradients_are_taken_on_a_whole_number_of_samples(rule, samples):
    place = REGROWTH_RULES.resolve(f"{rule}(samples={samples!r})")
    with pytest.raises(SparseTrainingError, match="the option samples must be a whole number of at least 1, got"):
        place(Context(empty_layer(3, 3), np.random.default_rng(0)), 2)
