"""Times the topology updates of several rules on several networks each. Nothing else should run meanwhile."""

import argparse
from dataclasses import replace

from sparse_training.errors import SparseTrainingError
from sparse_training.randomness import Stream, generator, network_seed
from sparse_training.settings import TrainingSettings
from sparse_training.training import initial_network, train
from study.data.image_sets import load_scaled
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.arguments import add_training_arguments, positive_integer, settings_of
from study.scripts.run import run

COLUMNS = ("epoch", "seconds_scoring", "seconds_update")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_training_arguments(parser, TrainingSettings)
    parser.add_argument(
        "--rules", nargs="+", required=True, metavar="RULE", help="training methods, of those that rewire"
    )
    parser.add_argument(
        "--instances", type=positive_integer, required=True, metavar="NETWORKS", help="networks to time for each rule"
    )
    parser.add_argument("--output", type=Output, required=True, metavar="CSV", help="writes the seconds of each update")
    options, record = parse(parser, arguments, __file__)
    with record:
        settings = settings_of(options, TrainingSettings)
        settings = replace(settings, epochs=settings.epochs + 1)  # no update follows the last epoch
        images = load_scaled(options.images)

        def timed(rule: str, number: int, settings: TrainingSettings) -> list[dict]:
            """One row for each update of one network: epoch, seconds of scoring, seconds of the whole update."""
            seed = network_seed(options.dataset, rule, number)
            network = initial_network(
                [images.n_inputs, *options.hidden_sizes],
                n_classes=images.n_classes,
                rule=rule,
                settings=settings,
                rng=generator(seed, Stream.INITIALISATION),
                images=images.train_images,
            )
            run = train(network, *images.arrays, rule=rule, settings=settings, seed=seed)
            return [{column: row[column] for column in COLUMNS} for row in run.timings[:-1]]

        for rule in options.rules:  # the first update of a process also loads its compiled code
            timed(rule, 0, replace(settings, epochs=2))
        # rules take turns, so that a change of the machine's speed affects all of them
        rows = [
            {"dataset": options.dataset, "rule": rule, "seed": number, **row}
            for number in range(options.instances)
            for rule in options.rules
            for row in timed(rule, number, settings)
        ]
        write_results(rows, options.output)


if __name__ == "__main__":
    run(main, SparseTrainingError)
