"""The command that predicts what a run will take, on copies of the repository."""

import json
import os
import subprocess
import sys

from tests.workflow.conftest import copy_repository


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


def test_in_a_fresh_clone_it_measures_and_predicts_what_the_study_takes(tmp_path):
    repository = copy_repository(tmp_path)
    prediction = json.loads(estimate(repository, "--json"))
    assert prediction["unknown"] == {}
    assert {stage["name"]: stage["jobs"] for stage in prediction["stages"]}["train"] == 4
    low, predicted, high = prediction["wall_seconds"]
    assert 0 < low < prediction["cpu_seconds"][1] < predicted < high
    assert not (repository / "results").exists()
    asonn = json.loads(estimate(repository, "--json", "--", "asonn"))
    assert "train" not in {stage["name"] for stage in asonn["stages"]}
    assert 0 < asonn["wall_seconds"][1] < predicted


def test_after_a_run_nothing_is_left_and_what_was_used_is_compared(finished):
    assert estimate(finished, "--watch") == "Nothing is left to be done.\n"
    lines = {line.split()[0]: line.split() for line in estimate(finished, "--check").splitlines() if line}
    assert lines["train"][1] == "4"
    assert 0.1 < float(lines["all"][-1]) < 10
