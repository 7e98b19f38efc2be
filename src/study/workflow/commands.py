"""Commands of rules as Snakemake prints them, and how two of them differ."""

import json
import shlex
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LISTED = 3  # names of a longer list that a message gives


@dataclass(frozen=True)
class Command:
    """A command of a rule: its script, and its arguments as they were typed, by name; those without a name under ""."""

    script: str
    arguments: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, text: str) -> "Command":
        """From a shell command such as `python src/train.py --seed 0 --no-readout > train.log`."""
        words = shlex.split(text)
        words = words[: words.index(">")] if ">" in words else words
        start = next(number for number, word in enumerate(words) if word.endswith(".py"))
        arguments, name = {"": []}, ""
        for word in words[start + 1 :]:
            if word.startswith("--"):
                name, equals, value = word.removeprefix("--").partition("=")
                name = name.replace("-", "_")
                arguments[name] = [value] if equals else []
            else:
                arguments[name].append(word)
        for name in [name for name, values in arguments.items() if name and not values]:
            del arguments[name]  # a switch
            arguments[name.removeprefix("no_")] = ["no" if name.startswith("no_") else "yes"]
        return cls(Path(words[start]).name, {name: tuple(values) for name, values in arguments.items()})

    @property
    def record(self) -> str:
        return self.arguments["record"][0]

    @property
    def code(self) -> str | None:
        return self.arguments.get("code", (None,))[0]


def commands_of(dry_run: str) -> list[Command]:
    """The commands that Snakemake printed, of all rules that keep a record."""
    return [Command.parse(line) for line in dry_run.splitlines() if " --record " in line]


def changes(before: Command, now: Command, apart: Container[str] = ()) -> Iterator[str]:
    """How two commands differ, one sentence an argument; those named in `apart` may differ."""
    if before.script != now.script:
        yield f"made by {before.script}, which now would be {now.script}"
        return
    for name in dict.fromkeys([*before.arguments, *now.arguments]):
        old, new = before.arguments.get(name, ()), now.arguments.get(name, ())
        if name not in apart and old != new:
            yield from _difference(f"--{name.replace('_', '-')}" if name else "inputs", old, new)


def _difference(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    if (nested := _as_nested(old)) is not None and (now_nested := _as_nested(new)) is not None:
        for key in dict.fromkeys([*nested, *now_nested]):
            if nested.get(key) != now_nested.get(key):
                yield f"{key} was {_shown(nested.get(key))} and is now {_shown(now_nested.get(key))}"
    elif len(old) > 1 and len(new) > 1 and set(old) != set(new):
        if gone := [value for value in old if value not in new]:
            yield f"{name} no longer include {_some(gone)}"
        if added := [value for value in new if value not in old]:
            yield f"{name} now also include {_some(added)}"
    else:
        yield f"{name} was {' '.join(old) or 'not given'} and is now {' '.join(new) or 'not given'}"


def _as_nested(values: tuple[str, ...]) -> dict[str, object] | None:
    """`{"a": {"b": 1}}`, given as one JSON text, as `{"a.b": 1}`; None for anything else."""
    try:
        (text,) = values
        content = json.loads(text)
    except ValueError:
        return None
    return dict(_dotted(content)) if isinstance(content, dict) else None


def _dotted(content: Mapping, prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _shown(value: object) -> str:
    return "not given" if value is None else json.dumps(value)


def _some(values: list[str]) -> str:
    more = f" and {len(values) - LISTED} more" if len(values) > LISTED else ""
    return ", ".join(values[:LISTED]) + more
