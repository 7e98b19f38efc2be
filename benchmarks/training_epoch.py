"""CPU seconds of a training epoch of a 784-1000-1000-1000-10 network with 1 % of the links, beside other ways to do
it.

One thread, float32, 60,000 samples, SGD with momentum. All methods take turns in one process, so that a change of the
machine's pace meets all of them; figures are medians over the turns. Ours does whole epochs, with gathering of
batches, loss, output layer, step and the packing of the network included. The others do a slice of an epoch, gathering
included, which is scaled up. CPU seconds of one thread are what a quiet machine's clock shows; on a busy one the
clock shows more.

    python -m pip install -r envs/requirements-benchmarks.txt
    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/training_epoch.py
"""

import argparse
import platform
import time

import numba
import numpy as np
import torch
from peers import MaskedDense, SparseLab, TorchAutograd, TorchCSR

from numba_vectors.vectors import FLOAT32_LANES as LANES
from numba_vectors.vectors import add, aligned_zeros, load, splat, store, width_of
from sparse_training.engine import sgd_epoch
from sparse_training.network import SparseMLP

SAMPLES, CLASSES = 60_000, 10
LINKS = 7_840 + 10_000 + 10_000
LEARNING_RATE, MOMENTUM = 0.025, 0.9
LATE_LOSS = 1e-4


def made_up_images(rng):
    """Ten prototypes with a fifth of the pixels set, and noise: learned to a loss of 1e-4 in a few epochs."""
    prototypes = (rng.random((CLASSES, 784)) < 0.2) * rng.random((CLASSES, 784))
    labels = rng.integers(CLASSES, size=SAMPLES)
    images = prototypes[labels] + 0.1 * rng.standard_normal((SAMPLES, 784), dtype=np.float32)
    return ((images - images.mean()) / images.std()).astype(np.float32), labels


class Ours:
    name = "sparse_training"

    def __init__(self, network, batch_size, images, labels):
        self.network, self.momentum = network, network.zeros_like()
        self.batch_size, self.images, self.labels = batch_size, images, labels
        self.rng = np.random.default_rng(0)

    def epoch(self):
        """(seconds, training loss)"""
        begin = time.process_time()
        order = self.rng.permutation(SAMPLES)
        self.network, self.momentum, loss = sgd_epoch(
            self.network,
            self.momentum,
            self.images,
            self.labels,
            order,
            batch_size=self.batch_size,
            learning_rate=LEARNING_RATE,
            momentum_factor=MOMENTUM,
        )
        return time.process_time() - begin, loss


def seconds_per_epoch(peer, batch_size, images, labels, steps):
    """Scaled up from a slice of an epoch."""
    order = torch.randperm(SAMPLES)
    begin = time.process_time()
    for number in range(steps):
        batch = order[number * batch_size : (number + 1) * batch_size]
        peer.step(images[batch], labels[batch])
    return (time.process_time() - begin) * (SAMPLES / batch_size) / steps


def compare(batch_size, turns, steps, images, labels):
    network = SparseMLP.random([784, 1000, 1000, 1000], n_classes=CLASSES, density=0.01, rng=np.random.default_rng(1))
    ours = Ours(network, batch_size, images, labels)
    peers = [kind(network, LEARNING_RATE, MOMENTUM) for kind in (MaskedDense, TorchAutograd, TorchCSR, SparseLab)]
    tensors = torch.tensor(images), torch.tensor(labels)
    ours.epoch()
    for peer in peers:
        seconds_per_epoch(peer, batch_size, *tensors, 3)
    ours = Ours(network, batch_size, images, labels)
    seconds = {method.name: [] for method in (*peers, ours)}
    for _ in range(turns):
        for peer in peers:
            seconds[peer.name].append(seconds_per_epoch(peer, batch_size, *tensors, steps))
        seconds[ours.name].append(ours.epoch()[0])
    medians = {name: np.median(values) for name, values in seconds.items()}
    print(f"\nbatch {batch_size}: median of {turns} turns\n")
    print("| method | CPU seconds an epoch | min … max | times slower than ours |")
    print("| --- | --- | --- | --- |")
    for name, values in seconds.items():
        ratio = medians[name] / medians[ours.name]
        print(f"| {name} | {medians[name]:.2f} | {min(values):.2f} … {max(values):.2f} | {ratio:.1f} |")


@numba.njit
def read_rows(rows, order, times, width, total):
    """Loads the rows of an array (float32, flat) in the given order, so many times, and adds them up."""
    lanes = np.uintp(LANES * len(width))
    one = two = three = four = splat(np.float32(0), width)  # sums that do not wait for each other
    for _ in range(times):
        for k in range(0, len(order) - 3, 4):
            one = add(one, load(rows, order[np.uintp(k)] * lanes, width))
            two = add(two, load(rows, order[np.uintp(k + 1)] * lanes, width))
            three = add(three, load(rows, order[np.uintp(k + 2)] * lanes, width))
            four = add(four, load(rows, order[np.uintp(k + 3)] * lanes, width))
    store(total, 0, add(add(one, two), add(three, four)))


def floor(batch_size, turns):
    """Seconds for nothing but reading: each link's row of activations once forward, its row of errors once backward."""
    width = width_of(batch_size)
    rows, total = (aligned_zeros(count, np.float32) for count in (1000 * batch_size, batch_size))
    order = np.random.default_rng(0).permutation(1000).astype(np.uint32)
    reads = 2 * LINKS * SAMPLES // batch_size
    read_rows(rows, order, 1, width, total)
    seconds = []
    for _ in range(turns):
        begin = time.process_time()
        read_rows(rows, order, reads // len(order), width, total)
        seconds.append(time.process_time() - begin)
    rate = reads * batch_size * 4 / np.median(seconds) / 1e9
    print(
        f"\nbatch {batch_size}: reading the row of each sparse link once in each direction takes "
        f"{np.median(seconds):.2f} s an epoch at the {rate:.0f} GB/s that this core reads rows with"
    )


def early_and_late(batch_size, images, labels, repeats):
    """Whether an epoch costs more once the loss is 1e-4, where plain float32 arithmetic meets subnormal numbers."""
    network = SparseMLP.random([784, 1000, 1000, 1000], n_classes=CLASSES, density=0.01, rng=np.random.default_rng(1))
    late = Ours(network, batch_size, images, labels)
    epochs, loss = 0, np.inf
    while loss > LATE_LOSS and epochs < 100:
        _, loss = late.epoch()
        epochs += 1
    first, last = [], []
    for _ in range(repeats):
        first.append(Ours(network, batch_size, images, labels).epoch()[0])
        last.append(late.epoch()[0])
    print(
        f"\nbatch {batch_size}: first epoch {np.median(first):.3f} s, "
        f"epoch {epochs + repeats} at a training loss of {loss:.1e} {np.median(last):.3f} s, "
        f"ratio {np.median(last) / np.median(first):.2f} (medians of {repeats})"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--batch-sizes", type=int, nargs="+", default=[32, 128], metavar="IMAGES", help="default: 32 128"
    )
    parser.add_argument("--turns", type=int, default=7, help="turns of each method (default 7)")
    parser.add_argument("--steps", type=int, default=100, help="steps of a slice of the other methods (default 100)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    images, labels = made_up_images(np.random.default_rng(0))
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}"
    )
    for batch_size in options.batch_sizes:
        compare(batch_size, options.turns, options.steps, images, labels)
    for batch_size in options.batch_sizes:
        floor(batch_size, options.turns)
    for batch_size in options.batch_sizes:
        early_and_late(batch_size, images, labels, options.turns)


if __name__ == "__main__":
    main()
