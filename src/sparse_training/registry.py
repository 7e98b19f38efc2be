"""Registries whose members are named as the modules of a package, each imported when it is first asked for."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from sparse_training.errors import SparseTrainingError


class Registry(Mapping):
    """Maps names to registered functions. A name is a public module of `package`, or was registered at run time."""

    def __init__(self, package: str, kind: str):
        self._package = package
        self._kind = kind
        self._members: dict[str, Any] = {}

    def register(self, name: str) -> Callable:
        """Decorator: registers what it decorates under the name."""

        def register(member):
            self._members[name] = member
            return member

        return register

    def __getitem__(self, name: str) -> Any:
        if name not in self._members:
            if name not in self._module_names():
                raise UnknownNameError(f"unknown {self._kind} {name!r}, expected one of {', '.join(self)}")
            importlib.import_module(f"{self._package}.{name}")
        return self._members[name]

    def resolve(self, text: str) -> Callable:
        """The function that `name` or `name(option=value, …)` stands for; options are its keyword-only parameters."""
        name, options = self._parsed(text)
        function = self[name]
        parameters = inspect.signature(function).parameters.values()
        known = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
        if unknown := [option for option in options if option not in known]:
            takes = f"its options are {', '.join(known)}" if known else "it has none"
            raise SparseTrainingError(f"the {self._kind} {name} has no option {unknown[0]}: {takes}")
        return partial(function, **options) if options else function

    def module_of(self, text: str) -> str | None:
        """Dotted name of the module that registers what `text` stands for, without importing it; None for a member
        registered at run time."""
        name, _ = self._parsed(text)
        return f"{self._package}.{name}" if name in self._module_names() else None

    def _parsed(self, text: str) -> tuple[str, dict[str, Any]]:
        """`"sigmoid(until=0.8)"` → `("sigmoid", {"until": 0.8})`."""
        match text.partition("("):
            case name, "", _:
                return name, {}
            case name, _, _:
                try:
                    call = ast.parse(text, mode="eval").body
                    if not isinstance(call, ast.Call) or call.args:
                        raise ValueError
                    return name.strip(), {option.arg: ast.literal_eval(option.value) for option in call.keywords}
                except (SyntaxError, ValueError):
                    raise SparseTrainingError(
                        f"a {self._kind} is written as name or name(option=value, …), got {text!r}"
                    ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._module_names() | self._members.keys()))

    def __len__(self) -> int:
        return len(self._module_names() | self._members.keys())

    def _module_names(self) -> set[str]:
        path = importlib.import_module(self._package).__path__
        return {
            module.name
            for module in pkgutil.iter_modules(path)
            if module.name != "registry" and not module.name.startswith("_")
        }


class UnknownNameError(SparseTrainingError, KeyError):
    """A name that is not registered; a KeyError, so that `in` and `get` work as for any mapping."""

    __str__ = ValueError.__str__
