"""The smallest study that has every stage, run once; then what a second look at it finds."""

import shutil

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import scheduled, snakemake
from tests.workflow.test_dry_runs import FIGURES

SMOKE = ["--configfile", "config/smoke.yaml"]


@pytest.fixture
def copy(finished, tmp_path):
    """A copy of the finished study, to be edited."""
    return shutil.copytree(finished, tmp_path / "copy", symlinks=True)


def test_every_figure_is_a_pdf_a_png_a_table_of_what_is_drawn_and_a_record(finished):
    folder = finished / "figures/smoke"
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{suffix}" for name in FIGURES for suffix in ("pdf", "png", "csv", "json")
    }
    for name in FIGURES:
        assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert len(pd.read_csv(folder / f"{name}.csv")) > 0


def test_the_claims_of_the_papers_are_tested(finished):
    ledger = pd.read_csv(finished / "results/smoke/claims.csv").set_index("claim")
    assert ledger.loc["early-learning", "sample"] == "2 + 2 networks"
    assert ledger.loc["final-accuracy-kmnist", "outcome"] == "not run"
    assert ledger.loc["similar-to-the-best", "needs"] == "needs the classifier xgboost"
    assert (finished / "results/smoke/claims.md").read_text().startswith("# Claims")


def test_the_configuration_lies_beside_the_results(finished):
    kept = yaml.safe_load((finished / "results/smoke/config.yaml").read_text())
    assert kept == yaml.safe_load((finished / "config/smoke.yaml").read_text())


def test_after_a_full_run_nothing_is_to_be_done(finished):
    result = snakemake(finished, "-n", *SMOKE)
    assert "Nothing to be done" in result.stdout


def test_a_touch_of_every_file_is_no_reason_to_run_anything(copy):
    for path in [*(copy / "src").rglob("*.py"), *(copy / "workflow").rglob("*.smk"), copy / "config/smoke.yaml"]:
        path.touch()
    assert "Nothing to be done" in snakemake(copy, "-n", *SMOKE).stdout


def test_an_edit_of_a_regrowth_rule_trains_its_networks_again_and_no_others(copy):
    path = copy / "src/sparse_training/regrowth/random.py"
    path.write_text(path.read_text() + "\nEDITED = True\n")
    result = snakemake(copy, "-n", *SMOKE)
    jobs = scheduled(result.stdout)
    assert jobs["train"] == 2
    assert "results/smoke/training/digits/random/0/network.npz" in result.stdout
    assert "output: results/smoke/training/digits/ch3l3" not in result.stdout
    assert jobs["perturb"] == 5
    assert not jobs.keys() & {"evaluate_classifiers", "fig7_topology_update", "prepare_digits"}


def test_an_edit_of_the_figures_style_draws_figures_and_runs_nothing_else(copy):
    path = copy / "src/study/figures.py"
    path.write_text(path.read_text().replace('"font.size": 8', '"font.size": 9'))
    jobs = scheduled(snakemake(copy, "-n", *SMOKE).stdout)
    assert set(jobs) == FIGURES | {"all"}


def test_another_definition_of_a_claim_tests_the_claims_again_and_runs_nothing_else(copy):
    path = copy / "src/study/claims/robustness.py"
    path.write_text(path.read_text().replace("low=-0.01,", "low=-0.02,"))
    assert scheduled(snakemake(copy, "-n", *SMOKE).stdout) == {"check_claims": 1, "all": 1}


def test_a_new_level_of_one_perturbation_repeats_that_sweep_alone(copy):
    path = copy / "config/smoke.yaml"
    path.write_text(path.read_text().replace("weight_noise: [0, 0.5, 1]", "weight_noise: [0, 0.5, 1, 2]"))
    jobs = scheduled(snakemake(copy, "-n", *SMOKE).stdout)
    told = {"fig5_shuffling_and_noise": 1, "robustness_areas": 1, "check_claims": 1}
    assert jobs == {"perturb": 2, "save_configuration": 1, "all": 1} | told


def test_a_new_seed_trains_the_new_networks_alone(copy):
    path = copy / "config/smoke.yaml"
    path.write_text(path.read_text().replace("seeds: 2", "seeds: 3"))
    jobs = scheduled(snakemake(copy, "-n", *SMOKE).stdout)
    told = {"fig3_learning_curves": 1, "active_units": 1, "check_claims": 1}
    assert jobs == {"train": 2, "save_configuration": 1, "all": 1} | told


def test_the_default_profile_is_in_force(finished):
    result = snakemake(finished, "-n", *SMOKE)
    assert "workflow specific profile profiles/default" in result.stdout
