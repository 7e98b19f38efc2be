"""Outputs belong to one job at a time: real processes that are left behind, killed, late, or begun at once."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from study.provenance.environment import ASKED

SOURCES = Path(__file__).parents[3] / "src"
JOB = f"""
import argparse, signal, sys, time
from pathlib import Path
sys.path.insert(0, {str(SOURCES)!r})
from study.files import atomic_path, remove_partial
from study.provenance import ownership
from study.provenance.record import Output, parse
from study.scripts.run import run

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("value")
    parser.add_argument("--until", type=Path)
    parser.add_argument("--elsewhere", action="store_true")
    parser.add_argument("--stubborn", action="store_true")
    parser.add_argument("--patience", type=float, default=60)
    parser.add_argument("--first", type=Output, default=Output("first.txt"))
    parser.add_argument("--second", type=Output, default=Output("second.txt"))
    parser.add_argument("--after", type=Path)
    options, _ = parser.parse_known_args()
    while options.after and not options.after.exists():
        time.sleep(0.01)
    if options.elsewhere:
        ownership._machine = lambda: "another machine"
    if options.stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ownership.PATIENCE = options.patience
    options, record = parse(parser, None, __file__, ["until", "after", "elsewhere", "stubborn", "patience"])
    remove_partial("checkpoint.txt")  # as a `Checkpoint` does
    with atomic_path(options.first) as temporary:
        temporary.write_text(options.value)
    print("begun", flush=True)
    while options.until and not options.until.exists():
        time.sleep(0.01)
    with atomic_path("checkpoint.txt") as temporary:
        temporary.write_text(options.value)
    with atomic_path(options.second) as temporary:
        temporary.write_text(options.value)
    record.write()

run(main)
"""


class Job:
    """A process of the script above; what it says is in `log`."""

    def __init__(self, folder, *arguments, asked=None):
        variables = {name: text for name, text in os.environ.items() if name != ASKED} | (
            {ASKED: asked} if asked else {}
        )
        command = [sys.executable, "job.py", *arguments, "--record", "first.json"]
        self._process = subprocess.Popen(
            command, cwd=folder, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.pid = self._process.pid

    def has_begun(self) -> bool:
        """Waits until it has claimed its outputs and finished one of them."""
        return self._process.stdout.readline() == "begun\n"

    def end(self) -> int:
        """Waits for its end."""
        _, self.log = self._process.communicate(timeout=60)
        return self._process.returncode

    def kill(self) -> None:
        self._process.kill()
        self.end()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "job.py").write_text(JOB)
    return tmp_path


@pytest.fixture
def start(folder):
    """Starts jobs in the folder; none of them outlives the test."""
    with ExitStack() as jobs:

        def start(*arguments, asked=None) -> Job:
            job = Job(folder, *arguments, asked=asked)
            jobs.callback(lambda: hasattr(job, "log") or job.kill())
            return job

        yield start


@pytest.fixture
def begun(start):
    """Starts a job that waits, with one output finished, for a file of a given name."""

    def begun(value, until, *arguments, asked=None) -> Job:
        job = start(value, "--until", until, *arguments, asked=asked)
        assert job.has_begun()
        return job

    return begun


@pytest.fixture
def finished(start):
    """Runs a job to its end."""

    def finished(*arguments, asked=None) -> Job:
        job = start(*arguments, asked=asked)
        job.status = job.end()
        return job

    return finished


def results(folder) -> dict[str, str]:
    """Contents of all files but the record, which must be of the same job as the others."""
    apart = ("job.py", "checkpoint.txt", ".snakemake")
    found = {path.name: path.read_text() for path in folder.iterdir() if path.name not in apart}
    if record := found.pop("first.json", None):
        assert {json.loads(record)["arguments"]["value"]} == {*found.values()}
    return found


def all_of(value) -> dict[str, str]:
    return {"first.txt": value, "second.txt": value}


def test_no_output_has_its_name_before_all_are_finished(folder, begun):
    job = begun("old", "go")
    assert {name for name in results(folder) if not name.startswith(".")} == set()
    (folder / "go").touch()
    assert job.end() == 0
    (folder / "go").unlink()
    assert results(folder) == all_of("old")


def test_a_newer_job_ends_the_older_one_of_this_machine_and_says_so(folder, begun, finished):
    older = begun("2500 epochs", "never")
    newer = finished("40 epochs")
    assert newer.status == 0
    assert f"first.txt is being made by process {older.pid}" in newer.log
    assert "ending that one" in newer.log
    assert older.end() == -signal.SIGTERM
    assert results(folder) == all_of("40 epochs")


def test_an_older_job_that_does_not_listen_is_killed(folder, begun, finished):
    older = begun("old", "never", "--stubborn")
    assert finished("new", "--patience", "0.2").status == 0
    assert older.end() == -signal.SIGKILL
    assert results(folder) == all_of("new")


@pytest.mark.parametrize("order", [("newer", "older"), ("older", "newer")])
def test_an_older_job_of_another_machine_publishes_nothing_whichever_ends_last(folder, begun, order):
    older = begun("2500 epochs", "older", "--elsewhere")
    newer = begun("40 epochs", "newer")
    status = {}
    for name in order:
        (folder / name).touch()
        status[name] = {"older": older, "newer": newer}[name].end()
        (folder / name).unlink()
    assert status == {"older": 1, "newer": 0}
    assert older.log.startswith("first.txt, second.txt: a newer job has taken over")
    assert older.log.count("\n") == 1
    assert f"was begun by process {older.pid} on" in newer.log
    assert results(folder) == all_of("40 epochs")
    assert (folder / "checkpoint.txt").read_text() == "40 epochs"


def test_a_job_that_began_earlier_but_was_slow_gives_way(folder, begun, start):
    slow = start("old", "--after", "slow")
    time.sleep(0.1)  # systems tell the begin of a process in hundredths of a second
    newer = begun("new", "newer")
    (folder / "slow").touch()
    assert slow.end() == 1
    assert f"first.txt is being made by process {newer.pid} on" in slow.log
    (folder / "newer").touch()
    assert newer.end() == 0
    for name in ("slow", "newer"):
        (folder / name).unlink()
    assert results(folder) == all_of("new")


def test_what_a_killed_job_left_is_cleaned_by_the_next_one(folder, begun, finished):
    begun("old", "never").kill()
    assert any(name.startswith(".") for name in results(folder))
    newer = finished("new")
    assert (newer.status, newer.log) == (0, "")
    assert results(folder) == all_of("new")


def test_a_job_that_fails_leaves_nothing(folder, finished):
    (folder / "second.txt").mkdir()
    job = finished("new")
    assert (job.status, job.log) == (1, "second.txt is a folder: name a file to write to.\n")
    (folder / "second.txt").rmdir()
    assert results(folder) == {}


EARLY, LATE = "2026-01-01T10:00:00+00:00", "2026-01-01T10:30:00+00:00"


def test_a_job_that_waited_in_a_queue_does_not_replace_what_was_asked_for_meanwhile(folder, finished):
    (folder / ".snakemake").mkdir()
    assert finished("new", asked=LATE).status == 0
    for name in ("first.txt", "second.txt", "first.json"):  # as Snakemake does before it starts a job
        (folder / name).unlink()
    late = finished("old", asked=EARLY)
    assert late.status == 1
    assert late.log == (
        f"first.txt was made for a run that was asked for later, at {LATE}; this job, of a run at {EARLY}, does not"
        " replace it.\n"
    )
    assert finished("once more", asked=LATE).status == 0
    assert finished("by hand").status == 0
    assert results(folder) == all_of("by hand")


def test_nor_what_is_being_made_for_a_run_that_was_asked_for_later(folder, begun, finished):
    newer = begun("new", "go", asked=LATE)
    late = finished("old", asked=EARLY)
    assert late.status == 1
    assert f"first.txt is being made by process {newer.pid} on" in late.log
    assert "a newer job: this one ends.\n" in late.log
    (folder / "go").touch()
    assert newer.end() == 0
    (folder / "go").unlink()
    assert results(folder) == all_of("new")


@pytest.mark.parametrize("asked", ["2999-01-01T00:00:00+00:00", "yesterday"])
def test_a_time_that_is_yet_to_come_or_none_blocks_nothing(folder, finished, asked):
    (folder / ".snakemake").mkdir()
    assert finished("old", asked=EARLY).status == 0
    (note,) = folder.glob(".snakemake/asked/*")
    assert note.read_text() == EARLY
    note.write_text(asked)
    assert finished("new", asked=LATE).status == 0
    assert note.read_text() == LATE
    assert results(folder) == all_of("new")


def test_of_jobs_that_begin_at_once_one_publishes_all(folder, start):
    jobs = [start(f"job {number}") for number in range(4)]
    statuses = [job.end() for job in jobs]
    assert 0 in statuses
    assert not any("Traceback" in job.log for job in jobs)
    assert sorted(results(folder)) == ["first.txt", "second.txt"]
    assert len({*results(folder).values()}) == 1


def test_damaged_marks_are_taken_away(folder, finished):
    for number, damaged in enumerate([b"", b"\0" * 100, b"[1]", b'{"process": "x"}', b"\xff"]):
        (folder / f".first.txt.owner-{number}").write_bytes(damaged)
    newer = finished("new")
    assert newer.status == 0
    assert newer.log.count("was begun by process 0 on a host that is not known") == 5
    assert results(folder) == all_of("new")


def test_a_process_that_has_the_number_of_one_that_ended_is_left_alone(folder, begun, finished):
    older = begun("old", "never")
    (mark,) = folder.glob(".first.txt.owner-*")
    content = json.loads(mark.read_text())
    older.kill()
    with subprocess.Popen([sys.executable, "-c", "input()", "job.py"], stdin=subprocess.PIPE) as bystander:
        mark.write_text(json.dumps(content | {"process": bystander.pid}))
        assert finished("new").status == 0
        assert bystander.poll() is None
        bystander.communicate(b"\n")
        assert bystander.returncode == 0


def test_a_full_disk_is_one_sentence_and_leaves_no_mark(folder, start):
    (folder / "job.py").write_text(
        JOB.replace("run(main)", "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); run(main)")
    )
    job = start("new")
    assert job.end() == 1
    assert "first.txt cannot be written (File too large): make room or give access, and run again." in job.log
    assert results(folder) == {}
