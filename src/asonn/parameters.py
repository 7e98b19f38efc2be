"""What the parameters of the classifier may be."""

from collections.abc import Callable, Mapping
from numbers import Integral, Real

import numpy as np

from asonn.construction import DISTANCE_SCALES, NORMALISATIONS
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


_BOOLEAN: Constraint = (_is_boolean, "True or False")

CONSTRAINTS: dict[str, Constraint] = {
    "version": _whole(1, 3),
    "min_discrimination": _whole(1),
    "require_positive": _BOOLEAN,
    "seed_order": _one_of(SEED_ORDERS),
    "n_orders": _whole(1),
    "balance": _BOOLEAN,
    "within_class": _BOOLEAN,
    "normalisation": _one_of(NORMALISATIONS),
    "distance_scale": _one_of(DISTANCE_SCALES),
    "bounds": _one_of(BOUNDS),
    "min_support": _whole(1),
    "temperature": (
        lambda value: isinstance(value, Real) and not _is_boolean(value) and 0 < value < np.inf,
        "a positive number",
    ),
}


def check_parameters(parameters: Mapping[str, object]) -> None:
    """Raises ValueError, with one sentence, for the first parameter that is not what it may be."""
    for name, (holds, expected) in CONSTRAINTS.items():
        if not holds(parameters[name]):
            raise ValueError(f"{name} must be {expected}, got {parameters[name]!r}.")


def costs_of(costs: object, names: list[str]) -> np.ndarray:
    """The parameter `feature_costs` as the cost of each named feature: float64 (m,).

    Raises ValueError for names of no feature, another number of costs, and costs that are not positive numbers.
    """
    if costs is None:
        return np.ones(len(names))
    if isinstance(costs, Mapping):
        unknown = [str(name) for name in costs if name not in names]
        if unknown:
            raise ValueError(f"feature_costs names what is no feature: {', '.join(unknown)}.")
        costs = [costs.get(name, 1.0) for name in names]
    costs = np.asarray(costs, dtype=np.float64)
    if costs.shape != (len(names),):
        raise ValueError(f"feature_costs has shape {costs.shape}, expected ({len(names)},).")
    if not (np.isfinite(costs).all() and (costs > 0).all()):
        raise ValueError("feature_costs must be finite and positive.")
    return costs
