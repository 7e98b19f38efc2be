"""Networks as the kernels see them: all layers in flat arrays, padded to multiples of 16."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sparse_training.kernels.propagation import READOUT_BLOCK
from sparse_training.kernels.simd import LANES
from sparse_training.sorting import stable_order

if TYPE_CHECKING:
    from sparse_training.network import SparseMLP


@dataclass(frozen=True)
class Packing:
    """Where each unit and link of a network lies in flat arrays.

    A unit is a row: inputs, hidden layers and readout one after the other, each layer padded to a multiple of 16 rows; `rows` holds the first row of each
    and `n_rows` their number. One more row at the end, the void, is the target of padding links; its error is always zero.
    A link is an entry of the flat weights: sparse layers one after the other, sorted by source, then the readout (hidden units × classes), each padded to
    a multiple of 16 with links of weight zero into the void.

    backward_starts, backward_targets   links by their source: the bounds of each row's outgoing links, and the row of each link's target
    forward_starts, forward_sources,    links by their target: the bounds of each row's incoming links, the row of each link's source, and its
    forward_links                       entry in the flat weights
    """

    rows: np.ndarray
    n_rows: int
    link_offsets: tuple[int, ...]
    n_hidden: int
    n_classes: int
    backward_starts: np.ndarray
    backward_targets: np.ndarray
    forward_starts: np.ndarray
    forward_sources: np.ndarray
    forward_links: np.ndarray

    @classmethod
    def of(cls, network: "SparseMLP") -> "Packing":
        layers = network.sparse_layers
        sizes = [network.n_inputs, *(layer.n_out for layer in layers), network.n_classes]
        rows = np.concatenate([[0], np.cumsum([_padded(size) for size in sizes])])
        n_rows = int(rows[-1])
        n_hidden, n_classes = _padded(sizes[-2]), _padded(sizes[-1], READOUT_BLOCK)
        link_offsets = np.concatenate([[0], np.cumsum([_padded(layer.n_links) for layer in layers])])

        backward_sources = np.empty(link_offsets[-1] + n_hidden * n_classes, np.int64)
        backward_targets = np.empty(len(backward_sources), np.uint32)
        forward_targets, forward_sources, forward_links = [], [], []
        for number, layer in enumerate(layers):
            first, last, end = link_offsets[number], link_offsets[number] + layer.n_links, link_offsets[number + 1]
            backward_sources[first:last] = rows[number] + layer.sources
            backward_sources[last:end] = rows[number + 1] - 1
            backward_targets[first:last] = rows[number + 1] + layer.targets
            backward_targets[last:end] = n_rows
            by_target = stable_order(layer.targets, layer.n_out)
            forward_targets.append(rows[number + 1] + layer.targets[by_target])
            forward_sources.append(rows[number] + layer.sources[by_target])
            forward_links.append(first + by_target)
        readout = slice(link_offsets[-1], None)
        backward_sources[readout] = np.repeat(rows[-3] + np.arange(n_hidden), n_classes)
        backward_targets[readout] = np.tile(rows[-2] + np.arange(n_classes), n_hidden)

        boundaries = np.arange(n_rows + 1)
        return cls(
            rows=rows[:-1],
            n_rows=n_rows,
            link_offsets=tuple(int(offset) for offset in link_offsets),
            n_hidden=n_hidden,
            n_classes=n_classes,
            backward_starts=np.searchsorted(backward_sources, boundaries),
            backward_targets=backward_targets,
            forward_starts=np.searchsorted(np.concatenate(forward_targets), boundaries),
            forward_sources=np.concatenate(forward_sources).astype(np.uint32),
            forward_links=np.concatenate(forward_links).astype(np.uint32),
        )

    def pack(self, network: "SparseMLP") -> tuple[np.ndarray, np.ndarray]:
        """The flat weights and biases of a network with these links."""
        weights, biases = aligned_zeros(len(self.backward_targets)), aligned_zeros(self.n_rows)
        for layer, first, row in zip(network.sparse_layers, self.link_offsets[:-1], self.rows[1:-1], strict=True):
            weights[first : first + layer.n_links] = layer.weights
            biases[row : row + layer.n_out] = layer.bias
        n_classes, n_hidden = network.readout_weights.shape
        self._readout(weights)[:n_hidden, :n_classes] = network.readout_weights.T
        biases[self.rows[-1] : self.rows[-1] + n_classes] = network.readout_bias
        return weights, biases

    def unpack(self, network: "SparseMLP", weights: np.ndarray, biases: np.ndarray) -> "SparseMLP":
        """The network with the weights and biases of flat arrays; its own are not changed."""
        layers = tuple(
            replace(layer, weights=weights[first : first + layer.n_links].copy(), bias=biases[row : row + layer.n_out].copy())
            for layer, first, row in zip(network.sparse_layers, self.link_offsets[:-1], self.rows[1:-1], strict=True)
        )
        n_classes, n_hidden = network.readout_weights.shape
        readout_weights = self._readout(weights)[:n_hidden, :n_classes].T.copy()
        readout_bias = biases[self.rows[-1] : self.rows[-1] + n_classes].copy()
        return replace(network, sparse_layers=layers, readout_weights=readout_weights, readout_bias=readout_bias)

    def _readout(self, weights: np.ndarray) -> np.ndarray:
        return weights[self.link_offsets[-1] :].reshape(self.n_hidden, self.n_classes)


def aligned_zeros(count: int) -> np.ndarray:
    """(count,) float32 zeros that begin at a cache line, so that no vector straddles two."""
    buffer = np.zeros(count + LANES, np.float32)
    first = -buffer.ctypes.data % 64 // buffer.itemsize
    return buffer[first : first + count]


def _padded(count: int, multiple: int = LANES) -> int:
    return -(-count // multiple) * multiple
