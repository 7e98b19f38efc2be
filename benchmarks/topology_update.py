"""Seconds of one topology update of a 784-1000-1000-1000 network with 1 % of the links, by regrowth rule.

Fresh networks, whose links lie at random, and late ones, whose links the rule itself has gathered in few units. Late
networks are made by as many updates without training as are given, with links removed at random, or read from files:
networks that training has saved. One thread; medians of CPU seconds over turns, in which the rules alternate.
With --parts: what a CH3-L3 update of each given network spends its time on.

    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/topology_update.py [--parts] [NETWORK.npz …]
"""

import argparse
import platform
import time
from pathlib import Path

import numpy as np

from sparse_training import bipartite
from sparse_training.link_prediction import ch3l3_scores
from sparse_training.methods import Method
from sparse_training.network import SparseMLP
from sparse_training.topology import update_topology

RULES = ("random", "paths", "ch3l3")
UPDATES = (1, 3, 10, 30, 100)
PARTS = {  # functions that the module `bipartite` calls
    "sides": ("_side", "_linked", "_squares", "_logarithms"),
    "tables of shared neighbours and of bounds": ("link_table", "neighbour_sums", "looked_up"),
    "largest bounds": ("_leading_entries", "largest"),
    "bounds from below": ("lower_bounds",),
    "scores of single pairs": ("pair_scores",),
    "walk along paths": ("all_ends", "leading_scores"),
}


def updated(network, rule, rng):
    """The network after one update, and the seconds of the update."""
    momentum = network.zeros_like()
    begin = time.process_time()
    network, _, _ = update_topology(network, momentum, Method(regrowth=rule), rng)
    return network, time.process_time() - begin


def compare(title, network, turns):
    seconds = {rule: [] for rule in RULES}
    for rule in RULES:
        updated(network, rule, np.random.default_rng(0))
    for turn in range(turns):
        for rule in RULES:
            seconds[rule].append(updated(network, rule, np.random.default_rng(turn))[1])
    whole = {rule: np.median(values) for rule, values in seconds.items()}
    times = " | ".join(f"{1e3 * whole[rule]:.1f}" for rule in RULES)
    ratios = " | ".join(f"{whole[rule] / whole['random']:.1f}" for rule in RULES[1:])
    print(f"| {title} | {paths_of(network)} | {times} | {ratios} |", flush=True)


def parts_of_update(title, network, turns):
    """One row: milliseconds of a whole update by CH3-L3, and of each of its parts."""
    spent = dict.fromkeys(PARTS, 0.0)

    def timed(part, function):
        def call(*arguments):
            begin = time.process_time()
            found = function(*arguments)
            spent[part] += time.process_time() - begin
            return found

        return call

    updated(network, "ch3l3", np.random.default_rng(0))
    plain = {name: getattr(bipartite, name) for names in PARTS.values() for name in names}
    for part, names in PARTS.items():
        for name in names:
            setattr(bipartite, name, timed(part, plain[name]))
    whole = sum(updated(network, "ch3l3", np.random.default_rng(turn))[1] for turn in range(turns)) / turns
    for name, function in plain.items():
        setattr(bipartite, name, function)
    random = np.median([updated(network, "random", np.random.default_rng(turn))[1] for turn in range(turns)])
    parts = [seconds / turns for seconds in spent.values()]
    cells = [whole, *parts, whole - sum(parts)]
    print(f"| {title} | {whole / random:.1f} | {' | '.join(f'{1e3 * cell:.1f}' for cell in cells)} |", flush=True)


def after_updates(network, rng):
    """The network after each number of updates by CH3-L3 in `UPDATES`, with weights drawn afresh before each."""
    for number in range(1, UPDATES[-1] + 1):
        layers = [
            layer.with_links(layer.positions, rng.standard_normal(layer.n_links, np.float32))
            for layer in network.sparse_layers
        ]
        network = SparseMLP(tuple(layers), network.readout_weights, network.readout_bias)
        network, _ = updated(network, "ch3l3", rng)
        if number in UPDATES:
            yield number, network


def paths_of(network):
    """Paths of length 3 in each layer, in millions: walks of three links between its two sides."""
    totals = []
    for layer in network.sparse_layers:
        out_degree = np.bincount(layer.sources, minlength=layer.n_in)
        in_degree = np.bincount(layer.targets, minlength=layer.n_out)
        totals.append(f"{(out_degree[layer.sources] * in_degree[layer.targets]).sum() / 1e6:.1f}")
    return ", ".join(totals)


def dense_ch3l3(layer):
    """The closed form in NumPy: one dense product for each left unit."""
    links = layer.to_dense().T.astype(bool)
    adjacency = links.astype(float)
    left, right = adjacency @ adjacency.T, adjacency.T @ adjacency
    with np.errstate(divide="ignore"):
        root_right = 1 / np.sqrt(adjacency.sum(axis=0)[:, None] - right)
        root_left = 1 / np.sqrt(adjacency.sum(axis=1)[:, None] - left)
    root_right[~np.isfinite(root_right)] = 0
    root_left[~np.isfinite(root_left)] = 0
    scores = np.zeros(links.shape)
    for u in range(layer.n_in):
        z1 = np.flatnonzero(links[u])
        reached = (adjacency[:, z1] * root_left[:, u][:, None]).T @ adjacency
        scores[u] = (reached * root_right[z1]).sum(axis=0)
    scores[links] = 0
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", type=Path, nargs="*", help="networks that training has saved")
    parser.add_argument("--turns", type=int, default=25, help="updates by each rule (default 25)")
    parser.add_argument("--parts", action="store_true", help="only the parts of an update of the given networks")
    options = parser.parse_args()
    if options.parts:
        print(f"| network | times random | ch3l3, ms | {' | '.join(PARTS)} | all else |")
        print("| --- " * (len(PARTS) + 4) + "|")
        for path in options.networks:
            parts_of_update(path.stem, SparseMLP.load(path), options.turns)
        return
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    print(f"\nMedians of {options.turns} turns, CPU milliseconds of a whole update.\n")
    print("| network | million paths a layer | random | paths | ch3l3 | paths, times random | ch3l3, times random |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    rng = np.random.default_rng(0)
    fresh = SparseMLP.random([784, 1000, 1000, 1000], n_classes=10, density=0.01, rng=rng)
    compare("fresh", fresh, options.turns)
    for number, network in after_updates(fresh, rng):
        compare(f"after {number} updates", network, options.turns)
    for path in options.networks:
        compare(path.stem, SparseMLP.load(path), options.turns)

    layer = fresh.sparse_layers[1]
    begin = time.process_time()
    dense = dense_ch3l3(layer)
    dense_seconds = time.process_time() - begin
    ch3l3_scores(layer.sources, layer.targets, layer.shape)  # compiles
    begin = time.process_time()
    scores = ch3l3_scores(layer.sources, layer.targets, layer.shape)
    seconds = time.process_time() - begin
    np.testing.assert_allclose(scores, dense, rtol=1e-9)
    print(
        f"\nThe whole score matrix of a fresh 1000 × 1000 layer: {1e3 * seconds:.1f} ms, by dense products in NumPy "
        f"{1e3 * dense_seconds:.0f} ms, {dense_seconds / seconds:.0f} times as long (one turn)."
    )


if __name__ == "__main__":
    main()
