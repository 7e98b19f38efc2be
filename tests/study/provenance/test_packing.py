"""What of a study is packed, whatever the order in which its jobs are listed, and the table of its networks."""

import argparse
from pathlib import Path

import pytest

from study.provenance.archive import write_archive
from study.provenance.packing import members_of, networks_of
from study.provenance.record import Output, parse
from study.workflow.jobs import Command, Job

TABLES = ("alpha", "beta", "gamma")


def make(script: str, output: str) -> Job:
    """A job that is done: its output, and the record of it."""
    command = f"python src/{script} --output {output} --code 0 --record {Path(output).with_suffix('.json')}"
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    Path(output).write_text(f"{output}\n")
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Output)
    parse(parser, command.split()[2:], script)[1].write()
    return Job("make", Command.parse(command), outputs=(output, str(Path(output).with_suffix(".json"))))


@pytest.fixture
def study(tmp_path, monkeypatch) -> list[Job]:
    """The jobs of a finished study in the working directory, which is its repository, too."""
    monkeypatch.chdir(tmp_path)
    Path("workflow/rules").mkdir(parents=True)
    for name in ("Snakefile", "workflow/rules/make.smk"):
        Path(name).write_text("# rules\n")
    tables = [make("make.py", f"results/demo/{name}.csv") for name in TABLES]
    return [make("save_configuration.py", "results/demo/config.yaml"), *tables]


@pytest.mark.parametrize("recorded", [False, True])
def test_the_same_study_gives_the_same_bytes_in_whatever_order_its_jobs_are_listed(study, tmp_path, recorded):
    archives = []
    for number, jobs in enumerate((study, study[::-1], study[2:] + study[:2])):
        write_archive(tmp_path / f"{number}.zip", members_of(jobs, [], tmp_path, recorded))
        archives.append((tmp_path / f"{number}.zip").read_bytes())
    assert archives[0] == archives[1] == archives[2]


def record(script, outputs, **arguments):
    return {"script": script, "arguments": {"dataset": "mnist", **arguments}, "outputs": outputs} | {
        "git": {"commit": "c", "dirty": False},
        "processor": "p",
        "cpu_seconds": 12.0,
    }


def test_hidden_files_beside_the_rules_are_not_packed(study, tmp_path):
    for name in ("workflow/.DS_Store", "workflow/rules/.make.smk.swp", "workflow/.idea/a.xml"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()
    members = members_of(study, [], tmp_path, recorded=False)
    assert [name for name in members if name.startswith("workflow/")] == ["workflow/rules/make.smk"]


def test_there_is_a_row_for_each_network_those_that_were_trained_together_included(tmp_path):
    records = {
        str(tmp_path / "network.json"): record(
            "train.py", {"network": {"0.npz": "n0"}, "history": {"0.csv": "h0"}}, rule="random", seed=0
        ),
        str(tmp_path / "networks.json"): record(
            "train_dense.py",
            {"networks": {"0.npz": "d0", "1.npz": "d1"}, "histories": {"0.csv": "g0", "1.csv": "g1"}},
            seeds=[0, 1],
        ),
        str(tmp_path / "claims.json"): record("check_claims.py", {}),
    }
    for path in records:
        (tmp_path / path).touch()
    table = networks_of(records)
    assert table[["rule", "seed", "network_sha256", "history_sha256", "cpu_seconds"]].to_numpy().tolist() == [
        ["random", 0, "n0", "h0", 12.0],
        ["dense", 0, "d0", "g0", 6.0],
        ["dense", 1, "d1", "g1", 6.0],
    ]


def test_networks_that_were_trained_together_are_listed_by_their_numbers_and_number_10_after_number_2(tmp_path):
    seeds = range(40)
    dense = record(
        "train_dense.py",
        {"networks": {f"{seed}.npz": f"d{seed}" for seed in seeds}, "histories": {f"{seed}.csv": "" for seed in seeds}},
        seeds=[*seeds],
    )
    single = {
        str(tmp_path / f"{seed}/network.json"): record(
            "train.py", {"network": {"n.npz": ""}, "history": {"h.csv": ""}}, rule="random", seed=seed
        )
        for seed in (10, 2)
    }
    records = {str(tmp_path / "dense/networks.json"): dense, **single}
    for path in records:
        Path(path).parent.mkdir()
        Path(path).touch()
    table = networks_of(records)
    assert table["seed"].tolist() == [2, 10, *seeds]
    assert table["network_sha256"].tolist()[2:] == [f"d{seed}" for seed in seeds]
