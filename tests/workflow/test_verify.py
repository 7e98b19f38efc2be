"""Records of a finished study, and what `verify.py` says once something is changed."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from study.provenance.record import record_digest
from study.provenance.verify import read_record, verify
from study.workflow.commands import Command, changes, commands_of
from tests.workflow.conftest import ROOT, snakemake

MADE = ("figures", "resources", "results")
FIGURE = "figures/smoke/fig3_learning_curves"
NETWORK = "results/smoke/training/digits/ch3l3/0"


@pytest.fixture(scope="module")
def dry_run(finished) -> str:
    result = snakemake(finished, "-n", "--forceall", "--printshellcmds", "--configfile", "config/smoke.yaml")
    assert result.returncode == 0
    return result.stdout


@pytest.fixture(scope="module")
def commands(dry_run) -> list[Command]:
    return commands_of(dry_run)


@pytest.fixture
def made(finished, tmp_path, monkeypatch) -> Path:
    """The working directory: a copy of what the study made, nothing else."""
    for name in MADE:
        shutil.copytree(finished / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_record_of_each_job_has_every_file_that_snakemake_knows_of_it(finished, dry_run):
    dry_run = re.sub(r" \(\w+\)(?=, |$)", "", dry_run, flags=re.MULTILINE)  # flags of outputs, such as (update)
    jobs = re.findall(
        r"^    input: (.+)$|^    output: (.+)$|^Shell command: python \S*?(\w+\.py) ", dry_run, re.MULTILINE
    )
    declared, inputs, outputs = [], [], []
    for read, written, script in jobs:
        inputs, outputs = read.split(", ") if read else inputs, written.split(", ") if written else outputs
        if script:
            declared.append((script, set(inputs), set(outputs)))
            inputs = []
    assert len(declared) == dry_run.count(" --record ")
    for script, inputs, outputs in declared:
        (path,) = (path for path in outputs if path.endswith(".json"))
        record = json.loads((finished / path).read_text())
        assert record["script"] == script
        assert {file for files in record["outputs"].values() for file in files} == outputs - {path}
        assert {file for files in record["inputs"].values() for file in files} == inputs


def test_every_record_says_which_code_and_which_arguments_made_it(finished, commands):
    for command in commands:
        record = read_record(finished / command.record)
        assert record["code"] == command.code
        assert record["study"] == (None if command.record.startswith("resources/") else "smoke")
        assert record["threads"] >= 1
    trained = read_record(finished / NETWORK / "network.json")
    assert trained["arguments"]["epochs"] == 4
    assert trained["arguments"]["hidden_sizes"] == [40, 40]
    assert trained["arguments"]["remove_disconnected"] is True
    assert trained["seeds"] == {"seed": 0}
    assert set(trained["uncounted"]) == {"checkpoint", "checkpoint_every"}


def test_the_documentation_shows_a_record_as_it_is_and_explains_each_key(finished):
    page = (ROOT / "docs/provenance.md").read_text()
    shown = json.loads(re.search(r"```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[1])
    made = read_record(finished / f"{FIGURE}.json")
    assert list(shown) == list(made)
    assert shown["digest"] == record_digest(shown)
    rows = re.search(r"^\| key \| \|\n(.*?)\n\n", page, re.MULTILINE | re.DOTALL)[1].splitlines()
    assert [key for row in rows for key in re.findall(r"`(\w+)`", row.split("|")[1])] == list(made)


def test_a_finished_study_is_in_order(made, commands):
    findings = verify(commands)
    assert (findings.problems, findings.strays, findings.unknown) == ([], [], [])


def test_a_changed_figure_is_named(made, commands):
    path = made / f"{FIGURE}.csv"
    path.write_text(path.read_text() + "\n")
    assert verify(commands).problems == [
        f"{FIGURE}.csv: not the file that was made; its SHA-256 is not that in its record"
    ]


def test_a_figure_of_another_run_is_named_although_its_record_came_with_it(made, commands):
    path = made / f"{FIGURE}.json"
    record = json.loads(path.read_text())
    other = (made / f"{FIGURE}.png").read_bytes().replace(record["digest"].encode(), b"0" * 64)
    (made / f"{FIGURE}.png").write_bytes(other)
    assert f"{FIGURE}.png: does not carry the digest of its record" in verify(commands).problems


def test_a_missing_output_is_named(made, commands):
    (made / NETWORK / "topology.csv").unlink()
    assert verify(commands).problems == [f"{NETWORK}/topology.csv: missing"]


def test_a_changed_result_is_named_with_all_that_was_made_of_it(made, commands):
    path = made / NETWORK / "history.csv"
    path.write_text(path.read_text().replace("1", "2", 1))
    assert verify(commands).problems == [
        f"{NETWORK}/history.csv: not the file that {FIGURE}.json was made of",
        f"{NETWORK}/history.csv: not the file that results/smoke/claims.json was made of",
        f"{NETWORK}/history.csv: not the file that was made; its SHA-256 is not that in its record",
    ]


def test_an_edited_record_is_named(made, commands):
    path = made / NETWORK / "network.json"
    path.write_text(path.read_text().replace('"epochs": 4', '"epochs": 400'))
    assert verify(commands).problems == [f"{NETWORK}/network.json: was edited; its digest is not that of what it says"]


@pytest.mark.parametrize("text", [None, "not JSON", "{}"])
def test_a_study_without_a_record_cannot_be_traced(made, commands, text):
    path = made / f"{FIGURE}.json"
    path.unlink() if text is None else path.write_text(text)
    (problem,) = verify(commands).problems
    assert problem.startswith(f"{FIGURE}.json: {'not there' if text is None else 'no record'}")


def test_files_that_nothing_explains_are_warnings(made, commands):
    (made / "figures/smoke/draft.png").write_bytes(b"")
    shutil.copytree(made / NETWORK, made / "results/smoke/training/digits/ch3l3/9")
    forgotten = made / "results/smoke/training/digits/ch3l3/9/network.json"
    forgotten.write_text(forgotten.read_text().replace("ch3l3/0/", "ch3l3/9/"))
    findings = verify(commands)
    assert findings.problems == []
    assert findings.strays == [
        "figures/smoke/draft.png: no record knows it",
        "results/smoke/training/digits/ch3l3/9/network.json: the configuration does not ask for what train.py made",
    ]


def test_in_a_fresh_clone_the_code_and_the_configuration_are_compared_and_what_is_absent_is_unknown(
    finished, tmp_path, commands
):
    ignore = shutil.ignore_patterns(".snakemake", "resources")
    folder = shutil.copytree(finished, tmp_path / "clone", symlinks=True, ignore=ignore)
    rule = folder / "src/sparse_training/regrowth/random.py"
    rule.write_text(rule.read_text() + "\nEDITED = True\n")
    config = folder / "config/smoke.yaml"
    config.write_text(config.read_text().replace("weight_noise: [0, 0.5, 1]", "weight_noise: [0, 0.5, 2]"))
    result = subprocess.run([sys.executable, "src/verify.py", "smoke"], cwd=folder, capture_output=True, text=True)
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    problems = [line for line in lines if not line.startswith("unknown: ")]
    networks = [f"results/smoke/training/digits/random/{seed}/network.json" for seed in (0, 1)]
    sweeps = [f"results/smoke/perturbations/digits/{rule}/weight_noise.json" for rule in ("ch3l3", "random")]
    expected = [f"{path}: made by other code; train.py or what it imports has changed" for path in networks]
    expected.append(
        "results/smoke/update_times/digits.json: made by other code; time_updates.py or what it imports has changed"
    )
    levels = "robustness.perturbations.levels.weight_noise was [0, 0.5, 1] and is now [0, 0.5, 2]"
    expected.append(f"results/smoke/config.json: {levels}")
    for path in sweeps:
        expected += [f"{path}: --levels no longer include 1", f"{path}: --levels now also include 2"]
    assert sorted(problems) == sorted(expected)
    assert "unknown: resources/images/digits.json: not there; what prepare_digits.py made cannot be traced" in lines
    assert (
        result.stderr.splitlines()[-1] == f"Study smoke, {len(commands)} records: {len(expected)} thing(s) are wrong."
    )


def test_a_study_that_no_configuration_names_is_one_sentence(finished):
    result = subprocess.run(
        [sys.executable, "src/verify.py", "absent"], cwd=finished, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr.startswith("No configuration in config/ is named absent; there are demo, paper, short, smoke")


def difference(before: str, now: str, apart=()) -> list[str]:
    return list(changes(Command.parse(before), Command.parse(now), apart))


def test_commands_are_compared_argument_by_argument():
    before = "python src/perturb.py a.npz b.npz --levels 0 0.5 --no-readout --repeats 1 --record x.json > x.log 2>&1"
    assert difference(before, before.replace("src/", "/elsewhere/src/").replace("x.log", "y.log")) == []
    assert difference(before, before.replace("--no-readout", "--readout")) == ["--readout was no and is now yes"]
    assert difference(before, before.replace("--repeats 1", "--repeats 3")) == ["--repeats was 1 and is now 3"]
    assert difference(before, before.replace("--repeats 1", "--repeats 3"), apart={"repeats"}) == []
    assert difference(before, before.replace("--repeats 1 ", "")) == ["--repeats was 1 and is now not given"]
    assert difference(before, before.replace("b.npz", "c.npz d.npz e.npz f.npz g.npz")) == [
        "inputs no longer include b.npz",
        "inputs now also include c.npz, d.npz, e.npz and 2 more",
    ]
    assert difference(before, before.replace("--repeats 1", "--repeats=1")) == []
    assert difference(before, before.replace("a.npz b.npz", "b.npz a.npz")) == [
        "inputs was a.npz b.npz and is now b.npz a.npz"
    ]
    assert difference(before, before.replace("perturb.py", "damage.py")) == [
        "made by perturb.py, which now would be damage.py"
    ]
