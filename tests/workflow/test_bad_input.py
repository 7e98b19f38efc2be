"""What users do to a run, on the command line, in their environment, by killing: one sentence, and nothing is lost."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from study.workflow.stale_locks import clear_up
from tests.workflow.conftest import (
    SMOKE,
    contents,
    copy_repository,
    dry_run,
    snakemake,
    snakemake_as_a_user,
    start_snakemake,
)

CONFIG = ["--configfile", "config/smoke.yaml"]
PAYLOAD = "my dir (é) 'x' \"y\" & $(touch PWNED); `touch PWNED` # \\"


UNFRIENDLY = {  # the environment is not activated, scripts are not to import what lies beside them, texts are ASCII
    "PATH": "/usr/bin:/bin",
    "PYTHONSAFEPATH": "1",
    "LC_ALL": "POSIX",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
}


def said(result) -> str:
    assert result.returncode == 1
    assert "Traceback" not in result.stdout
    return result.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--config", "name=my/study"], "name must be letters, digits, _, - and ., a letter or digit first; found"),
        (["--cores", "0"], "--cores must be at least 1, or `all`; found 0."),
        (
            ["--", "results/smoke/training/digits/rug/0/network.npz"],
            "No rule to produce results/smoke/training/digits/rug",
        ),
        (["--", "results/smoke/training/cifar/ch3l3/0/network.npz"], "No rule to produce results/smoke/training/cifar"),
        (
            ["--", "results/smoke/perturbations/digits/random/rust.csv"],
            "No rule to produce results/smoke/perturbations",
        ),
        (["--", "figures/smoke/fig0.pdf"], "No rule to produce figures/smoke/fig0.pdf"),
        (
            ["--config", 'robustness={"training": {"pruning": "magnitude(alpha=1)"}}'],
            "robustness.training: the pruning rule magnitude has no option alpha: it has none.",
        ),
    ],
)
def test_a_wrong_command_is_one_sentence(repository, arguments, sentence):
    assert sentence in said(dry_run(repository, *CONFIG, *arguments))


def test_code_of_ones_own_that_is_no_python_is_one_sentence(tmp_path):
    copy_repository(tmp_path)
    (tmp_path / "src/sparse_training/regrowth/mine.py").write_text("def mine(:\n")
    result = dry_run(tmp_path, *CONFIG, "--config", 'robustness={"regrowth_rules": ["mine"]}')
    assert "src/sparse_training/regrowth/mine.py, line 1: invalid syntax: this must be valid Python." in said(result)


def test_numbers_on_the_command_line_are_numbers(repository):
    changes = {
        "training": {"epochs": 41, "remove_disconnected": False},
        "perturbations": {"levels": {"weight_noise": [0, 1]}},
    }
    result = dry_run(repository, *CONFIG, "--config", f"robustness={json.dumps(changes)}")
    assert "--epochs 41 " in result.stdout
    assert "--no-remove-disconnected" in result.stdout
    assert "--levels 0 1 " in result.stdout


def test_two_studies_that_give_one_name_to_different_images_do_not_share_them(repository, tmp_path):
    for study in ("first", "second"):
        config = yaml.safe_load(SMOKE.replace("[digits]", "[mine]").replace("dataset: digits", "dataset: mine"))
        config |= {
            "name": study,
            "data": {"mirror": None, "image_sets": {"mine": {"npz": str(tmp_path / f"{study}.npz")}}},
        }
        (tmp_path / f"{study}.npz").touch()
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
        result = dry_run(repository, "--configfile", str(tmp_path / "config.yaml"))
        assert f"input: results/{study}/images/mine.npz" in result.stdout


def test_a_second_run_beside_the_first_is_refused(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "folder")
    clear_up(folder / ".snakemake")  # this process is the first run
    (folder / ".snakemake/locks").mkdir(exist_ok=True)
    (folder / ".snakemake/locks/0.output.lock").write_text("results/smoke/claims.csv\n")
    result = snakemake(folder, "--cores", "1", *CONFIG, "--forcerun", "check_claims", "--", "results/smoke/claims.csv")
    assert "Error: Directory cannot be locked." in said(result)


def test_a_job_that_fails_says_why_its_old_results_stay_and_it_runs_again(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "folder")
    weights = "results/smoke/weights/digits/random.csv"
    damaged = folder / "results/smoke/training/digits/random/1/network.npz"
    damaged.write_bytes(damaged.read_bytes()[:200])
    (folder / CONFIG[1]).write_text(SMOKE.replace("bin_width: 0.1", "bin_width: 0.2"))
    before = contents(folder)
    result = snakemake(folder, "--cores", "1", *CONFIG, "--", weights)
    assert "random/1/network.npz" in said(result)
    assert contents(folder) == before
    assert "rule weight_magnitudes:" in dry_run(folder, *CONFIG, "--", weights).stdout


def test_damaged_metadata_of_snakemake_are_named_and_stop_nothing(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "folder")
    damaged = next((folder / ".snakemake/metadata").iterdir())
    damaged.write_bytes(bytes(range(128, 256)))
    first, second = (dry_run(folder, *CONFIG) for _ in range(2))
    assert first.returncode == second.returncode == 0
    assert first.stdout.count("were damaged and are removed") == 1
    assert "were damaged" not in second.stdout


def test_a_run_that_is_killed_loses_nothing_and_the_same_command_goes_on(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "folder")
    (folder / "config/smoke.yaml").write_text(SMOKE.replace("seeds: 2", "seeds: 3"))
    before = contents(folder)
    network = "results/smoke/training/digits/random/2/network.npz"
    arguments = ["--cores", "1", *CONFIG, "--", network]
    with start_snakemake(folder, *arguments) as run:
        while run.poll() is None and not (folder / "logs/smoke/train/digits/random/2.log").exists():
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
    (tmp_path / "study.py").write_text("raise ImportError('not ours')")
    resumed = snakemake_as_a_user(folder, *arguments, PYTHONPATH=str(tmp_path), **UNFRIENDLY)
    assert resumed.returncode == 0, resumed.stdout
    after = contents(folder)
    assert network in after
    assert {name: after[name] for name in before} == before


def test_no_text_is_run_as_a_command_whatever_stands_in_it(tmp_path):
    """A payload for the shell in every text that takes one, and in the paths of the clone and of all that it makes."""
    clone, folder = tmp_path / f"clone {PAYLOAD}", tmp_path / f"elsewhere {PAYLOAD}"
    clone.mkdir()
    copy_repository(clone)
    folder.mkdir()
    (folder / f"{PAYLOAD}.npz").write_bytes(b"no images")
    (folder / "Snakefile").write_text(
        "configfile: 'config.yaml'\n"
        f"module clone:\n    snakefile: {str(clone / 'Snakefile')!r}\n    config: config\n    prefix: {PAYLOAD!r}\n"
        "use rule * from clone\n"
    )
    config = yaml.safe_load(SMOKE)
    config["data"] = {"mirror": f"mirror {PAYLOAD}", "image_sets": {"mine": {"npz": f"{PAYLOAD}.npz"}}}
    config["robustness"]["datasets"].append("mine")
    config["asonn"]["tables"].append("pmlb/titanic")
    config["asonn"]["hypercuboids"]["attributes"] = [f"a {PAYLOAD} {{braces}} <h>", "petal_width"]
    (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    result = snakemake(folder, "--cores", "1", f"{PAYLOAD}/results/smoke/config.yaml")
    assert result.returncode == 0, result.stdout
    before = {path.name for path in folder.iterdir()}
    commands = [
        line.removeprefix("Shell command: ")
        for line in dry_run(folder, "--printshellcmds").stdout.splitlines()
        if line.startswith("Shell command: ") and ".py" in line
    ]
    assert sum("PWNED" in command.partition(".py")[2] for command in commands) == len(commands) > 50
    logs = [Path(folder, shlex.split(command)[-2]) for command in commands]
    for log in logs:
        log.parent.mkdir(parents=True, exist_ok=True)
    # the shell that runs them calls this in place of Python
    script = "python() { printf '%s\\0' \"$@\"; }\n" + "\n".join(commands)
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, check=True)
    for command, log in zip(commands, logs, strict=True):
        assert ["python", *log.read_text().split("\0")[:-1], ">"] == shlex.split(command)[:-2]
    assert {path.name for path in folder.iterdir()} == before
    options = ["--cores", "1", "--configfile", "config/smoke.yaml", "--directory", str(folder / PAYLOAD)]
    result = snakemake(clone, *options, "--", "results/smoke/config.yaml")
    assert result.returncode == 0, result.stdout
    assert (folder / PAYLOAD / "results/smoke/config.yaml").is_file()
    assert not list(tmp_path.rglob("PWNED"))
