"""Each kind of edit, made in a copy of a finished study, and exactly the jobs that Snakemake then schedules.

docs/reruns.md is this table.
"""

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.workflow.conftest import ROOT, contents, snakemake

DOCUMENT = ROOT / "docs/reruns.md"
CONFIG = "config/smoke.yaml"
SMOKE = ["--configfile", CONFIG]

# Jobs are named by their rule and wildcards; `*` stands for any of the finished study's.


@dataclass(frozen=True)
class Jobs:
    """Jobs that often rerun together, under one name."""

    name: str
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """What is edited, how, and the jobs that this concerns."""

    what: str
    make: Callable[[Path], object]
    reruns: tuple[str | Jobs, ...]

    @property
    def patterns(self) -> list[str]:
        return [pattern for jobs in self.reruns for pattern in (jobs.patterns if isinstance(jobs, Jobs) else (jobs,))]


PERTURBATIONS = ("random_pruning", "weight_order", "reverse_weight_order", "weight_shuffling", "weight_noise")

WEIGHTS = Jobs("the weights", ("weight_magnitudes *", "fig6_weight_magnitudes"))
SWEEP_FIGURES = Jobs(
    "the figures of damage",
    ("fig4_link_removal", "fig5_shuffling_and_noise", "robustness_areas", "robustness_paths"),
)
LEARNING_CURVES = Jobs("the learning curves", ("fig3_learning_curves", "active_units"))
ROBUSTNESS_FIGURES = Jobs(
    "the figures of large networks",
    (
        *("fig1_network", "fig2_update_times", *LEARNING_CURVES.patterns),
        *(*SWEEP_FIGURES.patterns, "fig6_weight_magnitudes"),
    ),
)
ROBUSTNESS = Jobs(
    "the robustness study",
    (
        *("train *", "time_updates *", "topology_stages *", "perturb *", "weight_magnitudes *"),
        *(*ROBUSTNESS_FIGURES.patterns, "fig7_topology_update", "check_claims"),
    ),
)
SCORES = Jobs("the figures of scores", ("asonn_accuracy", "asonn_ranks", "asonn_rules"))
ASONN_FIGURES = (*SCORES.patterns, *(f"asonn_{name}" for name in ("hypercuboids", "growth", "network", "explanation")))
ASONN = Jobs(
    "the ASONN study",
    ("evaluate_classifiers *", "find_hypercuboids *", "explain_asonn *", *ASONN_FIGURES, "check_claims"),
)
FIGURES = Jobs("all figures", (*ROBUSTNESS_FIGURES.patterns, "fig7_topology_update", *ASONN_FIGURES))
GROUPS = [WEIGHTS, LEARNING_CURVES, SWEEP_FIGURES, ROBUSTNESS_FIGURES, ROBUSTNESS, SCORES, ASONN, FIGURES]


# --- edits -----------------------------------------------------------------------------------------------------------


def code(name: str) -> Callable[[Path], object]:
    """Another line of code at the end of a file."""

    def make(folder):
        path = folder / name
        path.write_text(path.read_text() + "\nEDITED = True\n")

    return make


def text(name: str, old: str, new: str) -> Callable[[Path], object]:
    def make(folder):
        before = (folder / name).read_text()
        assert old in before
        (folder / name).write_text(before.replace(old, new))

    return make


def config(old: str, new: str) -> Callable[[Path], object]:
    return text(CONFIG, old, new)


def all_at_once(*edits: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: [make(folder) for make in edits]


def reformat(folder: Path) -> None:
    """All code with other docstrings, without its comments but a new one, and in another layout."""
    for path in (folder / "src").rglob("*.py"):
        tree = ast.parse(path.read_bytes())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                node.body[0].value = ast.Constant("Another docstring.")
        path.write_text("# Another comment.\n" + ast.unparse(tree))


def touch(folder: Path) -> None:
    """A new date for every file that is not a result: of the repository, and of the data."""
    for name in ("Snakefile", "config", "envs", "src", "workflow", "resources"):
        for path in [folder / name, *(folder / name).rglob("*")]:
            path.touch()


def delete(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def without_notes(folder: Path) -> None:
    shutil.rmtree(folder / ".snakemake")


def own_image_set(folder: Path) -> None:
    images, labels = np.arange(160, dtype=np.uint8).reshape(10, 4, 4), np.arange(10) % 2
    (folder / "my data").mkdir()
    np.savez(folder / "my data/mine.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    config("mirror: null", "mirror: null, image_sets: {mine: {npz: my data/mine.npz}}")(folder)
    config("datasets: [digits]", "datasets: [digits, mine]")(folder)


def own_rule(folder: Path) -> None:
    rules = folder / "src/sparse_training/regrowth"
    (rules / "mine.py").write_text((rules / "random.py").read_text().replace('"random"', '"mine"'))
    config("[ch3l3, random]", "[ch3l3, random, mine]")(folder)


def own_perturbation(folder: Path) -> None:
    unused_module(folder)
    config("weight_noise:", "mine: [0, 1]\n      weight_noise:")(folder)


def unused_module(folder: Path) -> None:
    perturbations = folder / "src/sparse_training/perturbations"
    (perturbations / "mine.py").write_text(
        (perturbations / "weight_noise.py").read_text().replace("weight_noise", "mine")
    )


# --- the table -------------------------------------------------------------------------------------------------------

EDITS = [
    # nothing
    Edit("nothing", lambda folder: None, ()),
    Edit("comments, docstrings and layout of all code at once", reformat, ()),
    Edit("the dates of all files of the repository and of the data, as after `git clone` or `cp`", touch, ()),
    Edit("a profile", text("profiles/default/config.yaml", "printshellcmds: true", ""), ()),
    Edit("memory and run time of a rule", text("workflow/rules/training.smk", "runtime=720", "runtime=9"), ()),
    Edit("a caption of the report", text("workflow/report/fig1_network.rst", " ", "  "), ()),
    Edit("a version in `envs/environment.yaml`", text("envs/environment.yaml", "numpy==", "numpy==9."), ()),
    Edit("a script that no rule runs, such as `src/verify.py`", code("src/verify.py"), ()),
    Edit("a module more that nothing names", unused_module, ()),
    # the configuration
    Edit("`data.mirror`", config("mirror: null", "mirror: /a/mirror"), ("save_configuration",)),
    Edit("`checkpoint_every`", config("checkpoint_every: 2", "checkpoint_every: 3"), ("save_configuration",)),
    Edit(
        "a setting of training",
        config("learning_rate: 0.05", "learning_rate: 0.04"),
        ("save_configuration", ROBUSTNESS),
    ),
    Edit(
        "`seeds`: one network more for the learning curves",
        config("seeds: 2", "seeds: 3"),
        ("save_configuration", "train digits/ch3l3/2", "train digits/random/2", LEARNING_CURVES, "check_claims"),
    ),
    Edit(
        "`networks`: one network more to be damaged",
        config("networks: 2", "networks: 3"),
        (
            *("save_configuration", "train digits/ch3l3/2", "train digits/random/2", "perturb *", SWEEP_FIGURES),
            *(WEIGHTS, "check_claims"),
        ),
    ),
    Edit(
        "the levels of one perturbation",
        config("weight_noise: [0, 0.5, 1]", "weight_noise: [0, 0.5, 1, 2]"),
        (
            *("save_configuration", "perturb digits/*/weight_noise", "fig5_shuffling_and_noise", "robustness_areas"),
            "check_claims",
        ),
    ),
    Edit("`bin_width`", config("bin_width: 0.1", "bin_width: 0.2"), ("save_configuration", WEIGHTS, "check_claims")),
    Edit("`strongest`", config("strongest: 0.2", "strongest: 0.1"), ("save_configuration", "fig1_network")),
    Edit(
        "an image set more",
        own_image_set,
        (
            *("save_configuration", "import_images mine", "time_updates mine"),
            *(f"train mine/{rule}/{seed}" for rule in ("ch3l3", "random") for seed in (0, 1)),
            *(f"perturb mine/{rule}/{name}" for rule in ("ch3l3", "random") for name in PERTURBATIONS),
            *("weight_magnitudes mine/ch3l3", "weight_magnitudes mine/random", "fig2_update_times", LEARNING_CURVES),
            *(SWEEP_FIGURES, "fig6_weight_magnitudes", "check_claims"),
        ),
    ),
    Edit(
        "a regrowth rule more, and its name in the configuration",
        own_rule,
        (
            *("save_configuration", "train digits/mine/0", "train digits/mine/1"),
            *(f"perturb digits/mine/{name}" for name in PERTURBATIONS),
            *("weight_magnitudes digits/mine", "time_updates *", ROBUSTNESS_FIGURES, "check_claims"),
        ),
    ),
    Edit(
        "a perturbation more, and its levels in the configuration",
        own_perturbation,
        (
            *("save_configuration", "perturb digits/ch3l3/mine", "perturb digits/random/mine", "robustness_areas"),
            "check_claims",
        ),
    ),
    Edit(
        "a table more",
        config("tables: [iris, wine]", "tables: [iris, wine, breast_cancer]"),
        (
            *("save_configuration", "prepare_table breast_cancer", "evaluate_classifiers breast_cancer", SCORES),
            "check_claims",
        ),
    ),
    Edit(
        "a classifier more",
        config("naive_bayes]", "naive_bayes, svm]"),
        ("save_configuration", "evaluate_classifiers *", SCORES, "check_claims"),
    ),
    # code
    Edit(
        "the code of one regrowth rule",
        code("src/sparse_training/regrowth/random.py"),
        (
            *("train digits/random/*", "perturb digits/random/*", "weight_magnitudes digits/random", "time_updates *"),
            *(ROBUSTNESS_FIGURES, "check_claims"),
        ),
    ),
    Edit(
        "the code of one perturbation",
        code("src/sparse_training/perturbations/weight_noise.py"),
        ("perturb digits/*/weight_noise", "fig5_shuffling_and_noise", "robustness_areas", "check_claims"),
    ),
    Edit("code that training runs", code("src/sparse_training/engine.py"), (ROBUSTNESS,)),
    Edit(
        "code that only sweeps run",
        code("src/sparse_training/perturbation.py"),
        ("perturb *", SWEEP_FIGURES, "check_claims"),
    ),
    Edit("ASONN's code", code("src/asonn/inference.py"), (ASONN,)),
    Edit("the style of figures", text("src/study/plots/style.py", '"font.size": 8', '"font.size": 9'), (FIGURES,)),
    Edit("the drawing of one figure", code("src/figure_active_units.py"), ("active_units",)),
    Edit(
        "the definition of a claim",
        text("src/study/claims/robustness.py", "region=Region(high=0.1),", "region=Region(high=0.2),"),
        ("check_claims",),
    ),
    Edit(
        "the command of a rule",
        text("workflow/rules/weights.smk", "--bin-width {params.bin_width}", "--bin-width={params.bin_width}"),
        (WEIGHTS, "check_claims"),
    ),
    # results
    Edit("a figure that was deleted", delete("figures/smoke/active_units.pdf"), ("active_units",)),
    Edit(
        "a result that was deleted, while all figures made of it exist",
        delete("results/smoke/weights/digits/random.csv"),
        (),
    ),
    Edit("results without Snakemake's own notes on them, the folder `.snakemake`", without_notes, ()),
    Edit("the same, and data of newer dates", all_at_once(without_notes, touch), (ROBUSTNESS, ASONN)),
]


# --- the test --------------------------------------------------------------------------------------------------------


def scheduled_jobs(dry_run: str) -> set[str]:
    """`train digits/random/0` for each job that a dry run lists, but for `all`."""
    jobs = set()
    for block in re.split(r"^(?:local)?rule ", dry_run, flags=re.M)[1:]:
        rule = block.partition(":")[0]
        wildcards = re.search(r"^    wildcards: (.*)$", block.partition("\n\n")[0], re.M)
        values = [pair.partition("=")[2] for pair in wildcards[1].split(", ")] if wildcards else []
        jobs.add(" ".join([rule, "/".join(values)]).strip())
    return jobs - {"all"}


def copy(finished: Path, folder: Path) -> Path:
    return shutil.copytree(finished, folder, symlinks=True, ignore=shutil.ignore_patterns("*.nb?"))  # compiled code


def after(make: Callable[[Path], object], folder: Path, *arguments: str) -> str:
    """What a dry run says after an edit."""
    make(folder)
    result = snakemake(folder, "-n", *SMOKE, *arguments)
    assert result.returncode == 0, result.stdout[-3000:]
    return result.stdout


@pytest.fixture(scope="module")
def all_jobs(finished, tmp_path_factory) -> set[str]:
    """Every job of the study."""
    folder = copy(finished, tmp_path_factory.mktemp("all") / "copy")
    return scheduled_jobs(after(lambda folder: None, folder, "--forceall"))


@pytest.fixture(scope="module")
def dry_runs(request, finished, tmp_path_factory) -> Iterator[dict[str, Future[str]]]:
    """The dry runs of all edits that are asked for, two at a time."""
    wanted = [item.callspec.params["edit"] for item in request.session.items if "dry_runs" in item.fixturenames]
    folder = tmp_path_factory.mktemp("reruns")

    def run(edit: Edit, number: int) -> str:
        return after(edit.make, copy(finished, folder / str(number)))

    with ThreadPoolExecutor(2) as pool:
        yield {edit.what: pool.submit(run, edit, number) for number, edit in enumerate(wanted)}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.what)
def test_an_edit_schedules_exactly_the_jobs_that_depend_on_it(edit, dry_runs, all_jobs):
    expected = set()
    for pattern in edit.patterns:
        matching = {job for job in all_jobs if fnmatchcase(job, pattern)} if "*" in pattern else {pattern}
        assert matching, pattern
        expected |= matching
    assert scheduled_jobs(dry_runs[edit.what].result()) == expected


def test_results_without_notes_are_accepted_by_touch_and_edits_are_noticed_again(finished, tmp_path, all_jobs):
    folder = copy(finished, tmp_path / "copy")
    without_notes(folder)
    touch(folder)
    before = contents(folder)
    assert snakemake(folder, "--touch", "--forceall", "--cores", "1", *SMOKE).returncode == 0
    assert contents(folder) == before
    assert scheduled_jobs(after(code("src/figure_active_units.py"), folder)) == {"active_units"}


@pytest.mark.parametrize("profile", ["default", "slurm"])
def test_profiles_compare_data_of_any_size_by_content(profile):
    settings = yaml.safe_load((ROOT / f"profiles/{profile}/config.yaml").read_text())
    assert settings["max-checksum-file-size"] == "10GB"


def test_the_documentation_lists_these_edits_and_no_others():
    def said(jobs: tuple[str | Jobs, ...]) -> str:
        return ", ".join(job.name if isinstance(job, Jobs) else f"`{job}`" for job in jobs) or "nothing"

    tables = DOCUMENT.read_text().partition("How this works")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", tables, re.M)
    expected = [(edit.what, said(edit.reruns)) for edit in EDITS] + [
        (jobs.name, said(jobs.patterns)) for jobs in GROUPS
    ]
    assert [row for row in rows if row[0] not in ("---", "edit", "name")] == expected
