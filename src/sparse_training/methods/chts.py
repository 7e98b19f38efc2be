"""`chts`: Cannistraci-Hebb training with soft rules (Zhang et al. 2025, NeurIPS).

Links start in bipartite receptive fields; those that stay are drawn by |w|, those that regrow by their CH2-L3n scores,
with weight zero.
"""

from sparse_training.methods.registry import METHODS, Method

CHTS = METHODS.register("chts")(
    Method(
        initial_topology="bipartite_receptive_field",
        pruning="soft_magnitude",
        regrowth="ch2l3n(soft=True)",
        new_weights="zero",
    )
)
