"""Gradients of the loss with respect to pairs of units, linked or not, on training samples drawn by the seed."""

import os
from typing import TYPE_CHECKING

import numpy as np

from sparse_training.engine import unit_signals
from sparse_training.errors import SparseTrainingError
from sparse_training.randomness import Stream, generator

if TYPE_CHECKING:
    from sparse_training.network import SparseMLP

PAIRS_AT_ONCE = 2**14
BYTES_A_PAIR = 32  # gradient, magnitude, and what the choice of the largest takes


class Gradients:
    """Gradients of one network; `signals` of a number of samples are computed once."""

    def __init__(
        self, network: "SparseMLP", images: np.ndarray, labels: np.ndarray, seed: np.random.SeedSequence, epoch: int
    ):
        self._network, self._images, self._labels = network, images, labels
        self._seed, self._epoch = seed, epoch
        self._signals: dict[int, tuple[list[np.ndarray], list[np.ndarray]]] = {}

    @classmethod
    def absent(cls) -> "Gradients":
        """For an update that has no samples: a rule that asks for gradients is told so."""
        return cls(None, None, None, None, 0)

    def signals(self, number: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
        """Activations (n_in, samples) and errors (n_out, samples) of the layer of this number, from 1."""
        if self._network is None:
            raise SparseTrainingError("this rule needs gradients, and there are no samples to compute them on")
        samples = min(samples, len(self._labels))
        if samples < 1:
            raise SparseTrainingError(f"gradients need at least one sample, got {samples}")
        if samples not in self._signals:
            rng = generator(self._seed, Stream.GRADIENTS, self._epoch)
            drawn = rng.choice(len(self._labels), samples, replace=False)
            self._signals[samples] = unit_signals(self._network, self._images[drawn], self._labels[drawn])
        activations, errors = self._signals[samples]
        return activations[number - 1], errors[number]

    def of_all_pairs(self, number: int, samples: int) -> np.ndarray:
        layer = self._network.sparse_layers[number - 1] if self._network else None
        if layer is not None:
            need, there = BYTES_A_PAIR * layer.n_in * layer.n_out, _memory()
            if need > there:
                raise SparseTrainingError(
                    f"a rule on the gradients of all pairs of a layer of {layer.n_in} × {layer.n_out} units takes "
                    f"{need / 2**30:.0f} GiB, this machine has {there / 2**30:.0f}: use a rule that looks at some of "
                    f"the pairs, such as sampled_gradient"
                )
        activations, errors = self.signals(number, samples)
        return (activations @ errors.T) / np.float32(activations.shape[1])

    def of_pairs(self, number: int, positions: np.ndarray, samples: int) -> np.ndarray:
        activations, errors = self.signals(number, samples)
        gradients = np.empty(len(positions), np.float32)
        for first in range(0, len(positions), PAIRS_AT_ONCE):
            part = slice(first, first + PAIRS_AT_ONCE)
            sources, targets = np.divmod(positions[part], len(errors))
            gradients[part] = np.einsum("ps,ps->p", activations[sources], errors[targets])
        return gradients / np.float32(activations.shape[1])


def _memory() -> float:
    """Bytes of memory of this machine, without a limit where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return float("inf")
