"""Backward passes with the step of stochastic gradient descent fused in.

Links are walked by their source unit. For a unit, its activations and the sum of the errors that flow back to it stay
in registers; each link then needs one row from memory, the error of its target, for both its gradient and the
propagated error. A gradient is a sum over lanes: 16 links (or biases) are summed together by `row_sums`, and their
weights and velocities take the step at once, while they are in the cache.
"""

import math

import numpy as np

from numba_vectors.blocks import row_sums
from numba_vectors.compilation import compiled
from numba_vectors.subnormals import flush_subnormals, restore_subnormals
from numba_vectors.vectors import FLOAT32_LANES as LANES
from numba_vectors.vectors import (
    add,
    load,
    multiply,
    multiply_add,
    partial_dot,
    partial_sums,
    splat,
    store,
    where_positive,
)
from sparse_training.kernels.forward import forward_network, gather_batch

LAST = LANES - 1  # of a block of 16


@compiled(inlined=True)
def step(block, parameters, first, descent, part):
    """One step of the 16 parameters from `first`, whose gradients are the row sums of the block.

    descent = (1 / batch size, learning rate, momentum, weight decay), as in torch.optim.SGD:
    v ← momentum·v + g / batch size + decay·w, w ← w − rate·v.
    part = (True,) for a whole batch. A batch in several parts sums its gradients: part = (it is the first, it is the
    last). The length is known when compiling, so that a whole batch pays nothing for the other case.
    """
    width = (np.int8(0),)
    in_parts = len(part) > 1
    values, velocities, gradients = parameters
    gradient = row_sums(block)
    if in_parts and not part[0]:
        gradient = add(gradient, load(gradients, first, width))
    if part[-1] or not in_parts:
        per_sample, rate, momentum, decay = descent
        value = load(values, first, width)
        gradient = multiply_add(decay, value, multiply(per_sample, gradient))
        velocity = multiply_add(momentum, load(velocities, first, width), gradient)
        store(velocities, first, velocity)
        store(values, first, multiply_add(-rate, velocity, value))
    else:
        store(gradients, first, gradient)


@compiled
def backward_layer(
    activations, errors, weights, biases, outgoing, first, last, is_hidden, blocks, descent, part, width
):
    """The units first..last: the step of their outgoing links and, if hidden, their errors and the step of their
    biases.

    The links of a layer, like its units, are a multiple of 16, so that no block is left half filled.
    """
    lanes = np.uintp(LANES * len(width))
    starts, targets = outgoing
    block, bias_block = blocks
    values = weights.values
    for unit in range(first, last):
        activation = load(activations, unit * lanes, width)
        propagated = splat(np.float32(0), width)
        for k in range(starts[unit], starts[unit + 1]):
            error = load(errors, targets[np.uintp(k)] * lanes, width)
            propagated = multiply_add(values[np.uintp(k)], error, propagated)
            store(block, (k & LAST) * LANES, partial_dot(activation, error))
            if k & LAST == LAST:
                step(block, weights, k - LAST, descent, part)
        if is_hidden:
            propagated = where_positive(activation, propagated)
            store(errors, unit * lanes, propagated)
            store(bias_block, (unit & LAST) * LANES, partial_sums(propagated))
            if unit & LAST == LAST:
                step(bias_block, biases, unit - LAST, descent, part)


@compiled
def step_readout_biases(errors, biases, readout, bias_block, descent, part, width):
    """The step of the output layer's biases, which are the last ones and, with padding, a multiple of 16."""
    lanes = np.uintp(LANES * len(width))
    for unit in range(readout, len(biases.values)):
        store(bias_block, (unit & LAST) * LANES, partial_sums(load(errors, unit * lanes, width)))
        if unit & LAST == LAST:
            step(bias_block, biases, unit - LAST, descent, part)


@compiled
def readout_errors(activations, errors, labels, order, first, samples, shape, width):
    """Fills the output layer's rows of `errors` with softmax minus one-hot; returns the summed cross-entropy.

    Lanes without a sample and rows without a class become zero.
    """
    lanes = LANES * len(width)
    readout, n_classes = shape.rows[-1], shape.n_real_classes
    loss = 0.0
    errors[readout * lanes :] = 0
    for j in range(samples):
        label = labels[order[first + j]]
        largest = activations[readout * lanes + j]
        for c in range(1, n_classes):
            largest = max(largest, activations[(readout + c) * lanes + j])
        total = np.float32(0)
        for c in range(n_classes):
            exponential = math.exp(activations[(readout + c) * lanes + j] - largest)
            errors[(readout + c) * lanes + j] = exponential
            total += exponential
        loss += math.log(total) - (activations[(readout + label) * lanes + j] - largest)
        for c in range(n_classes):
            errors[(readout + c) * lanes + j] /= total
        errors[(readout + label) * lanes + j] -= np.float32(1)
    return loss


@compiled
def backward_network(activations, errors, weights, biases, outgoing, shape, blocks, descent, part, width):
    """All layers, from the errors of the output layer to the links of the inputs."""
    step_readout_biases(errors, biases, shape.rows[-1], blocks[1], descent, part, width)
    for layer in range(len(shape.rows) - 2, -1, -1):
        first, last = shape.rows[layer], shape.rows[layer + 1]
        backward_layer(
            activations, errors, weights, biases, outgoing, first, last, layer > 0, blocks, descent, part, width
        )


@compiled
def train_epoch(
    images,
    labels,
    order,
    batch_size,
    optimiser,
    activations,
    errors,
    blocks,
    weights,
    biases,
    incoming,
    outgoing,
    shape,
    width,
):
    """One pass of SGD over the samples in the given order; returns the mean cross-entropy, each batch before its step.

    optimiser = (learning rate, momentum, weight decay); blocks are two arrays of 16 × 16 to work in. The last batch may
    be smaller: its gradient is the mean over its own samples. Batches wider than the vectors are done in parts.
    """
    lanes = LANES * len(width)
    n_samples = len(order)
    rate, momentum, decay = optimiser
    loss = 0.0
    control_word = flush_subnormals()
    for batch in range(0, n_samples, batch_size):
        end = min(batch + batch_size, n_samples)
        descent = (np.float32(1 / (end - batch)), np.float32(rate), np.float32(momentum), np.float32(decay))
        for first in range(batch, end, lanes):
            samples = min(lanes, end - first)
            gather_batch(activations, images, order, first, samples, width)
            forward_network(activations, weights.values, biases.values, incoming, shape, width)
            loss += readout_errors(activations, errors, labels, order, first, samples, shape, width)
            if batch_size <= lanes:
                backward_network(activations, errors, weights, biases, outgoing, shape, blocks, descent, (True,), width)
            else:
                part = (first == batch, first + samples == end)
                backward_network(activations, errors, weights, biases, outgoing, shape, blocks, descent, part, width)
    restore_subnormals(control_word)
    return loss / n_samples


@compiled
def propagate(
    images,
    labels,
    order,
    first,
    samples,
    activations,
    errors,
    weights,
    biases,
    incoming,
    outgoing,
    shape,
    width,
):
    """Activations and errors of all units, inputs included, for the images order[first : first + samples]; no step."""
    lanes = np.uintp(LANES * len(width))
    starts, targets = outgoing
    control_word = flush_subnormals()
    gather_batch(activations, images, order, first, samples, width)
    forward_network(activations, weights, biases, incoming, shape, width)
    readout_errors(activations, errors, labels, order, first, samples, shape, width)
    for unit in range(shape.rows[-1] - 1, -1, -1):
        propagated = splat(np.float32(0), width)
        for k in range(starts[unit], starts[unit + 1]):
            error = load(errors, targets[np.uintp(k)] * lanes, width)
            propagated = multiply_add(weights[np.uintp(k)], error, propagated)
        if unit >= shape.rows[1]:
            propagated = where_positive(load(activations, unit * lanes, width), propagated)
        store(errors, unit * lanes, propagated)
    restore_subnormals(control_word)
