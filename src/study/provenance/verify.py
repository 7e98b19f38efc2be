"""Compares what lies on disk with the records of how it was made, and these with what would be made now.

What would be made now is told by Snakemake: a dry run of all jobs prints the command of each, with the digest of the
code as it is, and the arguments that the configuration as it is gives.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from study.files import sha256
from study.provenance.record import record_digest, study_of
from study.workflow.commands import Command, changes

APART = ("benchmarks", "checkpoints")  # folders of a study whose files have no records


@dataclass
class Findings:
    """What does not belong together, as sentences that begin with the path concerned.

    problems    what is wrong
    strays      files among those of the study that nothing explains
    unknown     what could not be looked at
    """

    problems: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def verify(commands: Iterable[Command]) -> Findings:
    """Looks at every file that the commands name. Paths are seen from the working directory."""
    commands = sorted(commands, key=lambda command: command.record)
    records = {command.record: read_record(command.record) for command in commands}
    checksum = cache(sha256)
    findings = Findings()
    for command in commands:
        path, record = command.record, records[command.record]
        if record:
            findings.problems += _wrong_outputs(record, checksum)
            findings.problems += _wrong_inputs(path, record, checksum)
            findings.problems += _other_origin(path, record, command)
        elif Path(path).exists():
            findings.problems.append(f"{path}: no record; what {command.script} made cannot be traced")
        else:
            shared = study_of(path) is None  # left out when results alone are handed on
            (findings.unknown if shared else findings.problems).append(
                f"{path}: not there; what {command.script} made cannot be traced"
            )
    kept = {path: record for path, record in records.items() if record}
    absent = Counter(file for record in kept.values() for file in _files(record["inputs"]) if not Path(file).is_file())
    findings.unknown += [f"{file}: not there; {number} record(s) name it" for file, number in absent.items()]
    known = {*map(Path, kept), *(Path(file) for record in kept.values() for file in _files(record["outputs"]))}
    findings.strays += _strays(study_folders(commands), known)
    return findings


def _wrong_outputs(record: dict, checksum: Callable[[str], str]) -> Iterator[str]:
    for file, expected in _files(record["outputs"]).items():
        if not Path(file).is_file():
            yield f"{file}: missing"
            continue
        if checksum(file) != expected:
            yield f"{file}: not the file that was made; its SHA-256 is not that in its record"
        if Path(file).suffix in (".png", ".pdf") and stamped_digest(file) != record["digest"]:
            yield f"{file}: does not carry the digest of its record"


def _wrong_inputs(path: str, record: dict, checksum: Callable[[str], str]) -> Iterator[str]:
    for file, expected in _files(record["inputs"]).items():
        if Path(file).is_file() and checksum(file) != expected:
            yield f"{file}: not the file that {path} was made of"


def _other_origin(path: str, record: dict, now: Command) -> Iterator[str]:
    if record_digest(record) != record["digest"]:
        yield f"{path}: was edited; its digest is not that of what it says"
    if now.code not in (None, record["code"]):
        yield f"{path}: made by other code; {record['script']} or what it imports has changed"
    apart = {"code", "record", *record["uncounted"]}
    yield from (f"{path}: {change}" for change in changes(Command.parse(record["command"]), now, apart))


def study_folders(commands: Iterable[Command]) -> list[Path]:
    """The folders below `results` and `figures` where the commands keep records."""
    found = (re.match(r"(?:.*/)?(?:results|figures)/[^/]+(?=/)", command.record) for command in commands)
    return sorted({Path(match[0]) for match in found if match})


def _strays(folders: Iterable[Path], known: Collection[Path]) -> Iterator[str]:
    for folder in folders:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path not in known]
        files = [path for path in files if path.relative_to(folder).parts[0] not in APART]
        records = {path: record for path in files if path.suffix == ".json" and (record := read_record(path))}
        for path, record in records.items():
            yield f"{path}: the configuration does not ask for what {record['script']} made"
        explained = {*records, *(Path(file) for record in records.values() for file in _files(record["outputs"]))}
        yield from (f"{path}: no record knows it" for path in files if path not in explained)


def _files(by_argument: dict[str, dict[str, str]]) -> dict[str, str]:
    """Paths and checksums of the inputs or outputs of a record."""
    return {file: checksum for files in by_argument.values() for file, checksum in files.items()}


def read_record(path: str | Path) -> dict | None:
    """A record; None for a file that is none, or not there."""
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    keys = {"digest", "script", "code", "arguments", "inputs", "outputs", "uncounted", "command"}
    return record if isinstance(record, dict) and keys <= record.keys() else None


def stamped_digest(figure: str | Path) -> str | None:
    """The digest of its record that a PDF or PNG carries in its metadata; None if it carries none."""
    found = re.search(rb"sha256:([0-9a-f]{64})", Path(figure).read_bytes())
    return found and found[1].decode()
