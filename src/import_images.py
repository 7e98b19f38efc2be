"""Takes an image set of your own into the study: a .npz, or the four IDX files that MNIST-like sets come in."""

import argparse
from pathlib import Path

from study.own_images import from_idx, from_npz


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--npz", type=Path, metavar="NPZ", help="file with the arrays x_train, y_train, x_test, y_test")
    source.add_argument(
        "--idx",
        type=Path,
        nargs=4,
        metavar=("TRAIN_IMAGES", "TRAIN_LABELS", "TEST_IMAGES", "TEST_LABELS"),
        help="IDX files, gzipped or not",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="NPZ", help="image set to write")
    options = parser.parse_args(arguments)
    images = from_npz(options.npz) if options.npz else from_idx(*options.idx)
    images.save(options.output)


if __name__ == "__main__":
    main()
