"""The limits of a cluster are looked at before anything is submitted."""

import os
import re
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import copy_repository, snakemake_as_a_user

# of the cluster for its executor, which the other tests do without
pytestmark = [pytest.mark.cluster, pytest.mark.workflow]


def test_jobs_that_their_partition_would_never_start_are_not_submitted(tmp_path):
    copy_repository(tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "sinfo").write_text("#!/bin/sh\necho 'quick* 1:00'\n")
    (programs / "sinfo").chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    cluster = ["--executor", "cluster-generic", "--cluster-generic-submit-cmd", "touch submitted", "--jobs", "1"]
    target = "results/demo/training/digits/random/0/network.npz"
    result = snakemake_as_a_user(tmp_path, *cluster, "--", target, PATH=path)
    assert result.returncode == 1
    assert "Traceback" not in result.stdout
    assert re.search(r"A job of train asks for \d+ minutes, and the default partition allows 1: ", result.stdout)
    assert not list(tmp_path.rglob("submitted"))
