"""Random numbers that depend on what is drawn and when, never on how many draws came before.

Every network has one `numpy.random.SeedSequence`; each purpose has a stream of its own, and each epoch its own
generator in it. Epoch 700 draws the same numbers whether the run began at epoch 1 or was resumed at epoch 699.
"""

import hashlib
from enum import IntEnum

import numpy as np


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


def generator(seed: np.random.SeedSequence, stream: Stream, number: int = 0) -> np.random.Generator:
    """The generator of one purpose and one number (an epoch, a repeat) of a network."""
    return np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, int(stream), number)))
