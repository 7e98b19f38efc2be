"""`chtss`: CHTs whose density falls on a sigmoid, from half of the links (Zhang et al. 2025, NeurIPS)."""

from dataclasses import replace

from sparse_training.methods.chts import CHTS
from sparse_training.methods.registry import METHODS

METHODS.register("chtss")(replace(CHTS, density_schedule="sigmoid(until=0.8)", initial_density=0.5))
