"""A finished study is packed, unpacked into a clone, drawn again and trained again."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from study.errors import StudyError
from study.files import sha256
from study.provenance.archive import ABOUT, DESCRIPTION, MEMORY, SUMS, Archive, unpack, write_archive
from study.provenance.packing import NETWORKS, members_of
from study.results_page.page import BLOCKS, block_of, page_of
from study.results_page.recorded import Recorded
from study.workflow.jobs import Job, dry_run
from tests.workflow.conftest import contents, copy_repository, snakemake
from tests.workflow.conftest import dry_run as what_would_run
from write_results import main as write_results

STUDY = ["--configfile", "config/smoke.yaml"]
NETWORK = "results/smoke/training/digits/random/1/network.npz"  # Fig. 1 draws number 0
FIGURE = "figures/smoke/fig4_link_removal"


@pytest.fixture(scope="module")
def jobs(finished) -> list[Job]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(finished)
        return dry_run(["config/smoke.yaml"], ["--forceall"])


@pytest.fixture(scope="module")
def archives(finished, jobs, tmp_path_factory) -> dict[str, Path]:
    """The whole study, and as it is recorded."""
    folder = tmp_path_factory.mktemp("archives")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(finished)
        for name in ("whole", "recorded"):
            write_archive(folder / f"{name}.zip", members_of(jobs, [], finished, recorded=name == "recorded"))
    return {name: folder / f"{name}.zip" for name in ("whole", "recorded")}


@pytest.fixture(scope="module")
def clones(archives, tmp_path_factory) -> dict[str, Path]:
    """Clones into which the two were unpacked."""
    folders = {}
    for name, path in archives.items():
        folders[name] = copy_repository(tmp_path_factory.mktemp(name))
        with Archive(path) as archive:
            unpack(archive, folders[name])
    return folders


def test_in_a_clone_with_the_whole_study_nothing_is_to_be_done(finished, clones):
    assert "Nothing to be done" in what_would_run(clones["whole"], *STUDY).stdout
    made, was = contents(clones["whole"]), contents(finished)
    packed = {name for name in was if name.startswith(("figures/", "resources/", "results/"))}
    packed -= {name for name in packed if "/benchmarks/" in name or "/calibration/" in name}
    assert {name: made[name] for name in packed} == {name: was[name] for name in packed}


def test_what_was_edited_since_runs_again_and_nothing_else(archives, tmp_path):
    folder = copy_repository(tmp_path)
    config = folder / "config/smoke.yaml"
    config.write_text(config.read_text().replace("strongest: 0.2", "strongest: 0.3"))
    with Archive(archives["whole"]) as archive:
        unpack(archive, folder)
    output = what_would_run(folder, *STUDY).stdout
    assert "fig1_network" in output
    assert "figure_robustness.py" not in output
    assert "train.py" not in output


def test_the_recorded_study_has_what_figures_are_drawn_from_and_draws_them_to_the_byte(finished, clones):
    folder = clones["recorded"]
    assert not (folder / NETWORK).exists()
    assert not (folder / "resources").exists()
    assert not (folder / f"{FIGURE}.pdf").exists()
    targets = [f"{FIGURE}.{suffix}" for suffix in ("pdf", "png")]
    redraw = ["--cores", "1", "--configfile", "results/smoke/config.yaml", "--rerun-triggers", "mtime"]
    result = snakemake(folder, *redraw, "--", *targets)
    assert result.returncode == 0, result.stdout
    assert "1 of 1 steps" in result.stdout
    assert [(folder / name).read_bytes() for name in targets] == [(finished / name).read_bytes() for name in targets]


def test_only_drawings_are_missing_in_the_recorded_study(clones):
    output = what_would_run(clones["recorded"], "--configfile", "results/smoke/config.yaml").stdout
    assert "figure_update_times.py" in output
    for script in ("train.py", "perturb.py", "time_updates.py", "evaluate_classifiers.py", "check_claims.py"):
        assert script not in output


def test_a_recorded_study_grows_by_new_networks_alone(finished, archives, jobs, tmp_path):
    folder = copy_repository(tmp_path)
    groups = folder / "src/study/workflow/resources.py"
    groups.write_text(groups.read_text().replace("GROUP = 5", "GROUP = 2"))
    for old, new in (("seeds: 2", "seeds: 3"), ("networks: 2", "networks: 3")):
        config = folder / "config/smoke.yaml"
        config.write_text(config.read_text().replace(old, new))
    with Archive(archives["recorded"]) as archive:
        unpack(archive, folder)
    (made,) = (job.outputs for job in jobs if job.rule == "prepare_digits")
    for path in made:  # the image set, with a date after that of the results
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(finished / path, folder / path)
        os.utime(folder / path, ns=(time.time_ns() + 10**9,) * 2)
    output = what_would_run(folder, *STUDY).stdout
    trained = re.findall(r"train\.py .*?--rule (\w+) --seed (\d+)", output)
    assert sorted(trained) == [("ch3l3", "2"), ("random", "2")]
    swept = re.findall(r"perturb\.py (.*?) --images .*?--output (\S+)", output)
    assert len(swept) == 2 * 5
    for networks, path in swept:
        assert networks.endswith("/2/network.npz")
        assert " " not in networks
        assert path.endswith("_from_2.csv")
    assert output.count("weight_magnitudes.py ") == 2 + 1  # and the figure


def test_networks_that_are_recorded_need_not_be_there_when_the_study_is_recorded_again(
    finished, jobs, archives, tmp_path, monkeypatch
):
    monkeypatch.chdir(shutil.copytree(finished, tmp_path / "clone", symlinks=True))
    Path(NETWORK).unlink()
    Path(NETWORK).with_name("timings.csv").unlink()
    shutil.rmtree("resources")
    write_archive(Path("again.zip"), members_of(jobs, [], finished, recorded=True))
    assert sha256("again.zip") == sha256(archives["recorded"])
    with pytest.raises(StudyError, match=r"network\.npz: missing|resources/\S+ is missing"):
        members_of(jobs, [], finished, recorded=False)
    Path(f"{FIGURE}.csv").unlink()
    with pytest.raises(StudyError, match=f"{FIGURE}.csv: missing"):
        members_of(jobs, [], finished, recorded=True)


def test_the_recorded_study_names_every_network_by_its_checksum(finished, archives):
    with Archive(archives["recorded"]) as archive:
        table = archive.read(NETWORKS).decode()
        about = json.loads(archive.read(ABOUT))
    assert sha256(finished / NETWORK) in table
    assert sha256((finished / NETWORK).with_suffix(".json")) in table
    assert about["networks"] == {"digits": {"ch3l3": 2, "random": 2}}
    assert about["with_networks"] is False
    assert about["cpu_hours"]["all"] > 0


def test_the_crate_describes_every_file_and_one_run_of_the_workflow(archives):
    with Archive(archives["whole"]) as archive:
        graph = {entity["@id"]: entity for entity in json.loads(archive.read(DESCRIPTION))["@graph"]}
        described = {name: entity["sha256"] for name, entity in graph.items() if "sha256" in entity}
        assert described == {name: checksum for name, checksum in archive.sums.items() if name != DESCRIPTION}
    root, run = graph["./"], graph["#run"]
    assert graph[root["mainEntity"]["@id"]]["programmingLanguage"]["@id"].endswith("#snakemake")
    assert run["instrument"] == root["mainEntity"]
    assert {"@id": f"{FIGURE}.pdf"} in run["result"]
    assert {"@id": NETWORK} in run["result"]
    assert {"@id": "resources/images/digits.npz"} in run["object"]
    assert {profile["@id"] for profile in root["conformsTo"]} >= {"https://w3id.org/ro/wfrun/workflow/0.5"}


def test_the_same_study_gives_the_same_archive(finished, jobs, archives, tmp_path, monkeypatch):
    monkeypatch.chdir(finished)
    write_archive(tmp_path / "again.zip", members_of(jobs, [], finished, recorded=True))
    assert sha256(tmp_path / "again.zip") == sha256(archives["recorded"])


def test_a_study_with_jobs_to_be_done_is_not_packed(finished, jobs, monkeypatch):
    monkeypatch.chdir(finished)
    left = [job for job in jobs if job.rule == "perturb"]
    with pytest.raises(StudyError, match=r"not finished: 10 jobs are to be done \(perturb\)"):
        members_of(jobs, left, finished, recorded=False)


def test_a_study_with_a_changed_result_is_not_packed(finished, jobs, tmp_path, monkeypatch):
    for name in ("figures", "resources", "results", "workflow"):
        shutil.copytree(finished / name, tmp_path / name)
    (tmp_path / f"{FIGURE}.csv").write_text("edited\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError, match=f"{FIGURE}.csv: not the file that was made"):
        members_of(jobs, [], finished, recorded=False)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block != "settings"])  # the smallest study has no arms
def test_every_block_of_the_page_of_results_is_written_from_the_recorded_study_alone(archives, block):
    with Archive(archives["recorded"]) as archive:
        text = block_of(block, Recorded(archive))
    assert "|" in text
    assert "nan" not in text
    for paragraph in text.split("\n\n"):
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in paragraph.splitlines()}
        assert len(columns) == 1 or "|" not in paragraph, paragraph


def test_a_study_without_arms_says_so_on_the_page_of_results(archives):
    with Archive(archives["recorded"]) as archive:
        assert block_of("settings", Recorded(archive)) == "Not run in this study.\n"


def test_the_page_of_results_has_every_statement_that_was_tested_and_the_number_of_networks(finished, archives):
    with Archive(archives["recorded"]) as archive:
        page = page_of(Recorded(archive))
    ledger = pd.read_csv(finished / "results/smoke/claims.csv")
    for claim in set(ledger.loc[ledger["outcome"] != "not run", "claim"]):
        assert f"`{claim}`)" in page
    assert "| Digits | 2 | 2 |" in page
    assert "No data in this study: MNIST, Fashion-MNIST, KMNIST, EMNIST letters." in page
    areas = pd.read_csv(finished / "figures/smoke/robustness_areas.csv").query("quantity == 'area' and seed >= 0")
    noise = areas.query("rule == 'random' and perturbation == 'weight_noise'")["value"]
    assert f"| random | 2 | {noise.mean():.4f} ± {noise.std():.4f} |" in page


def test_the_pages_are_written_between_their_marks_and_again_the_same(finished, archives, tmp_path):
    (tmp_path / "recorded/smoke").mkdir(parents=True)
    shutil.copy(archives["recorded"], tmp_path / "recorded/smoke/smoke.zip")
    (tmp_path / "docs").mkdir()
    mark = "<!-- made by src/write_results.py: signs -->\nold\n<!-- end -->\n"
    (tmp_path / "README.md").write_text(f"before\n{mark}after\n")
    pages = []
    for _ in range(2):
        write_results(["--recorded", "smoke", "--repository", str(tmp_path)])
        pages.append([(tmp_path / name).read_text() for name in ("docs/results.md", "README.md")])
    assert pages[0] == pages[1]
    readme = pages[0][1]
    assert readme.startswith("before\n<!-- made by")
    assert readme.endswith("<!-- end -->\nafter\n")
    assert "Networks trained: 2 of CH3-L3, 2 of random on Digits." in readme
    assert "old" not in readme


def test_two_networks_of_a_recorded_study_are_trained_again_and_are_the_same(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "clone", symlinks=True)
    python = [sys.executable, *("-W", "ignore")]
    packed = subprocess.run([*python, "src/pack.py", "smoke", "--recorded"], cwd=folder, capture_output=True, text=True)
    assert packed.returncode == 0, packed.stderr
    recorded = folder / "recorded/smoke"
    assert {path.name for path in recorded.iterdir()} == {
        *("smoke.zip", "about.json", "networks.csv", "config.yaml", "claims.csv", "claims.md")
    }
    with zipfile.ZipFile(recorded / "smoke.zip") as archive:
        assert {SUMS, MEMORY, ABOUT} < set(archive.namelist())
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_LZMA}
    result = subprocess.run(
        [*python, "src/verify.py", "--recorded", "smoke", "--networks", "2"], cwd=folder, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count(": equal to the byte (SHA-256 ") == 2
    assert result.stdout.endswith("2 of 2 networks agree with the recorded ones.\n")
