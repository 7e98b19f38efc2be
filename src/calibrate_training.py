"""Measures what training, evaluating, rewiring and damaging a network of a given layout costs on this machine.

Prints one JSON object: kind of work -> CPU seconds for one unit (see `forecast.work`). It takes five seconds or
so, besides compiling the kernels, which happens once.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from forecast.work import Layout
from sparse_training.engine import sgd_epoch
from sparse_training.gradients import Gradients
from sparse_training.measures import count_on_paths
from sparse_training.methods import Method
from sparse_training.network import SparseMLP
from sparse_training.perturbation import perturb
from sparse_training.settings import TrainingSettings
from sparse_training.topology import update_topology
from study.data.image_sets import ImageSet, load_scaled
from study.scripts.run import run

TURNS = 3
STORED_IMAGES = 3000  # that are written and read; more than enough to outweigh the opening of files
EPOCHS = 30  # after which a network is as it will be


def cpu_seconds(work: Callable[[], object]) -> float:
    """The median of a few turns, after one that loads what has to be loaded."""
    work()
    turns = []
    for _ in range(TURNS):
        begin = time.process_time()
        work()
        turns.append(time.process_time() - begin)
    return float(np.median(turns))


def seconds_of_update(network: SparseMLP, rule: str, batch_size: int) -> float:
    """CPU seconds of a topology update late in a training.

    Updates by paths become dearer as links gather in few units. Scanned digits, spread over the inputs, do that to a
    network in some twenty epochs; from then on the cost hardly changes.
    """
    images, labels = load_digits(return_X_y=True)
    pixels = np.linspace(0, images.shape[1] - 1, network.n_inputs).round().astype(int)
    images = ((images - images.mean()) / images.std()).astype(np.float32)[:, pixels]
    labels %= network.n_classes
    momentum = network.zeros_like()
    method = Method.of(rule, TrainingSettings(epochs=EPOCHS))
    turns = []
    for epoch in range(EPOCHS):
        rng = np.random.default_rng(epoch)
        order = rng.permutation(len(images))
        network, momentum, _ = sgd_epoch(
            network, momentum, images, labels, order, batch_size=batch_size, learning_rate=0.025
        )
        begin = time.process_time()
        gradients = Gradients(network, images, labels, np.random.SeedSequence(epoch), epoch)
        network, momentum, _ = update_topology(network, momentum, method, rng, images=images, gradients=gradients)
        turns.append(time.process_time() - begin)
    return float(np.median(turns[-EPOCHS // 3 :]))


def measure(layout: Layout, n_images: int, batch_size: int, rules: list[str], perturbations: list[str]) -> dict:
    """Kind of work -> CPU seconds for one unit."""
    rng = np.random.default_rng(0)
    inputs, *hidden, classes = layout.units
    network = SparseMLP.random([inputs, *hidden], n_classes=classes, density=layout.density, rng=rng)
    momentum = network.zeros_like()
    images = rng.standard_normal((n_images, inputs), np.float32)
    labels = rng.integers(classes, size=n_images)
    order = rng.permutation(n_images)

    def epoch() -> None:
        sgd_epoch(network, momentum, images, labels, order, batch_size=batch_size, learning_rate=0.01)

    units = {
        f"training, batch {batch_size}": cpu_seconds(epoch) / (n_images * layout.load),
        "evaluation": cpu_seconds(lambda: network.accuracy(images, labels)) / (n_images * layout.load),
    }
    for rule in rules:
        units[f"update: {rule}"] = seconds_of_update(network, rule, batch_size) / layout.links

    def damage(name: str) -> None:
        count_on_paths(perturb(network, name, 0.5, rng))

    for name in perturbations:
        units[f"damage: {name}"] = cpu_seconds(lambda name=name: damage(name)) / layout.links
    return units


def measure_files(inputs: int) -> dict:
    """The same of writing and reading an image set of as many inputs."""
    rng = np.random.default_rng(0)
    grey = rng.integers(256, size=(STORED_IMAGES, inputs), dtype=np.uint8)
    images = np.where(rng.random(grey.shape) < 0.2, grey, np.uint8(0))  # drawn on an empty ground
    labels = np.zeros(STORED_IMAGES, np.uint8)
    image_set = ImageSet(images, labels, images[:1], labels[:1], np.array((1, inputs)), np.array(255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        writing, reading = cpu_seconds(lambda: image_set.save(path)), cpu_seconds(lambda: load_scaled(path))
    return {"convert": writing / images.size, "load": reading / images.size}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, nargs="+", required=True, help="inputs, units of hidden layers, classes")
    parser.add_argument("--density", type=float, required=True, help="share of the links of a hidden layer that exist")
    parser.add_argument("--images", type=int, required=True, metavar="NUMBER", help="images of an epoch")
    parser.add_argument("--batch-size", type=int, required=True, metavar="IMAGES", help="images of one step")
    parser.add_argument("--rules", nargs="*", default=[], metavar="RULE", help="regrowth rules (default: none)")
    parser.add_argument("--perturbations", nargs="*", default=[], metavar="NAME", help="perturbations (default: none)")
    options = parser.parse_args(arguments)
    layout = Layout(tuple(options.units), options.density)
    work = measure(layout, options.images, options.batch_size, options.rules, options.perturbations)
    print(json.dumps(work | measure_files(layout.units[0])))


if __name__ == "__main__":
    run(main)
