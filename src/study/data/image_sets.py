"""Image sets as the study keeps them: one .npz per set, whatever the format of its source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from study.errors import StudyError
from study.files import read_arrays, write_arrays


@dataclass(frozen=True)
class ImageSet:
    """A data set of flattened grey-scale images with its official (or, for lack of one, fixed) split.

    train_images, test_images  uint8 (n_images, n_inputs), raw pixel values from 0 to `pixel_max`, row by row
    train_labels, test_labels  uint8 (n_images,), classes 0 ... n_classes − 1
    image_shape                int64 (2,): rows and columns of an image; their product is n_inputs
    pixel_max                  int64 (): the largest value a pixel can take, 255 for most sets
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    image_shape: np.ndarray
    pixel_max: np.ndarray

    @property
    def n_inputs(self) -> int:
        return self.train_images.shape[1]

    @property
    def n_classes(self) -> int:
        return int(self.train_labels.max()) + 1

    def save(self, path: str | Path) -> None:
        """Writes the set, atomically; the same set gives the same bytes. StudyError if its arrays disagree."""
        self._check(path)
        write_arrays(path, {field.name: getattr(self, field.name) for field in fields(self)}, compressed=True)

    @classmethod
    def load(cls, path: str | Path) -> "ImageSet":
        """Reads what `save` wrote. Raises StudyError, with one sentence, for anything else."""
        image_set = cls(**_read(path, [field.name for field in fields(cls)]))
        image_set._check(path)
        return image_set

    def _check(self, path: str | Path) -> None:
        if contradiction := self._contradiction():
            raise StudyError(f"{path}: {contradiction}.")

    def _contradiction(self) -> str | None:
        """What is wrong with the arrays, if anything."""
        for name, shape in (("image_shape", (2,)), ("pixel_max", ())):
            array = getattr(self, name)
            if array.dtype.kind not in "iu" or array.shape != shape or array.min() < 1:
                return f"{name} must be whole numbers {shape}, at least 1, found {array.dtype} {array.shape}"
        for split in ("train", "test"):
            images, labels = getattr(self, f"{split}_images"), getattr(self, f"{split}_labels")
            if images.dtype != np.uint8 or images.ndim != 2 or not images.size:
                return f"{split}_images must be uint8 (n_images, n_inputs), found {images.dtype} {images.shape}"
            if labels.dtype != np.uint8 or labels.shape != images.shape[:1]:
                return f"{split}_labels must be uint8 ({len(images)},), found {labels.dtype} {labels.shape}"
            rows, columns = map(int, self.image_shape)
            if images.shape[1] != rows * columns:
                return f"{split}_images have {images.shape[1]} pixels, not the {rows} × {columns} of image_shape"
            if images.max() > self.pixel_max:
                return f"{split}_images have a pixel of {images.max()}, above pixel_max, {self.pixel_max}"
            if labels.max() >= self.n_classes:
                return f"{split}_labels have a class {labels.max()} that train_labels lack"
        return None


def _read(path: str | Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    return read_arrays(path, names, "delete it to have it made again")


@dataclass(frozen=True)
class ScaledImages:
    """Images as networks see them, float32 (n_images, n_inputs): training pixels have mean 0 and variance 1."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    n_classes: int

    @property
    def n_inputs(self) -> int:
        return self.train_images.shape[1]

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """train_images, train_labels, test_images, test_labels"""
        return self.train_images, self.train_labels, self.test_images, self.test_labels

    def with_inputs(self, pixels: np.ndarray) -> "ScaledImages":
        """The same images, of which only some pixels are seen; `pixels` are their positions (n,)."""
        return replace(self, train_images=self.train_images[:, pixels], test_images=self.test_images[:, pixels])


def load_scaled(path: str | Path) -> ScaledImages:
    """Reads an image set and scales its pixels: (x / pixel_max − mean) / deviation, both of the training split.

    Mean and deviation are two numbers over all pixels, as in the code of the paper's reference [28].
    """
    images = ImageSet.load(path)
    pixel_max = int(images.pixel_max)
    values = np.arange(pixel_max + 1) / pixel_max
    counts = sum(np.bincount(block.ravel(), minlength=len(values)) for block in _blocks(images.train_images))
    fractions = counts / images.train_images.size
    mean = fractions @ values
    deviation = np.sqrt(fractions @ (values - mean) ** 2)
    if deviation == 0:
        raise StudyError(f"{path}: all pixels of the training images are equal.")
    scale = ((values - mean) / deviation).astype(np.float32)
    return ScaledImages(
        train_images=_scaled(images.train_images, scale),
        train_labels=images.train_labels.astype(np.int64),
        test_images=_scaled(images.test_images, scale),
        test_labels=images.test_labels.astype(np.int64),
        n_classes=images.n_classes,
    )


def _scaled(images: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """float32 of the same shape: the scaled value of each pixel."""
    scaled = np.empty(images.shape, np.float32)
    for block, target in zip(_blocks(images), _blocks(scaled), strict=True):
        target[...] = scale[block]
    return scaled


def _blocks(images: np.ndarray) -> Iterator[np.ndarray]:
    """Views of a thousand images each, because NumPy widens all pixels that it counts or looks up to eight bytes."""
    return (images[first : first + 1000] for first in range(0, len(images), 1000))
