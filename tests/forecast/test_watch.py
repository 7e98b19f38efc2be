"""Progress of a run, from files with times of our choice."""

import os
from datetime import datetime

import numpy as np
from tests.forecast.test_forecast import foretold, prepare, train

from forecast.forecast import Headway
from forecast.watch import Standing, began, is_going_on, line, slowness, standing
from study.scripts.progress import Progress
from study.workflow.jobs import Command, Job
from study.workflow.stale_locks import remove_stale_locks


def put(path, content: str, when: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (when, when))


def job(name: str, log: bool = True) -> Job:
    return Job("rule", Command(f"python src/{name}.py"), (), (f"{name}.csv", f"{name}.json"), f"{name}.log")


def test_a_job_is_done_when_all_its_outputs_are_new(tmp_path):
    jobs = [job(name) for name in ("done", "half", "old", "waiting")]
    for name, written in (("done", 150), ("old", 50)):
        for suffix in ("csv", "json"):
            put(tmp_path / f"{name}.{suffix}", "", written)
    put(tmp_path / "half.csv", "", 150)
    position = standing(jobs, tmp_path, since=100, began=90, now=200)
    assert [one.outputs[0] for one in position.left] == ["half.csv", "old.csv", "waiting.csv"]
    assert position.running == 0


def test_a_job_runs_when_its_log_is_new_and_its_outputs_are_not(tmp_path):
    for name, log, outputs in (("first", 120, None), ("again", 130, 60), ("finished", 95, 96), ("earlier", 80, None)):
        put(tmp_path / f"{name}.log", "", log)
        if outputs:
            for suffix in ("csv", "json"):
                put(tmp_path / f"{name}.{suffix}", "", outputs)
    jobs = [job(name) for name in ("first", "again", "finished", "earlier")]
    position = standing(jobs, tmp_path, since=100, began=90, now=200)
    assert {one.outputs[0]: headway for one, headway in position.headways.items()} == {
        "first.csv": Headway(0, True, 80),
        "again.csv": Headway(0, True, 70),
    }


def test_a_training_has_come_as_far_as_its_log_or_its_checkpoint_says(tmp_path, capsys):
    progress = Progress(total=100, every_seconds=0)
    progress.report(3, "test accuracy 0.5")
    progress.report(12, "test accuracy 0.7")
    log = capsys.readouterr().err
    jobs = [train(0), train(1), train(2)]
    put(tmp_path / jobs[0].log, log, 120)
    put(tmp_path / jobs[1].log, log, 120)
    for number in (1, 2):
        path = tmp_path / jobs[number].command.value("checkpoint")
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **{"array epoch": np.array(25)})
    headways = standing(jobs, tmp_path, since=100, began=90, now=130).headways
    assert headways == {jobs[0]: Headway(12, True, 10), jobs[1]: Headway(25, True, 10), jobs[2]: Headway(25)}


def test_a_run_began_when_its_log_did(tmp_path):
    assert began(tmp_path) is None
    for name in ("2026-01-02T030405.250000.snakemake.log", "2026-01-01T230405.000000.snakemake.log"):
        put(tmp_path / ".snakemake/log" / name, "", 0)
    assert began(tmp_path) == datetime(2026, 1, 2, 3, 4, 5, 250000).timestamp()


def test_a_run_goes_on_as_long_as_its_process_lives(tmp_path):
    assert not is_going_on(tmp_path)
    folder = tmp_path / ".snakemake"
    folder.mkdir()
    (folder / "alive").touch()
    assert not is_going_on(tmp_path)
    remove_stale_locks(folder)  # what the workflow does first; this process holds the lock from now on
    assert is_going_on(tmp_path)


def test_a_line_says_what_is_done_what_is_left_and_when_it_will_end(tmp_path):
    put(tmp_path / train(0).log, "", 120)
    position = standing([prepare(), train(0)], tmp_path, since=100, began=90, now=120)
    prospect = foretold(position.left, headways=position.headways)
    text = line(position, 5, prospect, 90.0, datetime(2026, 1, 2, 23, 59, 58))
    assert text.startswith("23:59:58  3 of 5 jobs done, 1 running; CPU time 90 s done, 5 s left; ")
    assert text.endswith("until about Sat 03 Jan 00:00")


def test_a_run_that_shares_its_cores_takes_longer_by_as_much_as_it_has():
    assert slowness(elapsed=300, expected=100) == 3
    assert slowness(elapsed=300, expected=400) == 1
    assert slowness(elapsed=30, expected=1) == 1
    assert slowness(elapsed=1e6, expected=0) < 100
    prospect = foretold([prepare()])
    text = line(Standing([prepare()], {}), 1, prospect, 0.0, datetime(2026, 1, 2, 12, 0), slow=100)
    assert "1 min 50 s to go" in text
    assert text.endswith("until about 12:01; other work slows it down 100.0 times")
