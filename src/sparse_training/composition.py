"""Whether a training method can be composed as settings ask for, before anything is trained."""

import inspect
import math
from functools import partial
from numbers import Real

from sparse_training.errors import SparseTrainingError
from sparse_training.methods.registry import Method
from sparse_training.schedules.registry import SCHEDULES
from sparse_training.settings import TrainingSettings


def check_composition(rule: str, settings: TrainingSettings) -> None:
    """Raises `SparseTrainingError`, with one sentence, where parts of a method do not exist or do not go together, or
    options are unknown, of the wrong kind or, in a schedule, out of range. The parts are imported."""
    method = Method.of(rule, settings)
    for registry, text in method.parts():
        try:
            member = registry.resolve(text)
        except (RecursionError, MemoryError):  # of the parser, by thousands of brackets
            raise SparseTrainingError(f"{text[:40]}… is nested too deeply to be a part of a method") from None
        _check_options(text, member)
        if registry is SCHEDULES:
            member(0.5)  # which checks the range of its options
    method.check(settings)


def _check_options(text: str, member: object) -> None:
    """Options are of the kind of their defaults: true or false, a finite number, a text."""
    given = member.keywords if isinstance(member, partial) else {}
    for name, value in given.items():
        default = inspect.signature(member.func).parameters[name].default
        if isinstance(default, bool) or not isinstance(default, Real):
            expected, right = f"a {type(default).__name__}", type(value) is type(default)
        else:
            right = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
            expected = "a finite number"
        if not right:
            raise SparseTrainingError(f"{name} in {text} must be {expected}, such as {default!r}; found {value!r}")
