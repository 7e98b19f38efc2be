"""Networks that were trained again are compared with the recorded ones: by their bytes, or by their curves."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest

from study.errors import StudyError
from study.provenance.archive import ABOUT, Archive, checksum, write_archive
from study.provenance.environment import circumstances
from study.provenance.packing import NETWORKS
from study.provenance.recorded import PLACES, check_code, chosen_networks, compare, curve_distance, train_again
from study.workflow.jobs import Command, Job

CURVE = [0.1, 0.5, 0.9, 0.9]


def history(accuracies: list[float]) -> bytes:
    table = pd.DataFrame({"epoch": range(1, len(accuracies) + 1), "test_accuracy": accuracies})
    return table.to_csv(index=False).encode()


def record_of(dataset: str, rule: str, seed: int, **machine: object) -> dict:
    folder = f"results/demo/training/{dataset}/{rule}/{seed}"
    return {
        "arguments": {"dataset": dataset, "rule": rule, "seed": seed},
        "outputs": {
            "network": {f"{folder}/network.npz": checksum(b"network")},
            "history": {f"{folder}/history.csv": checksum(history(CURVE))},
        },
        "command": f"python src/train.py --code abc --record {folder}/network.json",
        "code": "abc",
        **circumstances(),
        "git": {"commit": "c0ffee", "dirty": False},
        **machine,
    }


@pytest.fixture
def archive(tmp_path):
    members = {ABOUT: json.dumps({"study": "demo"}).encode()}
    rows = []
    for seed in (1, 0):
        for rule in ("random", "ch3l3"):
            record = record_of("mnist", rule, seed)
            (path,) = record["outputs"]["history"]
            name = Path(path).with_name("network.json").as_posix()
            members |= {path: history(CURVE), name: json.dumps(record).encode()}
            rows.append(record["arguments"] | {"record": name})
    members[NETWORKS] = pd.DataFrame(rows).to_csv(index=False).encode()
    write_archive(tmp_path / "demo.zip", members)
    with Archive(tmp_path / "demo.zip") as archive:
        yield archive


@pytest.fixture
def made(tmp_path) -> Path:
    """The folder of a network that was trained again, with other bytes and the same curve."""
    (tmp_path / "made").mkdir()
    (tmp_path / "made/network.npz").write_bytes(b"another")
    (tmp_path / "made/history.csv").write_bytes(history(CURVE))
    return tmp_path / "made"


def test_the_first_networks_are_number_0_of_each_rule(archive):
    assert [tuple(record["arguments"].values()) for record in chosen_networks(archive, 3)] == [
        ("mnist", "ch3l3", 0),
        ("mnist", "random", 0),
        ("mnist", "ch3l3", 1),
    ]


def test_the_same_bytes_agree_whatever_made_them(archive, made):
    (made / "network.npz").write_bytes(b"network")
    comparison = compare(record_of("mnist", "ch3l3", 0, processor="another"), archive, made)
    assert comparison.agrees
    assert comparison.sentence.startswith("mnist ch3l3 0: equal to the byte")


def test_other_bytes_with_the_same_processor_and_versions_disagree(archive, made):
    comparison = compare(record_of("mnist", "ch3l3", 0), archive, made)
    assert not comparison.agrees
    assert comparison.sentence.endswith("other bytes, on a processor and with versions of the same names")


@pytest.mark.parametrize(("shift", "agrees"), [(0.009, True), (0.011, False)])
def test_on_another_processor_the_curves_decide(archive, made, shift, agrees):
    (made / "history.csv").write_bytes(history([value + shift for value in CURVE]))
    comparison = compare(record_of("mnist", "ch3l3", 0, processor="another"), archive, made)
    assert comparison.agrees is agrees
    assert f"mean distance of the curves {shift:.4f}, {'within' if agrees else 'more than'} 0.01" in comparison.sentence


@pytest.mark.parametrize(
    ("package", "agrees"), [("numpy", True), ("scipy", True), ("seaborn", False), ("torch", False)]
)
def test_only_versions_that_training_computes_with_excuse_other_bytes(archive, made, package, agrees):
    packages = circumstances()["packages"] | {package: "0.0"}
    comparison = compare(record_of("mnist", "ch3l3", 0, packages=packages), archive, made)
    assert comparison.agrees is agrees
    assert (f"as {package} differ;" in comparison.sentence) is agrees


def test_curves_of_other_lengths_are_never_the_same():
    tables = [pd.DataFrame({"epoch": range(number), "test_accuracy": 0.9}) for number in (3, 4)]
    assert curve_distance(*tables)[0] == float("inf")


def test_networks_of_other_code_are_not_trained_again(archive):
    record = chosen_networks(archive, 1)[0]
    same = Job("train", Command.parse(record["command"]))
    check_code([record], [same])
    other = Job("train", Command.parse(record["command"].replace("abc", "def")))
    with pytest.raises(StudyError, match=r"trained by other code .* commit was c0ffee"):
        check_code([record], [other])


TRAIN = """
import sys, time
from pathlib import Path
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if arguments["--seed"] == "1":
    sys.exit("no room")
Path(arguments["--network"]).touch()
time.sleep(60 * (arguments["--seed"] == "2"))
Path(arguments["--history"]).touch()
"""


def orders(seeds: list[int]) -> list[dict]:
    places = " ".join(f"--{name} results/{name}.npz" for name in PLACES)
    command = "python src/train.py --seed {} " + places
    return [record_of("mnist", "ch3l3", seed) | {"command": command.format(seed)} for seed in seeds]


@pytest.fixture
def repository(tmp_path) -> Path:
    """A repository with a script that trains: network 1 fails at once, network 2 takes a minute."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/train.py").write_text(TRAIN)
    return tmp_path


def test_networks_are_trained_again_each_in_a_folder_of_its_own(repository, tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    folders = train_again(orders([0, 3, 4]), tmp_path, repository)
    assert [(folder / "history.npz").is_file() for folder in folders] == [True] * 3


def test_a_training_that_fails_is_said_at_once_and_ends_the_others(repository, tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    begin = time.monotonic()
    with pytest.raises(StudyError, match=r"^mnist ch3l3 1 could not be trained: no room$"):
        train_again(orders([2, 1, 0]), tmp_path, repository)
    assert time.monotonic() - begin < 30
    assert not (tmp_path / "2").exists()


def test_trainings_end_with_what_started_them(repository, tmp_path, monkeypatch):
    def interrupted(_):
        raise SystemExit(143)

    records, started, popen = orders([2]), [], subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *words, **more: started.append(popen(*words, **more)) or started[-1]
    )
    monkeypatch.setattr("study.provenance.recorded.time.sleep", interrupted)
    with pytest.raises(SystemExit):
        train_again(records, tmp_path, repository)
    assert [process.returncode for process in started] == [-signal.SIGTERM]
