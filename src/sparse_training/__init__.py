"""Dynamic sparse training of multilayer perceptrons on one CPU core: pruning and regrowth of links between epochs, link
prediction for regrowth, perturbations of trained networks.

The names below are imported when they are first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "classifier": ["SparseMLPClassifier"],
        "engine": ["sgd_epoch"],
        "errors": ["SparseTrainingError"],
        "image_perturbation": ["IMAGE_PERTURBATIONS", "perturb_images", "sweep_images"],
        "links": ["SparseLayer"],
        "measures": ["magnitude_density"],
        "network": ["SparseMLP"],
        "perturbation": ["PERTURBATIONS", "perturb", "sweep"],
        "randomness": ["network_seed"],
        "initial": ["INITIAL_TOPOLOGIES"],
        "methods": ["METHODS", "Method"],
        "pruning": ["PRUNING_RULES"],
        "regrowth": ["REGROWTH_RULES"],
        "schedules": ["SCHEDULES"],
        "settings": ["TrainingSettings"],
        "topology": ["update_topology"],
        "training": ["TrainingState", "initial_network", "train", "training_epochs"],
    },
)
