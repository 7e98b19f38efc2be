"""Trains one network with adaptive sparse topology and records every epoch."""

import argparse
from pathlib import Path

import pandas as pd

from sparse_training.network import SparseMLP
from sparse_training.randomness import Stream, generator, network_seed
from sparse_training.settings import TrainingSettings
from sparse_training.training import train
from study.files import atomic_path, write_table
from study.image_sets import load_scaled
from study.training_arguments import add_training_arguments, training_settings


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, required=True, metavar="NPZ", help="image set to train and test on")
    parser.add_argument("--dataset", required=True, help="name of the image set; random numbers depend on it")
    parser.add_argument("--rule", required=True, help="regrowth rule: a module of sparse_training.regrowth")
    parser.add_argument("--seed", type=int, required=True, metavar="NUMBER", help="number of the network, from 0")
    add_training_arguments(parser)
    parser.add_argument("--network", type=Path, required=True, metavar="NPZ", help="writes the trained network")
    parser.add_argument("--history", type=Path, required=True, metavar="CSV", help="writes loss and accuracy of each epoch")
    parser.add_argument(
        "--topology", type=Path, required=True, metavar="CSV", help="writes what each epoch's topology update did to each sparse layer"
    )
    parser.add_argument("--timings", type=Path, required=True, metavar="CSV", help="writes the seconds that each epoch took")
    options = parser.parse_args(arguments)
    images = load_scaled(options.images)
    seed = network_seed(options.dataset, options.rule, options.seed)
    network = SparseMLP.random(
        [images.n_inputs, *options.hidden_sizes],
        n_classes=images.n_classes,
        density=options.density,
        rng=generator(seed, Stream.INITIALISATION),
    )
    run = train(
        network,
        images.train_images,
        images.train_labels,
        images.test_images,
        images.test_labels,
        rule=options.rule,
        settings=TrainingSettings(**training_settings(options)),
        seed=seed,
    )
    for rows, path in ((run.history, options.history), (run.topology, options.topology), (run.timings, options.timings)):
        write_table(pd.DataFrame(rows), path)
    with atomic_path(options.network) as temporary:
        run.network.save(temporary)


if __name__ == "__main__":
    main()
