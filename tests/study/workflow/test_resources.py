"""The memory and time that jobs ask for."""

import math
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from study.data.sizes import IMAGE_SETS, TableSize, table_sizes
from study.workflow.configuration import normalise
from study.workflow.resources import (
    START,
    Requests,
    beyond_limits,
    classification_work,
    megabytes,
    minutes,
    network_links,
    partition_limits,
    perturbation_work,
    training_work,
)

ROOT = Path(__file__).parents[3]
TABLES = table_sizes(ROOT / "config/pmlb_tables.csv")
MNIST = IMAGE_SETS["mnist"]
LINKS = network_links([784, 1000, 1000, 1000], 0.01, 10)


def test_links_are_those_of_the_sparse_layers_and_a_part_of_the_dense_output_layer():
    assert pytest.approx(LINKS) == 7840 + 10_000 + 10_000 + 0.4 * 10 * 1000


def test_a_job_without_work_asks_for_the_time_to_start():
    assert minutes([]) == START


def test_time_grows_with_each_amount_of_work():
    few, many = (minutes([training_work(epochs, *MNIST[:2], LINKS)]) for epochs in (2, 1000))
    assert few < 15 < 60 < many < 720
    assert minutes([training_work(1000, *IMAGE_SETS["emnist_letters"][:2], LINKS)]) > many
    assert minutes([training_work(1000, *MNIST[:2], LINKS)] * 2) == 2 * many - START
    sweep = minutes([perturbation_work(1000, MNIST.test, LINKS)])
    assert minutes([perturbation_work(100, MNIST.test, LINKS)]) < sweep


def test_small_tables_cost_the_same_and_large_ones_more():
    small, smaller, large = (
        minutes([classification_work(100, size)])
        for size in (TableSize(150, 4, 3), TableSize(100, 4, 2), TableSize(3200, 34, 10))
    )
    assert small == smaller < large


def test_times_are_several_times_those_that_were_measured():
    measured = {"training": 395, "sweep": 28 * 60 / 60}  # seconds: docs/time.md, MNIST, ch3l3
    assert minutes([training_work(1000, *MNIST[:2], LINKS)]) * 60 > 5 * measured["training"]
    assert minutes([perturbation_work(32 * 25, MNIST.test, LINKS)]) * 60 > 5 * measured["sweep"]


def test_memory_holds_the_images_as_they_are_scaled():
    assert [megabytes(IMAGE_SETS[name]) for name in ("digits", "mnist", "emnist_letters")] == [1000, 1300, 1600]


def test_sizes_of_tables_are_those_of_the_list():
    assert TABLES["iris"] == (150, 4, 3)
    assert TABLES["pmlb/analcatdata_aids"] == (50, 4, 2)
    assert len(TABLES) == 102 + 3


@pytest.mark.parametrize(
    ("name", "wildcards"),
    [
        ("image_memory", {"dataset": "mnist"}),
        ("training_time", {"dataset": "mnist"}),
        ("training_time", {"dataset": "my_own"}),
        ("update_times_time", {"dataset": "mnist"}),
        ("stages_time", {"dataset": "mnist"}),
        ("perturbation_time", {"dataset": "mnist", "regrowth": "ch3l3", "perturbation": "weight_noise"}),
        ("classification_time", {"table": "pmlb/led24"}),
    ],
)
def test_each_attempt_asks_for_more_and_a_larger_study_too(name, wildcards):
    paper, short = (yaml.safe_load((ROOT / f"config/{name}.yaml").read_text()) for name in ("paper", "short"))
    for config in (paper, short):
        normalise(config, ROOT)
    large, small = (getattr(Requests(config, TABLES), name) for config in (paper, short))
    wildcards = SimpleNamespace(**wildcards)
    assert large(wildcards, 3) == 3 * large(wildcards, 1)
    assert isinstance(large(wildcards, 1), int)
    if name in ("image_memory", "stages_time"):  # these are the same
        assert large(wildcards, 1) == small(wildcards, 1)
    else:
        assert large(wildcards, 1) > small(wildcards, 1) > 1


SINFO = """#!/bin/sh
cat <<END
quick* 1:30:00
short 00:00:30
long 2-12:00:00
endless infinite
END
"""


def test_a_job_that_its_partition_would_never_start_is_named_with_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "sinfo").write_text(SINFO)
    (tmp_path / "sinfo").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    limits = partition_limits()
    assert limits == {"quick": 90, "": 90, "short": 0.5, "long": 3600, "endless": math.inf}
    asked = [("train", "", 91), ("train", "", 99), ("train", "quick", 90), ("perturb", "long", 4000), ("a", "new", 9e9)]
    assert beyond_limits(asked, limits) == [
        "A job of train asks for 99 minutes, and the default partition allows 90: it would wait forever. Choose"
        " another partition, or a shorter time, at whose end a training is resumed: --set-resources train:runtime=90.",
        "A job of perturb asks for 4000 minutes, and the partition long allows 3600: it would wait forever."
        " Choose another partition, or a shorter time, at whose end a training is resumed: --set-resources"
        " perturb:runtime=3600.",
    ]


@pytest.mark.parametrize("sinfo", [None, "#!/bin/sh\nexit 1\n", "#!/bin/sh\necho nonsense\n"])
def test_where_slurm_says_nothing_there_is_no_limit(tmp_path, monkeypatch, sinfo):
    if sinfo:
        (tmp_path / "sinfo").write_text(sinfo)
        (tmp_path / "sinfo").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert partition_limits() == {}


def test_an_arm_asks_for_what_its_own_epochs_and_networks_take_and_rules_for_their_own_networks():
    config = yaml.safe_load((ROOT / "config/paper.yaml").read_text())
    config["robustness"]["perturbations"]["networks"]["static"] = 3
    config["robustness"]["multiverse"] = {"networks": 2, "arms": {"short": {"epochs": 100}, "heavy": {"momentum": 0.9}}}
    requests = Requests(config, TABLES)
    main, heavy, short = (
        requests.training_time(SimpleNamespace(dataset="mnist", **arm), 1)
        for arm in ({}, {"arm": "heavy"}, {"arm": "short"})
    )
    assert main == heavy > short
    of_rule, of_fewer, of_arm = (
        requests.perturbation_time(SimpleNamespace(dataset="mnist", perturbation="weight_noise", **wildcards), 1)
        for wildcards in ({"regrowth": "ch3l3"}, {"regrowth": "static"}, {"regrowth": "ch3l3", "arm": "heavy"})
    )
    assert of_rule > of_fewer > of_arm
