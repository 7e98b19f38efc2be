"""Networks for tests: random ones of any shape, and the same network as masked dense PyTorch."""

from dataclasses import replace

import numpy as np
import torch

from sparse_training.links import SparseLayer
from sparse_training.network import SparseMLP


def random_network(sizes, n_classes, density, seed, scale=1.0):
    """A network with biases that are not zero and, at low density, units without any link."""
    rng = np.random.default_rng(seed)
    network = SparseMLP.random(sizes, n_classes=n_classes, density=density, rng=rng)
    layers = [
        replace(
            layer,
            weights=(scale * rng.normal(size=layer.n_links) / np.sqrt(max(1, density * layer.n_in))).astype(np.float32),
            bias=rng.normal(0, 0.3, layer.n_out).astype(np.float32),
        )
        for layer in network.sparse_layers
    ]
    return replace(network, sparse_layers=tuple(layers), readout_bias=rng.normal(0, 0.3, n_classes).astype(np.float32))


def empty_layer(n_in, n_out):
    none = np.empty(0, np.int32)
    return SparseLayer(none, none, np.empty(0, np.float32), np.zeros(n_out, np.float32), n_in)


class MaskedDense:
    """The network as dense float64 PyTorch tensors, gradients masked to its links: the judge of the kernels."""

    def __init__(self, network):
        self.network = network
        dense = [layer.to_dense() for layer in network.sparse_layers]
        self.masks = [torch.tensor(self._mask(layer)) for layer in network.sparse_layers]
        tensors = [*dense, network.readout_weights]
        biases = [*(layer.bias for layer in network.sparse_layers), network.readout_bias]
        self.weights = [torch.tensor(tensor, dtype=torch.float64, requires_grad=True) for tensor in tensors]
        self.biases = [torch.tensor(bias, dtype=torch.float64, requires_grad=True) for bias in biases]

    @staticmethod
    def _mask(layer):
        mask = np.zeros((layer.n_out, layer.n_in), bool)
        mask[layer.targets, layer.sources] = True
        return mask

    def logits(self, images):
        hidden = torch.as_tensor(images, dtype=torch.float64)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = torch.relu(hidden @ weight.T + bias)
        return hidden @ self.weights[-1].T + self.biases[-1]

    def descend(self, images, labels, order, *, batch_size, learning_rate, momentum_factor, weight_decay):
        parameters = [*self.weights, *self.biases]
        optimiser = torch.optim.SGD(parameters, lr=learning_rate, momentum=momentum_factor, weight_decay=weight_decay)
        total = 0.0
        for first in range(0, len(order), batch_size):
            batch = order[first : first + batch_size]
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(self.logits(images[batch]), torch.tensor(labels[batch]))
            loss.backward()
            for weight, mask in zip(self.weights[:-1], self.masks, strict=True):
                weight.grad *= mask
            optimiser.step()
            total += float(loss.detach()) * len(batch)
        velocities = [optimiser.state[parameter]["momentum_buffer"] for parameter in parameters]
        n = len(self.weights)
        return velocities[:n], velocities[n:], total / len(order)
