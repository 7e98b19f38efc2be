"""The profiles of clusters agree with the rules."""

import pytest
import yaml

from tests.workflow.conftest import ROOT

PROFILES = ["slurm", "cluster-generic", "kubernetes"]


def profile(name: str) -> dict:
    return yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text())


@pytest.mark.parametrize("name", PROFILES)
def test_where_jobs_are_grouped_the_cpus_of_a_group_are_limited(name):
    settings = profile(name)
    assert settings["groups"] == {"perturb": "perturb", "perturb_arm": "perturb"}
    assert settings["cores"] < max(settings["group-components"].values())


def test_there_are_no_arrays():
    # with version 2.8.0 of the plugin each task is judged by the files of the first one: its issue 447
    assert "slurm-array-jobs" not in profile("slurm")
