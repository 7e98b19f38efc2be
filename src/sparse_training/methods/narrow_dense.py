"""`narrow_dense`: a dense network that is never rewired.

With the hidden layers of `narrow_sizes` it is the control that has as many parameters as a sparse network.
"""

from collections.abc import Sequence
from itertools import pairwise

from sparse_training.errors import SparseTrainingError
from sparse_training.methods.registry import METHODS, Method

METHODS.register("narrow_dense")(Method(initial_topology="complete", regrowth="static"))


def narrow_sizes(sizes: Sequence[int], n_classes: int, density: float) -> list[int]:
    """Units of the hidden layers of the dense network that comes closest in parameters to a sparse one.

    sizes    units of the input and of each hidden layer of the sparse network; the hidden layers keep their proportions
    density  fraction of the possible links of its hidden layers; its output layer is dense

    Parameters are weights and biases. Raises SparseTrainingError without a hidden layer.
    """
    n_inputs, *hidden = sizes
    if not hidden:
        raise SparseTrainingError(f"sizes must be those of the input and of at least one hidden layer, got {sizes}")

    def parameters(hidden: Sequence[int], density: float) -> float:
        links = density * sum(below * above for below, above in pairwise([n_inputs, *hidden]))
        return links + sum(hidden) + (hidden[-1] + 1) * n_classes

    wanted = parameters(hidden, density)
    widest = max(hidden)
    candidates = ([max(1, round(units * width / widest)) for units in hidden] for width in range(1, widest + 1))
    return min(candidates, key=lambda candidate: abs(parameters(candidate, 1) - wanted))
