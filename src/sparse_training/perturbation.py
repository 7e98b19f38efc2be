"""Perturbations of trained networks, by name (Sulyok et al. 2026, section 2.2)."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np

from sparse_training.engine import accuracy, as_finite_images, as_labels
from sparse_training.errors import SparseTrainingError
from sparse_training.measures import count_on_paths
from sparse_training.network import SparseMLP
from sparse_training.randomness import Stream, as_seed_sequence, generator
from sparse_training.registry import Registry
from sparse_training.selection import fraction_of

PERTURBATIONS = Registry("sparse_training.perturbations", "perturbation")


@dataclass(frozen=True)
class Perturbation:
    """A function of (network, level, rng) that returns a perturbed network.

    apply          (weights, level, rng) → mask (n,) of links that stay, new weights (n,)
    largest_level  the highest level that makes sense; the lowest is 0, which changes nothing
    """

    apply: Callable[[np.ndarray, float, np.random.Generator], tuple[np.ndarray, np.ndarray]]
    largest_level: float

    def __call__(
        self,
        network: SparseMLP,
        level: float,
        rng: np.random.Generator,
        *,
        layers_together: bool = False,
        readout: bool = False,
    ) -> SparseMLP:
        """The perturbed network; options as for `perturb`."""
        weights = [layer.weights for layer in network.sparse_layers]
        if readout:
            weights.append(network.readout_weights.ravel())
        if layers_together:
            kept, changed = self.apply(np.concatenate(weights), level, rng)
            ends = np.cumsum([len(part) for part in weights])[:-1]
            parts = list(zip(np.split(kept, ends), np.split(changed, ends), strict=True))
        else:
            parts = [self.apply(part, level, rng) for part in weights]
        layers = tuple(
            replace(layer, weights=new).select(stays)
            for layer, (stays, new) in zip(network.sparse_layers, parts, strict=False)
        )
        if not readout:
            return replace(network, sparse_layers=layers)
        stays, new = parts[-1]
        readout_weights = np.where(stays, new, np.float32(0)).reshape(network.readout_weights.shape)
        return replace(network, sparse_layers=layers, readout_weights=readout_weights)


def removal(name: str) -> Callable:
    """Decorator: registers a function of (weights, rng) that gives the order (n,) in which links are removed.

    At level f the first floor(f × links) of them go.
    """

    def register(order: Callable[[np.ndarray, np.random.Generator], np.ndarray]):
        def apply(weights, level, rng):
            kept = np.ones(len(weights), bool)
            kept[order(weights, rng)[: fraction_of(len(weights), level)]] = False
            return kept, weights

        PERTURBATIONS.register(name)(Perturbation(apply, largest_level=1))
        return order

    return register


def weight_change(name: str, largest_level: float = math.inf) -> Callable:
    """Decorator: registers a function of (weights, level, rng) that gives the new weights (n,) of all links."""

    def register(change: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]):
        def apply(weights, level, rng):
            return np.ones(len(weights), bool), change(weights, level, rng)

        PERTURBATIONS.register(name)(Perturbation(apply, largest_level))
        return change

    return register


def order_by(keys: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) indices in ascending order of the keys, equal ones in random order."""
    return np.lexsort((rng.random(len(keys)), keys))


def perturb(
    network: SparseMLP,
    name: str,
    level: float,
    rng: np.random.Generator,
    *,
    layers_together: bool = False,
    readout: bool = False,
) -> SparseMLP:
    """A perturbed copy of the network; level 0 leaves it as it is.

    random_pruning        each sparse layer loses floor(level × links) links, at random; level in [0, 1]
    weight_order          … those of largest |w|
    reverse_weight_order  … those of smallest |w|
    weight_shuffling      weights change places within bins as wide as level × (max − min) of the layer; level in [0, 1]
    weight_noise          w + N(0, (level × mean |w| of the layer)²); level at least 0

    layers_together  treats the links of all layers as those of one: which of them go, where weights may move to, how
                     large the noise is
    readout          perturbs the dense output layer as well; a removed link of it has weight 0

    By default each layer is perturbed on its own, as the paper says of random pruning ("layer-by-layer"), shuffling
    ("applied layer-wise") and noise ("for the given layer") and leaves open for the removals by weight; and the output
    layer is left alone, as it is not part of the adaptive topology. A generator in the same state gives nested
    removals: the links lost at one level are lost at every higher one.
    """
    perturbation = PERTURBATIONS[name]
    checked_level(name, level, perturbation.largest_level, rng)
    if level == 0:
        return network
    return perturbation(network, level, rng, layers_together=layers_together, readout=readout)


def checked_level(name: str, level: float, largest_level: float, rng: np.random.Generator) -> None:
    """Raises `SparseTrainingError` for a level that makes no sense, and for what is no generator."""
    if not isinstance(rng, np.random.Generator):
        raise SparseTrainingError(f"rng must be a numpy.random.Generator, got {rng!r}")
    is_number = isinstance(level, Real) and not isinstance(level, bool) and math.isfinite(level)
    if not (is_number and 0 <= level <= largest_level):
        expected = "a number of at least 0" if math.isinf(largest_level) else f"in [0, {largest_level}]"
        raise SparseTrainingError(f"the level of {name} must be {expected}, got {level}")


def sweep(
    network: SparseMLP,
    name: str,
    levels: Iterable[float],
    images: np.ndarray,
    labels: np.ndarray,
    *,
    seed: np.random.SeedSequence | int,
    repeats: int = 1,
    layers_together: bool = False,
    readout: bool = False,
) -> list[dict]:
    """One row for each repeat and level: level, repeat, accuracy, links_on_paths, units_on_paths.

    network                         with one link or more
    levels                          a sequence: they are gone through once for each repeat
    images  float32 (n_samples, n_inputs); labels (n_samples,)
    links_on_paths, units_on_paths  links and hidden units that still lie on a path from an input to the output layer,
                                    as fractions of the unperturbed network's links and of all its hidden units

    repeats                         draws of the random numbers, each of them over all levels
    layers_together, readout        as for `perturb`

    Within a repeat all levels draw the same random numbers, so that removals are nested and curves differ by the
    level alone.
    """
    seed = as_seed_sequence(seed)
    images = as_finite_images(images, network.n_inputs)
    labels = as_labels(labels, len(images), network.n_classes)
    n_units = sum(layer.n_out for layer in network.sparse_layers)
    rows = []
    for repeat in range(repeats):
        for level in levels:
            rng = generator(seed, Stream.PERTURBATION, repeat)
            perturbed = perturb(network, name, level, rng, layers_together=layers_together, readout=readout)
            links, units = count_on_paths(perturbed)
            rows.append(
                {
                    "level": level,
                    "repeat": repeat,
                    "accuracy": accuracy(perturbed, images, labels),
                    "links_on_paths": links / network.n_links,
                    "units_on_paths": units / n_units,
                }
            )
    return rows
