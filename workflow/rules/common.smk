"""Checks the configuration, and holds the functions that rules share."""

import json
import os
import re
import shlex
import shutil
import sys
from dataclasses import fields
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.jobs import Job
from snakemake.settings.types import DeploymentMethod

HERE = Path(str(workflow.current_basedir))
if not HERE.is_dir():
    raise WorkflowError(
        f"{HERE} is not a folder of this machine, and the rules run scripts that lie beside them:"
        " clone adaptive-sparsity, and name the Snakefile of that clone."
    )
if set("{}<>") & set(str(HERE)):
    raise WorkflowError(f"{HERE.parents[1]}: braces and < > have a meaning in Snakemake; give the folder another name.")
# of this repository, from the working directory: another one where this is a module of a larger workflow
REPOSITORY = Path(os.path.relpath(HERE.parents[1]))

# For these imports alone: a larger workflow may have packages of these names, or use a second clone of this one.
OURS = ("study", "sparse_training")
others = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in OURS}
sys.path.insert(0, str(HERE.parents[1] / "src"))

from sparse_training.composition import check_composition
from sparse_training.errors import SparseTrainingError
from sparse_training.methods import Method, modules_of
from sparse_training.methods.narrow_dense import narrow_sizes
from sparse_training.settings import TrainingSettings
from study.classifiers import not_installed
from study.data.sizes import IMAGE_SETS, SHIPPED_TABLES, table_sizes
from study.errors import StudyError
from study.plots.labels import MAIN_ARM
from study.provenance.environment import ASKED
from study.workflow.code_digest import code_digest
from study.workflow.configuration import (
    IDX_FILES,
    PMLB_INDEX,
    check,
    module_names,
    normalise,
    number_for,
    specifications,
    varied_settings,
)
from study.workflow.resources import GROUP, Requests, beyond_limits, partition_limits
from study.workflow.stale_locks import clear_up


def incomplete_if_failed(postprocess):
    """Snakemake 9.27 notes a job that failed as done, and its old files, which `update` keeps, would pass for new ones.

    One of the two places where this workflow reaches into Snakemake: no flag keeps old files until new ones are there
    without it. A job that failed is marked as one that was killed is, and runs again.
    """

    async def postprocess_and_note(job, *arguments, error=False, **options):
        await postprocess(job, *arguments, error=error, **options)
        if error:
            job.dag.workflow.persistence.started(job)

    return postprocess_and_note


def before_first_job(start):
    """What is done when the scheduler is there and no job has begun: the other reach into Snakemake, which ignores an
    `onstart:` of a module, as this workflow is for the Snakefile of the root.

    No job may ask for more time than its partition of SLURM allows, which is known only now. And the limit of 100 jobs
    started in a second goes, unless the user set another: to keep it, Snakemake 9.27 looks for jobs to start once a
    second *for each job that has finished*, which after a few hundred jobs takes a whole core.
    """

    def check_and_start(log):
        if workflow.non_local_exec and (limits := partition_limits()):
            submitted = [job for job in workflow.dag.needrun_jobs() if not job.is_local]
            asked = [
                (job.rule.name, job.resources.get("slurm_partition", ""), job.resources.runtime) for job in submitted
            ]
            if found := beyond_limits(asked, limits):
                raise WorkflowError(*found)
        rate = workflow.scheduling_settings.max_jobs_per_timespan
        if rate and (rate.max_jobs, rate.timespan) == (100, 1):
            workflow.scheduler.job_rate_limiter = None
        return start(log)

    return check_and_start


if workflow.is_main_process:  # the processes of single jobs work on what it has checked
    if found := check(config, workflow.configfiles, REPOSITORY):
        raise WorkflowError("The configuration is not valid.", *found)
    if absent := not_installed(config["asonn"]["classifiers"]):
        raise WorkflowError(absent)
    if (cores := workflow.resource_settings.cores) is not None and cores < 1:  # Snakemake would take it for no limit
        raise WorkflowError(f"--cores must be at least 1, or `all`; found {cores}.")
    try:
        damaged = clear_up(".snakemake")
    except StudyError as error:
        raise WorkflowError(str(error))
    for made in damaged:
        logger.warning(
            f"Snakemake's metadata on {made} were damaged and are removed:"
            " `python src/verify.py` tells whether that file is what code and configuration make now."
        )
    # jobs inherit it: of two that make the same files, the one whose run was asked for later is right
    os.environ[ASKED] = datetime.now(UTC).isoformat()
    Job.postprocess = incomplete_if_failed(Job.postprocess)
    workflow._onstart = before_first_job(workflow._onstart)
else:
    normalise(config, REPOSITORY)

ALL_RULES = [
    name for kind in ["methods", "regrowth"] for name in module_names(REPOSITORY / "src/sparse_training" / kind)
]
names = {field.name for field in fields(TrainingSettings)}
SPECIFICATIONS = specifications(config)  # the study's own setting, and its arms
METHOD_MODULES = {}  # by specification and rule
wanted = {*config["robustness"]["regrowth_rules"], config["robustness"]["drawings"]["topology_update"]["regrowth_rule"]}
for name, values in SPECIFICATIONS.items():
    settings = TrainingSettings(**{key: value for key, value in values.items() if key in names})
    if workflow.is_main_process and any(getattr(settings, part.name) is not None for part in fields(Method)):
        try:
            for method in wanted:
                check_composition(method, settings)
        except SparseTrainingError as error:
            place = "training" if name == MAIN_ARM else f"multiverse.arms.{name}"
            raise WorkflowError(f"robustness.{place}: {error}.")
        except ImportError:  # jobs have an environment of their own, and say so themselves
            pass
    METHOD_MODULES[name] = {rule: modules_of(rule, settings) for rule in ALL_RULES}
if workflow.is_main_process:
    try:
        for method in wanted:
            code_digest("train.py", *METHOD_MODULES[MAIN_ARM][method])
        for name in config["robustness"]["perturbations"]["levels"]:
            code_digest("perturb.py", f"sparse_training.perturbations.{name}")
    except SyntaxError as error:
        raise WorkflowError(f"{error}: this must be valid Python.")

sys.path.pop(0)
for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
    del sys.modules[name]
sys.modules.update(others)

# Jobs run under the Python of this Snakemake, also where its environment is not active, and import what lies beside
# their scripts, also where the user's environment forbids that.
prefix = "unset PYTHONSAFEPATH; " if os.environ.get("PYTHONSAFEPATH") else ""
here, found = Path(sys.executable), shutil.which("python")
if DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method:
    if not found or not here.parent.samefile(Path(found).parent):
        prefix += f'python() {{ {shlex.quote(str(here))} "$@"; }}; '
if prefix:
    prefix = prefix.replace("{", "{{").replace("}", "}}")
    shell.prefix(f"set -euo pipefail; {prefix}")

OWN_IMAGE_SETS = config["data"].get("image_sets", {})
ROBUSTNESS = config["robustness"]
ASONN = config["asonn"]
LEFT_OUT = config["data"].get("leave_out", [])
DATASETS = [name for name in ROBUSTNESS["datasets"] if name not in LEFT_OUT]
REGROWTH_RULES = ROBUSTNESS["regrowth_rules"]
REWIRING_RULES = [name for name in REGROWTH_RULES if name != "static"]  # those whose updates take time
PERTURBATIONS = list(ROBUSTNESS["perturbations"]["levels"])  # the paper's, and any that users add
CONTROLS = ROBUSTNESS.get("controls", {"methods": []})
# the numbers of networks by rule: those of the learning curves, those that are perturbed
SEEDS, PERTURBED_SEEDS = (
    {rule: range(number_for(rule, numbers)) for rule in [*REGROWTH_RULES, *CONTROLS["methods"]]}
    for numbers in (ROBUSTNESS["training"]["seeds"], ROBUSTNESS["perturbations"]["networks"])
)
IMAGE_PERTURBATIONS = ROBUSTNESS.get("image_perturbations", {"networks": 0, "repeats": 1, "levels": {}})
IMAGE_SEEDS = dict.fromkeys(REGROWTH_RULES, range(IMAGE_PERTURBATIONS["networks"]))
# of the networks that one job perturbs: the first has no name, the others are named by the number with which they begin
MOST = max(map(len, [*PERTURBED_SEEDS.values(), *IMAGE_SEEDS.values()]))
GROUPS = ["", *(f"_from_{first}" for first in range(GROUP, MOST, GROUP))]
DRAWN = ROBUSTNESS["drawings"]["network"]
DRAWN_UPDATE = ROBUSTNESS["drawings"]["topology_update"]
# what the outcome of one training depends on: not how many there are
NETWORK_AND_TRAINING = SPECIFICATIONS[MAIN_ARM]
# what a network without updates depends on
DESCENT = ["epochs", "batch_size", "learning_rate", "learning_rate_schedule", "momentum", "weight_decay"]
GRADIENT_DESCENT = {key: NETWORK_AND_TRAINING[key] for key in ["hidden_sizes", *DESCENT]}
ARMS = [name for name in SPECIFICATIONS if name != MAIN_ARM]
MULTIVERSE = ROBUSTNESS.get("multiverse", {})
DOWNLOADED_IMAGE_SETS = [name for name in IMAGE_SETS if name != "digits"]
# a resource, not one of `params`: where the same files come from is no reason to download them again
MIRROR = config["data"]["mirror"] or os.environ.get("DATA_MIRROR", "")
DOWNLOAD_RETRIES = 0 if MIRROR else 2  # what a mirror lacks, it lacks the third time too
NETWORKS = "<results>/training/{dataset}/{regrowth}/{seed}/network.npz"
TABLES = table_sizes(REPOSITORY / PMLB_INDEX)
REQUESTS = Requests(config, TABLES)
ENVIRONMENT = "../../envs/environment.yaml"


def one_of(names):
    """A wildcard constraint."""
    return "|".join(map(re.escape, names)) or "(?!)"  # which matches nothing


def script(command, code=" --code {params.code}"):
    """`python src/train.py --images … > train.log`, of a script in src/ and its arguments.

    Whatever stands in braces reaches the script as it is, each value as one argument, whatever characters are in it.
    """
    folder = shlex.quote(f"{(REPOSITORY / 'src').as_posix()}/")
    words = re.sub(r"{([^{}]+)}", r"{\1:q}", f"{command}{code} --record {{output.record}} > {{log}} 2>&1")
    return f"python {folder}{words}"


def arguments(values):
    """`{"batch_size": 32, "readout": False}` -> `["--batch-size", "32", "--no-readout"]`, for `params:` of a rule.

    A function, as Snakemake takes other texts for patterns with wildcards.
    """

    def words(wildcards):
        words = []
        for key, value in values.items():
            name = key.replace("_", "-")
            match value:
                case bool():
                    words.append(f"--{name}" if value else f"--no-{name}")
                case list() | range():
                    words += [f"--{name}", *map(str, value)]
                case _:
                    words += [f"--{name}", str(value)]
        return words

    return words


def training_settings(wildcards):
    """The arguments of one training: the network's sizes and density, and all settings."""
    if wildcards.regrowth != "narrow_dense":
        return arguments(SPECIFICATIONS[wildcards.get("arm", MAIN_ARM)])(wildcards)
    inputs, classes = IMAGE_SETS[wildcards.dataset][-2:]
    sizes = [inputs, *ROBUSTNESS["network"]["hidden_sizes"]]
    narrow = narrow_sizes(sizes, classes, ROBUSTNESS["network"]["density"])
    return arguments(GRADIENT_DESCENT | {"hidden_sizes": narrow, "density": 1})(wildcards)


def figure_arguments(options, names=()):
    """What a figure is drawn from, and its options. With names, each is the argument of equally many tables."""

    def words(wildcards, input):
        each = len(input) // max(1, len(names))
        named = [[f"--{name}", *input[each * place : each * (place + 1)]] for place, name in enumerate(names)]
        return [*(sum(named, []) or input), *arguments(options)(wildcards)]

    return words


def values_of(*values):
    """Values whose change is a reason to run a job again, for `params:`.

    Snakemake itself notices neither another order of inputs nor a change of arguments that are functions of inputs. A
    function, as Snakemake takes other texts for patterns with wildcards.
    """
    return lambda wildcards: json.dumps(values)


def code_of(script, *modules):
    """The digest of a script and of modules that it loads by name, which may hold wildcards, for `params:` of a rule."""
    return lambda wildcards: code_digest(script, *(module.format(**wildcards) for module in modules))


def images(wildcards):
    """The path of an image set; that of a user's own belongs to the study, as another may give its name to other files."""
    return f"{'<results>' if wildcards.dataset in OWN_IMAGE_SETS else 'resources'}/images/{wildcards.dataset}.npz"


def own_image_files(wildcards):
    """The .npz of a user's own image set, or its four IDX files in the order of the script's arguments."""
    files = OWN_IMAGE_SETS[wildcards.dataset]
    # local: the user's path, even where all others get the prefix of a module
    return [local(files[kind]) for kind in ["npz", *IDX_FILES] if kind in files]


def code_of_training(script, rules):
    """The same for a script that trains: a method's parts are loaded by name, and only those of its rules count."""

    def digest(wildcards):
        modules = METHOD_MODULES[wildcards.get("arm", MAIN_ARM)]
        return code_digest(script, *(name for rule in rules for name in modules[rule.format(**wildcards)]))

    return digest


def checkpoint_path(wildcards, output):
    """Apart from the results, as Snakemake clears the outputs of a job that was killed."""
    return re.sub(r"training/([^/]+/[^/]+(/\d+)?)/networks?\.json$", r"checkpoints/\1.npz", output.record)


def of_networks(pattern, rules):
    """The files of the networks of the learning curves, of each rule as many as there are."""
    return [
        path
        for dataset in DATASETS
        for rule in rules
        for path in collect(pattern, dataset=dataset, regrowth=rule, seed=SEEDS[rule])
    ]


def of_groups(pattern, seeds=PERTURBED_SEEDS, **values):
    """The files about all groups of networks of each rule; seeds: of all networks, by rule."""
    paths = []
    for each in product(*values.values()):
        names = dict(zip(values, each))
        number = -(-len(seeds[names["regrowth"]]) // GROUP)
        paths += collect(pattern, **names, group=GROUPS[:number])
    return paths


def networks_of_group(seeds):
    """The networks of the group that the wildcards name; seeds as for `of_groups`."""

    def networks(wildcards):
        first = GROUP * GROUPS.index(wildcards.group)
        return collect(
            NETWORKS,
            dataset=wildcards.dataset,
            regrowth=wildcards.regrowth,
            seed=seeds[wildcards.regrowth][first : first + GROUP],
        )

    return networks


def in_report(path, caption, category, labels):
    """An output that the report shows."""
    return report(path, caption=f"../report/{caption}.rst", category=category, labels=labels)


def compared(table):
    """What is compared on a table, and how."""
    keys = ["versions", "readings", "classifiers", "tuned", "splits", "test_size"]
    classifiers = [name for name in ASONN["classifiers"] if table in ASONN["only_on"].get(name, [table])]
    return {key: ASONN[key] for key in keys} | {"classifiers": classifiers}


def of_arm(pattern, **values):
    """The files that a pattern of the study names, those of the arm of the wildcards."""
    return collect(pattern.replace("<results>/", "<results>/arms/{arm}/"), **values, allow_missing=True)
