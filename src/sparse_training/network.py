"""Sparse multilayer perceptrons as plain arrays: how a network is made, what it computes, how it is stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sparse_training.engine import logits
from sparse_training.errors import SparseTrainingError
from sparse_training.links import SparseLayer

if TYPE_CHECKING:
    import networkx
    import torch


@dataclass(frozen=True)
class SparseMLP:
    """Inputs → sparse hidden layers with ReLU → dense readout (Sulyok et al. 2026, section 4.1).

    sparse_layers    one `SparseLayer` for each hidden layer
    readout_weights  (n_classes, n_hidden) float32
    readout_bias     (n_classes,) float32
    metadata         says which network this is, as JSON can hold it: stored with it, kept when it is trained or
                     perturbed
    """

    sparse_layers: tuple[SparseLayer, ...]
    readout_weights: np.ndarray
    readout_bias: np.ndarray
    metadata: Mapping[str, str | int | float] = field(default_factory=dict)

    @classmethod
    def random(cls, sizes: list[int], *, n_classes: int, density: float, rng: np.random.Generator) -> "SparseMLP":
        """A new network: round(density × n_in × n_out) links a layer, placed uniformly; weights N(0, 2/n_in), biases
        zero.

        `sizes` are the units of the input and of each hidden layer. n_in is the size of the previous layer, not the
        number of incoming links (Sulyok et al. 2026, section 4.1): signals shrink from layer to layer, which makes
        the first epochs slow. Each layer has at least one link.
        """
        if len(sizes) < 2 or min(sizes) < 1 or n_classes < 1:
            raise SparseTrainingError(
                f"sizes and n_classes must be positive, with at least one hidden layer, got {sizes} and {n_classes}"
            )
        if not 0 < density <= 1:
            raise SparseTrainingError(f"density must lie in (0, 1], got {density}")
        layers = []
        for n_in, n_out in pairwise(sizes):
            n_links = max(1, round(density * n_in * n_out))
            positions = np.sort(rng.choice(n_in * n_out, n_links, replace=False, shuffle=False))
            empty = SparseLayer(
                np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32), np.zeros(n_out, np.float32), n_in
            )
            layers.append(empty.with_links(positions, initial_weights(n_in, n_links, rng)))
        readout = initial_weights(sizes[-1], n_classes * sizes[-1], rng).reshape(n_classes, sizes[-1])
        return cls(tuple(layers), readout, np.zeros(n_classes, np.float32))

    @property
    def n_inputs(self) -> int:
        return self.sparse_layers[0].n_in

    @property
    def n_classes(self) -> int:
        return len(self.readout_bias)

    @property
    def n_links(self) -> int:
        """Links of all sparse layers; the dense readout not counted."""
        return sum(layer.n_links for layer in self.sparse_layers)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """float32 (n_samples, n_classes) for images (n_samples, n_inputs), scaled as in training."""
        return logits(self, images)

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Fraction of the images (n_samples, n_inputs) whose largest logit is that of their label (n_samples,)."""
        if len(images) != len(labels) or len(labels) == 0:
            raise SparseTrainingError(
                f"accuracy needs one label an image and at least one, got {len(images)} images and {len(labels)} labels"
            )
        return float(np.mean(self.logits(images).argmax(axis=1) == labels))

    def zeros_like(self) -> "SparseMLP":
        """A network with the same links whose weights and biases are all zero: the momenta at the start of training."""
        layers = tuple(
            replace(layer, weights=np.zeros_like(layer.weights), bias=np.zeros_like(layer.bias))
            for layer in self.sparse_layers
        )
        return SparseMLP(layers, np.zeros_like(self.readout_weights), np.zeros_like(self.readout_bias))

    def to_torch(self, layout: str = "masked") -> "torch.nn.Sequential":
        """A module that PyTorch can train: float32 (n_samples, n_inputs) → logits (n_samples, n_classes).

        layout  "masked": `torch.nn.Linear` with a mask of `torch.nn.utils.prune`, dense on any device; "csr": the links
                alone, for layers that would be too large as dense ones

        Links keep their places; their weights, the biases and the output layer are parameters. The logits are those of
        `logits`, to float32 rounding.
        """
        from sparse_training.torch_bridge import to_torch

        return to_torch(self, layout)

    @classmethod
    def from_torch(cls, module: "torch.nn.Sequential") -> "SparseMLP":
        """The network of a module of linear layers with a ReLU between each two, as `to_torch` makes them.

        The links of a layer are those of its mask (`torch.nn.utils.prune`); without a mask, its weights that are not
        zero. The last linear layer is the dense output layer.
        """
        from sparse_training.torch_bridge import from_torch

        return from_torch(module)

    def to_networkx(self) -> "networkx.DiGraph":
        """The sparse layers as a directed graph; the dense output layer is left out.

        A node is (layer, unit), layer 0 being the inputs; hidden units have the attribute `bias`. An edge is a link,
        with the attribute `weight`.
        """
        import networkx

        graph = networkx.DiGraph()
        graph.add_nodes_from((0, unit) for unit in range(self.n_inputs))
        for number, layer in enumerate(self.sparse_layers, start=1):
            graph.add_nodes_from(((number, unit), {"bias": bias}) for unit, bias in enumerate(layer.bias.tolist()))
            links = zip(layer.sources.tolist(), layer.targets.tolist(), layer.weights.tolist(), strict=True)
            graph.add_weighted_edges_from(((number - 1, source), (number, target), w) for source, target, w in links)
        return graph

    def save(self, path: str | Path) -> None:
        """Writes the network as one .npz file; the same network always gives the same bytes."""
        np.savez(path, **self.to_arrays())

    @classmethod
    def load(cls, path: str | Path) -> "SparseMLP":
        """Reads a network that `save` wrote."""
        try:
            with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls.from_arrays(arrays)
        except FileNotFoundError:
            raise
        except Exception as error:
            raise SparseTrainingError(
                f"{path} is not a network written by SparseMLP.save ({error}); delete it and train the network again"
            ) from error

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The network as named arrays, for storage: `sizes`, `sources_1`, `targets_1`, `weights_1`, `bias_1`, … of each
        sparse layer, `readout_weights`, `readout_bias`; `metadata` as JSON if there are any."""
        arrays = {"sizes": np.array([self.n_inputs, *(layer.n_out for layer in self.sparse_layers)], np.int64)}
        for number, layer in enumerate(self.sparse_layers, start=1):
            arrays |= {f"{name}_{number}": getattr(layer, name) for name in ("sources", "targets", "weights", "bias")}
        arrays |= {"readout_weights": self.readout_weights, "readout_bias": self.readout_bias}
        return arrays | ({"metadata": np.array(json.dumps(dict(self.metadata)))} if self.metadata else {})

    @classmethod
    def from_arrays(cls, arrays) -> "SparseMLP":
        """The network of `to_arrays`."""
        layers = tuple(
            SparseLayer(
                *(arrays[f"{name}_{number}"] for name in ("sources", "targets", "weights", "bias")), n_in=int(n_in)
            )
            for number, n_in in enumerate(arrays["sizes"][:-1], start=1)
        )
        metadata = json.loads(str(arrays["metadata"])) if "metadata" in arrays else {}
        return cls(layers, arrays["readout_weights"], arrays["readout_bias"], metadata)


def initial_weights(n_in: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) float32 draws from N(0, 2/n_in): new weights of a layer whose previous layer has n_in units."""
    return rng.standard_normal(count, np.float32) * np.float32(np.sqrt(2 / n_in))
