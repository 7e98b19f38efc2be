import numpy as np
import pytest

from sparse_training.errors import SparseTrainingError
from sparse_training.image_perturbation import IMAGE_PERTURBATIONS, perturb_images, sweep_images
from tests.sparse_training.networks import MaskedDense, random_network

NETWORK = random_network([48, 40, 30], 3, 0.3, seed=0)
SHAPE = (8, 6)
IMAGES = np.random.default_rng(0).normal(size=(60, 48)).astype(np.float32)
LABELS = NETWORK.logits(IMAGES).argmax(axis=1)


def perturbed(name, level, images=IMAGES, seed=0, shape=SHAPE):
    return perturb_images(NETWORK, name, images, LABELS[: len(images)], level, np.random.default_rng(seed), shape=shape)


def dot(row, column):
    """One image, blank but for a pixel."""
    image = np.zeros(SHAPE, np.float32)
    image[row, column] = 1
    return image.reshape(1, -1)


@pytest.mark.parametrize("name", list(IMAGE_PERTURBATIONS))
def test_level_0_changes_no_bit_and_no_level_changes_the_given_images(name):
    before = IMAGES.copy()
    assert perturbed(name, 0).tobytes() == IMAGES.tobytes()
    changed = perturbed(name, 0.4)
    assert changed.dtype == np.float32
    assert changed.shape == IMAGES.shape
    assert not np.array_equal(changed, IMAGES)
    np.testing.assert_array_equal(IMAGES, before)
    np.testing.assert_array_equal(perturbed(name, 0.4), changed)


def test_noise_has_the_deviation_that_the_level_says():
    images = np.concatenate([IMAGES, np.full((1, 48), 50, np.float32), np.full((1, 48), -50, np.float32)])
    labels = np.zeros(len(images), int)
    noisy = perturb_images(NETWORK, "image_noise", images, labels, 0.1, np.random.default_rng(1), shape=SHAPE)
    assert np.std((noisy - images)[:60]) == pytest.approx(0.1 * images.std(), rel=0.05)


def test_the_same_noise_grows_with_the_level():
    wide = np.concatenate([IMAGES[:-2], np.full((1, 48), 50, np.float32), np.full((1, 48), -50, np.float32)])
    small, large = (perturbed("image_noise", level, wide)[:50] - wide[:50] for level in (0.05, 0.1))
    np.testing.assert_allclose(large, 2 * small, atol=1e-4)


def test_a_blur_spreads_a_pixel_evenly_and_keeps_its_sum():
    blurred = perturbed("image_blur", 0.5, dot(4, 3)).reshape(SHAPE)
    assert blurred.sum() == pytest.approx(1, abs=1e-3)
    assert blurred[4, 3] > blurred[3, 3] == pytest.approx(blurred[5, 3]) == pytest.approx(blurred[4, 2])


def test_a_shift_moves_a_pixel_by_the_fraction_of_the_sides_that_the_level_says():
    for seed in range(10):
        moved = perturbed("image_shift", 0.25, dot(4, 3), seed).reshape(SHAPE)
        centre = (moved[..., None] * np.stack(np.indices(SHAPE), axis=-1)).sum(axis=(0, 1)) / moved.sum()
        assert np.hypot(*((centre - (4, 3)) / SHAPE)) == pytest.approx(0.25, abs=0.01)


def test_a_rotation_turns_to_either_side_and_half_a_turn_is_a_point_reflection():
    images = np.repeat(dot(1, 2), 40, axis=0)
    turned = {tuple(image.round(4)) for image in perturbed("image_rotation", 30, images)}
    assert len(turned) == 2
    half = perturbed("image_rotation", 180, dot(1, 2)).reshape(SHAPE)
    np.testing.assert_allclose(half, dot(6, 3).reshape(SHAPE), atol=1e-5)


def test_an_occlusion_blanks_a_square_of_the_side_that_the_level_says():
    images = np.ones((60, 48), np.float32)
    images[0] = 0  # the ground
    blanked = (perturbed("image_occlusion", 0.5, images) == 0).reshape(60, *SHAPE)[1:]
    assert (blanked.sum(axis=(1, 2)) == 9).all()
    assert (blanked.any(axis=1).sum(axis=1) == 3).all()
    assert len(np.unique(blanked.reshape(59, -1), axis=0)) > 5
    assert (perturbed("image_occlusion", 1, images).reshape(60, *SHAPE)[1:, :6] == 0).any(axis=(1, 2)).all()


def test_the_attack_steps_along_the_sign_of_the_gradient_of_the_loss():
    import torch

    tensor = torch.tensor(IMAGES, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.cross_entropy(MaskedDense(NETWORK).logits(tensor), torch.tensor(LABELS)).backward()
    gradient = tensor.grad.numpy()
    attacked = perturbed("gradient_sign", 0.01)
    inside = (np.abs(gradient) > 1e-6) & (attacked > IMAGES.min()) & (attacked < IMAGES.max())
    expected = IMAGES + 0.01 * IMAGES.std() * np.sign(gradient)
    np.testing.assert_allclose(attacked[inside], expected[inside], atol=1e-6)


def test_the_attack_costs_more_accuracy_than_noise_of_the_same_size():
    rows = {
        name: sweep_images(NETWORK, name, [0, 0.1, 0.3], IMAGES, LABELS, seed=0, repeats=2, shape=SHAPE)
        for name in ("gradient_sign", "image_noise")
    }
    assert [row["level"] for row in rows["image_noise"]] == [0, 0.1, 0.3] * 2
    assert [row["repeat"] for row in rows["image_noise"]] == [0, 0, 0, 1, 1, 1]
    assert rows["gradient_sign"][0]["accuracy"] == rows["image_noise"][0]["accuracy"] == 1
    assert rows["gradient_sign"][2]["accuracy"] < 0.5 < rows["image_noise"][2]["accuracy"]


@pytest.mark.parametrize(
    ("name", "level", "shape", "message"),
    [
        ("image_shift", 1.5, SHAPE, r"level of image_shift must be in \[0, 1\], got 1\.5"),
        ("image_noise", -1, SHAPE, "level of image_noise must be a number of at least 0, got -1"),
        ("image_blur", 1e300, SHAPE, r"level of image_blur must be in \[0, 1000\], got 1e\+300"),
        ("image_noise", 1, None, r"images of 48 pixels must have a shape .* of as many, got \(6, 6\)"),
        ("image_noise", 1, (4, 4), r"got \(4, 4\) for images \(60, 48\)"),
        *[("image_noise", 1, shape, r"shape .* of as many, got ") for shape in (5, (48,), (8.0, 6.0), "86")],
        ("image_noise", 1, (-8, -6), r"shape .* of as many, got \(-8, -6\)"),
        ("fog", 1, SHAPE, "unknown perturbation of images 'fog', expected one of gradient_sign, image_blur"),
    ],
)
def test_a_perturbation_of_images_that_cannot_be_is_one_sentence(name, level, shape, message):
    with pytest.raises(SparseTrainingError, match=message):
        perturbed(name, level, shape=shape)


@pytest.mark.parametrize("name", sorted(IMAGE_PERTURBATIONS))
@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES[:0], LABELS[:0], "at least one image"),
        (np.full_like(IMAGES, np.nan), LABELS, "images must be finite"),
        (IMAGES, LABELS[:5], "one for each of at least one image"),
    ],
    ids=["none", "not a number", "too few labels"],
)
def test_images_that_no_network_takes_are_refused_by_every_perturbation(name, images, labels, message):
    with pytest.raises(SparseTrainingError, match=message):
        perturb_images(NETWORK, name, images, labels, 0.5, np.random.default_rng(0), shape=SHAPE)


def test_images_at_level_0_are_a_copy():
    assert not np.shares_memory(perturbed("image_noise", 0), IMAGES)


def test_levels_of_a_sweep_of_images_may_come_from_a_generator():
    rows = sweep_images(NETWORK, "image_noise", iter([0, 0.1]), IMAGES, LABELS, seed=0, repeats=2, shape=SHAPE)
    assert rows == sweep_images(NETWORK, "image_noise", [0, 0.1], IMAGES, LABELS, seed=0, repeats=2, shape=SHAPE)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        *[({"seed": seed}, "seed must be a whole number of at least 0 or a SeedSequence") for seed in (-1, 1.5, None)],
        *[({"seed": 0, "repeats": n}, "repeats must be a whole number of at least 1, got") for n in (0, 1.5)],
    ],
)
def test_seeds_and_repeats_of_a_sweep_of_images_that_make_no_sense_are_one_sentence(options, sentence):
    with pytest.raises(SparseTrainingError, match=sentence):
        sweep_images(NETWORK, "image_noise", [0.1], IMAGES, LABELS, shape=SHAPE, **options)
