from dataclasses import replace

import numpy as np
import pytest

from study.files import UnusableFile
from study.image_sets import ImageSet, load_scaled


@pytest.fixture
def image_set():
    rng = np.random.default_rng(0)
    return ImageSet(
        train_images=rng.integers(0, 17, (20, 6), np.uint8),
        train_labels=np.arange(20, dtype=np.uint8) % 4,
        test_images=rng.integers(0, 17, (8, 6), np.uint8),
        test_labels=np.arange(8, dtype=np.uint8) % 4,
        image_shape=np.array([2, 3]),
        pixel_max=np.array(16),
    )


def test_a_set_comes_back_as_it_was_saved(image_set, tmp_path):
    path = tmp_path / "set.npz"
    image_set.save(path)
    loaded = ImageSet.load(path)
    for name, array in vars(image_set).items():
        np.testing.assert_array_equal(getattr(loaded, name), array)
        assert getattr(loaded, name).dtype == array.dtype
    assert (loaded.n_inputs, loaded.n_classes) == (6, 4)


def test_the_same_set_gives_the_same_bytes(image_set, tmp_path):
    for name in ("a.npz", "b.npz"):
        image_set.save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_scaled_training_pixels_have_mean_0_and_variance_1_and_test_pixels_the_same_scale(image_set, tmp_path):
    image_set.save(tmp_path / "set.npz")
    scaled = load_scaled(tmp_path / "set.npz")
    pixels = image_set.train_images / 16
    expected = (image_set.test_images / 16 - pixels.mean()) / pixels.std()
    assert scaled.train_images.dtype == scaled.test_images.dtype == np.float32
    assert scaled.train_images.mean() == pytest.approx(0, abs=1e-6)
    assert scaled.train_images.std() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(scaled.test_images, expected, rtol=1e-6, atol=1e-6)
    assert (scaled.n_inputs, scaled.n_classes) == (6, 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image_shape": np.array([3, 3])}, "train_images have 6 pixels, not the 3 × 3 of image_shape"),
        ({"pixel_max": np.array(9)}, "above pixel_max, 9"),
        ({"train_labels": np.zeros(3, np.uint8)}, r"train_labels must be uint8 \(20,\), found uint8 \(3,\)"),
        ({"test_images": np.zeros((8, 6))}, "test_images must be uint8 .*, found float64"),
        ({"test_labels": np.full(8, 9, np.uint8)}, "test_labels have a class 9 that train_labels lack"),
    ],
)
def test_a_set_that_contradicts_itself_is_refused_in_one_sentence(image_set, tmp_path, change, message):
    path = tmp_path / "set.npz"
    replace(image_set, **change).save(path)
    with pytest.raises(UnusableFile, match=rf"^{path}: .*{message}.*\.$"):
        load_scaled(path)


def test_equal_pixels_cannot_be_scaled(image_set, tmp_path):
    path = tmp_path / "set.npz"
    replace(image_set, train_images=np.full((20, 6), 5, np.uint8)).save(path)
    with pytest.raises(UnusableFile, match="all pixels of the training images are equal"):
        load_scaled(path)


def test_absent_truncated_and_foreign_files_are_refused_in_one_sentence(image_set, tmp_path):
    with pytest.raises(UnusableFile, match=r"absent\.npz: no such file"):
        ImageSet.load(tmp_path / "absent.npz")
    whole = tmp_path / "whole.npz"
    image_set.save(whole)
    truncated = tmp_path / "truncated.npz"
    truncated.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(UnusableFile, match=r"truncated\.npz is not a whole \.npz file; delete it"):
        ImageSet.load(truncated)
    foreign = tmp_path / "foreign.npz"
    np.savez(foreign, x_train=np.zeros(3))
    with pytest.raises(UnusableFile, match="an image set holds train_images, train_labels"):
        ImageSet.load(foreign)
