"""Jobs as Snakemake would run them now, told by a dry run, and how the commands of two jobs differ."""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from study.errors import StudyError

PLUGIN = Path(__file__).parent / "plugin"
WORD = re.compile(
    r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""", re.DOTALL
)  # of a shell, with its quotation marks
OPERATORS = {">", ">>", "2>", "2>&1", "|", "||", "&", "&&", ";"}
REMARK = r" \((?:access|before update|cached|nodelocal|pipe|service|update)[^()]*\)$"  # of Snakemake, behind a path
LISTED = 3  # names of a longer list that a message gives


@dataclass(frozen=True)
class Command:
    """The command of a job: its script, and its arguments as they were typed, by name; those without a name under "".

    A switch has no values; `--no-x` is the argument `x` with the value `no`.
    """

    script: str
    arguments: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, text: str) -> "Command":
        """From a shell command such as `python src/train.py --seed 0 --no-readout > train.log`.

        Raises ValueError for a text that is no command of a Python script.
        """
        end = next((word.start() for word in WORD.finditer(text) if word[0] in OPERATORS), len(text))
        words = shlex.split(text[:end])
        start = next((number for number, word in enumerate(words) if word.endswith(".py")), None)
        if start is None:
            raise ValueError(f"no script in {text!r}")
        arguments, name = {"": []}, ""
        for word in words[start + 1 :]:
            option = re.fullmatch(r"--(no-)?([^=]+)(?:=(.*))?", word, re.DOTALL)
            if option:
                negated, name, value = option[1], option[2].replace("-", "_"), option[3]
                arguments[name] = ["no"] if negated else [] if value is None else [value]
            else:
                arguments[name].append(word)
        given = {name: tuple(values) for name, values in arguments.items() if name or values}
        return cls(Path(words[start]).name, given)

    def value(self, name: str) -> str | None:
        """The first value of an argument; None where it has none, or is not given."""
        return next(iter(self.arguments.get(name, ())), None)


@dataclass(frozen=True, eq=False)
class Job:
    """A job that Snakemake would run.

    command  of a script; None for a job without one
    threads  cores that it takes, at most those that there are
    """

    rule: str
    command: Command | None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    log: str | None = None
    threads: int = 1
    priority: float = 0

    @property
    def record(self) -> str | None:
        """The path of its record of provenance, if it keeps one."""
        return self.command and self.command.value("record")


def dry_run(configfiles: Sequence[str | Path] = (), arguments: Sequence[str] = (), cores: int = 1) -> list[Job]:
    """The jobs that Snakemake would run in the working directory, where another run may be going on meanwhile.

    configfiles : of the study; none for the default one.
    arguments : more for Snakemake: targets, `--forceall`.
    cores : that the run would have.

    Raises StudyError with Snakemake's own message if it refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "jobs.jsonl"
        listing.touch()
        result = subprocess.run(
            [
                *(sys.executable, "-m", "snakemake", "--dry-run", "--nolock", "--cores", str(cores)),
                *("--logger", "jobs", "--logger-jobs-path", str(listing)),
                *arguments,  # targets would be taken as files of a study behind the next option
                *(["--configfile", *map(str, configfiles)] if configfiles else []),
            ],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(PLUGIN), *filter(None, [os.getenv("PYTHONPATH")])])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode:
            raise StudyError(f"{_without_traceback(result.stdout)}\nSnakemake cannot tell what would be made now.")
        return [_job(json.loads(line)) for line in listing.read_text(encoding="utf-8").splitlines()]


def _without_traceback(said: str) -> str:
    """What Snakemake said; of a traceback the last line alone, the error."""
    before, traceback, after = said.strip().partition("Traceback (most recent call last):")
    return f"{before}{after.splitlines()[-1]}" if traceback else before


def _job(announced: dict) -> Job:
    try:
        command = Command.parse(announced["shellcmd"] or "")
    except ValueError:
        command = None
    priority = announced["priority"]
    return Job(
        rule=announced["rule_name"],
        command=command,
        inputs=tuple(re.sub(REMARK, "", path) for path in announced["input"]),
        outputs=tuple(re.sub(REMARK, "", path) for path in announced["output"]),
        log=announced["log"][0] if announced["log"] else None,
        threads=announced["threads"],
        priority=float("inf") if priority == "highest" else priority,
    )


def changes(before: Command, now: Command, apart: Container[str] = ()) -> Iterator[str]:
    """How two commands differ, one sentence an argument; those named in `apart` may differ."""
    if before.script != now.script:
        yield f"made by {before.script}, which now would be {now.script}"
        return
    for name in dict.fromkeys([*before.arguments, *now.arguments]):
        old, new = before.arguments.get(name), now.arguments.get(name)
        if name not in apart and old != new:
            yield from _difference(f"--{name.replace('_', '-')}" if name else "inputs", old, new)


def _difference(name: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> Iterator[str]:
    if (nested := _as_nested(old)) is not None and (now_nested := _as_nested(new)) is not None:
        for key in dict.fromkeys([*nested, *now_nested]):
            if nested.get(key) != now_nested.get(key):
                yield f"{key} was {_shown(nested.get(key))} and is now {_shown(now_nested.get(key))}"
    elif old and new and len(old) > 1 and len(new) > 1 and set(old) != set(new):
        if gone := [value for value in old if value not in new]:
            yield f"{name} no longer include {_some(gone)}"
        if added := [value for value in new if value not in old]:
            yield f"{name} now also include {_some(added)}"
    else:
        before, now = ("not given" if values is None else " ".join(values) or "yes" for values in (old, new))
        yield f"{name} was {before} and is now {now}"


def _as_nested(values: tuple[str, ...] | None) -> dict[str, object] | None:
    """`{"a": {"b": 1}}`, given as one JSON text, as `{"a.b": 1}`; None for anything else."""
    try:
        (text,) = values or ()
        content = json.loads(text)
        return dict(_dotted(content)) if isinstance(content, dict) else None
    except (ValueError, RecursionError):
        return None


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
