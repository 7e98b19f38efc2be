"""Compares what lies on disk with the records of how it was made, and these with what would be made now.

What would be made now is told by Snakemake: a dry run of all jobs has the command of each, with the digest of the code
as it is, and the arguments that the configuration as it is gives.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from study.files import sha256
from study.provenance.record import record_digest, study_of
from study.workflow.jobs import Command, Job, changes

APART = {"benchmarks", "checkpoints"}  # folders of a study whose files have no records
TEXT, MAPPING, NUMBER = {"type": "string"}, {"type": "object"}, {"type": "number"}
FILES = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": TEXT}}
KEYS = {
    **{"digest": TEXT, "script": TEXT, "code": {"type": ["string", "null"]}, "command": TEXT},
    **{"arguments": MAPPING, "inputs": FILES, "outputs": FILES, "uncounted": MAPPING},
    **{"study": {"type": ["string", "null"]}, "started": TEXT, "seconds": NUMBER, "cpu_seconds": NUMBER},
    **{"git": {"type": ["object", "null"], "required": ["commit", "dirty"]}, "python": TEXT, "packages": MAPPING},
    **{"processor": TEXT, "platform": TEXT},
}
is_file = os.path.isfile  # pathlib raises for some texts that a record may name
RECORD = Draft202012Validator({"type": "object", "properties": KEYS, "required": list(KEYS)})


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


def verify(jobs: Iterable[Job], may_be_absent: Collection[str] = ()) -> Findings:
    """Looks at every file of the jobs that keep a record. Paths are seen from the working directory.

    may_be_absent : outputs that need not be there, as their checksums are in their records.
    """
    jobs = sorted((job for job in jobs if job.record), key=lambda job: job.record)
    records = {job.record: read_record(job.record) for job in jobs}
    checksum = cache(_checksum)
    findings = Findings()
    for job in jobs:
        path, record, untraceable = job.record, records[job.record], f"what {job.command.script} made cannot be traced"
        if record:
            findings.problems += [
                *_wrong_outputs(record, checksum, may_be_absent),
                *_wrong_inputs(path, record, checksum),
            ]
            findings.problems += _other_origin(path, record, job.command)
        elif Path(path).exists():
            findings.problems.append(f"{path}: not a valid record; {untraceable}")
        else:
            shared = study_of(path) is None  # left out when results alone are handed on
            (findings.unknown if shared else findings.problems).append(f"{path}: missing; {untraceable}")
    kept = {path: record for path, record in records.items() if record}
    absent = Counter(file for record in kept.values() for file in _files(record["inputs"]) if not is_file(file))
    findings.unknown += [f"{file}: missing; listed in {number} record(s)" for file, number in absent.items()]
    known = {Path(file) for job in jobs for file in (job.record, *job.outputs)}
    known |= {Path(file) for record in kept.values() for file in _files(record["outputs"])}
    findings.strays += _strays(study_folders(records), known)
    return findings


def _wrong_outputs(
    record: dict, checksum: Callable[[str], str | None], may_be_absent: Collection[str]
) -> Iterator[str]:
    for file, expected in _files(record["outputs"]).items():
        if not is_file(file):
            if file not in may_be_absent:
                yield f"{file}: missing"
            continue
        if (found := checksum(file)) != expected:
            yield f"{file}: not the file that was made; its SHA-256 is not that in its record"
        if found and Path(file).suffix in (".png", ".pdf") and stamped_digest(file) != record["digest"]:
            yield f"{file}: does not carry the digest of its record"


def _wrong_inputs(path: str, record: dict, checksum: Callable[[str], str | None]) -> Iterator[str]:
    for file, expected in _files(record["inputs"]).items():
        if is_file(file) and checksum(file) != expected:
            yield f"{file}: not the file that {path} was made of"


def _other_origin(path: str, record: dict, now: Command) -> Iterator[str]:
    if record_digest(record) != record["digest"]:
        yield f"{path}: was edited; its digest is not that of its content"
    if now.value("code") not in (None, record["code"]):
        yield f"{path}: made by other code; {record['script']} or what it imports has changed"
    apart = {"code", "record", *record["uncounted"]}
    yield from (f"{path}: {change}" for change in changes(Command.parse(record["command"]), now, apart))


def study_folders(records: Iterable[str]) -> list[Path]:
    """The folders below `results` and `figures` in which records lie."""
    found = (re.match(r"(?:.*/)?(?:results|figures)/[^/]+(?=/)", path) for path in records)
    return sorted({Path(match[0]) for match in found if match})


def _strays(folders: Iterable[Path], known: Collection[Path]) -> Iterator[str]:
    for folder in folders:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path not in known]
        files = [path for path in files if not APART & {*path.relative_to(folder).parts[:3:2]}]  # of arms: arms/ARM/…
        files = [path for path in files if not path.name.startswith(".")]  # of jobs that run now, or were killed
        records = {path: record for path in files if path.suffix == ".json" and (record := read_record(path))}
        for path, record in records.items():
            yield f"{path}: the configuration does not ask for what {record['script']} made"
        explained = {*records, *(Path(file) for record in records.values() for file in _files(record["outputs"]))}
        yield from (f"{path}: not listed in any provenance record" for path in files if path not in explained)


def _files(by_argument: dict[str, dict[str, str]]) -> dict[str, str]:
    """Paths and checksums of the inputs or outputs of a record."""
    return {file: checksum for files in by_argument.values() for file, checksum in files.items()}


def read_record(path: str | Path) -> dict | None:
    """A record; None for a file that is none, or not there."""
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        if not RECORD.is_valid(record):
            return None
        record_digest(record)
        Command.parse(record["command"])
    except (OSError, ValueError, RecursionError):
        return None
    return record


def _checksum(file: str) -> str | None:
    """SHA-256 of a file; None for one that cannot be read."""
    try:
        return sha256(file)
    except OSError:
        return None


def stamped_digest(figure: str | Path) -> str | None:
    """The digest of its record that a PDF or PNG carries in its metadata; None if it carries none."""
    found = re.search(rb"sha256:([0-9a-f]{64})", Path(figure).read_bytes())
    return found and found[1].decode()
