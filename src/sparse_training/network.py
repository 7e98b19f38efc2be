"""Sparse multilayer perceptrons as plain arrays: how a network is made, what it computes, how it is stored."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sparse_training import engine
from sparse_training.context import Context
from sparse_training.errors import SparseTrainingError
from sparse_training.initial.registry import INITIAL_TOPOLOGIES, link_counts
from sparse_training.links import SparseLayer, valid_positions

if TYPE_CHECKING:
    import networkx
    import torch


@dataclass(frozen=True)
class SparseMLP:
    """Inputs → sparse hidden layers with ReLU → dense output layer (Sulyok et al. 2026, section 4.1).

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
    def random(
        cls,
        sizes: list[int],
        *,
        n_classes: int,
        density: float,
        rng: np.random.Generator,
        initial_topology: str = "uniform",
        images: np.ndarray | None = None,
    ) -> "SparseMLP":
        """A new network: weights N(0, 2/n_in), biases zero.

        sizes             units of the input and of each hidden layer
        density           fraction of the possible links of the sparse layers that exist, in (0, 1]
        initial_topology  a name of `INITIAL_TOPOLOGIES`: how many links each layer has, at least one, and where they
                          lie. With "uniform", round(density × n_in × n_out) in each layer, placed at random
        images            float32 (n_samples, n_inputs), the training images, for topologies that look at them

        n_in is the size of the previous layer, not the number of incoming links (Sulyok et al. 2026, section 4.2):
        signals shrink from layer to layer, which makes the first epochs slow.
        """
        if len(sizes) < 2 or min(sizes) < 1 or n_classes < 1:
            raise SparseTrainingError(
                f"sizes and n_classes must be positive, with at least one hidden layer, got {sizes} and {n_classes}"
            )
        if not isinstance(rng, np.random.Generator):
            raise SparseTrainingError(f"rng must be a numpy.random.Generator, got {rng!r}")
        if not 0 < density <= 1:
            raise SparseTrainingError(f"density must lie in (0, 1], got {density}")
        shapes = list(pairwise(sizes))
        place = INITIAL_TOPOLOGIES.resolve(initial_topology)
        layers: list[SparseLayer] = []
        for (n_in, n_out), count in zip(shapes, link_counts(initial_topology, shapes, density), strict=True):
            empty = SparseLayer.empty(n_in, n_out)
            context = Context(empty, rng, number=len(layers) + 1, layers=tuple(layers), images=images)
            positions = place(context, max(1, count))
            if not valid_positions(positions, max(1, count), empty):
                raise SparseTrainingError(
                    f"the initial topology {initial_topology} must return {max(1, count)} positions of pairs, "
                    f"ascending and unique"
                )
            layers.append(empty.with_links(positions, initial_weights(n_in, len(positions), rng)))
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
        """Links of all sparse layers; the dense output layer not counted."""
        return sum(layer.n_links for layer in self.sparse_layers)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """float32 (n_samples, n_classes) for images (n_samples, n_inputs), scaled as in training."""
        return engine.logits(self, engine.as_finite_images(images, self.n_inputs))

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Fraction of the images (n_samples, n_inputs) whose largest logit is that of their label (n_samples,)."""
        images = engine.as_finite_images(images, self.n_inputs)
        return engine.accuracy(self, images, engine.as_labels(labels, len(images), self.n_classes))

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
        zero. The last linear layer is the dense output layer. Weights may be pruned, biases may not, unless that was
        made permanent (`torch.nn.utils.prune.remove`); numbers may be of any kind that NumPy has, not bfloat16.
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
        """Writes the network to exactly this path, in the format .npz; the same network always gives the same bytes."""
        with Path(path).open("wb") as file:
            np.savez(file, **self.to_arrays())

    @classmethod
    def load(cls, path: str | Path) -> "SparseMLP":
        """Reads a network that `save` wrote. Raises SparseTrainingError for any other or damaged content."""
        try:
            with Path(path).open("rb") as file:
                if not zipfile.is_zipfile(file):  # NumPy would advise to unpickle it
                    raise SparseTrainingError("it is no .npz file")
                file.seek(0)
                with np.load(file, allow_pickle=False) as arrays:
                    return cls.from_arrays(arrays)
        except (FileNotFoundError, MemoryError):
            raise
        except Exception as error:  # zipfile, zlib and NumPy raise whatever damaged bytes lead them to
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
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "SparseMLP":
        """The network of `to_arrays`. Raises SparseTrainingError for arrays that are none."""
        sizes = arrays["sizes"]
        if sizes.ndim != 1 or sizes.dtype.kind not in "iu" or len(sizes) < 2 or sizes.min() < 1:
            raise SparseTrainingError(f"sizes must be those of at least two layers, got {sizes}")
        layers = []
        for number, (n_in, n_out) in enumerate(pairwise(map(int, sizes)), start=1):
            shape = arrays[f"weights_{number}"].shape[:1]
            links = [_array(arrays, f"{name}_{number}", np.int32, shape) for name in ("sources", "targets")]
            weights = _array(arrays, f"weights_{number}", np.float32, shape)
            layer = SparseLayer(*links, weights, _array(arrays, f"bias_{number}", np.float32, (n_out,)), n_in)
            for units, size in zip(links, (n_in, n_out), strict=True):
                if units.size and not 0 <= units.min() <= units.max() < size:
                    raise SparseTrainingError(f"the links of layer {number} lead to units beyond its {n_in} x {n_out}")
            if not (np.diff(layer.positions) > 0).all():
                raise SparseTrainingError(f"the links of layer {number} are not unique and sorted")
            layers.append(layer)
        n_classes = arrays["readout_bias"].shape[:1]
        readout = _array(arrays, "readout_weights", np.float32, (*n_classes, int(sizes[-1])))
        metadata = json.loads(str(arrays["metadata"])) if "metadata" in arrays else {}
        if not isinstance(metadata, dict):
            raise SparseTrainingError(f"metadata must be a mapping, got {metadata}")
        network = cls(tuple(layers), readout, _array(arrays, "readout_bias", np.float32, n_classes), metadata)
        if foreign := set(arrays) - set(network.to_arrays()):
            raise SparseTrainingError(f"a network has no array {', '.join(foreign)}")
        return network


def _array(arrays: Mapping[str, np.ndarray], name: str, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
    """A stored array, which must be finite and of this kind and shape."""
    array = arrays[name]
    if array.dtype != dtype or array.shape != shape:
        raise SparseTrainingError(f"{name} must be {np.dtype(dtype)} {shape}, got {array.dtype} {array.shape}")
    if not np.isfinite(array).all():
        raise SparseTrainingError(f"{name} must be finite")
    return array


def initial_weights(n_in: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) float32 draws from N(0, 2/n_in): new weights of a layer whose previous layer has n_in units."""
    return rng.standard_normal(count, np.float32) * np.float32(np.sqrt(2 / n_in))
