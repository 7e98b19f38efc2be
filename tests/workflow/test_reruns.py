"""Each kind of edit, made in a copy of a finished study, and exactly the jobs that docs/reruns.md says run again."""

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.workflow.conftest import ROOT, contents, dry_run, snakemake

CONFIG = "config/smoke.yaml"
SMOKE = ["--configfile", CONFIG]

# --- the page --------------------------------------------------------------------------------------------------------

TABLE, NAMES = (
    dict(re.findall(r"^\| (.+?) \| (.+) \|$", part, re.M)[2:])
    for part in (ROOT / "docs/reruns.md").read_text().partition("How this works")[0].split("\nwhere\n")
)


def patterns(cell: str) -> list[str]:
    """Jobs, by rule and wildcards (`*` for any), that a cell of the table lists, by themselves or as groups."""
    jobs = [] if cell == "nothing" else cell.split(", ")
    return [pattern for job in jobs for pattern in ([job.strip("`")] if "`" in job else patterns(NAMES[job]))]


# --- edits -----------------------------------------------------------------------------------------------------------


def code(name: str) -> Callable[[Path], object]:
    """Another line of code at the end of a file."""
    return lambda folder: (folder / name).write_text((folder / name).read_text() + "\nEDITED = True\n")


def text(name: str, *changes: tuple[str, str]) -> Callable[[Path], object]:
    def make(folder):
        content = (folder / name).read_text()
        for old, new in changes:
            assert old in content
            content = content.replace(old, new)
        (folder / name).write_text(content)

    return make


def config(*changes: tuple[str, str]) -> Callable[[Path], object]:
    return text(CONFIG, *changes)


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


def reorder(folder: Path) -> None:
    """The keys of the configuration in another order, but for the perturbations."""

    def turned(value, path=""):
        if not isinstance(value, dict) or path.endswith(".levels"):
            return value
        return {key: turned(value[key], f"{path}.{key}") for key in reversed(value)}

    (folder / CONFIG).write_text(yaml.safe_dump(turned(yaml.safe_load((folder / CONFIG).read_text())), sort_keys=False))


def without_metadata(folder: Path) -> None:
    shutil.rmtree(folder / ".snakemake")


def own_image_set(folder: Path) -> None:
    images, labels = np.arange(160, dtype=np.uint8).reshape(10, 4, 4), np.arange(10) % 2
    (folder / "my data").mkdir()
    np.savez(folder / "my data/mine.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    config(
        ("mirror: null", "mirror: null, image_sets: {mine: {npz: my data/mine.npz}}"),
        ("datasets: [digits]", "datasets: [digits, mine]"),
    )(folder)


def own_rule(folder: Path) -> None:
    rules = folder / "src/sparse_training/regrowth"
    (rules / "mine.py").write_text((rules / "random.py").read_text().replace('"random"', '"mine"'))
    config(("[ch3l3, random]", "[ch3l3, random, mine]"))(folder)


def unused_module(folder: Path) -> None:
    perturbations = folder / "src/sparse_training/perturbations"
    (perturbations / "mine.py").write_text(
        (perturbations / "weight_noise.py").read_text().replace("weight_noise", "mine")
    )


def all_at_once(*edits: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: [make(folder) for make in edits]


NOISE = "weight_noise: [0, 0.5, 1]"
EDITS = {
    "nothing": lambda folder: None,
    "comments, docstrings and layout of all code at once": reformat,
    "the dates of all files of the repository and of the data, as after `git clone` or `cp`": touch,
    "a profile": text("profiles/default/config.yaml", ("printshellcmds: true", "")),
    "memory and time limits of a rule": text("workflow/rules/weights.smk", ("runtime=10", "runtime=9")),
    "a caption of the report": text("workflow/report/fig1_network.rst", (" ", "  ")),
    "a version in `envs/environment.yaml`": text("envs/environment.yaml", ("numpy==", "numpy==9.")),
    "a script that no rule runs, such as `src/verify.py`": code("src/verify.py"),
    "an additional module that nothing names": unused_module,
    "`data.mirror`": config(("mirror: null", "mirror: /a/mirror")),
    "another form of the same numbers (`0.0` for `0`), another order of keys": all_at_once(
        config(("weight_decay: 0.0", "weight_decay: 0"), (NOISE, "weight_noise: [0.0, 0.50, 1.0]")), reorder
    ),
    "a setting of training": config(("learning_rate: 0.05", "learning_rate: 0.04")),
    "`seeds`: an additional network for the learning curves": config(("seeds: 2", "seeds: 3")),
    "`networks`: an additional network to be perturbed": config(("networks: 2", "networks: 3")),
    "the levels of one perturbation": config((NOISE, "weight_noise: [0, 0.5, 1, 2]")),
    "`bin_width`": config(("bin_width: 0.1", "bin_width: 0.2")),
    "another order of the regrowth rules": config(("[ch3l3, random]", "[random, ch3l3]")),
    "another order of the tables": config(("[iris, wine]", "[wine, iris]")),
    "another order of the classifiers": config(("[decision_tree, naive_bayes]", "[naive_bayes, decision_tree]")),
    "another order of the perturbations": config((NOISE, ""), ("levels:\n", f"levels:\n      {NOISE}\n")),
    "`strongest`": config(("strongest: 0.2", "strongest: 0.1")),
    "an additional image set": own_image_set,
    "an additional regrowth rule, and its name in the configuration": own_rule,
    "an additional perturbation, and its levels in the configuration": all_at_once(
        unused_module, config(("weight_noise:", "mine: [0, 1]\n      weight_noise:"))
    ),
    "an additional table": config(("tables: [iris, wine]", "tables: [iris, wine, breast_cancer]")),
    "an additional classifier": config(("naive_bayes]", "naive_bayes, svm]")),
    "the code of one regrowth rule": code("src/sparse_training/regrowth/random.py"),
    "the code of one perturbation": code("src/sparse_training/perturbations/weight_noise.py"),
    "code that training runs": code("src/sparse_training/training.py"),
    "code that only sweeps run": code("src/sparse_training/perturbation.py"),
    "ASONN's code": code("src/asonn/inference.py"),
    "the style of figures": text("src/study/plots/style.py", ('"font.size": 8', '"font.size": 9')),
    "the drawing of one figure": code("src/figure_active_units.py"),
    "the definition of a claim": text(
        "src/study/claims/robustness.py", ("region=Region(high=0.1),", "region=Region(high=0.2),")
    ),
    "the command of a rule": text("workflow/rules/weights.smk", ("--bin-width {", "--bin-width={")),
    "a deleted figure": lambda folder: (folder / "figures/smoke/active_units.pdf").unlink(),
    "a deleted result, while all figures made of it exist": lambda folder: (
        folder / "results/smoke/weights/digits/random.csv"
    ).unlink(),
    "results without Snakemake's metadata, the folder `.snakemake`": without_metadata,
    "the same, and data of newer dates": all_at_once(without_metadata, touch),
}


# --- the test --------------------------------------------------------------------------------------------------------


def scheduled_jobs(listing: str) -> set[str]:
    """`train digits/random/0` for each job that a dry run lists, but for `all`."""
    jobs = set()
    for block in re.split(r"^(?:local)?rule ", listing, flags=re.M)[1:]:
        rule = block.partition(":")[0]
        wildcards = re.search(r"^    wildcards: (.*)$", block.partition("\n\n")[0], re.M)
        values = [pair.partition("=")[2] for pair in wildcards[1].split(", ")] if wildcards else []
        jobs.add(" ".join([rule, "/".join(filter(None, values))]).strip())
    return jobs - {"all"}


def copy(finished: Path, folder: Path) -> Path:
    return shutil.copytree(finished, folder, ignore=shutil.ignore_patterns("__pycache__"))


def after(make: Callable[[Path], object], folder: Path, *arguments: str) -> str:
    """What a dry run says after an edit."""
    make(folder)
    result = dry_run(folder, *SMOKE, *arguments)
    assert result.returncode == 0, result.stdout[-3000:]
    return result.stdout


@pytest.fixture(scope="module")
def all_jobs(finished) -> set[str]:
    """Every job of the study."""
    return scheduled_jobs(after(lambda folder: None, finished, "--forceall", "--nolock"))


@pytest.fixture(scope="module")
def dry_runs(request, finished, tmp_path_factory) -> Iterator[dict[str, Future[str]]]:
    """The dry runs of all edits that are asked for, two at a time; edits that cause nothing are made all at once."""
    wanted = [item.callspec.params["edit"] for item in request.session.items if "dry_runs" in item.fixturenames]
    harmless = [edit for edit in wanted if TABLE[edit] == "nothing" and EDITS[edit] is not without_metadata]
    together = [harmless, *([edit] for edit in wanted if edit not in harmless)]
    folder = tmp_path_factory.mktemp("reruns")

    def run(edits: list[str], number: int) -> str:
        return after(all_at_once(*map(EDITS.get, edits)), copy(finished, folder / str(number)))

    with ThreadPoolExecutor(2) as pool:
        runs = [(edits, pool.submit(run, edits, number)) for number, edits in enumerate(together) if edits]
        yield {edit: run for edits, run in runs for edit in edits}


def test_the_page_lists_these_edits_and_no_others():
    assert TABLE.keys() == EDITS.keys()


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_schedules_exactly_the_jobs_that_depend_on_it(edit, dry_runs, all_jobs):
    expected = set()
    for pattern in patterns(TABLE[edit]):
        matching = {job for job in all_jobs if fnmatchcase(job, pattern)} if "*" in pattern else {pattern}
        assert matching, pattern
        expected |= matching
    assert scheduled_jobs(dry_runs[edit].result()) == expected


def test_results_without_metadata_are_accepted_by_touch_and_edits_are_noticed_again(finished, tmp_path):
    folder = copy(finished, tmp_path / "copy")
    without_metadata(folder)
    touch(folder)
    before = contents(folder)
    wanted = [f"figures/smoke/{name}.png" for name in ("active_units", "fig6_weight_magnitudes")]
    assert snakemake(folder, "--touch", "--forceall", "--cores", "1", *SMOKE, "--", *wanted).returncode == 0
    assert contents(folder) == before
    assert scheduled_jobs(after(code("src/figure_active_units.py"), folder, "--", *wanted)) == {"active_units"}


@pytest.mark.parametrize("profile", ["default", "slurm"])
def test_profiles_compare_data_of_any_size_by_content(profile):
    settings = yaml.safe_load((ROOT / f"profiles/{profile}/config.yaml").read_text())
    assert settings["max-checksum-file-size"] == "10GB"
