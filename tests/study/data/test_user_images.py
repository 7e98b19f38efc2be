import numpy as np
import pytest
from tests.idx_files import idx

import import_images
from study.data.image_sets import ImageSet

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


def test_idx_files_are_taken_in(tmp_path):
    given = arrays()
    paths = []
    for name, array in given.items():
        paths.append(tmp_path / f"{name}-idx")
        paths[-1].write_bytes(idx(array.astype(np.uint8)))
    images = imported(tmp_path, "--idx", *paths)
    np.testing.assert_array_equal(images.test_images, given["x_test"].reshape(6, 20))
    np.testing.assert_array_equal(images.train_labels, np.arange(12) % 3)
    np.testing.assert_array_equal(images.image_shape, [4, 5])
