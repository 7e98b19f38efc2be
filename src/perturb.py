"""Perturbs trained networks, level by level, and records their accuracy on the test images."""

import argparse
from dataclasses import asdict

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.perturbation import sweep
from sparse_training.randomness import network_seed
from sparse_training.settings import SweepSettings
from study.data.image_sets import load_scaled
from study.provenance.record import Input, Output, parse
from study.results.tables import identity_of, write_results
from study.scripts.arguments import add_settings, settings_of
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
        "--levels", type=float, nargs="+", required=True, metavar="LEVEL", help="levels; 0 changes nothing"
    )
    add_settings(parser, SweepSettings)
    parser.add_argument(
        "--output", type=Output, required=True, metavar="CSV", help="writes one row for each network, repeat and level"
    )
    options, record = parse(parser, arguments, __file__)
    with record:
        settings = settings_of(options, SweepSettings)
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
                **asdict(settings),
            )
            rows += [identity | {"perturbation": options.perturbation, **row, "chance": chance} for row in swept]
        write_results(rows, options.output)


if __name__ == "__main__":
    run(main, SparseTrainingError)
