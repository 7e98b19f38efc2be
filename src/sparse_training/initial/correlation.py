"""`correlation`: units whose inputs correlate are linked (CSTI, Zhang et al. 2024, CHT)."""

import numpy as np

from sparse_training.checks import check_pairs
from sparse_training.context import Context
from sparse_training.errors import SparseTrainingError
from sparse_training.initial.registry import initial_topology
from sparse_training.selection import best_by_score, unlinked_pairs

BYTES_A_PAIR = 40  # the correlation, its copy and place, and what the choice of the largest takes (measured)


@initial_topology("correlation")
def place_by_correlation(context: Context, count: int) -> np.ndarray:
    """The pairs of the largest |Pearson correlation| over the training images; ties by a draw.

    Unit k of any layer stands for input k modulo the number of inputs. Pairs of the same input are not linked, nor are
    inputs that never vary, unless too few others are left; these are then drawn.
    """
    if context.images is None:
        raise SparseTrainingError(
            "the initial topology correlation needs the training images, which decide where links lie"
        )
    layer = context.layer
    check_pairs(layer.shape, BYTES_A_PAIR, "the initial topology correlation", "choose another one, such as uniform")
    deviations = context.images - context.images.mean(axis=0)
    norms = np.sqrt(np.einsum("si,si->i", deviations, deviations))
    deviations /= np.where(norms > 0, norms, 1)
    correlation = np.abs(deviations.T @ deviations)
    np.fill_diagonal(correlation, 0)
    n_inputs = len(correlation)
    scores = correlation[np.arange(layer.n_in)[:, None] % n_inputs, np.arange(layer.n_out) % n_inputs]
    return best_by_score(*unlinked_pairs(scores, layer), layer, count, context.rng, soft=False).positions
