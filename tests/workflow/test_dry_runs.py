"""What Snakemake would run, without running it."""

from copy import deepcopy

import pytest
import yaml

from tests.workflow.conftest import ROOT, scheduled, snakemake

FIGURES = {
    "fig1_network",
    "fig2_update_times",
    "fig3_learning_curves",
    "fig4_link_removal",
    "fig5_shuffling_and_noise",
    "fig6_weight_magnitudes",
    "fig7_topology_update",
    "active_units",
    "robustness_areas",
    "robustness_paths",
    "asonn_accuracy",
    "asonn_ranks",
    "asonn_rules",
    "asonn_hypercuboids",
    "asonn_growth",
    "asonn_network",
    "asonn_explanation",
}


@pytest.fixture(scope="module")
def default() -> dict:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


@pytest.mark.parametrize("arguments", [[], ["--snakefile", "workflow/Snakefile"]], ids=["Snakefile", "workflow"])
def test_a_bare_dry_run_lists_the_whole_default_study(arguments, repository, default):
    result = snakemake(repository, "-n", *arguments)
    assert result.returncode == 0
    assert "workflow specific profile profiles/default" in result.stdout
    jobs = scheduled(result.stdout)
    robustness = default["robustness"]
    rules, networks = len(robustness["regrowth_rules"]), robustness["training"]["seeds"]
    assert jobs["train"] == rules * networks
    assert jobs["perturb"] == rules * len(robustness["perturbations"]["levels"])
    assert jobs["evaluate_classifiers"] == len(default["asonn"]["tables"])
    assert {rule: jobs[rule] for rule in FIGURES} == dict.fromkeys(FIGURES, 1)


def test_the_papers_at_full_scale_have_the_right_jobs(repository):
    result = snakemake(repository, "-n", "--configfile", "config/paper.yaml")
    assert result.returncode == 0
    jobs = scheduled(result.stdout)
    rules = 3
    expected = {
        "download_images": 4,
        "train": 4 * rules * 32,
        "time_updates": 4,
        "perturb": 4 * rules * 5,
        "weight_magnitudes": 4 * rules,
        "download_table": 52,
        "evaluate_classifiers": 52,
    }
    assert {rule: jobs[rule] for rule in expected} == expected
    assert set(jobs) >= FIGURES


def test_more_damaged_networks_than_seeds_are_trained_and_only_seeds_are_in_the_learning_curves(
    repository, default, configured
):
    config = deepcopy(default)
    config["robustness"]["training"]["seeds"] = 2
    config["robustness"]["perturbations"]["networks"] = 3
    result = snakemake(repository, "-n", *configured(config))
    assert scheduled(result.stdout)["train"] == 3 * len(config["robustness"]["regrowth_rules"])
    curves = result.stdout.partition("rule fig3_learning_curves:")[2].partition("output:")[0]
    assert "/1/history.csv" in curves
    assert "/2/history.csv" not in curves


def test_without_random_regrowth_there_is_nothing_to_compare_areas_with(repository, default, configured):
    config = deepcopy(default)
    config["robustness"]["regrowth_rules"] = ["ch3l3", "static"]
    jobs = scheduled(snakemake(repository, "-n", *configured(config)).stdout)
    assert FIGURES - jobs.keys() == {"robustness_areas"}


def test_results_of_a_study_lie_under_its_name(repository, default, configured):
    result = snakemake(repository, "-n", *configured(default | {"name": "another"}))
    assert "results/another/training/digits/ch3l3/0/network.npz" in result.stdout
    assert "demo" not in result.stdout


def test_a_mirror_is_no_reason_to_fetch_anything(repository, default, configured):
    jobs = [
        scheduled(snakemake(repository, "-n", *configured(default | {"data": {"mirror": mirror}})).stdout)
        for mirror in (None, "/some/folder")
    ]
    assert jobs[0] == jobs[1]


def test_a_missing_key_is_not_taken_over_from_the_default_configuration(repository, default, configured):
    config = deepcopy(default)
    del config["robustness"]["training"]["zeta"]
    result = snakemake(repository, "-n", *configured(config))
    assert result.returncode == 1
    assert "robustness.training.zeta is missing." in result.stdout


def test_a_second_file_changes_some_keys_of_the_first(repository, tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine\nrobustness: {training: {seeds: 7}}\n")
    result = snakemake(repository, "-n", "--configfile", "config/smoke.yaml", str(tmp_path / "mine.yaml"))
    assert scheduled(result.stdout)["train"] == 7 * 2
    assert "results/mine/" in result.stdout
