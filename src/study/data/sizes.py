"""Sizes of the data sets that the studies know, as plain numbers: known before anything is downloaded."""

import csv
from pathlib import Path
from typing import NamedTuple


class ImageSize(NamedTuple):
    """Training and test images, pixels of one image, classes."""

    train: int
    test: int
    pixels: int
    classes: int


class TableSize(NamedTuple):
    """Rows, features and classes of a table."""

    rows: int
    features: int
    classes: int


IMAGE_SETS = {
    "digits": ImageSize(1257, 540, 64, 10),  # as src/prepare_digits.py splits them
    "mnist": ImageSize(60_000, 10_000, 784, 10),
    "fashion_mnist": ImageSize(60_000, 10_000, 784, 10),
    "kmnist": ImageSize(60_000, 10_000, 784, 10),
    "emnist_letters": ImageSize(124_800, 20_800, 784, 26),
}
OWN_IMAGES = ImageSize(
    100_000, 20_000, 784, 100
)  # taken for an image set of the user's own, whose size is not known yet
SHIPPED_TABLES = {
    "breast_cancer": TableSize(569, 30, 2),
    "iris": TableSize(150, 4, 3),
    "wine": TableSize(178, 13, 3),
}


def table_sizes(index: str | Path) -> dict[str, TableSize]:
    """Sizes of all tables by name: those that ship with scikit-learn, and `pmlb/…` by the list `index`."""
    with Path(index).open(newline="", encoding="utf-8") as file:
        listed = {
            f"pmlb/{row['table']}": TableSize(int(row["rows"]), int(row["features"]), int(row["classes"]))
            for row in csv.DictReader(file)
        }
    return SHIPPED_TABLES | listed
