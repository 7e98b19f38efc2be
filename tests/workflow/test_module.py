"""The workflow as a module of a larger one, in a folder of its own."""

import re

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import ROOT, SMOKE, dry_run, scheduled, snakemake

PAGE = (ROOT / "docs/module.md").read_text()
(LARGER,) = re.findall(r"^```snakemake\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def larger(repository, tmp_path):
    """A folder with a workflow that uses a clone of this one."""
    text = LARGER.replace("../adaptive-sparsity", str(repository))
    (tmp_path / "Snakefile").write_text(text.replace("results/demo", "results/smoke"))
    return tmp_path


def configured(folder, config):
    (folder / "config.yaml").write_text(yaml.safe_dump({"sparsity": config}))
    return [folder, "--configfile", "config.yaml"]


@pytest.mark.parametrize("snakefile", ["workflow/Snakefile", "Snakefile"])
def test_a_larger_workflow_lists_every_job_below_its_prefix(larger, snakefile):
    path = larger / "Snakefile"
    path.write_text(path.read_text().replace("workflow/Snakefile", snakefile))
    config = yaml.safe_load(SMOKE)
    config["robustness"]["multiverse"] = {"networks": 3, "arms": {"plain": {"momentum": 0}}}
    result = dry_run(*configured(larger, config))
    jobs = scheduled(result.stdout)
    assert result.returncode == 0, result.stdout
    assert (jobs["sparsity_train"], jobs["sparsity_train_arm"]) == (6, 6)
    assert jobs["sparsity_check_claims"] == jobs["best_accuracy"] == 1
    assert "output: results/" not in result.stdout
    assert "output: figures/" not in result.stdout


def test_what_it_trains_is_what_the_workflow_by_itself_trains(larger, finished):
    result = snakemake(*configured(larger, yaml.safe_load(SMOKE)), "--cores", "1", "best.txt")
    assert result.returncode == 0, result.stdout
    network = "results/smoke/training/digits/random/0/network.npz"
    assert (larger / "sparsity" / network).read_bytes() == (finished / network).read_bytes()
    history = pd.read_csv((finished / network).with_name("history.csv"))
    assert float((larger / "best.txt").read_text()) == history["test_accuracy"].max()
    assert not (larger / "results").exists()


def test_tables_and_own_images_are_found_from_there(larger):
    config = yaml.safe_load(SMOKE)
    config["data"]["image_sets"] = {"mine": {"npz": "mine.npz"}}
    config["robustness"]["datasets"] = ["digits", "mine"]
    config["asonn"]["tables"] = ["pmlb/titanic", "iris"]
    (larger / "mine.npz").touch()
    result = dry_run(*configured(larger, config))
    assert result.returncode == 0, result.stdout
    assert "input: mine.npz" in result.stdout
    assert "config/pmlb_tables.csv" in result.stdout


def test_two_studies_of_one_clone_live_side_by_side_with_a_package_of_the_same_name(larger):
    first, rule, rest = (larger / "Snakefile").read_text().partition("rule best_accuracy")
    parts = ["import sys, study\n", first, first.replace("sparsity", "second"), rule, rest]
    (larger / "Snakefile").write_text("".join([*parts, "\nassert sys.modules['study'] is study and study.MINE\n"]))
    (larger / "study.py").write_text("MINE = True\n")
    config = yaml.safe_load(SMOKE)
    (larger / "second.yaml").write_text(yaml.safe_dump({"second": config | {"name": "second"}}))
    (larger / "config.yaml").write_text(yaml.safe_dump({"sparsity": config}))
    network = "training/digits/random/0/network.npz"
    wanted = [f"sparsity/results/smoke/{network}", f"second/results/second/{network}"]
    result = dry_run(larger, "--configfile", "config.yaml", "second.yaml", "--", *wanted)
    jobs = scheduled(result.stdout)
    assert jobs == {"sparsity_prepare_digits": 1, "sparsity_train": 1, "second_prepare_digits": 1, "second_train": 1}
