"""One epoch of stochastic gradient descent on a network of fixed links."""

import numpy as np

from numba_vectors.vectors import FLOAT32_LANES as LANES
from numba_vectors.vectors import aligned_zeros, width_of
from sparse_training.errors import SparseTrainingError
from sparse_training.inference import WIDEST_VECTOR, as_images
from sparse_training.kernels.descent import descend_epoch
from sparse_training.network import SparseMLP
from sparse_training.packing import Packing


def descend(
    network: SparseMLP,
    momentum: SparseMLP,
    images: np.ndarray,
    labels: np.ndarray,
    order: np.ndarray,
    *,
    batch_size: int,
    learning_rate: float,
    momentum_factor: float = 0.9,
    weight_decay: float = 0.0,
) -> tuple[SparseMLP, SparseMLP, float]:
    """The network and its momentum after one pass over the samples in the given order, and the mean cross-entropy on
    the way.

    images  float32 (n_samples, n_inputs)
    labels  (n_samples,) integers in 0..n_classes - 1
    order   (n,) integers, the samples one after the other; each `batch_size` of them make one step, the last batch
            has the rest
    momentum_factor, weight_decay  as momentum and weight_decay of torch.optim.SGD, on all weights and biases

    The steps equal those of torch.optim.SGD on the cross-entropy of a masked dense network, to float32 rounding.
    """
    images = as_images(images, network.n_inputs)
    labels = as_labels(labels, len(images), network.n_classes)
    packing = Packing.of(network)
    weights, biases = packing.pack_parameters(network, momentum)
    width = width_of(min(batch_size, WIDEST_VECTOR))
    lanes = LANES * len(width)
    activations, errors = (aligned_zeros(rows * lanes, np.float32) for rows in (packing.n_rows, packing.n_rows + 1))
    blocks = aligned_zeros(LANES**2, np.float32), aligned_zeros(LANES**2, np.float32)
    loss = descend_epoch(
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
