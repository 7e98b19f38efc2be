"""Networks as the kernels see them: all layers in flat arrays, padded to multiples of 16."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from numba_vectors.vectors import FLOAT32_LANES as LANES
from numba_vectors.vectors import aligned_zeros
from sparse_training.kernels.propagation import READOUT_BLOCK
from sparse_training.kernels.structures import Incoming, Outgoing, Parameters, Shape
from sparse_training.sorting import stable_order

if TYPE_CHECKING:
    from sparse_training.network import SparseMLP


@dataclass(frozen=True)
class Packing:
    """Where each unit and link of a network lies in flat arrays.

    A unit is a row: inputs, hidden layers and readout one after the other, each layer padded to a multiple of 16 rows.
    One more row at the end, the void, is the target of padding links; its error is always zero.
    A link is an entry of the flat weights: sparse layers one after the other, sorted by source, then the readout
    (hidden units × classes), each padded to a multiple of 16 with links of weight zero into the void.
    """

    n_rows: int
    link_offsets: np.ndarray
    shape: Shape
    incoming: Incoming
    outgoing: Outgoing

    @classmethod
    def of(cls, network: "SparseMLP") -> "Packing":
        layers = network.sparse_layers
        sizes = [network.n_inputs, *(layer.n_out for layer in layers), network.n_classes]
        rows = np.concatenate([[0], np.cumsum([_padded(size) for size in sizes])])
        n_rows = int(rows[-1])
        n_hidden, n_classes = _padded(sizes[-2]), _padded(sizes[-1], READOUT_BLOCK)
        link_offsets = np.concatenate([[0], np.cumsum([_padded(layer.n_links) for layer in layers])])

        sources_out = np.empty(link_offsets[-1] + n_hidden * n_classes, np.int64)
        targets_out = np.empty(len(sources_out), np.uint32)
        targets_in, sources_in, links_in = [], [], []
        for number, layer in enumerate(layers):
            first, last, end = link_offsets[number], link_offsets[number] + layer.n_links, link_offsets[number + 1]
            sources_out[first:last] = rows[number] + layer.sources
            sources_out[last:end] = rows[number + 1] - 1
            targets_out[first:last] = rows[number + 1] + layer.targets
            targets_out[last:end] = n_rows
            by_target = stable_order(layer.targets, layer.n_out)
            targets_in.append(rows[number + 1] + layer.targets[by_target])
            sources_in.append(rows[number] + layer.sources[by_target])
            links_in.append(first + by_target)
        sources_out[link_offsets[-1] :] = np.repeat(rows[-3] + np.arange(n_hidden), n_classes)
        targets_out[link_offsets[-1] :] = np.tile(rows[-2] + np.arange(n_classes), n_hidden)

        boundaries = np.arange(n_rows + 1)
        starts_in = np.searchsorted(np.concatenate(targets_in), boundaries)
        return cls(
            n_rows=n_rows,
            link_offsets=link_offsets,
            shape=Shape(rows[:-1], int(link_offsets[-1]), n_hidden, n_classes, network.n_classes),
            incoming=Incoming(starts_in, _narrow(sources_in), _narrow(links_in)),
            outgoing=Outgoing(np.searchsorted(sources_out, boundaries), targets_out),
        )

    def pack(self, network: "SparseMLP") -> tuple[np.ndarray, np.ndarray]:
        """The flat weights and biases of a network with these links."""
        weights, biases = (aligned_zeros(count, np.float32) for count in (len(self.outgoing.targets), self.n_rows))
        for layer, links, units in self._slices(network):
            weights[links] = layer.weights
            biases[units] = layer.bias
        n_classes, n_hidden = network.readout_weights.shape
        self._readout(weights)[:n_hidden, :n_classes] = network.readout_weights.T
        biases[self._readout_units] = network.readout_bias
        return weights, biases

    def pack_parameters(self, network: "SparseMLP", momentum: "SparseMLP") -> tuple[Parameters, Parameters]:
        """The weights and the biases, with their velocities, of a network and its momentum."""
        return tuple(
            Parameters(values, velocities, aligned_zeros(len(values), np.float32))
            for values, velocities in zip(self.pack(network), self.pack(momentum), strict=True)
        )

    def unpack(self, network: "SparseMLP", weights: np.ndarray, biases: np.ndarray) -> "SparseMLP":
        """The network with the weights and biases of flat arrays; its own are not changed."""
        layers = tuple(
            replace(layer, weights=weights[links].copy(), bias=biases[units].copy())
            for layer, links, units in self._slices(network)
        )
        n_classes, n_hidden = network.readout_weights.shape
        return replace(
            network,
            sparse_layers=layers,
            readout_weights=self._readout(weights)[:n_hidden, :n_classes].T.copy(),
            readout_bias=biases[self._readout_units].copy(),
        )

    def _slices(self, network: "SparseMLP"):
        """Each sparse layer with its slices of the flat weights and biases."""
        for number, layer in enumerate(network.sparse_layers):
            link, unit = self.link_offsets[number], self.shape.rows[number + 1]
            yield layer, slice(link, link + layer.n_links), slice(unit, unit + layer.n_out)

    def _readout(self, weights: np.ndarray) -> np.ndarray:
        return weights[self.shape.readout_weights :].reshape(self.shape.n_hidden, self.shape.n_classes)

    @property
    def _readout_units(self) -> slice:
        return slice(self.shape.rows[-1], self.shape.rows[-1] + self.shape.n_real_classes)


def _padded(count: int, multiple: int = LANES) -> int:
    return -(-count // multiple) * multiple


def _narrow(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts).astype(np.uint32)  # unsigned: compiled code need not check for negative indices
