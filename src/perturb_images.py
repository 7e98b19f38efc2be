"""Perturbs the test images that trained networks are given, level by level, and records their accuracy."""

import argparse

from sparse_training.errors import SparseTrainingError
from sparse_training.image_perturbation import sweep_images
from sparse_training.network import SparseMLP
from sparse_training.randomness import network_seed
from study.data.image_sets import ImageSet
from study.errors import StudyError
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.arguments import positive_integer
from study.scripts.networks import add_tested_networks, sweep_networks
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_tested_networks(parser)
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
        shape = tuple(map(int, ImageSet.load(options.images).image_shape))
        rows = sweep_networks(
            options,
            SparseMLP.load,
            levels,
            lambda network, identity, *what: sweep_images(
                network, *what, seed=network_seed(**identity), repeats=options.repeats, shape=shape
            ),
        )
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
