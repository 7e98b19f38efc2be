"""How large image sets and tables are, whether they are there yet or not."""

import gzip
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from study.data.idx import GZIP_MAGIC
from study.data.image_sources import IDX_HEADER, IMAGE_SOURCES, PIXELS, SPLITS
from study.data.pmlb import read_index
from study.workflow.jobs import Command

PMLB_INDEX = Path("config/pmlb_tables.csv")
UNKNOWN_CLASSES = 10
COMPRESSION = 0.4  # bytes of a file against its content: 0.21 of MNIST, 0.56 of Fashion-MNIST


@dataclass(frozen=True)
class ImageSize:
    """Images for training and test, values of one image, classes."""

    train: int
    test: int
    inputs: int
    classes: int

    @property
    def pixels(self) -> int:
        """Values of all images."""
        return (self.train + self.test) * self.inputs


@dataclass(frozen=True)
class TableSize:
    """Rows, features and classes of a table."""

    rows: int
    features: int
    classes: int


SHIPPED_IMAGES = {"digits": ImageSize(1257, 540, 64, 10)}  # with scikit-learn, as src/prepare_digits.py splits it
SHIPPED_TABLES = {
    "breast_cancer": TableSize(569, 30, 2),
    "iris": TableSize(150, 4, 3),
    "wine": TableSize(178, 13, 3),
}
CLASSES = {"emnist_letters": 26}


class UnknownSize(Exception):
    """Nothing says how large a data set is."""


class DataSizes:
    """Sizes of data sets by the path that the workflow gives them.

    makers: path of an image set that is not there yet -> command of the job that makes it
    """

    def __init__(self, makers: Mapping[str, Command] | None = None):
        self._makers = makers or {}
        self._tables = None

    @cache  # noqa: B019 (one object a program)
    def images(self, path: str) -> ImageSize:
        """Size of an image set. Raises UnknownSize."""
        name = Path(path).stem
        if Path(path).is_file():
            return _size_of_npz(Path(path), "train_images", "test_images", "train_labels")
        if name in SHIPPED_IMAGES:
            return SHIPPED_IMAGES[name]
        if name in IMAGE_SOURCES:
            files = IMAGE_SOURCES[name].files
            train, test = (files[split, "labels"].content_bytes - IDX_HEADER["labels"] for split in SPLITS)
            return ImageSize(train, test, PIXELS, CLASSES.get(name, UNKNOWN_CLASSES))
        maker = self._makers.get(path)
        if maker is None:
            raise UnknownSize(path)
        if "npz" in maker.options:
            return _size_of_npz(Path(maker.options["npz"][0]), "x_train", "x_test", None)
        train, test = (_shape_of_idx(Path(file)) for file in maker.options["idx"][::2])  # between them the labels
        return ImageSize(train[0], test[0], int(np.prod(train[1:])), UNKNOWN_CLASSES)

    @cache  # noqa: B019
    def table(self, path: str) -> TableSize:
        """Size of a table. Raises UnknownSize."""
        name = Path(path).stem
        if "pmlb" in Path(path).parts:
            index = read_index(PMLB_INDEX)
            if name in index.index:
                return TableSize(*(int(index.at[name, column]) for column in ("rows", "features", "classes")))
        elif name in SHIPPED_TABLES:
            return SHIPPED_TABLES[name]
        raise UnknownSize(path)

    @staticmethod
    def download_bytes(dataset: str) -> float:
        """Bytes of the official files of an image set, about: they are compressed images of few grey values."""
        return COMPRESSION * sum(file.content_bytes or 0 for file in IMAGE_SOURCES[dataset].files.values())


def _size_of_npz(path: Path, train: str, test: str, labels: str | None) -> ImageSize:
    """By the headers of the arrays, without reading them; only labels are read."""
    try:
        with zipfile.ZipFile(path) as archive:
            train_shape, test_shape = (_shape_in(archive, name) for name in (train, test))
        classes = UNKNOWN_CLASSES
        if labels:
            with np.load(path, allow_pickle=False) as arrays:
                classes = int(arrays[labels].max()) + 1
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        raise UnknownSize(str(path)) from None
    return ImageSize(train_shape[0], test_shape[0], int(np.prod(train_shape[1:])), classes)


def _shape_in(archive: zipfile.ZipFile, array: str) -> tuple[int, ...]:
    with archive.open(f"{array}.npy") as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return read(file)[0]


def _shape_of_idx(path: Path) -> tuple[int, ...]:
    """From the header: two bytes of zeros, type, number of dimensions, each as a big-endian whole number."""
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == GZIP_MAGIC
        with gzip.open(path) if zipped else path.open("rb") as file:
            header = file.read(16)
    except (OSError, EOFError):
        raise UnknownSize(str(path)) from None
    dimensions = header[3] if len(header) == 16 else 0
    return tuple(int.from_bytes(header[4 * n : 4 * n + 4], "big") for n in range(1, dimensions + 1))
