"""Damages trained networks, level by level, and records what accuracy on the test images is left."""

import argparse

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.perturbation import sweep
from sparse_training.randomness import network_seed
from study.data.image_sets import load_scaled
from study.provenance.record import Input, Output, parse
from study.results.tables import identity_of, write_results
from study.scripts.argument_types import positive_integer
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
        "--images", type=Input, required=True, metavar="NPZ", help="image set; its test images are used"
    )
    parser.add_argument("--perturbation", required=True, help="a module of sparse_training.perturbations")
    parser.add_argument(
        "--levels", type=float, nargs="+", required=True, metavar="LEVEL", help="levels, 0 for no damage"
    )
    parser.add_argument(
        "--repeats",
        type=positive_integer,
        required=True,
        metavar="TIMES",
        help="random draws for each network and level",
    )
    parser.add_argument(
        "--layers-together",
        action=argparse.BooleanOptionalAction,
        required=True,
        help="whether the links of all layers are damaged as those of one, instead of the same share of each",
    )
    parser.add_argument(
        "--readout",
        action=argparse.BooleanOptionalAction,
        required=True,
        help="whether the dense readout is damaged too",
    )
    parser.add_argument(
        "--output", type=Output, required=True, metavar="CSV", help="writes one row for each network, repeat and level"
    )
    options, record = parse(parser, arguments, __file__)
    images = load_scaled(options.images)
    chance = 1 / images.n_classes  # accuracy of guessing
    rows = []
    for path in options.networks:
        network = SparseMLP.load(path)
        identity = identity_of(network.metadata, path)
        swept = sweep(
            network,
            options.perturbation,
            options.levels,
            images.test_images,
            images.test_labels,
            seed=network_seed(**identity),
            repeats=options.repeats,
            layers_together=options.layers_together,
            readout=options.readout,
        )
        rows += [identity | {"perturbation": options.perturbation, **row, "chance": chance} for row in swept]
    write_results(rows, options.output)
    record.write()


if __name__ == "__main__":
    run(main, SparseTrainingError)
