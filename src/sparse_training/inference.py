"""What a network computes for images."""

from typing import TYPE_CHECKING

import numpy as np

from numba_vectors.vectors import FLOAT32_LANES as LANES
from numba_vectors.vectors import aligned_zeros, width_of
from sparse_training.errors import SparseTrainingError
from sparse_training.kernels.propagation import all_logits
from sparse_training.packing import Packing

if TYPE_CHECKING:
    from sparse_training.network import SparseMLP

WIDEST_VECTOR = 128  # samples that pass through the network together; wider ones no longer fit the registers


def logits_of(network: "SparseMLP", images: np.ndarray) -> np.ndarray:
    """float32 (n_samples, n_classes) for images (n_samples, n_inputs)."""
    images = as_images(images, network.n_inputs)
    logits = np.empty((len(images), network.n_classes), np.float32)
    packing = Packing.of(network)
    weights, biases = packing.pack(network)
    width = width_of(min(len(images), WIDEST_VECTOR))
    activations = aligned_zeros(packing.n_rows * LANES * len(width), np.float32)
    all_logits(images, logits, activations, weights, biases, packing.incoming, packing.shape, width)
    return logits


def as_images(images: np.ndarray, n_inputs: int) -> np.ndarray:
    """The images as the kernels take them: float32, contiguous, (n_samples, n_inputs)."""
    images = np.ascontiguousarray(images, np.float32)
    if images.ndim != 2 or images.shape[1] != n_inputs:
        raise SparseTrainingError(f"images must have the shape (n_samples, {n_inputs}), got {images.shape}")
    return images
