"""What one would otherwise train a 1 % network with on a CPU core, each as a step of SGD with momentum."""

import warnings

import torch
from torch import nn

warnings.filterwarnings("ignore", message="Sparse (CSR|invariant)")


class TorchPeer:
    """Base: cross-entropy and torch.optim.SGD over the parameters of a model; images come as batches of float32."""

    def __init__(self, network, learning_rate, momentum):
        self.model = self.build(network)
        self.optimiser = torch.optim.SGD(self.model.parameters(), lr=learning_rate, momentum=momentum)
        self.loss = nn.CrossEntropyLoss()

    def build(self, network) -> nn.Module:
        raise NotImplementedError

    def step(self, images, labels):
        self.optimiser.zero_grad()
        self.loss(self.model(images), labels).backward()
        self.mask_gradients()
        self.optimiser.step()

    def mask_gradients(self):
        """Peers that hold only the links have nothing to mask."""


def output_layer(network) -> nn.Linear:
    layer = nn.Linear(network.readout_weights.shape[1], network.n_classes)
    layer.weight.data = torch.tensor(network.readout_weights)
    layer.bias.data = torch.tensor(network.readout_bias)
    return layer


class MaskedDense(TorchPeer):
    """Dense layers whose weights and gradients are multiplied by a mask: how nearly all published code does it."""

    name = "masked dense torch"

    def build(self, network):
        layers, self.masked = [], []
        for layer in network.sparse_layers:
            linear = nn.Linear(layer.n_in, layer.n_out)
            linear.weight.data = torch.tensor(layer.to_dense())
            linear.bias.data = torch.tensor(layer.bias)
            self.masked.append((linear.weight, linear.weight.data != 0))
            layers += [linear, nn.ReLU()]
        return nn.Sequential(*layers, output_layer(network))

    def mask_gradients(self):
        for weight, mask in self.masked:
            weight.grad *= mask


class _SparseProduct(torch.autograd.Function):
    """W x for W in CSR form: the gradient of the links alone (sampled product), a transposed copy for the errors."""

    @staticmethod
    def forward(ctx, values, inputs, pattern):
        ctx.save_for_backward(values, inputs)
        ctx.pattern = pattern
        return pattern.matrix(values) @ inputs

    @staticmethod
    def backward(ctx, gradient):
        values, inputs = ctx.saved_tensors
        links = torch.sparse.sampled_addmm(
            ctx.pattern.zeros, gradient.contiguous(), inputs.T.contiguous(), alpha=1.0, beta=0.0
        )
        errors = ctx.pattern.transposed(values) @ gradient if ctx.needs_input_grad[1] else None
        return links.values(), errors, None


class _Pattern:
    """The places of the links, as CSR of the matrix and of its transpose."""

    def __init__(self, layer):
        dense = torch.tensor(layer.to_dense())
        matrix = dense.to_sparse_csr()
        numbers = torch.sparse_csr_tensor(
            matrix.crow_indices(),
            matrix.col_indices(),
            torch.arange(matrix.values().numel(), dtype=torch.float64),
            dense.shape,
        )
        transposed = numbers.to_dense().T  # link numbers, to find each link in the transposed copy
        marks = (dense != 0).T.to_sparse_csr()
        rows = torch.repeat_interleave(torch.arange(marks.shape[0]), marks.crow_indices().diff())
        self.order = transposed[rows, marks.col_indices()].long()
        self.indices = matrix.crow_indices().int(), matrix.col_indices().int(), matrix.shape
        self.transposed_indices = marks.crow_indices().int(), marks.col_indices().int(), marks.shape
        self.values = matrix.values()
        self.zeros = self.matrix(torch.zeros_like(self.values))

    def matrix(self, values):
        rows, columns, shape = self.indices
        return torch.sparse_csr_tensor(rows, columns, values, shape, check_invariants=False)

    def transposed(self, values):
        rows, columns, shape = self.transposed_indices
        return torch.sparse_csr_tensor(rows, columns, values[self.order], shape, check_invariants=False)


class _SparseColumns(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.pattern = _Pattern(layer)
        self.values = nn.Parameter(self.pattern.values.clone())
        self.bias = nn.Parameter(torch.tensor(layer.bias)[:, None])

    def forward(self, inputs):
        return _SparseProduct.apply(self.values, inputs, self.pattern) + self.bias


class _Columns(nn.Module):
    """Samples as columns through the sparse layers, as rows through the output layer."""

    def __init__(self, network):
        super().__init__()
        self.hidden = nn.Sequential(
            *(part for layer in network.sparse_layers for part in (_SparseColumns(layer), nn.ReLU()))
        )
        self.output_layer = output_layer(network)

    def forward(self, images):
        return self.output_layer(self.hidden(images.T.contiguous()).T)


class TorchCSR(TorchPeer):
    """torch.sparse CSR with a backward pass of its own; autograd's forms the whole dense gradient."""

    name = "torch CSR, sampled gradient"

    def build(self, network):
        return _Columns(network)


class TorchAutograd(TorchPeer):
    """torch.sparse CSR with the backward pass of autograd: `network.to_torch("csr")`."""

    name = "torch CSR, autograd"

    def build(self, network):
        return network.to_torch("csr")


class SparseLab(TorchPeer):
    """SparseLinear layers of the package sparselab, as many links."""

    name = "sparselab 0.2.2"

    def build(self, network):
        import sparselab

        layers = []
        for layer in network.sparse_layers:
            density = layer.n_links / (layer.n_in * layer.n_out)
            layers += [sparselab.SparseLinear(layer.n_in, layer.n_out, sparsity=1 - density), nn.ReLU()]
        return nn.Sequential(*layers, output_layer(network))
