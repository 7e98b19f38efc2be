"""What the parts of a training method may look at."""

from dataclasses import dataclass, field

import numpy as np

from sparse_training.gradients import Gradients
from sparse_training.links import SparseLayer


@dataclass(frozen=True)
class Context:
    """One layer at one moment of a training, for the rule that prunes it, regrows it or places its first links.

    layer       the layer: before the update for a pruning rule, after removal for a regrowth rule, without any link for
                an initial topology
    rng         the generator of this update (or of the initialisation): the only source of random numbers
    number      of the layer, from 1
    layers      all sparse layers as they are before the update; those placed so far for an initial topology
    velocities  (n_links,) float32: what the momentum of SGD has gathered for each link of `layer`
    epoch       the epoch that has just ended; 0 for an initial topology
    progress    in [0, 1]: 0 before the first update, 1 at the last
    images      float32 (n_samples, n_inputs), the training images; None if there are none
    """

    layer: SparseLayer
    rng: np.random.Generator
    number: int = 1
    layers: tuple[SparseLayer, ...] = ()
    velocities: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    epoch: int = 0
    progress: float = 0.0
    images: np.ndarray | None = None
    source: Gradients = field(default_factory=Gradients.absent)

    def gradients(self, samples: int = 128) -> np.ndarray:
        """float32 (n_in, n_out): the gradient of the mean loss with respect to each pair of units, linked or not.

        It is that of the network before the update, on so many training samples drawn by the seed; all rules of an
        update that ask for the same number see the same samples. Raises `SparseTrainingError` before it allocates if
        the matrix does not fit in memory: `gradients_of` and `signals` need memory for pairs and units alone.
        """
        return self.source.of_all_pairs(self.number, samples)

    def gradients_of(self, positions: np.ndarray, samples: int = 128) -> np.ndarray:
        """float32 (n,): the same for the pairs at these positions (source × n_out + target)."""
        return self.source.of_pairs(self.number, positions, samples)

    def signals(self, samples: int = 128) -> tuple[np.ndarray, np.ndarray]:
        """float32 (n_in, samples) and (n_out, samples): activations of the sources, and derivatives of the loss of each
        sample with respect to the inputs of the targets. The mean of their products over samples is a gradient."""
        return self.source.signals(self.number, samples)
