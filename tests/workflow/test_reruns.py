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

from study.code_digest import _without_docstrings
from tests.workflow.conftest import ROOT, snakemake

DOCUMENT = ROOT / "docs/reruns.md"
CONFIG = "config/smoke.yaml"
SMOKE = ["--configfile", CONFIG]

# Jobs are named by their rule and wildcards; `*` stands for any of the finished study's.
NOTHING = ()
KEPT = ("save_configuration",)  # the configuration is kept beside the results
CLAIMS = ("check_claims",)
NETWORKS = ("train *", "time_updates *", "topology_stages *")
LEARNING = ("fig3_learning_curves", "active_units")
ON_NETWORKS = ("fig1_network", "weight_magnitudes *", "fig6_weight_magnitudes")
REMOVALS = ("fig4_link_removal", "robustness_areas", "robustness_paths")
WEIGHT_CHANGES = ("fig5_shuffling_and_noise", "robustness_areas")
ROBUSTNESS_FIGURES = (
    "fig2_update_times",
    *LEARNING,
    "fig1_network",
    "fig6_weight_magnitudes",
    *REMOVALS,
    *WEIGHT_CHANGES,
)
ROBUSTNESS = (*NETWORKS, "perturb *", *ON_NETWORKS, *ROBUSTNESS_FIGURES, "fig7_topology_update", *CLAIMS)
ASONN_FIGURES = tuple(
    f"asonn_{name}" for name in ("accuracy", "ranks", "rules", "hypercuboids", "network", "explanation")
)
ON_TABLES = ("evaluate_classifiers *", "find_hypercuboids *", "explain_asonn *")
FIGURES = (*ROBUSTNESS_FIGURES, "fig7_topology_update", *ASONN_FIGURES)


@dataclass(frozen=True)
class Edit:
    """What is edited, how, and the jobs that this concerns."""

    what: str
    make: Callable[[Path], object]
    reruns: tuple[str, ...]


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
    """All code without its comments and docstrings, its layout another one, a new comment at the top."""
    for path in (folder / "src").rglob("*.py"):
        path.write_text("# Another comment.\n" + ast.unparse(_without_docstrings(ast.parse(path.read_bytes()))))


def touch(folder: Path) -> None:
    """A new date for every file that is not a result: of the repository, and of the data."""
    for name in ("Snakefile", "config", "envs", "src", "workflow", "resources"):
        for path in [folder / name, *(folder / name).rglob("*")]:
            path.touch()


def results_without_metadata(folder: Path) -> None:
    shutil.rmtree(folder / ".snakemake")


def own_image_set(folder: Path) -> None:
    images, labels = np.arange(160, dtype=np.uint8).reshape(10, 4, 4), np.arange(10) % 2
    np.savez(folder / "mine.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    config("mirror: null", "mirror: null, image_sets: {mine: {npz: mine.npz}}")(folder)
    config("datasets: [digits]", "datasets: [digits, mine]")(folder)


def own_rule(folder: Path) -> None:
    rules = folder / "src/sparse_training/regrowth"
    (rules / "mine.py").write_text((rules / "random.py").read_text().replace('"random"', '"mine"'))
    config("[ch3l3, random]", "[ch3l3, random, mine]")(folder)


def own_perturbation(folder: Path) -> None:
    perturbations = folder / "src/sparse_training/perturbations"
    (perturbations / "mine.py").write_text(
        (perturbations / "weight_noise.py").read_text().replace("weight_noise", "mine")
    )


# --- the table -------------------------------------------------------------------------------------------------------

EDITS = [
    # nothing
    Edit("nothing", lambda folder: None, NOTHING),
    Edit("comments, docstrings and layout of all code at once", reformat, NOTHING),
    Edit("the dates of all files of the repository and of the data, as after `git clone` or `cp`", touch, NOTHING),
    Edit("the profiles", text("workflow/profiles/default/config.yaml", "printshellcmds: true", ""), NOTHING),
    Edit(
        "memory and run time that a rule asks for",
        text("workflow/rules/training.smk", "runtime=720", "runtime=9"),
        NOTHING,
    ),
    Edit("a caption of the report", text("workflow/report/fig1_network.rst", " ", "  "), NOTHING),
    Edit("the versions in `envs/environment.yaml`", text("envs/environment.yaml", "numpy==", "numpy==9."), NOTHING),
    Edit("a script that no rule runs, such as `src/verify.py`", code("src/verify.py"), NOTHING),
    # the configuration
    Edit("`data.mirror`", config("mirror: null", "mirror: /a/mirror"), KEPT),
    Edit("`checkpoint_every`", config("checkpoint_every: 2", "checkpoint_every: 3"), KEPT),
    Edit(
        "a setting of training",
        config("learning_rate: 0.05", "learning_rate: 0.04"),
        (*KEPT, *ROBUSTNESS),
    ),
    Edit(
        "one network more for the learning curves",
        config("seeds: 2", "seeds: 3"),
        (*KEPT, "train digits/ch3l3/2", "train digits/random/2", *LEARNING, *CLAIMS),
    ),
    Edit(
        "one network more for the learning curves and the sweeps",
        all_at_once(config("seeds: 2", "seeds: 3"), config("networks: 2", "networks: 3")),
        (
            *(*KEPT, "train digits/ch3l3/2", "train digits/random/2", *LEARNING, *CLAIMS),
            *("perturb *", *REMOVALS, *WEIGHT_CHANGES, "weight_magnitudes *", "fig6_weight_magnitudes"),
        ),
    ),
    Edit(
        "the levels of one perturbation",
        config("weight_noise: [0, 0.5, 1]", "weight_noise: [0, 0.5, 1, 2]"),
        (*KEPT, "perturb digits/*/weight_noise", *WEIGHT_CHANGES, *CLAIMS),
    ),
    Edit("the width of bins", config("bin_width: 0.1", "bin_width: 0.2"), (*KEPT, *ON_NETWORKS[1:], *CLAIMS)),
    Edit("how much of a network is drawn", config("strongest: 0.2", "strongest: 0.1"), (*KEPT, "fig1_network")),
    Edit(
        "an image set more",
        own_image_set,
        (
            *(*KEPT, "import_images mine", "time_updates mine", "train mine/ch3l3/0", "train mine/ch3l3/1"),
            *("train mine/random/0", "train mine/random/1", "weight_magnitudes mine/ch3l3"),
            "weight_magnitudes mine/random",
            *(
                f"perturb mine/{rule}/{name}"
                for rule in ("ch3l3", "random")
                for name in (
                    *("random_pruning", "weight_order", "reverse_weight_order"),
                    *("weight_shuffling", "weight_noise"),
                )
            ),
            *("fig2_update_times", *LEARNING, "fig6_weight_magnitudes", *REMOVALS, *WEIGHT_CHANGES, *CLAIMS),
        ),
    ),
    Edit(
        "a table more",
        config("tables: [iris, wine]", "tables: [iris, wine, breast_cancer]"),
        (
            *(*KEPT, "prepare_table breast_cancer", "evaluate_classifiers breast_cancer"),
            *("asonn_accuracy", "asonn_ranks", "asonn_rules", *CLAIMS),
        ),
    ),
    Edit(
        "a classifier more",
        config("naive_bayes]", "naive_bayes, svm]"),
        (*KEPT, "evaluate_classifiers *", "asonn_accuracy", "asonn_ranks", "asonn_rules", *CLAIMS),
    ),
    # code
    Edit(
        "the code of a regrowth rule",
        code("src/sparse_training/regrowth/random.py"),
        (
            *("train digits/random/*", "perturb digits/random/*", "weight_magnitudes digits/random"),
            *("time_updates *", *ROBUSTNESS_FIGURES, *CLAIMS),
        ),
    ),
    Edit(
        "a regrowth rule more, and its name in the configuration",
        own_rule,
        (
            *(*KEPT, "train digits/mine/0", "train digits/mine/1", "weight_magnitudes digits/mine", "time_updates *"),
            *(
                f"perturb digits/mine/{name}"
                for name in (
                    *("random_pruning", "weight_order", "reverse_weight_order"),
                    *("weight_shuffling", "weight_noise"),
                )
            ),
            *(*ROBUSTNESS_FIGURES, *CLAIMS),
        ),
    ),
    Edit(
        "the code of a perturbation",
        code("src/sparse_training/perturbations/weight_noise.py"),
        ("perturb digits/*/weight_noise", *WEIGHT_CHANGES, *CLAIMS),
    ),
    Edit("a module more that nothing names", own_perturbation, NOTHING),
    Edit(
        "code that only training runs",
        code("src/sparse_training/descent.py"),
        ROBUSTNESS,
    ),
    Edit(
        "code that only sweeps run",
        code("src/sparse_training/robustness.py"),
        ("perturb *", *REMOVALS, *WEIGHT_CHANGES, *CLAIMS),
    ),
    Edit("ASONN's code", code("src/asonn/inference.py"), (*ON_TABLES, *ASONN_FIGURES, *CLAIMS)),
    Edit("the style of all figures", text("src/study/figures.py", '"font.size": 8', '"font.size": 9'), FIGURES),
    Edit("the drawing of one figure", code("src/figure_active_units.py"), ("active_units",)),
    Edit("the definition of a claim", text("src/study/claims/robustness.py", "low=-0.01,", "low=-0.02,"), CLAIMS),
    # the workflow
    Edit(
        "the command of a rule",
        text("workflow/rules/weights.smk", "--bin-width {params.bin_width}", "--bin-width={params.bin_width}"),
        (*ON_NETWORKS[1:], *CLAIMS),
    ),
    # results
    Edit(
        "a result that was deleted",
        lambda folder: (folder / "results/smoke/weights/digits/random.csv").unlink(),
        NOTHING,
    ),
    Edit(
        "a figure that was deleted",
        lambda folder: (folder / "figures/smoke/active_units.pdf").unlink(),
        ("active_units",),
    ),
    Edit("results without Snakemake's own records of them (`.snakemake`)", results_without_metadata, NOTHING),
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


def after(make: Callable[[Path], object], finished: Path, folder: Path, *arguments: str) -> str:
    """What a dry run says in a copy of the finished study after an edit."""
    shutil.copytree(finished, folder, symlinks=True, ignore=shutil.ignore_patterns("*.nb?"))  # compiled: not needed
    make(folder)
    result = snakemake(folder, "-n", *SMOKE, *arguments)
    assert result.returncode == 0, result.stdout[-3000:]
    return result.stdout


@pytest.fixture(scope="module")
def all_jobs(finished, tmp_path_factory) -> set[str]:
    """Every job of the study."""
    return scheduled_jobs(after(lambda folder: None, finished, tmp_path_factory.mktemp("all") / "copy", "--forceall"))


@pytest.fixture(scope="module")
def dry_runs(request, finished, tmp_path_factory) -> Iterator[dict[str, Future[str]]]:
    """The dry runs of all edits that are asked for, two at a time."""
    wanted = [item.callspec.params["edit"] for item in request.session.items if "dry_runs" in item.fixturenames]
    folder = tmp_path_factory.mktemp("reruns")
    with ThreadPoolExecutor(2) as pool:
        yield {
            edit.what: pool.submit(after, edit.make, finished, folder / str(number))
            for number, edit in enumerate(wanted)
        }


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.what)
def test_an_edit_schedules_exactly_the_jobs_that_depend_on_it(edit, dry_runs, all_jobs):
    expected = set()
    for pattern in edit.reruns:
        matching = {job for job in all_jobs if fnmatchcase(job, pattern)} if "*" in pattern else {pattern}
        assert matching, pattern
        expected |= matching
    assert scheduled_jobs(dry_runs[edit.what].result()) == expected
