"""Perturbs the test images that trained networks are given, level by level, and records their accuracy."""

import argparse

from sparse_training.errors import SparseTrainingError
from sparse_training.image_perturbation import sweep_images
from sparse_training.network import SparseMLP
from sparse_training.randomness import network_seed
from study.data.image_sets import ImageSet, load_scaled
from study.errors import StudyError
from study.provenance.record import Input, Output, parse
from study.results.tables import identity_of, write_results
from study.scripts.arguments import positive_integer
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "networks",
        nargs="+",
        type=Input,
        metavar="NETWORK",
        help="trained networks; random numbers depend on the data set, rule and number in their metadata",
    )
    parser.add_argument(
        "--images", type=Input, required=True, metavar="NPZ", help="image set; its test images are perturbed"
    )
    parser.add_argument(
        "--perturbations",
        nargs="+",
        required=True,
        metavar="WORD",
        help="each a module of sparse_training.image_perturbations, followed by its levels, as in image_noise 0 0.5 1 "
        "image_blur 0 1; 0 changes nothing",
    )
    parser.add_argument(
        "--repeats", type=positive_integer, default=1, metavar="DRAWS", help="random draws for each network and level"
    )
    parser.add_argument(
        "--output",
        type=Output,
        required=True,
        metavar="CSV",
        help="writes one row for each network, perturbation, repeat and level",
    )
    options, record = parse(parser, arguments, __file__)
    levels = levels_of(options.perturbations)
    with record:
        images = load_scaled(options.images)
        shape = tuple(map(int, ImageSet.load(options.images).image_shape))
        chance = 1 / images.n_classes  # accuracy of guessing
        rows = []
        for path in options.networks:
            network = SparseMLP.load(path)
            identity = identity_of(network.metadata, path)
            for name, of_name in levels.items():
                swept = sweep_images(
                    network,
                    name,
                    of_name,
                    images.test_images,
                    images.test_labels,
                    seed=network_seed(**identity),
                    repeats=options.repeats,
                    shape=shape,
                )
                rows += [identity | {"perturbation": name, **row, "chance": chance} for row in swept]
        write_results(rows, options.output)


def levels_of(words: list[str]) -> dict[str, list[float]]:
    """`["image_noise", "0", "1"]` -> `{"image_noise": [0.0, 1.0]}`. StudyError if a name or its levels are missing."""
    levels = {}
    for word in words:
        try:
            level = float(word)
        except ValueError:
            levels[word] = []
        else:
            if not levels:
                raise StudyError(f"--perturbations must begin with the name of a perturbation; found {word}.")
            levels[[*levels][-1]].append(level)
    for name, of_name in levels.items():
        if not of_name:
            raise StudyError(f"--perturbations must give levels, numbers, after {name}.")
    return levels


if __name__ == "__main__":
    run(main, SparseTrainingError)
