import gzip
import struct

import numpy as np
import pytest

import import_images
from study.files import UnusableFile
from study.image_sets import ImageSet

RNG = np.random.default_rng(0)


def arrays(**changes):
    return {
        "x_train": RNG.integers(0, 256, (12, 4, 5), np.uint8),
        "y_train": np.arange(12) % 3 + 1,
        "x_test": RNG.integers(0, 256, (6, 4, 5), np.uint8),
        "y_test": np.arange(6) % 3 + 1,
    } | changes


def imported(tmp_path, *source):
    import_images.main([*map(str, source), "--output", str(tmp_path / "images.npz")])
    return ImageSet.load(tmp_path / "images.npz")


@pytest.mark.parametrize("shape", [(4, 5), (20,)])
def test_a_npz_is_taken_in_with_classes_numbered_from_zero(tmp_path, shape):
    given = arrays()
    given = given | {name: given[name].reshape(len(given[name]), *shape) for name in ("x_train", "x_test")}
    np.savez(tmp_path / "mine.npz", **given)
    images = imported(tmp_path, "--npz", tmp_path / "mine.npz")
    np.testing.assert_array_equal(images.train_images, given["x_train"].reshape(12, 20))
    np.testing.assert_array_equal(images.test_labels, np.arange(6) % 3)
    assert np.prod(images.image_shape) == 20
    assert images.n_classes == 3


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_idx_files_are_taken_in_gzipped_or_not(tmp_path, pack):
    given = arrays()
    paths = []
    for name, array in given.items():
        array = array.astype(np.uint8)
        content = struct.pack(f">BBBB{array.ndim}i", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()
        paths.append(tmp_path / f"{name}-idx")
        paths[-1].write_bytes(pack(content))
    images = imported(tmp_path, "--idx", *paths)
    np.testing.assert_array_equal(images.test_images, given["x_test"].reshape(6, 20))
    np.testing.assert_array_equal(images.train_labels, np.arange(12) % 3)
    np.testing.assert_array_equal(images.image_shape, [4, 5])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": RNG.random((12, 4, 5))}, r"images must be uint8 .* found float64 \(12, 4, 5\)"),
        ({"y_train": np.zeros(11, int)}, "labels must be 12 whole numbers"),
        ({"y_test": np.array([1.0] * 6)}, "labels must be 6 whole numbers, found float64"),
        ({"y_test": np.full(6, 9)}, "the training labels must hold every class"),
        ({"x_test": RNG.integers(0, 256, (6, 4, 4), np.uint8)}, r"images are \(4, 5\) for training, \(4, 4\) for test"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_in_one_sentence(tmp_path, changes, message):
    np.savez(tmp_path / "mine.npz", **arrays(**changes))
    with pytest.raises(UnusableFile, match=message):
        imported(tmp_path, "--npz", tmp_path / "mine.npz")
    assert not (tmp_path / "images.npz").exists()


def test_files_that_are_missing_or_no_npz_are_refused_in_one_sentence(tmp_path):
    with pytest.raises(UnusableFile, match="no such file"):
        imported(tmp_path, "--npz", tmp_path / "none.npz")
    (tmp_path / "broken.npz").write_bytes(b"nonsense")
    with pytest.raises(UnusableFile, match=r"broken\.npz is not a whole \.npz file"):
        imported(tmp_path, "--npz", tmp_path / "broken.npz")
    np.savez(tmp_path / "other.npz", x_train=1)
    with pytest.raises(UnusableFile, match="it must hold x_train, y_train, x_test, y_test"):
        imported(tmp_path, "--npz", tmp_path / "other.npz")
