"""Time and memory against width: networks 784-n-n with 10 links into each unit, on one core.

Each network is made, trained for an epoch of 1,000 samples in batches of 32, and rewired, in a process of its own; CPU
seconds, and the largest resident memory of that process.

    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/width.py
"""

import argparse
import resource
import subprocess
import sys
import time

import numpy as np

from sparse_training.engine import sgd_epoch
from sparse_training.gradients import Gradients
from sparse_training.methods import Method
from sparse_training.network import SparseMLP
from sparse_training.randomness import as_seed_sequence
from sparse_training.topology import update_topology

EVERY, MODEST = (1_000, 4_000, 16_000, 64_000, 250_000, 500_000), (1_000, 4_000, 16_000, 64_000)
WIDTHS = {"random": EVERY, "sampled_gradient": EVERY, "ch3l3": MODEST}
LINKS, SAMPLES = 10, 1_000


def network_of(width, rng):
    """10 links into each unit on average, in each layer."""
    halves = [
        SparseMLP.random([n_in, width], n_classes=10, density=min(1, LINKS / n_in), rng=rng) for n_in in (784, width)
    ]
    layers = tuple(half.sparse_layers[0] for half in halves)
    return SparseMLP(layers, halves[1].readout_weights, halves[1].readout_bias)


def rewire(network, momentum, rule, images, labels, rng):
    gradients = Gradients(network, images, labels, as_seed_sequence(0), 1)
    update_topology(network, momentum, Method(regrowth=rule), rng, images=images, gradients=gradients)


def measure(rule, width):
    rng = np.random.default_rng(0)
    images = rng.standard_normal((SAMPLES, 784), np.float32)
    labels = rng.integers(10, size=SAMPLES)
    order = np.arange(SAMPLES)
    small = network_of(100, rng)
    sgd_epoch(small, small.zeros_like(), images, labels, order, batch_size=32, learning_rate=0.01)
    rewire(small, small.zeros_like(), rule, images, labels, rng)  # both compile
    times = [time.process_time()]
    network = network_of(width, rng)
    times.append(time.process_time())
    network, momentum, _ = sgd_epoch(
        network, network.zeros_like(), images, labels, order, batch_size=32, learning_rate=0.01
    )
    times.append(time.process_time())
    rewire(network, momentum, rule, images, labels, rng)
    times.append(time.process_time())
    made, trained, updated = np.diff(times)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = f"{made:.2f} | {trained:.2f} | {updated:.2f}"
    print(f"| {rule} | {2 * width:,} | {network.n_links:,} | {seconds} | {memory:,.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", nargs="+", default=[*WIDTHS], metavar="RULE", help="of the table (default: all)")
    parser.add_argument("--only", nargs=2, metavar=("RULE", "WIDTH"), help="one network, in this process")
    options = parser.parse_args()
    if options.only:
        measure(options.only[0], int(options.only[1]))
        return
    print("| rule | hidden units | links | new network, s | epoch of 1,000 samples, s | update, s | memory, MiB |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for rule in options.rules:
        for width in WIDTHS[rule]:
            subprocess.run([sys.executable, __file__, "--only", rule, str(width)], check=True)


if __name__ == "__main__":
    main()
