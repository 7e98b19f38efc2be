"""`ch3l3`: the pairs with the highest CH3-L3 scores of the bipartite layer (Sulyok et al. 2026, section 4.3)."""

import numpy as np

from sparse_training.link_prediction import Scoring, best_pairs
from sparse_training.links import SparseLayer
from sparse_training.regrowth.registry import NewLinks, regrowth_rule


@regrowth_rule("ch3l3")
def place_by_ch3l3(layer: SparseLayer, count: int, rng: np.random.Generator) -> NewLinks:
    """The `count` best pairs; ties by a draw, a shortfall of positive scores filled at random."""
    return best_pairs(layer, count, Scoring.CH3L3, rng)
