"""Forward passes: images to logits, a batch of up to 128 samples at a time.

Activations lie unit-major, (units × lanes), so that one row is one unit in all samples of the batch: a link is then one
multiply-add of whole vectors, and a unit's sum stays in registers over all its incoming links.
"""

import numpy as np

from numba_vectors.blocks import copy_transposed
from numba_vectors.compilation import compiled
from numba_vectors.subnormals import flush_subnormals, restore_subnormals
from numba_vectors.vectors import FLOAT32_LANES as LANES
from numba_vectors.vectors import load, multiply_add, splat, store, where_positive

READOUT_BLOCK = 4  # classes that share a pass over the last hidden layer; the output layer is padded to such blocks


@compiled
def gather_batch(activations, images, order, first, samples, width):
    """Copies the images order[first : first + samples] into the first rows of the activations, transposed.

    Lanes without an image become zero.
    """
    lanes = LANES * len(width)
    n_inputs = images.shape[1]
    pixels = images.reshape(-1)
    starts = np.empty(LANES, np.uint64)
    for lane in range(0, lanes, LANES):
        full = lane + LANES <= samples
        whole = n_inputs - n_inputs % LANES if full else 0
        if full:
            for j in range(LANES):
                starts[j] = order[first + lane + j] * n_inputs
            for column in range(0, whole, LANES):
                copy_transposed(pixels, starts, column, activations, column * lanes + lane, lanes)
        for j in range(lane, lane + LANES):
            for i in range(whole, n_inputs):
                activations[i * lanes + j] = images[order[first + j], i] if j < samples else 0


@compiled
def forward_layer(activations, weights, biases, incoming, first, last, width):
    """ReLU(W x + b) for the units first..last."""
    lanes = np.uintp(LANES * len(width))
    starts, sources, links = incoming
    for unit in range(first, last):
        total = splat(biases[unit], width)
        for k in range(starts[unit], starts[unit + 1]):
            activation = load(activations, sources[np.uintp(k)] * lanes, width)
            total = multiply_add(weights[links[np.uintp(k)]], activation, total)
        store(activations, unit * lanes, where_positive(total, total))


@compiled
def forward_readout(activations, weights, biases, shape, width):
    """W x + b for the rows of the output layer, padding included; W is (n_hidden, n_classes)."""
    lanes = np.uintp(LANES * len(width))
    hidden, readout = shape.rows[-2], shape.rows[-1]
    for c in range(0, shape.n_classes, READOUT_BLOCK):
        row = readout + c
        total0 = splat(biases[row], width)
        total1 = splat(biases[row + 1], width)
        total2 = splat(biases[row + 2], width)
        total3 = splat(biases[row + 3], width)
        for unit in range(shape.n_hidden):
            activation = load(activations, (hidden + unit) * lanes, width)
            k = np.uintp(shape.readout_weights + unit * shape.n_classes + c)
            total0 = multiply_add(weights[k], activation, total0)
            total1 = multiply_add(weights[k + np.uintp(1)], activation, total1)
            total2 = multiply_add(weights[k + np.uintp(2)], activation, total2)
            total3 = multiply_add(weights[k + np.uintp(3)], activation, total3)
        store(activations, row * lanes, total0)
        store(activations, (row + 1) * lanes, total1)
        store(activations, (row + 2) * lanes, total2)
        store(activations, (row + 3) * lanes, total3)


@compiled
def forward_network(activations, weights, biases, incoming, shape, width):
    """All layers, from the inputs that `gather_batch` has laid out to the rows of the output layer."""
    for layer in range(1, len(shape.rows) - 1):
        forward_layer(activations, weights, biases, incoming, shape.rows[layer], shape.rows[layer + 1], width)
    forward_readout(activations, weights, biases, shape, width)


@compiled
def all_logits(images, logits, activations, weights, biases, incoming, shape, width):
    """Fills logits (n_samples, n_real_classes) for images (n_samples, n_inputs)."""
    lanes = LANES * len(width)
    n_samples = len(images)
    order = np.arange(n_samples)
    readout = shape.rows[-1]
    control_word = flush_subnormals()
    for first in range(0, n_samples, lanes):
        samples = min(lanes, n_samples - first)
        gather_batch(activations, images, order, first, samples, width)
        forward_network(activations, weights, biases, incoming, shape, width)
        for c in range(shape.n_real_classes):
            for j in range(samples):
                logits[first + j, c] = activations[(readout + c) * lanes + j]
    restore_subnormals(control_word)
