"""The command that predicts what a run will take, on copies of the repository."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def predicted(tmp_path_factory) -> Path:
    """A fresh copy in which the study was predicted, as predicted.json says, and this machine measured for that."""
    folder = copy_repository(tmp_path_factory.mktemp("predicted"))
    (folder / "predicted.json").write_text(estimate(folder, "--json", "--", "all"))
    return folder


def test_in_a_fresh_clone_it_measures_and_predicts_what_the_study_takes(predicted):
    prediction = json.loads((predicted / "predicted.json").read_text())
    assert prediction["unknown"] == {}
    assert {stage["name"]: stage["jobs"] for stage in prediction["stages"]}["train"] == 4
    low, seconds, high = prediction["wall_seconds"]
    assert 0 < low < seconds < high
    assert 0 < prediction["cpu_seconds"][1] < seconds  # on one core
    assert not (predicted / "results").exists()


def test_after_a_run_nothing_is_left_and_what_was_used_is_compared(finished, predicted):
    assert estimate(finished, "--watch") == "Nothing is left to be done.\n"
    shutil.copytree(predicted / "resources/calibration", finished / "resources/calibration", dirs_exist_ok=True)
    lines = {line.split()[0]: line.split() for line in estimate(finished, "--check").splitlines() if line}
    assert lines["train"][1] == "4"
    assert 0.1 < float(lines["all"][-1]) < 10
