"""Runs the workflow on a SLURM cluster that is brought up for it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cluster.virtual_slurm import VirtualSlurm, why_not
from tests.workflow.conftest import SMOKE, copy_repository, snakemake

# The virtual cluster has no accounting, and its jobs take seconds: ask squeue, and soon. Users need neither.
SLURM = [
    *("--workflow-profile", "profiles/slurm"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2"),
]
CLUSTER_GENERIC = ["--workflow-profile", "profiles/cluster-generic", "--seconds-between-status-checks", "2"]

# The smallest study, with trainings of some seconds.
CONFIGURATION = "config/cluster.yaml"
EPOCHS = 600
# of it: what the jobs of most submitted rules make, for one table; a figure
PERTURBATIONS = ("random_pruning", "weight_order", "reverse_weight_order", "weight_shuffling", "weight_noise")
STUDY = [
    *(
        f"results/cluster/perturbations/digits/{rule}/{name}.csv"
        for rule in ("ch3l3", "random")
        for name in PERTURBATIONS
    ),
    *("results/cluster/update_times/digits.csv", "results/cluster/asonn/iris/scores.csv"),
    "figures/cluster/fig7_topology_update.png",
]
RETRIED = ["results/cluster/training/digits/static/0/network.npz", "results/cluster/topology_stages/digits.csv"]


@pytest.fixture(scope="session")
def slurm() -> Iterator[VirtualSlurm]:
    if reason := why_not():
        pytest.skip(reason)
    with VirtualSlurm() as cluster:
        yield cluster


def configured_copy(folder: Path) -> Path:
    copy_repository(folder)
    config = SMOKE.replace("name: smoke", "name: cluster").replace("    epochs: 4\n", f"    epochs: {EPOCHS}\n")
    (folder / CONFIGURATION).write_text(config)
    return folder


@pytest.fixture(scope="session")
def local(tmp_path_factory) -> Path:
    """A copy in which the same was run without the cluster."""
    folder = configured_copy(tmp_path_factory.mktemp("local"))
    result = snakemake(folder, "--cores", "2", *STUDY, *RETRIED, "--configfile", CONFIGURATION)
    assert result.returncode == 0, result.stdout[-5000:]
    return folder


@pytest.fixture(scope="session")
def copy(tmp_path_factory) -> Path:
    """One copy for all tests. Trainings store a checkpoint each epoch."""
    folder = configured_copy(tmp_path_factory.mktemp("cluster"))
    script = folder / "src/train.py"
    text = script.read_text()
    assert text.count("default=60.0,") == 1
    script.write_text(text.replace("default=60.0,", "default=0.0,"))
    return folder


def emptied(copy: Path) -> Path:
    """The copy, with nothing run in it."""
    for name in ("resources", "results", "figures", "logs", ".snakemake"):
        shutil.rmtree(copy / name, ignore_errors=True)
    return copy


def start_on_the_cluster(
    folder: Path, *arguments: str, changes: Sequence[str] = (), **variables: str
) -> subprocess.Popen:
    """Starts Snakemake as a user of this environment would. What it prints is in snakemake.log.

    changes  configuration files that change some keys
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {key: value for key, value in os.environ.items() if key != "DATA_MIRROR"}
    with (folder / "snakemake.log").open("w") as log:
        return subprocess.Popen(
            ["snakemake", *arguments, "--configfile", CONFIGURATION, *changes],
            cwd=folder,
            env=environment | {"PATH": path} | variables,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def snakemake_on_the_cluster(folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen]:
    """Starts Snakemake; on leaving, waits for its end and expects no failure."""
    run = start_on_the_cluster(folder, *arguments, **variables)
    try:
        yield run
        assert run.wait(timeout=1800) == 0, (folder / "snakemake.log").read_text()[-5000:]
    finally:
        run.kill()
