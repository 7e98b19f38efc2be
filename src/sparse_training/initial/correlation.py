"""`correlation`: units whose inputs correlate are linked (CSTI, Zhang et al. 2024, CHT)."""

import numpy as np

from sparse_training.checks import check_pairs
from sparse_training.context import Context
from sparse_training.engine import as_finite_images
from sparse_training.errors import SparseTrainingError
from sparse_training.initial.registry import initial_topology
from sparse_training.selection import best_by_score, unlinked_pairs

BYTES_A_PAIR = 40  # the correlation, its copy and place, and what the choice of the largest takes (measured)


@initial_topology("correlation")
def place_by_correlation(context: Context, count: int) -> np.ndarray:
    """The pairs of the largest |Pearson correlation| over the training images; ties by a draw.

    Unit k of a layer of n units stands for input floor(k × n_inputs / n): where n is n_inputs or a multiple of it, this
    is the published definition up to the numbers of the units; elsewhere, where there is none, copies are spread evenly
    over the inputs. Pairs of the same input are not linked, nor are inputs that never vary, unless too few others are
    left; these are then drawn.
    """
    if context.images is None:
        raise SparseTrainingError(
            "the initial topology correlation needs the training images, which decide where links lie"
        )
    layer = context.layer
    n_inputs = context.layers[0].n_in if context.layers else layer.n_in
    for shape in (layer.shape, (n_inputs, n_inputs)):
        check_pairs(shape, BYTES_A_PAIR, "the initial topology correlation", "choose another one, such as uniform")
    images = as_finite_images(context.images, n_inputs)
    # summed in float64: the mean of an input that never varies must be its value, or what rounding leaves correlates
    deviations = images - images.mean(axis=0, dtype=np.float64).astype(np.float32)
    norms = np.sqrt(np.einsum("si,si->i", deviations, deviations))
    deviations /= np.where(norms > 0, norms, 1)
    correlation = np.abs(deviations.T @ deviations)
    np.fill_diagonal(correlation, 0)
    sources, targets = (np.arange(units) * n_inputs // units for units in layer.shape)
    scores = correlation[sources[:, None], targets]
    return best_by_score(*unlinked_pairs(scores, layer), layer, count, context.rng, soft=False).positions
