from dataclasses import replace

import numpy as np
import pytest

from study.data.image_sets import ImageSet, load_scaled
from study.errors import StudyError
from study.files import write_arrays


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
    ("change", "problem"),
    [
        (
            {"image_shape": np.array([2, 3, 1])},
            r"image_shape must be whole numbers \(2,\), at least 1, found int64 \(3,\)",
        ),
        ({"image_shape": np.array(["2", "3"])}, r"image_shape must be whole numbers"),
        ({"image_shape": np.array([-2, -3])}, r"image_shape must be whole numbers \(2,\), at least 1"),
        ({"pixel_max": np.array([16, 16])}, r"pixel_max must be whole numbers \(\), at least 1, found int64 \(2,\)"),
        ({"pixel_max": np.array(0)}, r"pixel_max must be whole numbers \(\), at least 1"),
        ({"train_labels": np.empty(0, np.uint8)}, r"train_labels must be uint8 \(20,\), found uint8 \(0,\)"),
        ({"train_images": np.empty((0, 6), np.uint8)}, r"train_images must be uint8 \(n_images, n_inputs\)"),
    ],
)
def test_arrays_that_are_no_image_set_are_one_sentence_when_read_and_never_written(
    image_set, tmp_path, change, problem
):
    wrong = replace(image_set, **change)
    write_arrays(tmp_path / "set.npz", vars(wrong))
    with pytest.raises(StudyError, match=rf"set\.npz: {problem}"):
        load_scaled(tmp_path / "set.npz")
    with pytest.raises(StudyError, match=rf"new\.npz: {problem}"):
        wrong.save(tmp_path / "new.npz")
    assert not (tmp_path / "new.npz").exists()
