"""What the parameters of the classifier may be."""

from collections.abc import Callable, Mapping
from numbers import Integral, Real

import numpy as np
import pandas as pd

from asonn.construction import DISTANCE_SCALES, NORMALISATIONS
from asonn.decisions import DECISIONS
from asonn.errors import AsonnError
from asonn.ranges import BOUNDS
from asonn.seed_order import SEED_ORDERS

Constraint = tuple[Callable[[object], bool], str]  # what must hold, and how it is said


def _whole(least: int, most: float = np.inf) -> Constraint:
    expected = f"a whole number of at least {least}" if most == np.inf else f"a whole number from {least} to {most}"
    return lambda value: isinstance(value, Integral) and not _is_boolean(value) and least <= value <= most, expected


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool | np.bool_)


def _one_of(names: tuple[str, ...]) -> Constraint:
    return lambda value: isinstance(value, str) and value in names, f"one of {', '.join(map(repr, names))}"


def _or_none(constraint: Constraint) -> Constraint:
    holds, expected = constraint
    return lambda value: value is None or holds(value), f"{expected}, or None"


def _is_temperature(value: object) -> bool:
    if isinstance(value, str):
        return value == "auto"
    return isinstance(value, Real) and not _is_boolean(value) and 0 < value < np.inf


_BOOLEAN: Constraint = (_is_boolean, "True or False")

MOST_ROWS = 2**53  # that float64 counts without gaps

READINGS = {  # what the parameters that the reading decides are, where they are None
    "ours": {
        "require_positive": False,
        "balance": True,
        "within_class": True,
        "normalisation": "objects",
        "distance_scale": "attribute",
    },
    "printed": {
        "require_positive": True,
        "balance": False,
        "within_class": False,
        "normalisation": "none",
        "distance_scale": "printed",
    },
    "authors": {
        "require_positive": True,
        "balance": False,
        "within_class": True,
        "normalisation": "none",
        "distance_scale": "authors",
    },
}

CONSTRAINTS: dict[str, Constraint] = {
    "version": _whole(1, 4),
    "min_discrimination": _whole(1),
    "reading": _one_of(tuple(READINGS)),
    "require_positive": _or_none(_BOOLEAN),
    "seed_order": _one_of(SEED_ORDERS),
    "n_orders": _whole(1),
    "balance": _or_none(_BOOLEAN),
    "within_class": _or_none(_BOOLEAN),
    "normalisation": _or_none(_one_of(NORMALISATIONS)),
    "distance_scale": _or_none(_one_of(DISTANCE_SCALES)),
    "bounds": _one_of(BOUNDS),
    "min_support": _or_none(_whole(1)),
    "missing": _one_of(("inside", "median")),
    "max_combinations": _or_none(_whole(1)),
    "simplify": _or_none(_BOOLEAN),
    "decision": _or_none(_one_of(DECISIONS)),
    "temperature": _or_none((_is_temperature, "a positive number or 'auto'")),
    "units": _or_none((lambda value: isinstance(value, Mapping), "a mapping of feature names to units")),
}
OWN = {  # what a parameter that is None stands for: in versions 1 to 3, and in version 4
    "min_support": (1, 3),
    "simplify": (False, True),
    "decision": ("best", None),
    "temperature": (1.0, "auto"),
}


def resolved(parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters with the values of version and reading in place of None; a decision of None is chosen in `fit`."""
    version = parameters["version"]
    own = {name: values[version == 4] for name, values in OWN.items()} | READINGS[parameters["reading"]]
    if version == 4:
        own["distance_scale"] = "none"
    return {name: own.get(name) if value is None else value for name, value in parameters.items()}


def check_parameters(parameters: Mapping[str, object]) -> None:
    """Raises AsonnError, with one sentence, for the first parameter that is not what it may be."""
    for name, (holds, expected) in CONSTRAINTS.items():
        if not holds(parameters[name]):
            raise AsonnError(f"{name} must be {expected}, got {parameters[name]!r}.")
    if parameters["reading"] != "ours" and parameters["version"] > 2:
        raise AsonnError(
            f"reading={parameters['reading']!r} is of versions 1 and 2; version {parameters['version']} is ours."
        )


def check_labels(labels: object) -> None:
    """Raises AsonnError if a label is missing, or if labels have no common order."""
    if labels is None:
        return
    labels = np.asarray(labels, dtype=object)
    missing = pd.isna(labels)
    if np.ndim(missing) and missing.any():
        places = np.flatnonzero(np.ravel(missing))
        raise AsonnError(
            f"Input y contains NaN or None in {len(places)} rows, the first at position {places[0]}: drop them."
        )
    if labels.ndim == 1 and len({isinstance(label, str) for label in labels}) > 1:
        raise AsonnError("Input y has labels that are text and others that are not: make them all the same.")


def check_weights(weights: object, n_rows: int) -> tuple[np.ndarray, np.ndarray | None]:
    """The rows that count, int64, and their weights, float64 (None: all 1).

    Weights that are no whole numbers, or add up to more than float64 can count, are scaled to a mean of 1. Raises
    AsonnError for weights that are negative, not finite, all 0, or not one a row.
    """
    if weights is None:
        return np.arange(n_rows), None
    weights = _numbers("sample_weight", weights)
    if weights.ndim == 0:
        weights = np.full(n_rows, weights)
    if weights.shape != (n_rows,):
        raise AsonnError(f"sample_weight has shape {weights.shape}, expected ({n_rows},).")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise AsonnError("sample_weight must be finite and not negative.")
    if not weights.any():
        raise AsonnError("All values of sample_weight are zero: some row must have a positive weight.")
    rows = np.flatnonzero(weights)
    weights = weights[rows]
    if weights.max() > MOST_ROWS:  # else their sum might overflow
        weights = weights / weights.max()
    countable = (weights == np.floor(weights)).all() and weights.sum() <= MOST_ROWS
    return rows, weights if countable else weights / weights.mean()


def costs_of(costs: object, names: list[str]) -> np.ndarray:
    """The parameter `feature_costs` as the cost of each named feature: float64 (m,), 1 if all are equal.

    Raises AsonnError for names of no feature, another number of costs, and costs that are not positive numbers.
    """
    if costs is None:
        return np.ones(len(names))
    if isinstance(costs, Mapping):
        check_names("feature_costs", costs, names)
        costs = [costs.get(name, 1.0) for name in names]
    costs = _numbers("feature_costs", costs)
    if costs.shape != (len(names),):
        raise AsonnError(f"feature_costs has shape {costs.shape}, expected ({len(names)},).")
    if not (np.isfinite(costs).all() and (costs > 0).all()):
        raise AsonnError("feature_costs must be finite and positive.")
    return np.ones(len(names)) if (costs == costs[0]).all() else costs


def check_names(parameter: str, named: Mapping, names: list[str]) -> None:
    """Raises AsonnError if a parameter names what is no feature."""
    if unknown := [str(name) for name in named if name not in names]:
        raise AsonnError(f"{parameter} names what is no feature: {', '.join(unknown)}.")


def _numbers(name: str, values: object) -> np.ndarray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise AsonnError(f"{name} must be numbers, got {values!r:.60}.") from None
