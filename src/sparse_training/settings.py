"""The settings of training and of perturbations: each said once, with its meaning, default, limits and source.

The arguments of the scripts, and their part of the schema of the configuration and of config/README.md, are made from
the fields here (src/write_schema.py): a new setting is a new field, and one run of that script.
"""

import math
import operator
from dataclasses import MISSING, Field, dataclass, field, fields
from numbers import Integral, Real
from textwrap import fill
from typing import Any, get_args

from sparse_training.errors import SparseTrainingError

NEW_WEIGHTS = ("normal", "zero")

PAPER = "Sulyok et al. 2026"
CODE = "the published code of Zhang et al. 2024"
METHOD = "that of the training method"
KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
LIMITS = {  # keyword of JSON Schema: in words, and as a comparison
    "minimum": ("of at least", operator.ge),
    "exclusiveMinimum": ("greater than", operator.gt),
    "maximum": ("at most", operator.le),
    "exclusiveMaximum": ("less than", operator.lt),
}


def setting(meaning: str, *, default: Any = MISSING, unit: str = "", source: str = "", **limits: Any) -> Any:
    """A field of settings.

    meaning  in a few words, without limits and default
    default  None for a setting that may be left out
    unit     of which things a number counts so many
    source   where the default comes from
    limits   keywords of JSON Schema, `LIMITS` and `enum`; `partOf` for `name` or `name(option=value, …)` of a member of
             that package
    """
    return field(default=default, metadata={"meaning": meaning, "unit": unit, "source": source, "limits": limits})


def kind_of(setting: Field) -> type:
    """bool, int, float or str; of `float | None` the first."""
    return next(iter(get_args(setting.type)), setting.type)


def expected(setting: Field) -> str:
    """What the value of a setting must be: `a number of at least 0, less than 1`."""
    limits = setting.metadata["limits"]
    if "enum" in limits:
        return f"one of {', '.join(limits['enum'])}"
    if "partOf" in limits:
        return f"a name in sparse_training.{limits['partOf']}, with its options in brackets if it has any"
    bounds = ", ".join(f"{words} {limits[key]}" for key, (words, _) in LIMITS.items() if key in limits)
    return f"{KINDS[kind_of(setting)]} {bounds}".strip()


def check(settings: Any) -> None:
    """Raises `SparseTrainingError` for a value outside the limits of its setting."""
    for one in fields(settings):
        value = getattr(settings, one.name)
        if not _accepts(one, value):
            raise SparseTrainingError(f"{one.name} must be {expected(one)}, got {value!r}")


def _accepts(setting: Field, value: Any) -> bool:
    kind, limits = kind_of(setting), setting.metadata["limits"]
    if value is None:
        return setting.default is None
    if kind in (bool, str):
        return isinstance(value, kind) and value in limits.get("enum", [value])
    if isinstance(value, bool) or not isinstance(value, Integral if kind is int else Real) or not math.isfinite(value):
        return False
    return all(accepts(value, limits[key]) for key, (_, accepts) in LIMITS.items() if key in limits)


def _documented(cls: type) -> type:
    """Lists the fields in the docstring of a class of settings."""
    texts = [f"{one.name:24}{one.metadata['meaning']}; {expected(one)}" for one in fields(cls)]
    lines = [fill(text, 120, initial_indent=" " * 4, subsequent_indent=" " * 28) for text in texts]
    cls.__doc__ = "\n".join([cls.__doc__.rstrip(), "", *lines, "    "])
    return cls


@_documented
@dataclass(frozen=True)
class TrainingSettings:
    """What a training run depends on, besides network, data, training method and seed.

    Settings that are None leave the training method as it is: `Method`.
    """

    epochs: int = setting("passes over the training images", unit="epochs", minimum=1, maximum=100_000)
    batch_size: int = setting(
        "images of one step of stochastic gradient descent; the last step of an epoch may have fewer, its gradient is "
        "the mean over its own",
        default=32,
        unit="images",
        source=CODE,
        minimum=1,
        maximum=1_000_000,
    )
    learning_rate: float = setting(
        "learning rate of the first epoch", default=0.025, unit="rate", source=CODE, exclusiveMinimum=0, maximum=1000
    )
    learning_rate_schedule: str = setting(
        "`linear`: falls to 1 % over the first 90 % of the epochs, then stays; `constant`",
        default="linear",
        source=CODE,
        enum=("linear", "constant"),
    )
    momentum: float = setting(
        "fraction of the velocity kept from step to step",
        default=0.9,
        unit="fraction",
        source=CODE,
        minimum=0,
        exclusiveMaximum=1,
    )
    weight_decay: float = setting(
        "L2 penalty on all parameters, added to the gradient as in torch.optim.SGD",
        default=0.0,
        unit="penalty",
        source="with 0 the large weights appear that the paper describes",
        minimum=0,
        maximum=1,
    )
    zeta: float = setting(
        "fraction of each layer's links that is pruned after an epoch",
        default=0.3,
        unit="fraction",
        source=f"{CODE}; the paper says: a fixed fraction",
        minimum=0,
        exclusiveMaximum=1,
    )
    remove_disconnected: bool = setting(
        "whether an update also removes links on no path from an input to the output layer",
        default=True,
        source=f"{PAPER}, Fig. 7",
    )
    regrown_weight: str = setting(
        "weight of a link removed and regrown at once: `redraw` (as any new link) or `keep`",
        default="redraw",
        source=f"{PAPER}, section 4.3",
        enum=("redraw", "keep"),
    )
    density: float | None = setting(
        "fraction of the possible links of each hidden layer that exist, at the end of training if the density moves; "
        "the output layer is dense",
        default=None,
        unit="fraction",
        exclusiveMinimum=0,
        maximum=1,
    )
    update_after_last_epoch: bool = setting(
        "whether a topology update follows the last epoch too",
        default=False,
        source=f'{PAPER} update "between" epochs, but speak of "new links inserted in the final epoch"',
    )
    merge_bias: bool = setting(
        "whether the constant output of units that no input reaches is added to the biases of the next layer when "
        "their links are removed",
        default=False,
        source=f'{PAPER}, section 4.3, say that it "should" be',
    )
    initial_topology: str | None = setting(
        "where the first links lie, and how many each layer gets",
        default=None,
        unit="name",
        source=METHOD,
        partOf="initial",
    )
    pruning: str | None = setting(
        "which links an update removes", default=None, unit="name", source=METHOD, partOf="pruning"
    )
    regrowth: str | None = setting(
        "where an update places new links", default=None, unit="name", source=METHOD, partOf="regrowth"
    )
    zeta_schedule: str | None = setting(
        "how the pruned fraction falls from `zeta` to 0", default=None, unit="name", source=METHOD, partOf="schedules"
    )
    density_schedule: str | None = setting(
        "how the density moves from `initial_density` to `density`",
        default=None,
        unit="name",
        source=METHOD,
        partOf="schedules",
    )
    initial_density: float | None = setting(
        "density of the first links, where the density moves",
        default=None,
        unit="fraction",
        source=METHOD,
        exclusiveMinimum=0,
        maximum=1,
    )
    new_weights: str | None = setting(
        "weights of new links: `normal`, N(0, 2/n_in) as at the start, or `zero`",
        default=None,
        source=METHOD,
        enum=NEW_WEIGHTS,
    )

    def __post_init__(self) -> None:
        check(self)

    def learning_rate_of(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 1."""
        if self.learning_rate_schedule == "constant":
            return self.learning_rate
        falling_epochs = max(1, int(0.9 * self.epochs))
        return self.learning_rate * (1 - 0.99 * min(1.0, (epoch - 1) / falling_epochs))


@_documented
@dataclass(frozen=True)
class SweepSettings:
    """How often networks are perturbed, and what of them."""

    repeats: int = setting("random draws for each network and level", default=1, unit="draws", minimum=1, maximum=1000)
    layers_together: bool = setting(
        "whether the links of all layers are perturbed as those of one; else each layer by itself, by the same "
        "fraction, with bins and noise of its own",
        default=False,
        source="the paper does not say",
    )
    readout: bool = setting(
        "whether the dense output layer is perturbed too",
        default=False,
        source="the paper does not say; the topology of the output layer is not adaptive",
    )

    def __post_init__(self) -> None:
        check(self)
