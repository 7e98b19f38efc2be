"""Records of a finished study, and what `verify.py` says once something is changed."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import verify as verify_script
from study.provenance.record import record_digest
from study.provenance.verify import read_record, verify
from study.workflow.jobs import Job, dry_run
from tests.workflow.conftest import ROOT

MADE = ("figures", "resources", "results", "workflow")  # workflow: the template of the claims page is an input
FIGURE = "figures/smoke/fig3_learning_curves"
NETWORK = "results/smoke/training/digits/ch3l3/0"


@pytest.fixture(scope="module")
def jobs(finished) -> list[Job]:
    """All that keep a record."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(finished)
        return [job for job in dry_run(["config/smoke.yaml"], ["--forceall"]) if job.record]


@pytest.fixture
def made(finished, tmp_path, monkeypatch) -> Path:
    """The working directory: a copy of what the study made, nothing else."""
    for name in MADE:
        shutil.copytree(finished / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_of_two_configuration_files_is_verified_by_both(monkeypatch):
    asked = []
    monkeypatch.setattr(verify_script, "dry_run", lambda *arguments: asked.append(arguments) or [])
    verify_script.main(["--configfile", "config/paper.yaml", "config/recorded.yaml"])
    assert asked == [([Path("config/paper.yaml"), Path("config/recorded.yaml")], ["--forceall"])]


def test_the_record_of_each_job_has_every_file_that_snakemake_knows_of_it(finished, jobs):
    assert len(jobs) > 40
    for job in jobs:
        record = read_record(finished / job.record)
        assert record["script"] == job.command.script
        assert {file for files in record["outputs"].values() for file in files} == {*job.outputs} - {job.record}
        assert {file for files in record["inputs"].values() for file in files} == {*job.inputs}


def test_every_record_says_which_code_and_which_arguments_made_it(finished, jobs):
    for job in jobs:
        record = read_record(finished / job.record)
        assert record["code"] == job.command.value("code")
        assert record["study"] == (None if job.record.startswith("resources/") else "smoke")
        assert record["threads"] >= 1
    trained = read_record(finished / NETWORK / "network.json")
    assert trained["arguments"]["epochs"] == 4
    assert trained["arguments"]["hidden_sizes"] == [40, 40]
    assert trained["arguments"]["remove_disconnected"] is True
    assert trained["seeds"] == {"seed": 0}
    assert set(trained["uncounted"]) == {"checkpoint", "checkpoint_seconds"}


def test_the_documentation_shows_a_record_as_it_is_and_explains_each_key(finished):
    page = (ROOT / "docs/provenance.md").read_text()
    shown = json.loads(re.search(r"```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[1])
    made = read_record(finished / f"{FIGURE}.json")
    assert list(shown) == list(made)
    assert shown["digest"] == record_digest(shown)
    rows = re.search(r"^\| key \| \|\n(.*?)\n\n", page, re.MULTILINE | re.DOTALL)[1].splitlines()
    assert [key for row in rows for key in re.findall(r"`(\w+)`", row.split("|")[1])] == list(made)


def test_a_finished_study_is_in_order(made, jobs):
    findings = verify(jobs)
    assert (findings.problems, findings.strays, findings.unknown) == ([], [], [])


def test_a_changed_figure_is_named(made, jobs):
    path = made / f"{FIGURE}.csv"
    path.write_text(path.read_text() + "\n")
    assert verify(jobs).problems == [f"{FIGURE}.csv: not the file that was made; its SHA-256 is not that in its record"]


def test_a_figure_of_another_run_is_named_although_its_record_came_with_it(made, jobs):
    path = made / f"{FIGURE}.json"
    record = json.loads(path.read_text())
    other = (made / f"{FIGURE}.png").read_bytes().replace(record["digest"].encode(), b"0" * 64)
    (made / f"{FIGURE}.png").write_bytes(other)
    assert f"{FIGURE}.png: does not carry the digest of its record" in verify(jobs).problems


def test_a_missing_output_is_named(made, jobs):
    (made / NETWORK / "topology.csv").unlink()
    assert verify(jobs).problems == [f"{NETWORK}/topology.csv: missing"]


def test_a_changed_result_is_named_with_all_that_was_made_of_it(made, jobs):
    path = made / NETWORK / "history.csv"
    path.write_text(path.read_text().replace("1", "2", 1))
    assert verify(jobs).problems == [
        f"{NETWORK}/history.csv: not the file that {FIGURE}.json was made of",
        f"{NETWORK}/history.csv: not the file that results/smoke/claims.json was made of",
        f"{NETWORK}/history.csv: not the file that was made; its SHA-256 is not that in its record",
    ]


def test_an_edited_record_is_named(made, jobs):
    path = made / NETWORK / "network.json"
    path.write_text(path.read_text().replace('"epochs": 4', '"epochs": 400'))
    assert verify(jobs).problems == [f"{NETWORK}/network.json: was edited; its digest is not that of its content"]


def test_a_figure_without_a_record_cannot_be_traced(made, jobs):
    (made / f"{FIGURE}.json").unlink()
    assert verify(jobs).problems == [f"{FIGURE}.json: missing; what figure_learning_curves.py made cannot be traced"]


def test_files_that_nothing_explains_are_warnings(made, jobs):
    (made / "figures/smoke/draft.png").write_bytes(b"")
    shutil.copytree(made / NETWORK, made / "results/smoke/training/digits/ch3l3/9")
    forgotten = made / "results/smoke/training/digits/ch3l3/9/network.json"
    forgotten.write_text(forgotten.read_text().replace("ch3l3/0/", "ch3l3/9/"))
    findings = verify(jobs)
    assert findings.problems == []
    assert findings.strays == [
        "figures/smoke/draft.png: not listed in any provenance record",
        "results/smoke/training/digits/ch3l3/9/network.json: the configuration does not ask for what train.py made",
    ]


def test_in_a_fresh_clone_the_code_and_the_configuration_are_compared_and_what_is_absent_is_unknown(
    finished, tmp_path, jobs
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
    assert "unknown: resources/images/digits.json: missing; what prepare_digits.py made cannot be traced" in lines
    assert result.stderr.splitlines()[-1] == f"Study smoke, {len(jobs)} records: {len(expected)} problems found."


def test_a_study_that_no_configuration_names_is_one_sentence(finished):
    result = subprocess.run(
        [sys.executable, "src/verify.py", "absent"], cwd=finished, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr.startswith(
        "No configuration in config/ is named absent; there are demo, methods, paper, short, smoke"
    )
