"""Measures of a network: links on input-output paths, active and explored links, magnitudes, degrees, modularity."""

from collections.abc import Sequence

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.links import SparseLayer
from sparse_training.network import SparseMLP

TRACKED_PAIRS = 2**27  # of a layer: 16 MiB of bits


def links_on_paths(layers: Sequence[SparseLayer], present: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The links that lie on a directed path from an input to the output layer: for each layer a mask (n_links,).

    present  for each layer a mask (n_links,): the links that exist

    Every input is a start; every unit of the last hidden layer is an end, because the output layer is dense. A link is
    on a path if its source can be reached from an input and an end can be reached from its target: one sweep backward
    and one forward find exactly those (Sulyok et al. 2026, section 4.3, second stage).
    """
    on_path = []
    leads_on = np.ones(layers[-1].n_out, bool)
    for layer, mask in zip(reversed(layers), reversed(present), strict=True):
        on_path.append(mask & leads_on[layer.targets])
        leads_on = _marked(layer.sources[on_path[-1]], layer.n_in)
    on_path.reverse()
    reached = np.ones(layers[0].n_in, bool)
    for number, layer in enumerate(layers):
        on_path[number] &= reached[layer.sources]
        reached = _marked(layer.targets[on_path[number]], layer.n_out)
    return on_path


def count_on_paths(network: SparseMLP) -> tuple[int, int]:
    """How many links and how many hidden units of the network lie on a path from an input to the output layer."""
    layers = network.sparse_layers
    on_path = links_on_paths(layers, [np.ones(layer.n_links, bool) for layer in layers])
    links = sum(int(mask.sum()) for mask in on_path)
    units = sum(
        int(_marked(layer.targets[mask], layer.n_out).sum()) for layer, mask in zip(layers, on_path, strict=True)
    )
    return links, units


def active_units(layer: SparseLayer) -> int:
    """How many units of the layer have at least one incoming link."""
    return int(_marked(layer.targets, layer.n_out).sum())


def magnitude_density(network: SparseMLP, bin_edges: np.ndarray) -> list[dict]:
    """How |w| is distributed: one row for each sparse layer and bin: layer (from 1), bin_lower, bin_upper, links,
    density (Sulyok et al. 2026, Fig. 6).

    bin_edges  (n_bins + 1,) ascending, of |w|

    The density is links / (links of the layer × bin width): it integrates to 1 if no weight lies outside the bins.
    """
    bin_edges = np.asarray(bin_edges, float)
    rows = []
    for number, layer in enumerate(network.sparse_layers, start=1):
        counts, _ = np.histogram(np.abs(layer.weights), bin_edges)
        density = counts / (max(1, layer.n_links) * np.diff(bin_edges))
        rows.extend(
            {
                "layer": number,
                "bin_lower": float(lower),
                "bin_upper": float(upper),
                "links": int(links),
                "density": float(value),
            }
            for lower, upper, links, value in zip(bin_edges[:-1], bin_edges[1:], counts, density, strict=True)
        )
    return rows


def explored(layer: SparseLayer, so_far: np.ndarray | None = None) -> np.ndarray:
    """Which links have existed so far, with those of the layer added: one bit for each pair, uint8 (⌈n_pairs / 8⌉,).

    so_far  what this function returned before; none at first

    Empty for layers of more than 2²⁷ pairs, whose bits would outweigh their links.
    """
    n_pairs = layer.n_in * layer.n_out
    if n_pairs > TRACKED_PAIRS:
        return np.empty(0, np.uint8)
    bits = np.zeros(-(-n_pairs // 8), np.uint8) if so_far is None else so_far.copy()
    np.bitwise_or.at(bits, layer.positions >> 3, np.left_shift(1, layer.positions & 7).astype(np.uint8))
    return bits


def explored_fraction(layer: SparseLayer, so_far: np.ndarray) -> float:
    """Fraction of all possible links that have existed so far: the in-time over-parameterisation rate R_s of the layer
    (Liu et al. 2021, section 3). NaN for layers that are not tracked."""
    n_pairs = layer.n_in * layer.n_out
    return int(np.bitwise_count(so_far).sum()) / n_pairs if len(so_far) else float("nan")


def degree_distribution(network: SparseMLP) -> list[dict]:
    """One row for each sparse layer, side and number of links that a unit has: layer (from 1), side ("out" of the
    previous layer's units, "in" of the next layer's), links, units."""
    rows = []
    for number, layer in enumerate(network.sparse_layers, start=1):
        for side, ends, n_units in (("out", layer.sources, layer.n_in), ("in", layer.targets, layer.n_out)):
            links, units = np.unique(np.bincount(ends, minlength=n_units), return_counts=True)
            rows += [
                {"layer": number, "side": side, "links": int(k), "units": int(n)}
                for k, n in zip(links, units, strict=True)
            ]
    return rows


def modularity(layer: SparseLayer, seed: int = 0) -> float:
    """Modularity of the layer's links, taken as an undirected network without weights, in [0, 1): how far its units
    fall into groups that are linked among themselves (Newman and Girvan 2004).

    The groups are those of the Louvain method, which `seed` starts. Needs networkx.
    """
    try:
        import networkx as nx
    except ImportError as error:
        raise SparseTrainingError("modularity needs the package networkx: python -m pip install networkx") from error
    graph = nx.Graph(zip(layer.sources.tolist(), (layer.n_in + layer.targets.astype(int)).tolist(), strict=True))
    if not graph:
        return 0.0
    return nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=seed))


def _marked(units: np.ndarray, n_units: int) -> np.ndarray:
    marked = np.zeros(n_units, bool)
    marked[units] = True
    return marked
