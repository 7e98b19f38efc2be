"""`set`: Sparse Evolutionary Training (Mocanu et al. 2018).

Erdős–Rényi densities; the smallest positive and the largest negative weights are pruned, links regrow at random.
"""

from sparse_training.methods.registry import METHODS, Method

METHODS.register("set")(Method(initial_topology="erk", pruning="magnitude_by_sign", regrowth="random"))
