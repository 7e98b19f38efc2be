"""What the kernels are given: named tuples of flat arrays. `Packing` makes them and says how units and links lie."""

from typing import NamedTuple

import numpy as np


class Shape(NamedTuple):
    """Where the layers lie: the first row of each; the readout's first weight, its size with and without padding."""

    rows: np.ndarray
    readout_weights: int
    n_hidden: int
    n_classes: int
    n_real_classes: int


class Incoming(NamedTuple):
    """Links by target: starts[unit] bounds those into a unit; the source's row and the entry in the flat weights."""

    starts: np.ndarray
    sources: np.ndarray
    links: np.ndarray


class Outgoing(NamedTuple):
    """Links by source, as in the flat weights: starts[unit] bounds those out of a unit; the row of each target."""

    starts: np.ndarray
    targets: np.ndarray


class Parameters(NamedTuple):
    """Flat weights, or flat biases, with their velocities and their gradients summed so far."""

    values: np.ndarray
    velocities: np.ndarray
    gradients: np.ndarray
