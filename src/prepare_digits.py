"""Writes scikit-learn's digits (1,797 scanned digits, 8 × 8 pixels of 0 to 16) as an image set.

The set has no official split: 30 % of each class, drawn once, are its test images.
"""

import argparse

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from study.data.image_sets import ImageSet
from study.provenance.record import Output, parse
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Output, required=True, metavar="NPZ", help="image set to write")
    options, record = parse(parser, arguments, __file__)
    with record:
        digits = load_digits()
        train_images, test_images, train_labels, test_labels = train_test_split(
            digits.data.astype(np.uint8),
            digits.target.astype(np.uint8),
            test_size=0.3,
            stratify=digits.target,
            random_state=0,
        )
        ImageSet(
            train_images=train_images,
            train_labels=train_labels,
            test_images=test_images,
            test_labels=test_labels,
            image_shape=np.array(digits.images.shape[1:]),
            pixel_max=np.array(16),
        ).save(options.output)


if __name__ == "__main__":
    run(main)
