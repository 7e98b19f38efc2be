"""Stochastic gradient descent with momentum on the links: backward passes with the weight step fused in.

Links are walked by their source unit. For a unit, its activations and the sum of the errors that flow back to it stay in registers; each link then needs
one row from memory, the error of its target, for both its gradient and the propagated error. A gradient is a sum over lanes: 16 links (or biases) are
summed together by `row_sums`, and their weights and momenta take the step at once, while they are in the cache.
"""

import math

import numpy as np

from sparse_training.kernels.compilation import compiled
from sparse_training.kernels.propagation import forward_network, gather_batch
from sparse_training.kernels.simd import (
    LANES,
    add,
    flush_subnormals,
    load,
    multiply,
    multiply_add,
    partial_dot,
    partial_sums,
    restore_subnormals,
    row_sums,
    splat,
    store,
    where_positive,
)

LAST = LANES - 1  # of a block of 16


@compiled
def step(block, values, momenta, gradients, first, descent, begins, ends):
    """One step of 16 parameters from `first`, whose gradients are the row sums of the block.

    descent = (1 / batch size, learning rate, momentum, weight decay): m ← momentum·m + g / batch size + decay·w, w ← w − rate·m, as torch.optim.SGD.
    A batch of several parts sums its gradients between the part that begins it and the one that ends it.
    """
    width = (np.int8(0),)
    gradient = row_sums(block)
    if not begins:
        gradient = add(gradient, load(gradients, first, width))
    if ends:
        share, rate, momentum, decay = descent
        value = load(values, first, width)
        gradient = multiply_add(decay, value, multiply(share, gradient))
        velocity = multiply_add(momentum, load(momenta, first, width), gradient)
        store(momenta, first, velocity)
        store(values, first, multiply_add(-rate, velocity, value))
    else:
        store(gradients, first, gradient)


@compiled
def backward_layer(
    activations, errors, weights, momenta, gradients, biases, bias_momenta, bias_gradients, starts, targets, first, last, is_hidden, blocks, descent,
    begins, ends, width,
):  # fmt: skip
    """Links out of the units first..last: their step, and for hidden units the errors of the units and the step of their biases.

    starts[unit] bounds the outgoing links of a unit. The links of a layer, like its units, are a multiple of 16, so that no block is left half filled.
    """
    lanes = np.uintp(LANES * len(width))
    block, bias_block = blocks
    for unit in range(first, last):
        activation = load(activations, unit * lanes, width)
        propagated = splat(np.float32(0), width)
        for k in range(starts[unit], starts[unit + 1]):
            error = load(errors, targets[np.uintp(k)] * lanes, width)
            propagated = multiply_add(weights[np.uintp(k)], error, propagated)
            store(block, (k & LAST) * LANES, partial_dot(activation, error))
            if k & LAST == LAST:
                step(block, weights, momenta, gradients, k - LAST, descent, begins, ends)
        if is_hidden:
            propagated = where_positive(activation, propagated)
            store(errors, unit * lanes, propagated)
            store(bias_block, (unit & LAST) * LANES, partial_sums(propagated))
            if unit & LAST == LAST:
                step(bias_block, biases, bias_momenta, bias_gradients, unit - LAST, descent, begins, ends)


@compiled
def readout_errors(activations, errors, labels, order, first, samples, readout, classes, width):
    """Softmax minus one-hot in the readout's rows of `errors` (zero in lanes without a sample); returns the summed cross-entropy."""
    lanes = LANES * len(width)
    loss = 0.0
    errors[readout * lanes :] = 0
    for j in range(samples):
        label = labels[order[first + j]]
        largest = activations[readout * lanes + j]
        for c in range(1, classes):
            largest = max(largest, activations[(readout + c) * lanes + j])
        total = np.float32(0)
        for c in range(classes):
            exponential = math.exp(activations[(readout + c) * lanes + j] - largest)
            errors[(readout + c) * lanes + j] = exponential
            total += exponential
        loss += math.log(total) - (activations[(readout + label) * lanes + j] - largest)
        for c in range(classes):
            errors[(readout + c) * lanes + j] /= total
        errors[(readout + label) * lanes + j] -= np.float32(1)
    return loss


@compiled
def step_readout_biases(errors, biases, bias_momenta, bias_gradients, readout, n_rows, bias_block, descent, begins, ends, width):
    """The step of the readout's biases; n_rows is a multiple of 16."""
    lanes = np.uintp(LANES * len(width))
    for unit in range(readout, readout + n_rows):
        store(bias_block, (unit & LAST) * LANES, partial_sums(load(errors, unit * lanes, width)))
        if unit & LAST == LAST:
            step(bias_block, biases, bias_momenta, bias_gradients, unit - LAST, descent, begins, ends)


@compiled
def descend_epoch(
    images, labels, order, batch_size, rate, momentum, decay, activations, errors, weights, momenta, gradients, biases, bias_momenta, bias_gradients,
    forward_starts, forward_sources, forward_links, backward_starts, backward_targets, rows, offset, n_hidden, n_classes, classes, width,
):  # fmt: skip
    """One pass of SGD over the samples in the given order; returns the mean cross-entropy, each batch taken before its own step.

    The last batch may be smaller: its gradient is the mean over its own samples. Batches wider than the vectors are done in parts.
    """
    lanes = LANES * len(width)
    n_samples = len(order)
    readout = len(rows) - 1
    n_readout_rows = len(biases) - rows[readout]
    blocks = (np.zeros(LANES * LANES, np.float32), np.zeros(LANES * LANES, np.float32))
    loss = 0.0
    control_word = flush_subnormals()
    for batch in range(0, n_samples, batch_size):
        end = min(batch + batch_size, n_samples)
        descent = (np.float32(1 / (end - batch)), np.float32(rate), np.float32(momentum), np.float32(decay))
        for part in range(batch, end, lanes):
            samples = min(lanes, end - part)
            begins, ends = part == batch, part + samples == end
            gather_batch(activations, images, order, part, samples, width)
            forward_network(
                activations, weights, biases, forward_starts, forward_sources, forward_links, rows, offset, n_hidden, n_classes, width
            )
            loss += readout_errors(activations, errors, labels, order, part, samples, rows[readout], classes, width)
            for layer in range(readout - 1, -1, -1):
                backward_layer(
                    activations, errors, weights, momenta, gradients, biases, bias_momenta, bias_gradients, backward_starts, backward_targets,
                    rows[layer], rows[layer + 1], layer > 0, blocks, descent, begins, ends, width,
                )  # fmt: skip
            step_readout_biases(
                errors, biases, bias_momenta, bias_gradients, rows[readout], n_readout_rows, blocks[1], descent, begins, ends, width
            )
    restore_subnormals(control_word)
    return loss / n_samples
