"""Random numbers that depend on what is drawn and when, never on how many draws came before.

Every network has one `numpy.random.SeedSequence`; each purpose has a stream of its own, and each epoch its own
generator in it. Epoch 700 draws the same numbers whether the run began at epoch 1 or was resumed at epoch 699.
"""

import hashlib
from enum import IntEnum
from numbers import Integral

import numpy as np

from sparse_training.errors import SparseTrainingError


class Stream(IntEnum):
    """What random numbers are for."""

    INITIALISATION = 0
    SHUFFLING = 1
    REGROWTH = 2
    PERTURBATION = 3
    GRADIENTS = 4


def network_seed(dataset: str, rule: str, seed: int) -> np.random.SeedSequence:
    """The seed sequence of the network of a data set, a regrowth rule and a seed number."""
    digest = hashlib.sha256(f"{dataset}/{rule}/{seed}".encode()).digest()
    return np.random.SeedSequence(int.from_bytes(digest[:16], "little"))


def as_seed_sequence(seed: np.random.SeedSequence | int) -> np.random.SeedSequence:
    """The seed sequence of a whole number of at least 0, or the one that is given."""
    if isinstance(seed, np.random.SeedSequence):
        return seed
    if not isinstance(seed, Integral) or isinstance(seed, bool) or seed < 0:
        raise SparseTrainingError(f"seed must be a whole number of at least 0 or a SeedSequence, got {seed!r}")
    return np.random.SeedSequence(int(seed))


def generator(seed: np.random.SeedSequence, stream: Stream, number: int = 0) -> np.random.Generator:
    """The generator of one purpose and one number (an epoch, a repeat) of a network."""
    return np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, int(stream), number)))
