"""Values that are not finite, out of range or of the wrong kind end in one sentence, never in a wrong result."""

from dataclasses import fields

import numpy as np
import pytest

from sparse_training.composition import check_composition
from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.perturbation import perturb, sweep
from sparse_training.settings import TrainingSettings, expected
from sparse_training.training import train

RNG = np.random.default_rng(0)
IMAGES, LABELS = RNG.standard_normal((20, 6)).astype(np.float32), np.arange(20) % 3


@pytest.fixture(scope="module")
def network():
    return SparseMLP.random([6, 8], n_classes=3, density=0.5, rng=np.random.default_rng(0))


def with_value(value, dtype=np.float32):
    images = IMAGES.astype(dtype)
    images[3, 2] = value
    return images


def trained(network, **changes):
    given = {"train_images": IMAGES, "train_labels": LABELS, "test_images": IMAGES, "test_labels": LABELS}
    return train(network, **given | {"rule": "random", "settings": TrainingSettings(epochs=1), "seed": 0} | changes)


NOT_FINITE = "images must be finite"
NOT_IN_RANGE = r"labels must lie in 0\.\.2, got"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("split", ["train_images", "test_images"])
def test_images_that_are_not_finite_are_not_trained_on(network, split, value):
    with pytest.raises(SparseTrainingError, match=NOT_FINITE):
        trained(network, **{split: with_value(value)})


def test_nor_images_too_large_for_float32(network):
    with pytest.raises(SparseTrainingError, match=NOT_FINITE):
        trained(network, test_images=with_value(1e300, float))


def test_nor_images_that_are_no_numbers(network):
    with pytest.raises(SparseTrainingError, match="images must be an array of numbers"):
        trained(network, train_images=[["a"] * 6] * 20)


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (LABELS + 1, NOT_IN_RANGE),
        (LABELS - 1, NOT_IN_RANGE),
        (LABELS + 0.5, "labels must be whole numbers"),
        (LABELS[:-1], "labels must be whole numbers, one for each"),
    ],
)
@pytest.mark.parametrize("split", ["train_labels", "test_labels"])
def test_labels_out_of_range_or_of_another_number_are_refused(network, split, labels, sentence):
    with pytest.raises(SparseTrainingError, match=sentence):
        trained(network, **{split: labels})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rule": 3}, "rule must be a name or a Method, got 3"),
        ({"seed": -1}, "seed must be a whole number of at least 0 or a SeedSequence, got -1"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"settings": {"epochs": 1}}, "settings must be TrainingSettings, got {'epochs': 1}"),
    ],
)
def test_rules_seeds_and_settings_that_are_none_are_refused(network, changes, sentence):
    with pytest.raises(SparseTrainingError, match=sentence):
        trained(network, **changes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("epochs", value) for value in (True, 0, 1.0, 2.5, 10**25, "1", None)],
        *[("batch_size", value) for value in (True, 0, 32.0, 10**25, None)],
        *[("learning_rate", value) for value in (0, np.nan, np.inf, "0.1", True)],
        *[("momentum", value) for value in (1, -0.1, np.nan, "0.9")],
        *[("weight_decay", value) for value in (-1e-4, np.nan, np.inf)],
        *[("zeta", value) for value in (1, -0.1, np.nan, "0.3")],
        *[("density", value) for value in (0, 1.1, np.nan, "0.3")],
        ("learning_rate_schedule", "cosine"),
        *[("remove_disconnected", value) for value in (1, None, "no")],
        *[("regrown_weight", value) for value in ("zero", 1, None)],
        *[("pruning", value) for value in (1, ["magnitude"])],
    ],
)
def test_a_setting_outside_its_limits_is_one_sentence_that_says_them(name, value):
    (field,) = (field for field in fields(TrainingSettings) if field.name == name)
    with pytest.raises(SparseTrainingError) as error:
        TrainingSettings(**{"epochs": 1} | {name: value})
    assert str(error.value) == f"{name} must be {expected(field)}, got {value!r}"


def test_what_is_not_finite_is_neither_classified_nor_swept(network):
    images = with_value(np.nan)
    for compute in (
        lambda: network.logits(images),
        lambda: network.accuracy(images, LABELS),
        lambda: sweep(network, "random_pruning", [0.5], images, LABELS, seed=0),
    ):
        with pytest.raises(SparseTrainingError, match=NOT_FINITE):
            compute()


def test_an_accuracy_on_labels_out_of_range_is_none(network):
    for compute in (
        lambda: network.accuracy(IMAGES, LABELS + 1),
        lambda: sweep(network, "random_pruning", [0.5], IMAGES, LABELS + 1, seed=0),
    ):
        with pytest.raises(SparseTrainingError, match=NOT_IN_RANGE):
            compute()


@pytest.mark.parametrize("name", ["random_pruning", "weight_noise", "weight_shuffling"])
@pytest.mark.parametrize("level", [np.nan, np.inf, -0.1, "0.5", None, True])
def test_levels_out_of_range_are_refused(network, name, level):
    with pytest.raises(SparseTrainingError, match=f"the level of {name} must be .*, got"):
        perturb(network, name, level, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [0, None, np.random.RandomState(0)])
def test_a_generator_must_be_one(network, rng):
    for compute in (
        lambda: perturb(network, "random_pruning", 0.5, rng),
        lambda: SparseMLP.random([6, 8], n_classes=3, density=0.5, rng=rng),
    ):
        with pytest.raises(SparseTrainingError, match=r"rng must be a numpy\.random\.Generator, got"):
            compute()


def test_a_network_lies_in_exactly_the_file_that_was_named(network, tmp_path):
    for name in ("network", "network.npz", "network.v2"):
        network.save(tmp_path / name)
        loaded = SparseMLP.load(tmp_path / name)
        np.testing.assert_array_equal(loaded.readout_weights, network.readout_weights)
    assert {path.name for path in tmp_path.iterdir()} == {"network", "network.npz", "network.v2"}
    with pytest.raises(IsADirectoryError):
        network.save(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda a: a | {"sizes": a["sizes"][:1]}, "sizes must be those of at least two layers"),
        (lambda a: a | {"sizes": a["sizes"] * 1.0}, "sizes must be those"),
        (lambda a: a | {"sizes": a["sizes"] + 1}, r"bias_1 must be float32 \(9,\), got float32 \(8,\)"),
        (lambda a: a | {"sources_1": a["sources_1"] + 6}, "the links of layer 1 lead to units beyond its 6 x 8"),
        (lambda a: a | {"targets_1": a["targets_1"] - 8}, "the links of layer 1 lead to units beyond"),
        (lambda a: a | {"sources_1": a["sources_1"][::-1]}, "the links of layer 1 are not unique and sorted"),
        (lambda a: a | {"sources_1": a["sources_1"].astype(float)}, "sources_1 must be int32"),
        (lambda a: a | {"weights_1": a["weights_1"][:-1]}, "sources_1 must be int32"),
        (lambda a: a | {"weights_1": a["weights_1"] * np.nan}, "weights_1 must be finite"),
        (lambda a: a | {"readout_weights": a["readout_weights"].T}, r"readout_weights must be float32 \(3, 8\)"),
        (lambda a: a | {"readout_bias": a["readout_bias"] + np.inf}, "readout_bias must be finite"),
        (lambda a: a | {"metadata": np.array("[1]")}, r"metadata must be a mapping, got \[1\]"),
        (lambda a: a | {"metadata": np.array("{")}, "is not a network written by"),
        (lambda a: a | {"x_train": np.zeros(3)}, "a network has no array x_train"),
        (lambda a: {"x_train": np.zeros(3)}, "is not a network written by"),
    ],
)
def test_arrays_that_are_no_network_are_not_loaded(network, tmp_path, change, sentence):
    np.savez(tmp_path / "network.npz", **change(network.to_arrays()))
    with pytest.raises(SparseTrainingError, match=sentence) as error:
        SparseMLP.load(tmp_path / "network.npz")
    assert "delete it and train the network again" in str(error.value)


@pytest.mark.parametrize("content", [b"", b"epoch,loss", b"\x93NUMPY\x01\0v\0{", b"\x80\x04K\x01.", bytes(300)])
def test_what_is_no_npz_is_not_loaded_and_nobody_is_told_to_unpickle_it(tmp_path, content):
    (tmp_path / "network.npz").write_bytes(content)
    with pytest.raises(SparseTrainingError, match=r"is not a network .* \(it is no \.npz file\)") as error:
        SparseMLP.load(tmp_path / "network.npz")
    assert "pickle" not in str(error.value)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"initial_topology": "uniform("}, "is written as name or name(option=value, …), got 'uniform('"),
        ({"regrowth": "ch2l3(soft=open('x'))"}, "is written as name or name(option=value, …)"),
        ({"regrowth": f"ch2l3(soft={'-' * 10**5}1)"}, "ch2l3"),
        ({"initial_topology": "uniform(a=1)"}, "the initial topology uniform has no option a: it has none"),
        ({"regrowth": "ch2l3n(soft=3)"}, "soft in ch2l3n(soft=3) must be a bool, such as False; found 3"),
        ({"initial_topology": "watts_strogatz(rewired='x')"}, "must be a finite number, such as 0.1; found 'x'"),
        ({"zeta_schedule": "cosine(until=1e999)"}, "must be a finite number, such as 1.0; found inf"),
        ({"zeta_schedule": "cosine(until=2)"}, "until of a schedule must lie in (0, 1], got 2"),
        ({"zeta_schedule": "sigmoid(steepness=1e9)"}, "the option steepness must be a number from 0.001 to 100"),
        ({"zeta_schedule": "sigmoid(steepness=0)"}, "the option steepness must be a number from 0.001 to 100"),
    ],
)
def test_a_method_that_cannot_be_composed_is_one_sentence_before_anything_is_trained(parts, sentence):
    with pytest.raises(SparseTrainingError) as error:
        check_composition("random", TrainingSettings(epochs=1, **parts))
    assert sentence in str(error.value)


@pytest.mark.parametrize("rule", ["random", "static", "chtss", "rigl"])
def test_methods_with_a_name_and_options_of_the_right_kind_pass(rule):
    check_composition(rule, TrainingSettings(epochs=1, density=0.1))
    parts = {"regrowth": "ch2l3n(soft=True)", "zeta_schedule": "sigmoid(steepness=3, until=0.5)"}
    check_composition(rule, TrainingSettings(epochs=1, density=0.1, **parts))
