"""Progress of a run, from files with times of our choice."""

import os
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from tests.forecast.jobs import job, prepare, train
from tests.forecast.test_forecast import COSTS, predicted

import estimate
from forecast.forecast import Progress
from forecast.watch import Status, began, is_going_on, line, slowdown, status
from study.scripts.progress import Progress as ProgressLog
from study.workflow.stale_locks import clear_up


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working directory."""
    monkeypatch.chdir(tmp_path)


def put(path: str, when: float, content: str = "") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(content)
    os.utime(path, (when, when))


def test_a_job_is_done_when_all_its_outputs_are_new_and_runs_when_its_log_is_newer_than_they_are():
    names = ("done", "half", "old", "waiting", "first", "again", "earlier")
    jobs = [job("rule", f"{name}.py", (), [f"{name}.csv", f"{name}.json"], log=f"{name}.log") for name in names]
    outputs = {"done.csv": 150, "done.json": 150, "half.csv": 150, "old.csv": 50, "old.json": 50, "again.csv": 60}
    for path, when in (outputs | {"done.log": 95, "old.log": 45, "first.log": 120, "again.log": 130}).items():
        put(path, when)
    found = status(jobs, since=100, began=90, now=200)
    assert found == Status(jobs[1:], {jobs[4]: Progress(0, 80), jobs[5]: Progress(0, 70)})


def test_a_training_has_come_as_far_as_its_log_or_its_checkpoint_says(capsys):
    progress = ProgressLog(total=100, every_seconds=0)
    progress.report(3, "test accuracy 0.5")
    progress.report(12, "test accuracy 0.7")
    log = capsys.readouterr().err
    jobs = [train(seed) for seed in range(4)]
    for number in (0, 1):
        put(jobs[number].log, 120, log)
    for number in (1, 2):
        path = Path(jobs[number].command.value("checkpoint"))
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **{"array epoch": np.array(25)})
    put(jobs[3].command.value("checkpoint"), 120, "damaged")
    found = status(jobs, since=100, began=90, now=130).progress
    assert found == {jobs[0]: Progress(12, 10), jobs[1]: Progress(25, 10), jobs[2]: Progress(25)}


def test_a_run_began_when_its_log_did_and_goes_on_as_long_as_its_process_lives():
    assert began() is None
    assert not is_going_on()
    assert not Path(".snakemake").exists()
    for name in ("2026-01-02T030405.250000.snakemake.log", "2026-01-01T230405.000000.snakemake.log"):
        put(f".snakemake/log/{name}", 0)
    assert began() == datetime(2026, 1, 2, 3, 4, 5, 250000).timestamp()
    put(".snakemake/alive", 0)
    assert not is_going_on()
    clear_up(".snakemake")  # what the workflow does first; this process holds the lock from now on
    assert is_going_on()


def test_a_line_says_what_is_done_what_is_left_and_when_it_will_end():
    left = [prepare(), train(0)]
    position, rest = Status(left, {left[1]: Progress(5, 20.0)}), predicted(left)
    text = line(datetime(2026, 1, 2, 23, 59, 58), position, 5, 90.0, rest)
    assert text.startswith("23:59:58  3 of 5 jobs done, 1 running; CPU time 90 s done, ")
    assert text.endswith("until about Sat 03 Jan 00:00")
    assert line(datetime.now(), position, 5, 90.0, rest, slower=30).endswith("; other work slows it down 30.0 times")


def test_a_run_that_shares_its_cores_takes_longer_by_as_much_as_it_has():
    assert slowdown(elapsed=300, predicted=100) == 3
    assert slowdown(elapsed=300, predicted=400) == slowdown(elapsed=30, predicted=1) == 1


def test_what_is_done_while_the_machine_is_measured_counts_as_done(monkeypatch, capsys):
    def measured(*_, **__):
        for path in prepare().outputs:
            put(path, time.time())
        return COSTS

    monkeypatch.setattr(estimate, "dry_run", lambda *_: [prepare()])
    monkeypatch.setattr(estimate, "unit_costs", measured)
    estimate.main(["--watch"])
    assert "  1 of 1 jobs done, 0 running; " in capsys.readouterr().out
