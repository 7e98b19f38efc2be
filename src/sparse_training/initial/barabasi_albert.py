"""`barabasi_albert`: preferential attachment (Barabási and Albert 1999), of targets to sources."""

import numpy as np

from sparse_training.checks import check_option
from sparse_training.context import Context
from sparse_training.initial._fan_in import even_fan_in, positions_of
from sparse_training.initial.registry import initial_topology
from sparse_training.selection import drawn_by_weight


@initial_topology("barabasi_albert")
def place_by_attachment(context: Context, count: int, *, attractiveness: float = 1.0) -> np.ndarray:
    """Units of both layers join one after the other, in random order, at even pace.

    Each unit of the next layer brings equally many links, to sources that have joined, drawn without replacement in
    proportion to attractiveness × (mean links of a source) + links so far. The links of sources then follow a power law
    of exponent 2 + attractiveness (Dorogovtsev, Mendes and Samukhin 2000), 3 as that of Barabási and Albert by default.
    Takes n_in × n_out draws.
    """
    check_option("attractiveness", attractiveness, 0.001)
    layer, rng = context.layer, context.rng
    fan_in = even_fan_in(context, count)
    joining = rng.permutation(layer.n_in)
    degrees = np.full(layer.n_in, attractiveness * count / layer.n_in)  # in the order of joining
    sources = [joining[:0]] * layer.n_out
    for step, unit in enumerate(rng.permutation(layer.n_out), start=1):
        joined = max(fan_in[unit], -(-step * layer.n_in // layer.n_out))
        chosen = drawn_by_weight(np.log(degrees[:joined]), fan_in[unit], rng)
        degrees[chosen] += 1
        sources[unit] = joining[chosen]
    return positions_of(sources, layer.n_out)
