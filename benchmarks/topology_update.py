"""Seconds of one topology update of a 784-1000-1000-1000 network with 1 % of the links, by regrowth rule.

Fresh networks, whose links lie at random, and a late, concentrated one, whose hidden units have drained until a layer
holds some 10 million paths of length 3. Besides, the score matrix by dense matrix products in NumPy, the way that the
formula suggests. One thread; medians over turns.

    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/topology_update.py
"""

import argparse
import platform
import time

import numpy as np

from sparse_training.link_prediction import ch3l3_scores
from sparse_training.methods import Method
from sparse_training.network import SparseMLP
from sparse_training.topology import update_topology

RULES = ("random", "paths", "ch3l3")


def update_seconds(network, rule, turn):
    """(seconds of the whole update, seconds of scoring and choosing)"""
    momentum = network.zeros_like()
    rng = np.random.default_rng(turn)
    begin = time.perf_counter()
    _, _, layers = update_topology(network, momentum, Method(regrowth=rule), rng)
    return time.perf_counter() - begin, sum(layer.seconds_scoring for layer in layers)


def compare(title, network, turns):
    seconds = {rule: [] for rule in RULES}
    for rule in RULES:
        update_seconds(network, rule, 0)
    for turn in range(turns):
        for rule in RULES:
            seconds[rule].append(update_seconds(network, rule, turn))
    whole = {rule: np.median([update for update, _ in values]) for rule, values in seconds.items()}
    scoring = {rule: np.median([score for _, score in values]) for rule, values in seconds.items()}
    print(f"\n{title}, median of {turns} turns\n")
    print("| rule | whole update, ms | scoring and choosing, ms | whole update, times random |")
    print("| --- | --- | --- | --- |")
    for rule in RULES:
        ratio = whole[rule] / whole["random"]
        print(f"| {rule} | {1e3 * whole[rule]:.1f} | {1e3 * scoring[rule]:.1f} | {ratio:.1f} |")


def concentrated(layer_units, links, rng):
    """A network all of whose hidden links lie among the first few units of each layer, placed at random there."""
    network = SparseMLP.random([784, 1000, 1000, 1000], n_classes=10, density=0.01, rng=rng)
    first, *others = network.sparse_layers
    layers = [first]
    for layer, n_in, n_out in zip(others, layer_units[:-1], layer_units[1:], strict=True):
        pairs = np.sort(rng.choice(n_in * n_out, links, replace=False))
        sources, targets = np.divmod(pairs, n_out)
        weights = rng.standard_normal(links, np.float32)
        layers.append(layer.with_links(sources * layer.n_out + targets, weights))
    return SparseMLP(tuple(layers), network.readout_weights, network.readout_bias)


def paths_of(network):
    """Paths of length 3 in each layer: walks of three links between its two sides."""
    totals = []
    for layer in network.sparse_layers:
        out_degree = np.bincount(layer.sources, minlength=layer.n_in)
        in_degree = np.bincount(layer.targets, minlength=layer.n_out)
        totals.append(int((out_degree[layer.sources] * in_degree[layer.targets]).sum()))
    return totals


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
    parser.add_argument("--turns", type=int, default=25, help="updates by each rule (default 25)")
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    rng = np.random.default_rng(0)
    fresh = SparseMLP.random([784, 1000, 1000, 1000], n_classes=10, density=0.01, rng=rng)
    late = concentrated([228, 228, 359], 10_000, rng)
    for title, network in (("Fresh network", fresh), ("Late, concentrated network", late)):
        millions = ", ".join(f"{paths / 1e6:.2f}" for paths in paths_of(network))
        compare(f"{title} ({millions} million paths in its three layers before removal)", network, options.turns)

    layer = fresh.sparse_layers[1]
    begin = time.perf_counter()
    dense = dense_ch3l3(layer)
    dense_seconds = time.perf_counter() - begin
    begin = time.perf_counter()
    scores = ch3l3_scores(layer.sources, layer.targets, layer.shape)
    seconds = time.perf_counter() - begin
    np.testing.assert_allclose(scores, dense, rtol=1e-9)
    print(
        f"\nThe whole score matrix of a fresh 1000 × 1000 layer: {1e3 * seconds:.1f} ms, by dense products in NumPy "
        f"{1e3 * dense_seconds:.0f} ms, {dense_seconds / seconds:.0f} times as long (one turn)."
    )


if __name__ == "__main__":
    main()
