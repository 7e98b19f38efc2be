"""Registries whose members are named as the modules of a package, each imported when it is first asked for."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
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
