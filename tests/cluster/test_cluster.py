"""The workflow through the profiles of clusters, on a real SLURM; trainings are killed on the way."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from study.files import sha256
from tests.cluster.conftest import (
    CLUSTER_GENERIC,
    CONFIGURATION,
    EPOCHS,
    RETRIED,
    SLURM,
    STUDY,
    emptied,
    snakemake_on_the_cluster,
    start_on_the_cluster,
)
from tests.cluster.kills import Training, begun, running, strike, successor
from tests.cluster.virtual_slurm import CPUS, wait_for
from tests.workflow.conftest import dry_run

pytestmark = [pytest.mark.cluster, pytest.mark.workflow]

# files that say how long something took; records say when and where, too
OF_TIMES = re.compile(r"/timings\.csv$|/update_times/|/benchmarks/|\.json$")


def checksums(folder: Path, *tops: str) -> dict[str, str]:
    """SHA-256 of each file that depends on nothing but configuration, code and data."""
    files = [path for top in tops for path in (folder / top).rglob("*") if path.is_file()]
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not OF_TIMES.search(name := path.relative_to(folder).as_posix())
    }


def log_of(folder: Path, training: Training) -> str:
    dataset, rule, seed = training.checkpoint.with_suffix("").parts[-3:]
    return (folder / f"logs/cluster/train/{dataset}/{rule}/{seed}.log").read_text()


def memory_of(slurm, training: Training) -> str:
    return slurm.jobs()[training.job]["MinMemoryNode"]


def test_partition_gpu_and_mirror_reach_the_jobs(slurm, copy, tmp_path):
    folder = emptied(copy)
    mirror = tmp_path / "pmlb/made_up/made_up.tsv.gz"
    mirror.parent.mkdir(parents=True)
    mirror.write_bytes(gzip.compress(b"height\ttarget\n1.5\t0\n2.5\t1\n"))
    with (folder / "config/pmlb_tables.csv").open("a") as index:
        index.write(f"made_up,2,1,2,1,0,{hashlib.sha256(mirror.read_bytes()).hexdigest()},\n")
    with snakemake_on_the_cluster(
        folder,
        *("resources/tables/pmlb/made_up.csv", "results/cluster/topology_stages/digits.csv"),
        *SLURM,
        # a local rule that is in a group is no longer local: the download runs on a node
        *("--groups", "download_images=downloads", "download_table=downloads"),
        *("perturb=perturb", "perturb_arm=perturb"),
        *("--set-resources", "topology_stages:gpu=1"),
        *("--default-resources", "slurm_partition=quick"),
        DATA_MIRROR=str(tmp_path),
    ):
        pass
    assert (folder / "resources/tables/pmlb/made_up.csv").read_text() == "height,target\n1.5,0\n2.5,1\n"
    (stages,) = slurm.jobs_of("topology_stages")
    (download,) = slurm.jobs_of("download_table")
    assert stages["TresPerJob"] == "gres:gpu:1"
    assert stages["Partition"] == download["Partition"] == "quick"


def test_any_cluster_a_killed_training_is_retried_with_more_memory_and_its_results_are_the_same(slurm, copy, local):
    folder = emptied(copy)
    with snakemake_on_the_cluster(folder, *RETRIED, *CLUSTER_GENERIC) as run:
        killed = strike(folder, run, Training.kill, set())
        resumed = successor(folder, run, killed)
    assert [memory_of(slurm, one) for one in (killed, resumed)] == ["1000M", "2000M"]
    assert "resuming from" in log_of(folder, resumed)
    for part in (Path(path).parent.as_posix() for path in RETRIED):
        assert checksums(folder, part) == checksums(local, part)


def test_slurm_a_training_left_behind_by_a_run_that_was_killed_overwrites_nothing(slurm, copy):
    folder = emptied(copy)
    (folder / "config/long.yaml").write_text("robustness: {training: {epochs: 100000}}\n")
    training = folder / "results/cluster/training/digits/random/0"
    target = f"{training.relative_to(folder)}/network.npz"
    first = start_on_the_cluster(folder, target, *SLURM, changes=["config/long.yaml"])
    orphan = begun(folder, first)
    first.kill()
    first.wait()
    assert orphan in running(folder)
    with snakemake_on_the_cluster(folder, target, *SLURM):
        pass
    assert f"is being made by process {orphan.process}" in log_of(folder, orphan)
    wait_for(lambda: slurm.jobs()[orphan.job]["JobState"] not in ("RUNNING", "COMPLETING"), "the orphan's job ends")
    assert pd.read_csv(training / "history.csv")["epoch"].max() == EPOCHS
    record = json.loads((training / "network.json").read_text())
    assert record["outputs"]["history"] == {
        target.replace("network.npz", "history.csv"): sha256(training / "history.csv")
    }
    assert "Nothing to be done" in dry_run(folder, "--configfile", CONFIGURATION, "--", target).stdout


@dataclass(frozen=True)
class DisturbedStudy:
    """Part of a study, during which one training was cancelled and another one killed.

    victims  each with the job that went on with its work
    """

    folder: Path
    victims: list[tuple[Training, Training]]


@pytest.fixture(scope="module")
def study(slurm, copy) -> DisturbedStudy:
    folder = emptied(copy)
    struck: set[Path] = set()
    with snakemake_on_the_cluster(folder, *STUDY, *SLURM) as run:
        victims = [strike(folder, run, blow, struck) for blow in (Training.cancel, Training.kill)]
        successors = [successor(folder, run, victim) for victim in victims]
    return DisturbedStudy(folder, list(zip(victims, successors, strict=True)))


def test_slurm_the_results_are_those_of_a_local_run_to_the_byte(study, local):
    made, expected = (checksums(folder, "resources", "results", "figures") for folder in (study.folder, local))
    assert made == {name: expected.get(name) for name in made}
    assert {path for path in STUDY if not OF_TIMES.search(path)} <= made.keys()


def test_slurm_trainings_that_were_killed_went_on_from_their_checkpoints_with_more_memory(study, slurm):
    for killed, resumed in study.victims:
        assert [memory_of(slurm, one) for one in (killed, resumed)] == ["1000M", "2000M"]
        assert re.match(r"resuming from results/cluster/checkpoints/.*, epoch \d+", log_of(study.folder, resumed))


def test_slurm_times_of_updates_are_measured_on_a_node_of_its_own(study, slurm):
    (job,) = slurm.jobs_of("time_updates")
    assert job["NumCPUs"] == str(CPUS)


def test_slurm_ten_perturbations_are_two_jobs_of_five(study, slurm):
    assert [job["NumCPUs"] for job in slurm.jobs_of("perturb")] == [str(CPUS)] * 2
