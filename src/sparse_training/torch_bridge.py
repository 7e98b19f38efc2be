"""Networks as PyTorch modules, and back. The only module of this library that imports PyTorch."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

from sparse_training.errors import SparseTrainingError
from sparse_training.links import SparseLayer
from sparse_training.network import SparseMLP


class SparseLinear(nn.Module):
    """A linear layer that holds its links alone: weights (n_links,) in CSR order, bias (n_out,).

    Autograd of torch.sparse forms the dense gradient for a moment in the backward pass.
    """

    def __init__(self, layer: SparseLayer):
        super().__init__()
        matrix = layer.to_scipy()
        self.in_features, self.out_features = layer.n_in, layer.n_out
        self.weight = nn.Parameter(torch.tensor(matrix.data))
        self.bias = nn.Parameter(torch.tensor(layer.bias))
        self.register_buffer("row_starts", torch.tensor(matrix.indptr, dtype=torch.int64))
        self.register_buffer("columns", torch.tensor(matrix.indices, dtype=torch.int64))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        shape = (self.out_features, self.in_features)
        matrix = torch.sparse_csr_tensor(self.row_starts, self.columns, self.weight, shape, check_invariants=False)
        return (matrix @ inputs.T).T + self.bias

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, links={len(self.weight)}"


def to_torch(network: SparseMLP, layout: str = "masked") -> nn.Sequential:
    """The module of `SparseMLP.to_torch`."""
    makers = {"masked": _masked_linear, "csr": SparseLinear}
    if layout not in makers:
        raise SparseTrainingError(f"layout must be one of {', '.join(makers)}, got {layout!r}")
    parts = [part for layer in network.sparse_layers for part in (makers[layout](layer), nn.ReLU())]
    return nn.Sequential(*parts, _linear(network.readout_weights, network.readout_bias))


def from_torch(module: nn.Module) -> SparseMLP:
    """The network of `SparseMLP.from_torch`."""
    parts = list(module) if isinstance(module, nn.Sequential) else []
    linear, between = parts[::2], parts[1::2]
    if not (
        len(parts) >= 3
        and len(parts) % 2
        and all(isinstance(part, nn.Linear | SparseLinear) for part in linear)
        and all(isinstance(part, nn.ReLU) for part in between)
        and isinstance(linear[-1], nn.Linear)
    ):
        raise SparseTrainingError(
            "from_torch takes a torch.nn.Sequential of linear layers with a torch.nn.ReLU between each two, the last "
            f"layer dense, got {module}"
        )
    output = linear[-1]
    return SparseMLP(tuple(_layer(part) for part in linear[:-1]), _weights(output), _bias(output))


def _linear(weights: np.ndarray, bias: np.ndarray) -> nn.Linear:
    linear = nn.Linear(weights.shape[1], weights.shape[0])
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(weights))
        linear.bias.copy_(torch.tensor(bias))
    return linear


def _masked_linear(layer: SparseLayer) -> nn.Linear:
    linear = _linear(layer.to_dense(), layer.bias)
    mask = torch.zeros(layer.n_out, layer.n_in)
    mask[torch.tensor(layer.targets, dtype=torch.int64), torch.tensor(layer.sources, dtype=torch.int64)] = 1
    return prune.custom_from_mask(linear, "weight", mask)


def _layer(linear: nn.Module) -> SparseLayer:
    if isinstance(linear, SparseLinear):
        targets = np.repeat(np.arange(linear.out_features), np.diff(_array(linear.row_starts)))
        sources, weights = _array(linear.columns), _array(linear.weight)
    else:
        weights = _weights(linear)
        targets, sources = np.nonzero(_array(linear.weight_mask) if prune.is_pruned(linear) else weights)
        weights = weights[targets, sources]
    by_source = np.lexsort((targets, sources))
    positions = sources[by_source].astype(np.int64) * linear.out_features + targets[by_source]
    none = np.empty(0, np.int32)
    empty = SparseLayer(none, none, np.empty(0, np.float32), _bias(linear), linear.in_features)
    return empty.with_links(positions, weights[by_source].astype(np.float32))


def _weights(linear: nn.Linear) -> np.ndarray:
    if not prune.is_pruned(linear):
        return _array(linear.weight)
    return _array(linear.weight_orig * linear.weight_mask)  # `weight` itself is only set anew by a forward pass


def _bias(linear: nn.Module) -> np.ndarray:
    return np.zeros(linear.out_features, np.float32) if linear.bias is None else _array(linear.bias)


def _array(tensor: torch.Tensor) -> np.ndarray:
    array = tensor.detach().cpu().numpy()
    return array.astype(np.float32) if np.issubdtype(array.dtype, np.floating) else array
