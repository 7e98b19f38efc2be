"""`rigl`: Rigging the Lottery (Evci et al. 2020).

Links of the largest gradients regrow with weight zero; the pruned fraction falls on a cosine until three quarters of
the training.
"""

from sparse_training.methods.registry import METHODS, Method

METHODS.register("rigl")(
    Method(initial_topology="erk", regrowth="gradient", zeta_schedule="cosine(until=0.75)", new_weights="zero")
)
