"""Compiles what Numba compiles, once, so that jobs that run side by side afterwards find it on disk."""

import argparse
from pathlib import Path

import numpy as np

from sparse_training.inference import WIDEST_VECTOR
from sparse_training.network import SparseMLP
from sparse_training.settings import TrainingSettings
from sparse_training.training import train
from study.files import atomic_path

INPUTS, CLASSES = 6, 2


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", nargs="+", required=True, metavar="RULE", help="regrowth rules that will be used")
    parser.add_argument(
        "--batch-size",
        type=int,
        required=True,
        metavar="IMAGES",
        help="images of one step; kernels are compiled for it",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="TXT", help="writes what was compiled for")
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(0)
    # one step of a whole batch and one of the rest; test images enough for the widest vectors
    images = rng.standard_normal((max(options.batch_size + 1, WIDEST_VECTOR), INPUTS), dtype=np.float32)
    labels = np.arange(len(images)) % CLASSES
    network = SparseMLP.random([INPUTS, 5, 5], n_classes=CLASSES, density=0.5, rng=rng)
    settings = TrainingSettings(epochs=2, batch_size=options.batch_size)
    for rule in options.rules:
        train(network, images, labels, images, labels, rule=rule, settings=settings, seed=0)
    with atomic_path(options.output) as temporary:
        temporary.write_text(f"{', '.join(options.rules)}\n")


if __name__ == "__main__":
    main()
