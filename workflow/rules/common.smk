"""Checks the configuration, and holds the functions that rules share."""

import json
import os
import re
import sys
from dataclasses import fields
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

HERE = Path(str(workflow.current_basedir))
if not HERE.is_dir():
    raise WorkflowError(
        f"{HERE} is not a folder of this machine, and the rules run scripts that lie beside them:"
        " clone adaptive-sparsity, and name the Snakefile of that clone."
    )
# of this repository, from the working directory: another one where this is a module of a larger workflow
REPOSITORY = Path(os.path.relpath(HERE.parents[1]))
sys.path.insert(0, str(REPOSITORY / "src"))

from sparse_training.methods import modules_of
from sparse_training.settings import TrainingSettings
from study.workflow.code_digest import code_digest
from study.workflow.configuration import IDX_FILES, problems, repeated_keys
from study.optional_classifiers import not_installed
from study.workflow.stale_locks import remove_stale_locks

with (REPOSITORY / "workflow/schemas/config.schema.yaml").open() as schema:
    found = [sentence for path in workflow.configfiles for sentence in repeated_keys(path)]
    if found := found or problems(config, yaml.safe_load(schema), REPOSITORY):
        raise WorkflowError("The configuration is not valid.", *found)

if workflow.is_main_process:
    if (cores := workflow.resource_settings.cores) is not None and cores < 1:  # Snakemake would take it for no limit
        raise WorkflowError(f"--cores must be at least 1, or `all`; found {cores}.")
    remove_stale_locks(".snakemake")

if absent := not_installed(config["asonn"]["classifiers"]):
    raise WorkflowError(absent)

if config["data"]["mirror"]:
    # not an argument of the download rules: where the same files come from is no reason to fetch them again
    os.environ.update(DATA_MIRROR=config["data"]["mirror"])

OWN_IMAGE_SETS = config["data"].get("image_sets", {})
ROBUSTNESS = config["robustness"]
ASONN = config["asonn"]
# what the outcome of one training depends on: neither how many there are, nor how often they are stored on the way
NETWORK_AND_TRAINING = ROBUSTNESS["network"] | {
    key: value for key, value in ROBUSTNESS["training"].items() if key not in ["seeds", "checkpoint_every"]
}
SEEDS = range(ROBUSTNESS["training"]["seeds"])
DRAWN = ROBUSTNESS["drawings"]["network"]
PERTURBED_SEEDS = range(ROBUSTNESS["perturbations"]["networks"])
FIGURES = [
    "fig1_network",
    "fig2_update_times",
    "fig3_learning_curves",
    "fig4_link_removal",
    "fig5_shuffling_and_noise",
    "fig6_weight_magnitudes",
    "fig7_topology_update",
    "active_units",
    "robustness_areas",
    "robustness_paths",
    "asonn_accuracy",
    "asonn_ranks",
    "asonn_rules",
    "asonn_hypercuboids",
    "asonn_growth",
    "asonn_network",
    "asonn_explanation",
]
if "random" not in ROBUSTNESS["regrowth_rules"]:
    FIGURES.remove("robustness_areas")  # it compares the other rules with `random`
if len(ASONN["versions"]) + len(ASONN["classifiers"]) < 2:
    FIGURES.remove("asonn_ranks")
# what a mirror lacks, it lacks the third time too
DOWNLOAD_RETRIES = 0 if os.environ.get("DATA_MIRROR") else 2
REMOVALS = ["random_pruning", "weight_order", "reverse_weight_order"]
WEIGHT_CHANGES = ["weight_shuffling", "weight_noise"]
PERTURBATIONS = list(ROBUSTNESS["perturbations"]["levels"])  # these, and any that users add


def here(command):
    """The same command for the working directory: `python src/train.py` becomes `python ../study/src/train.py`."""
    return command.replace("src/", f"{(REPOSITORY / 'src').as_posix()}/", 1)


def as_arguments(values):
    """`{"batch_size": 32, "remove_disconnected": False}` -> `["--batch-size 32", "--no-remove-disconnected"]`."""
    arguments = []
    for key, value in values.items():
        name = key.replace("_", "-")
        match value:
            case bool():
                arguments.append(f"--{name}" if value else f"--no-{name}")
            case list():
                arguments.append(" ".join([f"--{name}", *map(str, value)]))
            case _:
                arguments.append(f"--{name} {value}")
    return arguments


def own_image_files(wildcards):
    """The .npz of an image set of the user's own, or its four IDX files in the order of the script's arguments."""
    files = OWN_IMAGE_SETS[wildcards.dataset]
    # local: the user's path, even where all others get the prefix of a module
    return [local(files[kind]) for kind in ["npz", *IDX_FILES] if kind in files]


def own_image_option(wildcards):
    return "--npz" if "npz" in OWN_IMAGE_SETS[wildcards.dataset] else "--idx"


def method_code(script, rules):
    """A method's parts are loaded by their names: an edit of one concerns the networks of methods that have it alone."""
    names = {field.name for field in fields(TrainingSettings)}
    settings = TrainingSettings(**{key: value for key, value in ROBUSTNESS["training"].items() if key in names})
    return code_digest(script, *(module for rule in rules for module in modules_of(rule, settings)))


def training_code(wildcards):
    return method_code("train.py", [wildcards.regrowth])


def update_times_code(wildcards):
    return method_code("time_updates.py", rewiring_rules())


def stages_code(wildcards):
    return method_code("topology_stages.py", [ROBUSTNESS["drawings"]["topology_update"]["regrowth_rule"]])


def checkpoint(wildcards, output):
    """Beside the results, so that Snakemake, which clears the outputs of a job that was killed, leaves it alone."""
    results = Path(output.network).parents[4]
    return f"{results}/checkpoints/{wildcards.dataset}/{wildcards.regrowth}/{wildcards.seed}.npz"


def perturbation_code(wildcards):
    return code_digest("perturb.py", f"sparse_training.perturbations.{wildcards.perturbation}")


def perturbation_levels(wildcards):
    return ROBUSTNESS["perturbations"]["levels"][wildcards.perturbation]


def rewiring_rules():
    """The regrowth rules whose updates take time; networks of the rule `static` have none."""
    return [name for name in ROBUSTNESS["regrowth_rules"] if name != "static"]


def all_cores(wildcards):
    """A job with all cores runs alone. Where Snakemake has no number of cores of its own (a cluster), one will do."""
    return workflow.cores or 1
