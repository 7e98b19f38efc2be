"""What perturbations share: going through the sparse layers, and removing links in an order."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sparse_training.network import SparseLayer, SparseMLP
from sparse_training.topology import share_of


def each_sparse_layer(network: SparseMLP, change: Callable[[SparseLayer], SparseLayer]) -> SparseMLP:
    """The network with every sparse layer changed."""
    return replace(network, sparse_layers=tuple(change(layer) for layer in network.sparse_layers))


def remove_first(layer: SparseLayer, order: np.ndarray, share: float) -> SparseLayer:
    """The layer without the first floor(share × links) links of an order (n_links,)."""
    kept = np.ones(layer.n_links, bool)
    kept[order[: share_of(layer.n_links, share)]] = False
    return layer.select(kept)


def order_by(keys: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) indices in ascending order of the keys, equal ones in random order."""
    return np.lexsort((rng.random(len(keys)), keys))
