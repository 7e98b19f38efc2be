"""How accuracy falls with the level of a perturbation."""

from collections.abc import Iterable

import numpy as np

from sparse_training.network import SparseMLP
from sparse_training.perturbation import perturb
from sparse_training.randomness import Stream, generator
from sparse_training.reachability import count_on_paths


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

    images  float32 (n_samples, n_inputs); labels (n_samples,)
    links_on_paths, units_on_paths  links and hidden units that still lie on a path from an input to the readout, as
                                    shares of the unperturbed network's links and of all its hidden units

    repeats                         draws of the random numbers, each of them over all levels
    layers_together, readout        as for `perturb`

    Within a repeat all levels draw the same random numbers, so that removals are nested and curves differ by the
    level alone.
    """
    seed = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    n_units = sum(layer.n_out for layer in network.sparse_layers)
    rows = []
    for repeat in range(repeats):
        for level in levels:
            rng = generator(seed, Stream.PERTURBATION, repeat)
            damaged = perturb(network, name, level, rng, layers_together=layers_together, readout=readout)
            links, units = count_on_paths(damaged)
            rows.append(
                {
                    "level": level,
                    "repeat": repeat,
                    "accuracy": damaged.accuracy(images, labels),
                    "links_on_paths": links / network.n_links,
                    "units_on_paths": units / n_units,
                }
            )
    return rows
