"""Trains dense networks by PyTorch, all at once: the control without sparsity, by the same steps of gradient descent.

On a CUDA device they are trained for --epochs. On a CPU, where an epoch takes some fifty times as long as that of a
network with 1 % of the links, they are trained for --cpu-epochs if these are fewer. The learning rate falls within the
epochs that are trained; their histories tell how many these were.
"""

import argparse
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from sparse_training.dense import DenseRun, default_device, train_dense
from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.randomness import Stream, generator, network_seed
from sparse_training.settings import TrainingSettings
from sparse_training.training import EpochRecord
from study.data.image_sets import load_scaled
from study.errors import StudyError
from study.files import atomic_path
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.arguments import add_training_arguments, positive_integer, settings_of
from study.scripts.checkpoints import STOPPED, Checkpoint, TerminationRequest, digest_of
from study.scripts.progress import Progress
from study.scripts.run import run

RULE = "dense"  # what the result tables call these networks
TABLES = {
    "networks": ("NPZ", "writes the trained networks, one file for each seed"),
    "histories": ("CSV", "writes loss and accuracy of each epoch, likewise"),
    "topologies": ("CSV", "writes links and active units after each epoch, likewise"),
    "timings": ("CSV", "writes the seconds that each epoch took, divided by the number of networks, likewise"),
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_training_arguments(parser, TrainingSettings)
    parser.add_argument(
        "--seeds", type=int, nargs="+", required=True, metavar="NUMBER", help="numbers of the networks, from 0"
    )
    parser.add_argument(
        "--cpu-epochs", type=positive_integer, required=True, metavar="EPOCHS", help="most epochs without CUDA"
    )
    parser.add_argument(
        "--device",
        default=default_device(),
        help="of PyTorch, cpu or cuda (default: cuda where PyTorch finds such a device, else cpu)",
    )
    for name, (metavar, content) in TABLES.items():
        parser.add_argument(f"--{name}", type=Output, nargs="+", required=True, metavar=metavar, help=content)
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
    for name in TABLES:
        if len(getattr(options, name)) != len(options.seeds):
            raise StudyError(f"--{name} must name {len(options.seeds)} files, one for each of --seeds.")
    with record:
        settings = settings_of(options, TrainingSettings)
        if options.device == "cpu":
            torch.set_num_threads(1)  # one job, one thread
            settings = replace(settings, epochs=min(settings.epochs, options.cpu_epochs))
        identities = [{"dataset": options.dataset, "rule": RULE, "seed": seed} for seed in options.seeds]
        task = [identities, options.hidden_sizes, asdict(settings), options.device]
        checkpoint = Checkpoint(options.checkpoint, digest_of(options.code, task, options.images))
        seeds = [network_seed(**identity) for identity in identities]
        networks, records = train_resumably(options, settings, seeds, checkpoint)
        for number, (identity, network, epochs) in enumerate(zip(identities, networks, records, strict=True)):
            write_results([epoch.history for epoch in epochs], options.histories[number], **identity)
            write_results([row for epoch in epochs for row in epoch.topology], options.topologies[number], **identity)
            write_results([epoch.timings for epoch in epochs], options.timings[number], **identity)
            with atomic_path(options.networks[number]) as temporary:
                replace(network, metadata=identity).save(temporary)
    checkpoint.remove()


def train_resumably(
    options: argparse.Namespace,
    settings: TrainingSettings,
    seeds: list[np.random.SeedSequence],
    checkpoint: Checkpoint,
) -> tuple[list[SparseMLP], list[list[EpochRecord]]]:
    """Trains the networks, from their last checkpoint if there is one, and stores others. SIGTERM ends the process."""
    images = load_scaled(options.images)
    starts = [
        SparseMLP.random(
            [images.n_inputs, *options.hidden_sizes],
            n_classes=images.n_classes,
            density=1,
            rng=generator(seed, Stream.INITIALISATION),
            initial_topology="complete",
        )
        for seed in seeds
    ]
    print(f"{len(seeds)} networks, {settings.epochs} of {options.epochs} epochs on {options.device}", file=sys.stderr)
    stored = checkpoint.load()
    resumed = DenseRun.from_arrays(*stored, options.device) if stored else None
    if resumed:
        print(f"resuming from {options.checkpoint}, epoch {resumed.epoch}", file=sys.stderr)
    elif options.checkpoint and options.checkpoint.exists():
        print(f"{options.checkpoint} is damaged, or of other code, settings or data: not used", file=sys.stderr)
    progress = Progress(settings.epochs, done=resumed.epoch if resumed else 0)
    saved = time.monotonic()

    with TerminationRequest() as termination:

        def after_epoch(run: DenseRun) -> None:
            nonlocal saved
            progress.report(run.epoch, f"test accuracy {run.records[0][-1].history['test_accuracy']:.4f}")
            if time.monotonic() - saved >= options.checkpoint_seconds or termination.received:
                checkpoint.save(run.to_arrays(), run.rows())
                saved = time.monotonic()
            if termination.received:
                sys.exit(STOPPED)

        return train_dense(
            starts,
            *images.arrays,
            settings=settings,
            seeds=seeds,
            device=options.device,
            resume_from=resumed,
            after_epoch=after_epoch,
        )


if __name__ == "__main__":
    run(main, SparseTrainingError)
