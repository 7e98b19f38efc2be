"""Runs Snakemake on copies of the repository. All tests of this folder are marked `workflow`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORKFLOW_FILES = ("Snakefile", "config", "envs", "profiles", "src", "workflow")

SMOKE = """
name: smoke
data: {mirror: null}
robustness:
  datasets: [digits]
  regrowth_rules: [ch3l3, random]
  network: {hidden_sizes: [40, 40], density: 0.1}
  training:
    seeds: 2
    epochs: 4
    batch_size: 32
    learning_rate: 0.05
    learning_rate_schedule: linear
    momentum: 0.9
    weight_decay: 0.0
    zeta: 0.3
    remove_disconnected: true
    regrown_weight: redraw
  update_times: {instances: 1, epochs: 3}
  perturbations:
    networks: 2
    repeats: 1
    layers_together: false
    readout: false
    levels:
      random_pruning: [0, 0.5, 1]
      weight_order: [0, 0.5, 1]
      reverse_weight_order: [0, 0.5, 1]
      weight_shuffling: [0, 0.5, 1]
      weight_noise: [0, 0.5, 1]
  weight_magnitudes: {bin_width: 0.1}
  drawings:
    network: {dataset: digits, seed: 0, strongest: 0.2}
    topology_update:
      dataset: digits
      regrowth_rule: ch3l3
      seed: 0
      inputs: 8
      hidden_sizes: [8, 8]
      density: 0.3
      epochs: 2
asonn:
  tables: [iris, wine]
  test_size: 0.3
  splits: 2
  versions: [1, 2]
  classifiers: [decision_tree, naive_bayes]
  hypercuboids: {table: iris, attributes: [petal_length, petal_width]}
"""


# Runs Snakemake in forks of a process that has imported it and its plugins, which takes as long as a dry run, and whose
# objects no garbage collection of a fork looks at again.
FORKING = """
import gc, json, os, sys
from snakemake.cli import get_argument_parser, main
get_argument_parser()
gc.freeze()
for line in sys.stdin:
    folder, log, arguments = json.loads(line)
    child = os.fork()
    if not child:
        os.chdir(folder)
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1), os.dup2(file, 2)
        main(arguments)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
forking = threading.local()
forking_processes = []


def copy_repository(folder: Path) -> Path:
    """A copy of what the workflow is made of. Copies share the compiled kernels, which cost more than all the rest."""
    for name in WORKFLOW_FILES:
        path = ROOT / name
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, folder / name)
    for package in ("asonn", "sparse_training"):
        cache = f"src/{package}/kernels/__pycache__"
        (ROOT / cache).mkdir(exist_ok=True)
        shutil.rmtree(folder / cache, ignore_errors=True)
        (folder / cache).symlink_to(ROOT / cache)
    (folder / "config/smoke.yaml").write_text(SMOKE)
    return folder


def user_environment(**variables: str) -> dict[str, str]:
    """That of a user who has activated the environment of these tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {name: value for name, value in os.environ.items() if name != "DATA_MIRROR"} | {"PATH": path} | variables


def start_snakemake(folder: Path, *arguments: str, **variables: str) -> subprocess.Popen:
    """Starts Snakemake as a user would, its two streams as one, in a process group of its own."""
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("snakemake")), *arguments],
        cwd=folder,
        env=user_environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )


def snakemake_as_a_user(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Runs Snakemake to its end; what it says is one text."""
    with start_snakemake(folder, *arguments, **variables) as process:
        said, _ = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, said)


def snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """The same, without the time that Snakemake takes to start."""
    if not hasattr(forking, "process"):
        forking.process = subprocess.Popen(
            [sys.executable, "-c", FORKING],
            env=user_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        forking_processes.append(forking.process)
    with tempfile.NamedTemporaryFile("r") as log:
        print(json.dumps([str(folder), log.name, arguments]), file=forking.process.stdin, flush=True)
        status = int(forking.process.stdout.readline())
        return subprocess.CompletedProcess(arguments, status, log.read())


def dry_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """What Snakemake would run."""
    return snakemake(folder, "--dry-run", *arguments)


def figures_of_the_report() -> set[str]:
    """The rules that draw figures of every study: those with a caption in the report, but for what needs arms."""
    captions = {path.stem for path in (ROOT / "workflow/report").glob("*.rst")}
    return captions - {"workflow", "claims", "specification_curve"}


def scheduled(output: str) -> dict[str, int]:
    """How many jobs of each rule a dry run lists."""
    table = output.partition("Job stats:")[2].partition("total")[0].splitlines()[3:]
    return {rule: int(count) for rule, count in (line.split() for line in table if line.strip())}


def contents(folder: Path) -> dict[str, bytes]:
    """All files but logs and what Snakemake and Python keep for themselves."""
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    kept = [name for name in names if name.parts[0] not in ("logs", ".snakemake") and "__pycache__" not in name.parts]
    return {name.as_posix(): (folder / name).read_bytes() for name in kept}


def pytest_sessionfinish() -> None:
    for process in forking_processes:
        process.kill()
        process.communicate()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.workflow)


@pytest.fixture(scope="session")
def repository(tmp_path_factory) -> Path:
    """A copy in which nothing has been run; for dry runs."""
    return copy_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def configured(repository, tmp_path) -> Callable[[dict], list[str]]:
    """Arguments that make Snakemake use a configuration."""

    def arguments(config: dict) -> list[str]:
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(config))
        return ["--configfile", str(path)]

    return arguments


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Path:
    """A copy in which the smallest study that has every stage was run to its end."""
    folder = copy_repository(tmp_path_factory.mktemp("finished"))
    result = snakemake_as_a_user(folder, "--cores", "2", "--configfile", "config/smoke.yaml")
    assert result.returncode == 0, result.stdout[-5000:]
    return folder
