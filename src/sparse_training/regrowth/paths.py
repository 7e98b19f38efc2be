"""`paths`: the pairs joined by the most paths of length 3 (mentioned and not shown by Sulyok et al. 2026)."""

import numpy as np

from sparse_training.link_prediction import Scoring, best_pairs
from sparse_training.links import SparseLayer
from sparse_training.regrowth.registry import NewLinks, regrowth_rule


@regrowth_rule("paths")
def place_by_paths(layer: SparseLayer, count: int, rng: np.random.Generator) -> NewLinks:
    """The `count` best pairs; ties by a draw, a shortfall of positive counts filled at random."""
    return best_pairs(layer, count, Scoring.PATHS, rng)
