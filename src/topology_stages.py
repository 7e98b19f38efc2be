"""Trains a network small enough to be drawn, and lists its links in each stage of one more topology update.

Its inputs are the pixels that vary most over the training images.
"""

import argparse

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.randomness import Stream, generator, network_seed
from sparse_training.settings import TrainingSettings
from sparse_training.topology import topology_update_stages
from sparse_training.training import initial_network, train
from study.data.image_sets import load_scaled
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.arguments import add_rule_and_seed, add_training_arguments, positive_integer, settings_of
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_training_arguments(parser, TrainingSettings)
    add_rule_and_seed(parser)
    parser.add_argument(
        "--inputs", type=positive_integer, required=True, metavar="PIXELS", help="how many pixels the network sees"
    )
    parser.add_argument("--output", type=Output, required=True, metavar="CSV", help="writes the links of each stage")
    options, record = parse(parser, arguments, __file__)
    with record:
        settings = settings_of(options, TrainingSettings)
        images = load_scaled(options.images)
        if options.inputs > images.n_inputs:
            parser.error(f"--inputs must be at most {images.n_inputs}, the pixels of an image; found {options.inputs}.")
        images = images.with_inputs(
            np.sort(np.argsort(-images.train_images.var(axis=0), kind="stable")[: options.inputs])
        )
        identity = {"dataset": options.dataset, "rule": options.rule, "seed": options.seed}
        seed = network_seed(**identity)
        network = initial_network(
            [images.n_inputs, *options.hidden_sizes],
            n_classes=images.n_classes,
            rule=options.rule,
            settings=settings,
            rng=generator(seed, Stream.INITIALISATION),
            images=images.train_images,
        )
        run = train(network, *images.arrays, rule=options.rule, settings=settings, seed=seed)
        write_results(topology_update_stages(run.network, options.rule, settings, seed), options.output, **identity)


if __name__ == "__main__":
    run(main, SparseTrainingError)
