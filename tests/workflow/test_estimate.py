"""The command that tells what a run will take, on copies of the repository."""

import json
import os
import subprocess
import sys
from pathlib import Path

from forecast.jobs import due_jobs

from forecast.history import read_history, this_processor
from tests.workflow.conftest import copy_repository

NETWORK = "results/smoke/training/digits/random/0/network.npz"


def estimate(folder, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "src/estimate.py", "--cores", "1", "--configfile", "config/smoke.yaml", *arguments],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_in_a_fresh_clone_it_measures_and_tells_what_one_network_takes(tmp_path):
    repository = copy_repository(tmp_path)
    prospect = json.loads(estimate(repository, "--json", "--", NETWORK))
    assert {stage["name"]: (stage["jobs"], stage["past_jobs"]) for stage in prospect["stages"]} == {
        "prepare_digits": (1, 0),
        "train": (1, 0),
    }
    assert prospect["unknown"] == 0
    low, middle, high = prospect["wall_seconds"]
    assert prospect["cpu_seconds"][1] < middle
    assert 0 < low < middle < high
    assert prospect["memory"] > 50
    assert not (repository / "results").exists()


def test_what_a_due_job_reads_is_there_or_made_by_another_one(repository, monkeypatch):
    monkeypatch.chdir(repository)
    due = due_jobs(2, ["config/smoke.yaml"])
    made = {path for job in due.jobs for path in job.outputs}
    assert NETWORK in made
    for job in due.jobs:
        assert all(path in made or Path(path).exists() for path in job.inputs), job
        assert bool(job.command.script) == (job.rule != "all")
    assert {job.threads for job in due.jobs if job.rule == "time_updates"} == {2}
    assert due.cpu_seconds > 0.5


def test_after_a_run_it_says_that_nothing_is_left(finished):
    assert estimate(finished, "--watch") == "Nothing is left to be done.\n"


def test_records_of_a_run_are_known_to_the_next_one(finished):
    history = read_history(finished, this_processor())
    assert history.elsewhere == {}
    scripts = {job.command.script for job in history.jobs}
    assert {"train.py", "perturb.py", "evaluate_classifiers.py", "figure_network.py"} <= scripts
    assert all(job.cpu_seconds > 0.05 and job.memory > 20 for job in history.jobs)
