"""Imports a custom image set: a .npz file, or the four IDX files that MNIST-like sets come in."""

import argparse

from study.data.user_images import from_idx, from_npz
from study.provenance.record import Input, Output, parse
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--npz", type=Input, metavar="NPZ", help="file with the arrays x_train, y_train, x_test, y_test"
    )
    source.add_argument(
        "--idx",
        type=Input,
        nargs=4,
        metavar=("TRAIN_IMAGES", "TRAIN_LABELS", "TEST_IMAGES", "TEST_LABELS"),
        help="IDX files, gzipped or not",
    )
    parser.add_argument("--output", type=Output, required=True, metavar="NPZ", help="image set to write")
    options, record = parse(parser, arguments, __file__)
    with record:
        images = from_npz(options.npz) if options.npz else from_idx(*options.idx)
        images.save(options.output)


if __name__ == "__main__":
    run(main)
