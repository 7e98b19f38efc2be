"""Arguments that scripts share: numbers in a range, and the settings that a dataclass states."""

import math
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, get_args

from study.provenance.record import Input


def positive_integer(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"must be a whole number of at least 1; found {text!r}.")
    return int(text)


def positive(text: str) -> float:
    """A number greater than 0."""
    return _number(text, "greater than 0", lambda value: 0 < value < math.inf)


def fraction(text: str) -> float:
    """A number greater than 0, at most 1."""
    return _number(text, "greater than 0, at most 1", lambda value: 0 < value <= 1)


def proper_fraction(text: str) -> float:
    """A number between 0 and 1, neither of them."""
    return _number(text, "greater than 0, less than 1", lambda value: 0 < value < 1)


def _number(text: str, expected: str, accepts: Callable[[float], bool]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not accepts(value):
        raise ArgumentTypeError(f"must be a number {expected}; found {text!r}.")
    return value


def add_training_arguments(parser: ArgumentParser, settings: type) -> None:
    """Adds the image set that networks are trained on, the units of their hidden layers, and the settings."""
    parser.add_argument("--images", type=Input, required=True, metavar="NPZ", help="image set to train and test on")
    parser.add_argument("--dataset", required=True, help="name of the image set; random numbers depend on it")
    parser.add_argument(
        "--hidden-sizes",
        type=positive_integer,
        nargs="+",
        required=True,
        metavar="UNITS",
        help="units of each hidden layer",
    )
    add_settings(parser, settings)


def add_rule_and_seed(parser: ArgumentParser) -> None:
    """Adds the rule and the number of one network."""
    parser.add_argument(
        "--rule", required=True, help="training method: a module of sparse_training.methods or sparse_training.regrowth"
    )
    parser.add_argument("--seed", type=int, required=True, metavar="NUMBER", help="number of the network, from 0")


def add_settings(parser: ArgumentParser, settings: type) -> None:
    """Adds an argument for each field of a dataclass of settings: with its default, its choices, and a help text.

    The metadata of a field are its `meaning`, the `unit` of a number, and `limits`, of which `enum` are the choices.
    Whether a number lies within its limits is for the dataclass to say.
    """
    group = parser.add_argument_group("settings")
    for field in fields(settings):
        required = field.default is MISSING
        options: dict[str, Any] = {"required": required, "default": None if required else field.default}
        kind = next(iter(get_args(field.type)), field.type)
        if kind is bool:
            options["action"] = BooleanOptionalAction
        elif choices := field.metadata["limits"].get("enum"):
            options["choices"] = choices
        else:
            options |= {"type": kind, "metavar": field.metadata["unit"].upper()}
        argument = group.add_argument(f"--{field.name.replace('_', '-')}", **options)
        default = "" if required else field.metadata["source"] if field.default is None else str(field.default)
        argument.help = (
            (field.metadata["meaning"] + (f" (default: {default})" if default else ""))
            .replace("%", "%%")
            .replace("`", "")
        )


def settings_of(options: Namespace, settings: type) -> Any:
    """The settings among parsed arguments. Raises the error of the dataclass where one is outside its limits."""
    return settings(**{field.name: getattr(options, field.name) for field in fields(settings)})
