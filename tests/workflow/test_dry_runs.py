"""What Snakemake would run, without running it."""

import re
from copy import deepcopy

import pytest
import yaml

from tests.workflow.conftest import ROOT, dry_run, figures_of_the_report, scheduled


@pytest.fixture(scope="module")
def default() -> dict:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


@pytest.mark.parametrize("arguments", [[], ["--snakefile", "workflow/Snakefile"]], ids=["Snakefile", "workflow"])
def test_a_bare_dry_run_lists_the_whole_default_study(arguments, repository, default):
    result = dry_run(repository, *arguments)
    assert result.returncode == 0
    assert "workflow specific profile profiles/default" in result.stdout
    jobs = scheduled(result.stdout)
    robustness = default["robustness"]
    rules, networks = len(robustness["regrowth_rules"]), robustness["training"]["seeds"]
    assert jobs["train"] == (rules + 1) * networks  # narrow_dense, one of the controls
    assert jobs["train_dense"] == 1
    assert jobs["perturb_images"] == rules
    assert jobs["perturb"] == rules * len(robustness["perturbations"]["levels"])
    assert jobs["evaluate_classifiers"] == len(default["asonn"]["tables"])
    figures = figures_of_the_report()
    assert len(figures) == 21
    assert {rule: jobs[rule] for rule in figures} == dict.fromkeys(figures, 1)


def test_the_papers_at_full_scale_have_the_right_jobs_and_ask_for_what_they_need(repository):
    result = dry_run(repository, "--configfile", "config/paper.yaml")
    assert result.returncode == 0
    jobs = scheduled(result.stdout)
    networks, groups = 32 + 32 + 10 + 10, 7 + 7 + 2 + 2  # a group has five networks, or what is left
    expected = {
        "download_images": 4,
        "train": 4 * networks,
        "time_updates": 4,
        "perturb": 4 * groups * 5,
        "weight_magnitudes": 4 * groups,
        "download_table": 102,
        "evaluate_classifiers": 102,
        "weigh_feature_costs": 102,
    }
    assert {rule: jobs[rule] for rule in expected} == expected
    assert figures_of_the_report() - set(jobs) == {"methods", "image_perturbations"}
    asked = {
        dataset: (int(re.search(r"runtime=(\d+)", resources)[1]), int(re.search(r"mem_mb=(\d+)", resources)[1]))
        for dataset, resources in re.findall(
            r"^rule train:.*?wildcards: dataset=(\w+),.*?resources: (.*?)$", result.stdout, re.M | re.S
        )
    }
    assert asked["emnist_letters"] > asked["mnist"] == asked["kmnist"]
    assert 60 < asked["mnist"][0] < 720
    assert asked["mnist"][1] < 2000
    swept = re.findall(
        r"perturb\.py (.*?) --images \S*/mnist\.npz --perturbation weight_noise .*?--output (\S+)", result.stdout
    )
    groups = {output: re.findall(r"/ch3l3/(\d+)/", networks) for networks, output in swept if "/ch3l3/" in output}
    folder = "results/paper/perturbations/mnist/ch3l3"
    assert groups[f"{folder}/weight_noise.csv"] == ["0", "1", "2", "3", "4"]
    assert groups[f"{folder}/weight_noise_from_30.csv"] == ["30", "31"]
    assert sorted(int(seed) for seeds in groups.values() for seed in seeds) == [*range(32)]


def test_the_comparison_of_classifiers_runs_alone_with_slow_ones_on_some_tables(repository):
    result = dry_run(repository, "asonn", "--configfile", "config/paper.yaml")
    assert result.returncode == 0
    jobs = scheduled(result.stdout)
    assert jobs["evaluate_classifiers"] == 102
    assert jobs.keys().isdisjoint({"download_images", "train", "perturb", "check_claims"})
    commands = re.findall(r"evaluate_classifiers\.py .*", result.stdout)
    assert sum("explainable_boosting" in command for command in commands) == 14
    assert all("--readings printed authors" in command and "--tuned asonn_printed" in command for command in commands)


def test_more_perturbed_networks_than_seeds_are_trained_and_only_seeds_are_in_the_learning_curves(
    repository, default, configured
):
    config = deepcopy(default)
    config["robustness"]["training"]["seeds"] = 2
    config["robustness"]["perturbations"]["networks"] = config["robustness"]["image_perturbations"]["networks"] = 3
    result = dry_run(repository, *configured(config))
    assert scheduled(result.stdout)["train"] == 3 * len(config["robustness"]["regrowth_rules"]) + 2  # narrow_dense
    curves = result.stdout.partition("rule fig3_learning_curves:")[2].partition("output:")[0]
    assert "/1/history.csv" in curves
    assert "/2/history.csv" not in curves


def test_rules_may_have_fewer_networks_and_data_sets_be_left_out_and_figures_say_so(repository, tmp_path):
    (tmp_path / "mine.yaml").write_text("""
data: {leave_out: [kmnist, emnist_letters]}
robustness: {perturbations: {networks: {ch3l3: 5, random: 4, static: 3, paths: 2}}, training: {seeds: 2}}
""")
    result = dry_run(repository, "--configfile", "config/paper.yaml", str(tmp_path / "mine.yaml"), "--printshellcmds")
    jobs = scheduled(result.stdout)
    assert (jobs["train"], jobs["perturb"]) == (2 * (5 + 4 + 3 + 2), 2 * 4 * 5)
    assert "results/paper/training/mnist/ch3l3/4/network.npz" in result.stdout
    assert "results/paper/training/mnist/random/4/network.npz" not in result.stdout
    commands = re.findall(r"python \S*src/(figure_\w+)\.py (.*)", result.stdout)
    saying = {name for name, arguments in commands if "--not-run kmnist emnist_letters " in arguments}
    of_all_sets = {name for name, _ in commands if "asonn" not in name}
    assert saying == of_all_sets - {"figure_network", "figure_topology_update"}
    assert not re.search(r"/(kmnist|emnist_letters)[/.]", result.stdout)


def test_arms_train_what_they_change_and_nothing_twice(repository, tmp_path):
    (tmp_path / "arms.yaml").write_text("""
robustness:
  multiverse:
    networks: 3
    regrowth_rules: [random, ch3l3]
    arms:
      heavy: {momentum: 0.5}
      same: {batch_size: 32}
      kept: {regrown_weight: keep, epochs: 2}
      again: {momentum: 0.5}
""")
    result = dry_run(repository, "--configfile", "config/smoke.yaml", str(tmp_path / "arms.yaml"), "--printshellcmds")
    assert result.returncode == 0
    jobs = scheduled(result.stdout)
    assert (jobs["train"], jobs["train_arm"]) == (2 * 2, 2 * 2 * 3)
    assert (jobs["perturb_arm"], jobs["weight_magnitudes_of_arm"], jobs["check_claims_of_arm"]) == (2 * 2 * 5, 2 * 2, 2)
    assert jobs["specification_curve"] == 1
    outputs = [path for line in re.findall(r"^    output: (.+)$", result.stdout, re.M) for path in line.split(", ")]
    assert [path for path in outputs if not path.endswith(" (update)")] == []  # old ones stay until new ones are there
    commands = re.findall(r"python \S*src/train\.py (.*)", result.stdout)
    (kept, *_) = (command for command in commands if "arms/kept/training/digits/random/2/network.npz" in command)
    main = next(command for command in commands if "/smoke/training/digits/random/0/network.npz" in command)

    def settings(command: str) -> str:
        return command.partition("--hidden-sizes")[2].partition("--checkpoint")[0]

    assert settings(kept) == settings(main).replace("--epochs 4", "--epochs 2").replace("redraw", "keep")
    assert "checkpoint results/smoke/arms/kept/checkpoints/digits/random/2.npz" in kept


def test_figures_that_compare_need_something_to_compare_and_results_lie_under_the_name_of_the_study(
    repository, default, configured
):
    config = deepcopy(default) | {"name": "another"}
    config["robustness"]["regrowth_rules"] = ["ch3l3", "static"]
    config["asonn"] |= {"versions": [1], "readings": [], "classifiers": [], "tuned": []}
    result = dry_run(repository, *configured(config))
    assert figures_of_the_report() - scheduled(result.stdout).keys() == {"robustness_areas", "asonn_ranks"}
    assert "results/another/training/digits/ch3l3/0/network.npz" in result.stdout
    assert "demo" not in result.stdout


@pytest.mark.parametrize(
    ("asonn", "ranks"),
    [
        ({"classifiers": ["explainable_boosting"], "only_on": {"explainable_boosting": ["iris"]}}, False),
        ({"classifiers": ["explainable_boosting"], "only_on": {"explainable_boosting": ["iris", "wine"]}}, True),
        ({"readings": ["printed"]}, True),
        ({"tuned": ["asonn_v2"]}, True),
        ({"classifiers": ["naive_bayes"]}, True),
    ],
)
def test_ranks_are_drawn_of_two_classifiers_or_more_that_are_run_on_all_tables(
    repository, default, configured, asonn, ranks
):
    config = deepcopy(default)
    alone = {"versions": [1], "readings": [], "classifiers": [], "tuned": []}
    config["asonn"] |= {"tables": ["iris", "wine"], **alone, **asonn}
    result = dry_run(repository, *configured(config))
    assert result.returncode == 0, result.stdout
    assert ("asonn_ranks" in scheduled(result.stdout)) == ranks


def test_a_missing_key_is_not_taken_over_from_the_default_configuration(repository, default, configured):
    config = deepcopy(default)
    del config["robustness"]["training"]["epochs"]
    result = dry_run(repository, *configured(config))
    assert result.returncode == 1
    assert "robustness.training.epochs is missing." in result.stdout


def test_a_second_file_changes_some_keys_of_the_first(repository, tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine\nrobustness: {training: {seeds: 7}}\n")
    result = dry_run(repository, "--configfile", "config/smoke.yaml", str(tmp_path / "mine.yaml"))
    assert scheduled(result.stdout)["train"] == 7 * 2
    assert "results/mine/" in result.stdout
