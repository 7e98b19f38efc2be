"""Trains one network by dynamic sparse training and records every epoch.

Killed at any moment, it resumes from its last checkpoint when it is called again; the results are the same as if it had
never stopped, to the byte (but for the seconds in the timings). SIGTERM makes it store a checkpoint and stop.
"""

import argparse
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.randomness import Stream, generator, network_seed
from sparse_training.settings import TrainingSettings
from sparse_training.training import TrainingRun, TrainingState, initial_network, train
from study.data.image_sets import load_scaled
from study.files import atomic_path
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.arguments import add_rule_and_seed, add_training_arguments, settings_of
from study.scripts.checkpoints import STOPPED, Checkpoint, TerminationRequest, digest_of
from study.scripts.progress import Progress
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_training_arguments(parser, TrainingSettings)
    add_rule_and_seed(parser)
    parser.add_argument("--network", type=Output, required=True, metavar="NPZ", help="writes the trained network")
    parser.add_argument(
        "--history", type=Output, required=True, metavar="CSV", help="writes loss and accuracy of each epoch"
    )
    parser.add_argument(
        "--topology",
        type=Output,
        required=True,
        metavar="CSV",
        help="writes what each epoch's topology update did to each sparse layer",
    )
    parser.add_argument(
        "--timings", type=Output, required=True, metavar="CSV", help="writes the seconds that each epoch took"
    )
    checkpointing = parser.add_argument_group("checkpointing")
    checkpointing.add_argument(
        "--checkpoint",
        type=Path,
        metavar="NPZ",
        help="where to store checkpoints, which are used by the same code alone (--code); none by default",
    )
    checkpointing.add_argument(
        "--checkpoint-seconds",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="least time from one checkpoint to the next (default: %(default)s)",
    )
    options, record = parse(parser, arguments, __file__, ["checkpoint_seconds"])
    with record:
        settings = settings_of(options, TrainingSettings)
        identity = {"dataset": options.dataset, "rule": options.rule, "seed": options.seed}
        task = [identity, options.hidden_sizes, asdict(settings)]
        checkpoint = Checkpoint(options.checkpoint, digest_of(options.code, task, options.images))
        run = train_resumably(options, settings, network_seed(**identity), checkpoint)
        write_results(run.history, options.history, **identity)
        write_results(run.topology, options.topology, **identity)
        write_results(run.timings, options.timings, **identity)
        with atomic_path(options.network) as temporary:
            replace(run.network, metadata=identity).save(temporary)
    checkpoint.remove()


def train_resumably(
    options: argparse.Namespace, settings: TrainingSettings, seed: np.random.SeedSequence, checkpoint: Checkpoint
) -> TrainingRun:
    """Trains the network, from its last checkpoint if there is one, and stores others. SIGTERM ends the process."""
    images = load_scaled(options.images)
    network = initial_network(
        [images.n_inputs, *options.hidden_sizes],
        n_classes=images.n_classes,
        rule=options.rule,
        settings=settings,
        rng=generator(seed, Stream.INITIALISATION),
        images=images.train_images,
    )
    stored = checkpoint.load()
    resumed = TrainingRun(TrainingState.from_arrays(stored[0]), **stored[1]) if stored else None
    if resumed:
        print(f"resuming from {options.checkpoint}, epoch {resumed.state.epoch}", file=sys.stderr)
    elif options.checkpoint and options.checkpoint.exists():
        print(f"{options.checkpoint} is damaged, or of other code, settings or data: not used", file=sys.stderr)
    progress = Progress(settings.epochs, done=resumed.state.epoch if resumed else 0)
    saved = time.monotonic()

    with TerminationRequest() as termination:

        def after_epoch(run: TrainingRun) -> None:
            nonlocal saved
            progress.report(run.state.epoch, f"test accuracy {run.history[-1]['test_accuracy']:.4f}")
            if time.monotonic() - saved >= options.checkpoint_seconds or termination.received:
                checkpoint.save(run.state.to_arrays(), run.rows())
                saved = time.monotonic()
            if termination.received:
                sys.exit(STOPPED)

        return train(
            network,
            *images.arrays,
            rule=options.rule,
            settings=settings,
            seed=seed,
            resume_from=resumed,
            after_epoch=after_epoch,
        )


if __name__ == "__main__":
    run(main, SparseTrainingError)
