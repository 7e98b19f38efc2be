"""`gse`: guided stochastic exploration (Heddes et al. 2024): RigL whose gradients are those of sampled pairs alone."""

from sparse_training.methods.registry import METHODS, Method

METHODS.register("gse")(
    Method(initial_topology="erk", regrowth="sampled_gradient", zeta_schedule="cosine(until=0.75)", new_weights="zero")
)
