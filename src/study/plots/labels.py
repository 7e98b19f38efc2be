"""Names as figures show them. What is not listed here, such as `narrow_dense` or the rule of a user, is shown under its
own name, without underscores."""

from typing import NamedTuple

MAIN_ARM = "main"  # the study's own setting, among the arms of its multiverse

DATASET_NAMES = {
    "digits": "Digits",
    "mnist": "MNIST",
    "fashion_mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "emnist_letters": "EMNIST letters",
}

RULE_NAMES = {
    "ch3l3": "CH3-L3",
    "paths": "path count",
    "set": "SET",
    "rigl": "RigL",
    "gse": "GSE",
    "cht": "CHT",
    "chts": "CHTs",
    "chtss": "CHTss",
}

CLASSIFIER_NAMES = {
    "asonn_v1": "ASONN v1",
    "asonn_v2": "ASONN v2",
    "asonn_v3": "ASONN v3",
    "asonn_v4": "ASONN v4",
    "asonn_printed": "ASONN as printed",
    "asonn_authors": "ASONN, authors' program",
    "xgboost": "XGBoost",
    "k_nearest_neighbours": "5 nearest neighbours",
    "naive_bayes": "naive Bayes",
    "svm": "SVM",
    "mlp": "multi-layer perceptron",
    "lightgbm": "LightGBM",
    "figs": "FIGS",
    "rulefit": "RuleFit",
}


class PerturbationName(NamedTuple):
    """How a perturbation and its level are written beside an axis."""

    title: str
    level: str


PERTURBATION_NAMES = {
    "random_pruning": PerturbationName("random removal", "fraction of links removed"),
    "weight_order": PerturbationName("largest |weight| first", "fraction of links removed"),
    "reverse_weight_order": PerturbationName("smallest |weight| first", "fraction of links removed"),
    "weight_shuffling": PerturbationName("weight shuffling", "bin width (fraction of weight range)"),
    "weight_noise": PerturbationName("weight noise", "noise s.d. (multiples of mean |weight|)"),
    "image_noise": PerturbationName("noise on images", "noise s.d. (in pixel s.d.)"),
    "image_blur": PerturbationName("blur", "s.d. of the blur (pixels)"),
    "image_shift": PerturbationName("shift", "shift (fraction of the side)"),
    "image_rotation": PerturbationName("rotation", "angle (degrees)"),
    "image_occlusion": PerturbationName("occlusion", "side of the square (fraction)"),
    "gradient_sign": PerturbationName("gradient-sign attack", "step (in pixel s.d.)"),
}

FEATURE_UNITS = dict.fromkeys(("sepal_length", "sepal_width", "petal_length", "petal_width"), "cm")


def dataset_name(dataset: str) -> str:
    """`fashion_mnist` -> `Fashion-MNIST`; `my_letters` -> `my letters`."""
    return DATASET_NAMES.get(dataset, _plain(dataset))


def rule_name(rule: str) -> str:
    """`ch3l3` -> `CH3-L3`; a user's own rule under its own name."""
    return RULE_NAMES.get(rule, _plain(rule))


def classifier_name(classifier: str) -> str:
    """`asonn_v2` -> `ASONN v2`; `svm_tuned` -> `SVM, tuned`."""
    if classifier.endswith("_tuned"):
        return f"{classifier_name(classifier.removesuffix('_tuned'))}, tuned"
    return CLASSIFIER_NAMES.get(classifier, _plain(classifier))


def perturbation_name(perturbation: str) -> PerturbationName:
    """Title of a perturbation and the label of its level axis."""
    return PERTURBATION_NAMES.get(perturbation, PerturbationName(_plain(perturbation), "level"))


def feature_name(feature: str) -> str:
    """The name of a feature of a table for an axis, with its unit if that is known."""
    unit = f" ({FEATURE_UNITS[feature]})" if feature in FEATURE_UNITS else ""
    return _plain(feature) + unit


def _plain(identifier: str) -> str:
    return identifier.replace("_", " ")
