"""Neural networks with adaptive sparse topology: training on one CPU core at 1 % density, link prediction for
regrowth, robustness to damage.

The names below are imported when they are first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "descent": ["descend"],
        "errors": ["SparseTrainingError"],
        "network": ["SparseLayer", "SparseMLP"],
        "perturbation": ["PERTURBATIONS", "perturb"],
        "randomness": ["network_seed"],
        "regrowth": ["REGROWTH_RULES"],
        "robustness": ["sweep"],
        "settings": ["TrainingSettings"],
        "topology": ["update_topology"],
        "training": ["TrainingState", "train", "training_epochs"],
        "weights": ["magnitude_density"],
    },
)
