"""Custom image sets: a user's own files, as the study reads them."""

from pathlib import Path

import numpy as np

from study.data.idx import read_idx
from study.data.image_sets import ImageSet
from study.errors import StudyError
from study.files import read_arrays

NPZ_ARRAYS = ("x_train", "y_train", "x_test", "y_test")


def from_npz(path: Path) -> ImageSet:
    """The image set of a .npz file with the arrays that Keras and many others use.

    x_train, x_test  uint8 (n, rows, columns) or (n, pixels), grey values from 0 to 255
    y_train, y_test  whole numbers (n,); any classes, renumbered from 0 in ascending order
    """
    return _image_set(str(path), *read_arrays(path, NPZ_ARRAYS).values())


def from_idx(train_images: Path, train_labels: Path, test_images: Path, test_labels: Path) -> ImageSet:
    """The image set of four IDX files, gzipped or not. Classes are renumbered from 0 in ascending order."""
    arrays = [read_idx(path) for path in (train_images, train_labels, test_images, test_labels)]
    return _image_set(str(train_images), *arrays)


def _image_set(name: str, train_images, train_labels, test_images, test_labels) -> ImageSet:
    for images, labels in ((train_images, train_labels), (test_images, test_labels)):
        if images.dtype != np.uint8 or images.ndim not in (2, 3) or not images.size:
            raise StudyError(
                f"{name}: images must be uint8 (n, rows, columns) or (n, pixels), found {images.dtype} {images.shape}."
            )
        if not np.issubdtype(labels.dtype, np.integer) or labels.shape != images.shape[:1]:
            raise StudyError(
                f"{name}: labels must be {len(images)} whole numbers, found {labels.dtype} {labels.shape}."
            )
    if train_images.shape[1:] != test_images.shape[1:]:
        raise StudyError(f"{name}: images are {train_images.shape[1:]} for training, {test_images.shape[1:]} for test.")
    classes = np.unique(train_labels)
    if len(classes) < 2:
        raise StudyError(f"{name}: the training labels must hold at least two classes, found {classes[0]} alone.")
    if len(classes) > 256 or not np.isin(test_labels, classes).all():
        raise StudyError(f"{name}: the training labels must hold every class, at most 256 of them.")
    shape = train_images.shape[1:] if train_images.ndim == 3 else (1, train_images.shape[1])
    return ImageSet(
        train_images=train_images.reshape(len(train_images), -1),
        train_labels=np.searchsorted(classes, train_labels).astype(np.uint8),
        test_images=test_images.reshape(len(test_images), -1),
        test_labels=np.searchsorted(classes, test_labels).astype(np.uint8),
        image_shape=np.array(shape, np.int64),
        pixel_max=np.array(255),
    )
