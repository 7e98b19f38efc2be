"""Damaged records: each is one line, whatever became of it."""

import argparse
import json

import pytest

from study.provenance.record import Input, Output, parse
from study.provenance.verify import verify
from study.workflow.jobs import Command, Job

RECORD = "results/demo/table.json"
COMMAND = f"python src/make.py a.csv --output results/demo/table.csv --levels 1 2 --code 0 --record {RECORD}"


@pytest.fixture
def job(tmp_path, monkeypatch) -> Job:
    """A job that was done in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/demo").mkdir(parents=True)
    for name in ("a.csv", "results/demo/table.csv"):
        (tmp_path / name).write_text("x\n1\n")
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Input)
    parser.add_argument("--output", type=Output)
    parser.add_argument("--levels", type=int, nargs="*")
    parse(parser, COMMAND.split()[2:], "make.py")[1].write()
    return Job("make", Command.parse(COMMAND), ("a.csv",), ("results/demo/table.csv", RECORD))


def test_an_intact_study_has_no_problems_and_what_a_running_job_hides_is_none(job, tmp_path):
    (tmp_path / "results/demo/.table.csv.owner-0123").touch()
    findings = verify([job, Job("all", None)])
    assert (findings.problems, findings.strays, findings.unknown) == ([], [], [])


DEFECTS = {
    "zeroed": lambda text: "\0" * len(text),
    "cut": lambda text: text[:-100],
    "binary": lambda text: b"\xff\xfe\x00\x80" * 100,
    "empty": lambda text: "",
    "a list": lambda text: "[1, 2]",
    "nothing in it": lambda text: "{}",
    "nested deeply": lambda text: '{"a": ' * 100_000,
    "a number of 5000 digits": lambda text: text.replace('"seconds": ', f'"steps": {"9" * 5000}, "seconds": '),
    "no command": lambda text: text.replace(json.dumps(json.loads(text)["command"]), '""'),
    "command with a lone quote": lambda text: text.replace("src/make.py", "src/make.py 'a"),
    "inputs a list": lambda text: json.dumps(json.loads(text) | {"inputs": ["a.csv"]}),
    "inputs without checksums": lambda text: json.dumps(json.loads(text) | {"inputs": {"table": ["a.csv"]}}),
    "outputs null": lambda text: json.dumps(json.loads(text) | {"outputs": None}),
    "no CPU time": lambda text: text.replace('"cpu_seconds"', '"seconds_of_cpu"'),
    "no packages": lambda text: text.replace('"packages"', '"libraries"'),
    "a revision without a commit": lambda text: json.dumps(json.loads(text) | {"git": {"dirty": False}}),
    "code a number": lambda text: json.dumps(json.loads(text) | {"code": 7}),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_damaged_record_is_one_line(job, tmp_path, defect):
    path = tmp_path / RECORD
    damaged = DEFECTS[defect](path.read_text())
    path.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    findings = verify([job])
    assert findings.problems == [f"{RECORD}: not a valid record; what make.py made cannot be traced"]
    assert (findings.strays, findings.unknown) == ([], [])


@pytest.mark.parametrize("name", ["\0", "\ud800", "n" * 5000, "/dev/zero", "."])
def test_a_record_that_names_no_file_names_a_missing_one(job, tmp_path, name):
    record = json.loads((tmp_path / RECORD).read_text())
    files = {"inputs": {"table": {name: "0"}}, "outputs": {"output": {name: "0"}}}
    (tmp_path / RECORD).write_text(json.dumps(record | files))
    findings = verify([job])
    assert findings.problems[0] == f"{name}: missing"
    assert findings.unknown == [f"{name}: missing; listed in 1 record(s)"]


def test_a_file_that_cannot_be_read_is_not_the_one_that_was_made(job, monkeypatch):
    def refuse(path):
        raise PermissionError(path)

    monkeypatch.setattr("study.provenance.verify.sha256", refuse)
    assert [line.partition(":")[0] for line in verify([job]).problems] == ["results/demo/table.csv", "a.csv"]


@pytest.mark.parametrize("folder", ["checkpoints", "arms/heavy/checkpoints", "benchmarks"])
def test_checkpoints_of_the_study_and_of_its_arms_are_no_strays(job, tmp_path, folder):
    for place, strays in ((folder, 0), ("kept/checkpoints", 1)):
        path = tmp_path / f"results/demo/{place}/mnist/ch3l3/0.npz"
        path.parent.mkdir(parents=True)
        path.touch()
        assert len(verify([job]).strays) == strays


def test_the_record_of_a_job_that_is_not_wanted_any_more_is_a_stray(job):
    wanted = Job("make", Command.parse(COMMAND.replace("table", "chart")))
    assert verify([wanted]).strays == [f"{RECORD}: the configuration does not ask for what make.py made"]
