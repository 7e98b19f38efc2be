"""A short look at how fast this machine is: real scripts on next to no data, and the pieces of work that scale."""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.data_sizes import DataSizes, UnknownSize
from forecast.history import this_processor
from forecast.measured import run_side_by_side
from forecast.work import CLASSIFIER_SCRIPTS, TRAINING_SCRIPTS, Layout, group_of
from study.data.image_sets import ImageSet
from study.files import atomic_path, write_table
from study.scripts.checkpoints import digest_of
from study.workflow.code_digest import code_digest
from study.workflow.jobs import Command

STORED = Path("resources/calibration")
MOST_IMAGES = 20_000  # of an epoch that is timed
MOST_PROCESSES = 16


@dataclass(frozen=True)
class Calibration:
    """What was measured.

    prices  kind of work -> CPU seconds for one unit (`forecast.work`)
    memory  group of scripts -> MiB with next to no data
    """

    prices: dict[str, float]
    memory: dict[str, float]


@dataclass(frozen=True)
class Plan:
    """What has to be measured: arguments for the two scripts that time pieces of work, and groups of scripts to start.

    The training is the largest of those that are due, cut to `MOST_IMAGES` images.
    """

    training: tuple[str, ...]
    classifiers: tuple[str, ...]
    groups: tuple[str, ...]
    processes: int

    @classmethod
    def of(cls, commands: Sequence[Command], sizes: DataSizes, cores: int) -> "Plan":
        """What the work of these jobs consists of, measured with as many processes side by side as will run."""
        groups = sorted({group_of(command.script) for command in commands if command.script})
        classifiers = [command for command in commands if command.script in CLASSIFIER_SCRIPTS]
        return cls(
            _training_arguments([command for command in commands if command.script in TRAINING_SCRIPTS], sizes),
            _classifier_arguments(classifiers),
            tuple(groups),
            min(cores, os.cpu_count() or 1, MOST_PROCESSES),
        )


def _training_arguments(commands: Sequence[Command], sizes: DataSizes) -> tuple[str, ...]:
    trainings = []
    for command in commands:
        try:
            if "hidden-sizes" in command.options:
                images = sizes.images(command.value("images"))
                trainings.append((images.train, Layout.of(command, images), command.value("batch-size")))
        except (UnknownSize, KeyError, ValueError):
            continue
    rules = {rule for command in commands for name in ("rule", "rules") for rule in command.options.get(name, [])}
    perturbations = {name for command in commands for name in command.options.get("perturbation", [])}
    if not trainings:
        return _sweep_arguments(perturbations)
    n_images, layout, batch_size = max(trainings, key=lambda training: training[0] * training[1].load)
    return (
        *("--units", *map(str, layout.units), "--density", str(layout.density)),
        *("--images", str(min(n_images, MOST_IMAGES)), "--batch-size", batch_size),
        *("--rules", *sorted(rules - {"static"}), "--perturbations", *sorted(perturbations)),
    )


def _sweep_arguments(perturbations: set[str]) -> tuple[str, ...]:
    """Networks are there already: those of the papers stand for them."""
    if not perturbations:
        return ()
    units = ("--units", "784", "1000", "1000", "1000", "10", "--density", "0.01", "--images", "5000")
    return (*units, "--batch-size", "32", "--perturbations", *sorted(perturbations))


def _classifier_arguments(commands: Sequence[Command]) -> tuple[str, ...]:
    if not commands:
        return ()
    versions = {version for command in commands for version in command.options.get("versions", ["2"])}
    names = {name for command in commands for name in command.options.get("classifiers", [])}
    return ("--versions", *sorted(versions), "--classifiers", *sorted(names))


def calibrate(plan: Plan, root: Path, *, anew: bool = False) -> Calibration:
    """Measures, or reads what the same code measured on the same machine before.

    root  where `resources` is; the outcome is stored there
    anew  measures in any case
    """
    if not plan.groups:
        return Calibration({}, {})
    code = [code_digest(script) for script in ("calibrate_training.py", "calibrate_classifiers.py")]
    path = root / STORED / f"{digest_of(asdict(plan), this_processor(), code)[:16]}.json"
    if not anew:
        try:
            return Calibration(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            pass
    print("Measuring how fast this machine is: 10 to 20 s, more when it compiles the kernels …", file=sys.stderr)
    calibration = _measure(plan)
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")
    return calibration


def _measure(plan: Plan) -> Calibration:
    prices: dict[str, list[float]] = {}
    pieces = []
    if plan.training:
        copies = max(1, plan.processes - bool(plan.classifiers))
        pieces += [["calibrate_training.py", *plan.training]] * copies
    if plan.classifiers:
        pieces.append(["calibrate_classifiers.py", *plan.classifiers])
    for used in run_side_by_side(pieces, plan.processes):
        for kind, seconds in json.loads(used.output).items():
            prices.setdefault(kind, []).append(seconds)
    found = {kind: float(np.median(seconds)) for kind, seconds in prices.items()}
    memory = {}
    with tempfile.TemporaryDirectory() as folder:
        probes = _probes(Path(folder))
        if "classifiers" in plan.groups:
            run_side_by_side([probes["tables"]], 1)  # the table that they read
        groups = plan.groups
        for group, used in zip(
            groups, run_side_by_side([probes[group] for group in groups], plan.processes), strict=True
        ):
            found["figure" if group == "figure" else f"start: {group}"] = used.cpu_seconds
            memory[group] = used.memory
    return Calibration(found, memory)


def _probes(folder: Path) -> dict[str, list[str]]:
    """Group of scripts -> one of them with arguments that leave next to nothing to do."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(17, size=(32, 16), dtype=np.uint8), np.arange(32, dtype=np.uint8) % 4
    ImageSet(images, labels, images, labels, np.array((4, 4)), np.array(16)).save(folder / "images.npz")
    histories = [folder / f"digits/{rule}/0/history.csv" for rule in ("ch3l3", "random")]
    for history in histories:
        epochs = np.arange(1, 21)
        write_table(
            pd.DataFrame({"epoch": epochs, "training_loss": 1 / epochs, "test_accuracy": 1 - 1 / (1 + epochs)}), history
        )
    settings = {
        "--images": folder / "images.npz",
        "--dataset": "calibration",
        "--rule": "random",
        "--seed": 0,
        "--density": 0.5,
        "--epochs": 2,
        "--batch-size": 32,
        "--learning-rate": 0.01,
        "--learning-rate-schedule": "constant",
        "--momentum": 0.9,
        "--weight-decay": 0.0,
        "--zeta": 0.3,
        "--regrown-weight": "redraw",
        "--network": folder / "network.npz",
        **{f"--{table}": folder / f"{table}.csv" for table in ("history", "topology", "timings")},
    }
    training = [str(word) for pair in settings.items() for word in pair]
    iris = str(folder / "iris.csv")
    scores = ("--scores", str(folder / "scores.csv"), "--timings", str(folder / "fit_timings.csv"))
    return {
        "tables": ["prepare_table.py", "--table", "iris", "--output", iris],
        "training": ["train.py", *training, "--hidden-sizes", "8", "8", "--remove-disconnected"],
        "classifiers": [
            *("evaluate_classifiers.py", iris, "--table", "iris", "--splits", "1"),
            *("--versions", "2", "--classifiers", "naive_bayes", *scores),
        ],
        "figure": ["figure_learning_curves.py", *map(str, histories), "--output", str(folder / "figure")],
    }
