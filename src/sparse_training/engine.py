"""Networks in, compiled kernels, networks out: what a network computes, and epochs of stochastic gradient descent."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from numba_vectors.vectors import FLOAT32_LANES as LANES
from numba_vectors.vectors import aligned_zeros, width_of
from sparse_training.errors import SparseTrainingError
from sparse_training.kernels.backward import propagate, train_epoch
from sparse_training.kernels.forward import READOUT_BLOCK, all_logits
from sparse_training.links import stable_order

if TYPE_CHECKING:  # a network computes through this module
    from sparse_training.network import SparseMLP

WIDEST_VECTOR = 128  # samples that pass through the network together; wider ones no longer fit the registers


def logits(network: "SparseMLP", images: np.ndarray) -> np.ndarray:
    """float32 (n_samples, n_classes) for images (n_samples, n_inputs)."""
    images = as_images(images, network.n_inputs)
    result = np.empty((len(images), network.n_classes), np.float32)
    packing = Packing.of(network)
    weights, biases = packing.pack(network)
    width = width_of(min(len(images), WIDEST_VECTOR))
    activations = aligned_zeros(packing.n_rows * LANES * len(width), np.float32)
    all_logits(images, result, activations, weights, biases, packing.incoming, packing.shape, width)
    return result


def accuracy(network: "SparseMLP", images: np.ndarray, labels: np.ndarray) -> float:
    """Fraction of the images (n_samples, n_inputs) whose largest logit is that of their label (n_samples,)."""
    return float(np.mean(logits(network, images).argmax(axis=1) == labels))


def sgd_epoch(
    network: "SparseMLP",
    momentum: "SparseMLP",
    images: np.ndarray,
    labels: np.ndarray,
    order: np.ndarray,
    *,
    batch_size: int,
    learning_rate: float,
    momentum_factor: float = 0.9,
    weight_decay: float = 0.0,
) -> tuple["SparseMLP", "SparseMLP", float]:
    """The network and its momentum after one pass over the samples in the given order, and the mean cross-entropy on
    the way.

    images  float32 (n_samples, n_inputs)
    labels  (n_samples,) integers in 0..n_classes - 1
    momentum  the same links as the network, their velocities in place of weights
    order   (n,) integers in 0..n_samples - 1, the samples one after the other; each `batch_size` of them, at least 1,
            make one step, the last batch has the rest
    momentum_factor, weight_decay  as momentum and weight_decay of torch.optim.SGD, on all weights and biases

    The steps equal those of torch.optim.SGD on the cross-entropy of a masked dense network, to float32 rounding.
    Sizes of images and labels are checked, for errors see `train`; the links of `momentum`, `order`, `batch_size` and
    whether pixels are finite are not: with other values than those above the result is undefined.
    """
    images = as_images(images, network.n_inputs)
    labels = as_labels(labels, len(images), network.n_classes)
    packing = Packing.of(network)
    weights, biases = packing.pack_parameters(network, momentum)
    width = width_of(min(batch_size, WIDEST_VECTOR))
    lanes = LANES * len(width)
    activations, errors = (aligned_zeros(rows * lanes, np.float32) for rows in (packing.n_rows, packing.n_rows + 1))
    blocks = aligned_zeros(LANES**2, np.float32), aligned_zeros(LANES**2, np.float32)
    loss = train_epoch(
        images,
        labels,
        np.asarray(order, np.int64),
        batch_size,
        (learning_rate, momentum_factor, weight_decay),
        activations,
        errors,
        blocks,
        weights,
        biases,
        packing.incoming,
        packing.outgoing,
        packing.shape,
        width,
    )
    trained = packing.unpack(network, weights.values, biases.values)
    return trained, packing.unpack(momentum, weights.velocities, biases.velocities), loss


def unit_signals(
    network: "SparseMLP", images: np.ndarray, labels: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Activations of all units, and derivatives of the cross-entropy of each sample with respect to their inputs.

    Both are lists of float32 (units, n_samples), one for the input, each hidden layer and the output layer. The
    activations of the output layer are the logits; the derivatives of the input are those with respect to the images.
    """
    images = as_images(images, network.n_inputs)
    labels = as_labels(labels, len(images), network.n_classes)
    packing = Packing.of(network)
    weights, biases = packing.pack(network)
    width = width_of(min(len(images), WIDEST_VECTOR))
    lanes = LANES * len(width)
    activations, errors = (aligned_zeros(rows * lanes, np.float32) for rows in (packing.n_rows, packing.n_rows + 1))
    sizes = [network.n_inputs, *(layer.n_out for layer in network.sparse_layers), network.n_classes]
    found = tuple([np.empty((size, len(images)), np.float32) for size in sizes] for _ in range(2))
    order = np.arange(len(images))
    for first in range(0, len(images), lanes):
        samples = min(lanes, len(images) - first)
        propagate(
            *(images, labels, order, first, samples, activations, errors, weights, biases),
            *(packing.incoming, packing.outgoing, packing.shape, width),
        )
        for flat, parts in zip((activations, errors), found, strict=True):
            for row, part in zip(packing.shape.rows, parts, strict=True):
                values = flat[row * lanes : (row + len(part)) * lanes].reshape(len(part), lanes)
                part[:, first : first + samples] = values[:, :samples]
    return found


def as_images(images: np.ndarray, n_inputs: int) -> np.ndarray:
    """The images as the kernels take them: float32, contiguous, (n_samples, n_inputs)."""
    try:
        with np.errstate(over="ignore"):  # infinite then, which is for `as_finite_images` to say
            images = np.ascontiguousarray(images, np.float32)
    except (TypeError, ValueError) as error:
        raise SparseTrainingError(f"images must be an array of numbers: {error}") from None
    if images.ndim != 2 or images.shape[1] != n_inputs:
        raise SparseTrainingError(f"images must have the shape (n_samples, {n_inputs}), got {images.shape}")
    return images


def as_finite_images(images: np.ndarray, n_inputs: int) -> np.ndarray:
    """The images as the kernels take them, all of whose values are finite."""
    images = as_images(images, n_inputs)
    if not np.isfinite(images).all():
        raise SparseTrainingError("images must be finite; some value is NaN, infinite or too large for float32")
    return images


def as_labels(labels: np.ndarray, n_samples: int, n_classes: int) -> np.ndarray:
    """The labels as the kernels take them, int64 (n_samples,), all of them classes of the network."""
    labels = np.asarray(labels)
    if labels.shape != (n_samples,) or n_samples == 0 or not np.issubdtype(labels.dtype, np.integer):
        raise SparseTrainingError(
            f"labels must be whole numbers, one for each of at least one image, "
            f"got {labels.dtype} {labels.shape} for {n_samples} images"
        )
    if labels.min() < 0 or labels.max() >= n_classes:
        raise SparseTrainingError(f"labels must lie in 0..{n_classes - 1}, got {labels.min()}..{labels.max()}")
    return labels.astype(np.int64, copy=False)


class Shape(NamedTuple):
    """Where the layers lie: the first row of each; the output layer's first weight and its size with and without
    padding."""

    rows: np.ndarray
    readout_weights: int
    n_hidden: int
    n_classes: int
    n_real_classes: int


class Incoming(NamedTuple):
    """Links by target: starts[unit] bounds those into a unit; the source's row and the entry in the flat weights."""

    starts: np.ndarray
    sources: np.ndarray
    links: np.ndarray


class Outgoing(NamedTuple):
    """Links by source, as in the flat weights: starts[unit] bounds those out of a unit; the row of each target."""

    starts: np.ndarray
    targets: np.ndarray


class Parameters(NamedTuple):
    """Flat weights, or flat biases, with their velocities and their gradients summed so far."""

    values: np.ndarray
    velocities: np.ndarray
    gradients: np.ndarray


@dataclass(frozen=True)
class Packing:
    """Where each unit and link of a network lies in flat arrays.

    A unit is a row: inputs, hidden layers and output layer one after the other, each padded to a multiple of 16 rows.
    One more row at the end is the target of padding links; its error is always zero.
    A link is an entry of the flat weights: sparse layers one after the other, sorted by source, then the output
    layer (hidden units × classes), each padded to a multiple of 16 with links of weight zero into the padding row.
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
