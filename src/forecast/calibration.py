"""What a unit of each kind of work costs on this machine, measured by doing a little of it."""

import json
import os
import sys
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits, make_classification

from asonn.classifier import ASONNClassifier
from forecast.work import START, Layout, Sizes, UnknownWork
from sparse_training.methods.registry import Method
from sparse_training.network import SparseMLP
from sparse_training.perturbation import sweep
from sparse_training.settings import TrainingSettings
from sparse_training.training import TrainingState, training_epochs
from study.classifiers import factory_of
from study.data.sizes import TableSize
from study.evaluation import evaluate
from study.files import atomic_path
from study.provenance.environment import circumstances
from study.scripts.checkpoints import digest_of
from study.workflow.code_digest import code_digest
from study.workflow.jobs import Command
from study.workflow.resources import classification_work

STORED = Path("resources/calibration")
MOST_PROCESSES = 16
THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PROGRAM, REFERENCE_SECONDS = "x = [i for i in range(10)]\n" * 1000, 0.0315  # to compile it where `STARTS` were measured
EPOCHS, LONGEST = 30, 10.0  # of a measured training, which ends after so many epochs or seconds
IMAGES = (1000, 4000)
LATE = 10  # last epochs, which count: how long an update takes changes as links gather on fewer units
LEVEL, REPEATS = 0.5, 10
TABLE = TableSize(rows=800, features=12, classes=3)
FEW_ROWS = 60  # of that table, on which a classifier is loaded
TURNS, LONG_TURN = 3, 3.0  # seconds, beside which loading does not count


def unit_costs(
    kinds: Collection[str], layout: Layout | None, batch_size: int, cores: int, *, again: bool = False
) -> dict[str, float]:
    """CPU seconds of a unit of each of these kinds of work, and of START, where `cores` processes run side by side.

    layout, batch_size : of the network that is trained and perturbed, if any.
    again : whether to measure although the same code did on the same machine; its outcome lies in `STORED`.
    """
    processes = min(cores, os.cpu_count() or 1, MOST_PROCESSES)
    task = [sorted(kinds), layout, batch_size]
    path = STORED / f"{digest_of(task, processes, circumstances()['processor'], code_digest('estimate.py'))[:16]}.json"
    if not again and (costs := _stored(path)):
        return costs
    print("Measuring this machine: half a minute, some minutes for many classifiers or new kernels …", file=sys.stderr)
    os.environ.update(dict.fromkeys(THREAD_COUNTS, "1"))  # of the processes, as Snakemake tells a job of one thread
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        measured = [turn.result() for turn in [pool.submit(measure, *task) for _ in range(processes)]]
    costs = pd.DataFrame(measured).median().to_dict()
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(costs, indent=2) + "\n", encoding="utf-8")
    return costs


def _stored(path: Path) -> dict[str, float] | None:
    """An earlier outcome; None if there is none that can be read."""
    try:
        costs = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return costs if isinstance(costs, dict) and START in costs else None


def network_of(commands: Sequence[Command], sizes: Sizes) -> tuple[Layout | None, int]:
    """Layout and batch size of the largest network that one of the jobs trains or perturbs; None if there is none.

    Dense controls do not count: updates of sparse networks are to be timed on a sparse one.
    """
    found = [(None, 32)]
    for command in commands:
        try:
            if "hidden_sizes" in command.arguments and command.value("rule") != "narrow_dense":
                found.append((sizes.trained_by(command), int(command.value("batch_size"))))
            elif command.script == "perturb.py":
                found.append((sizes.network(command.value("")), 32))
        except (UnknownWork, KeyError, TypeError, ValueError):
            continue
    return max(found, key=lambda network: network[0].links if network[0] else 0)


def measure(kinds: Sequence[str], layout: Layout | None, batch_size: int) -> dict[str, float]:
    """CPU seconds of a unit of START and of those kinds that can be measured."""
    seconds = _cpu_seconds(lambda: compile(PROGRAM, "program", "exec"))
    costs = {START: seconds / REFERENCE_SECONDS}
    parts = [kind.partition(": ") for kind in kinds]
    named = {kind: [name for of, _, name in parts if of == kind] for kind in ("update", "perturbation", "fit")}
    if layout:
        rng = np.random.default_rng(0)
        network = SparseMLP.random([*layout.units], n_classes=layout.classes, density=layout.density, rng=rng)
        costs |= _training_costs(network, layout.links, batch_size, named["update"])
        for name in named["perturbation"]:
            turn = partial(sweep, network, name, [LEVEL], *_digits(network, 1), seed=0, repeats=REPEATS)
            costs[f"perturbation: {name}"] = _cpu_seconds(turn) / (REPEATS * layout.links)
    for name in named["fit"]:
        with suppress(KeyError):  # of a classifier that is not known
            costs |= _fit_cost(name, factory_of(name, ASONNClassifier))
    return costs


def _cpu_seconds(work: Callable[[], object]) -> float:
    """The median of a few turns, after one that loads what has to be loaded; that one alone if it took long."""
    begin = time.process_time()
    work()
    if (seconds := time.process_time() - begin) > LONG_TURN:
        return seconds
    turns = []
    for _ in range(TURNS):
        begin = time.process_time()
        work()
        turns.append(time.process_time() - begin)
    return float(np.median(turns))


def _digits(network: SparseMLP, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Scanned digits spread over the inputs of a network, and their classes."""
    images, labels = load_digits(return_X_y=True)
    pixels = np.linspace(0, images.shape[1] - 1, network.n_inputs).round().astype(int)
    images = ((images - images.mean()) / images.std()).astype(np.float32)[:, pixels]
    rows = np.arange(number) % len(images)
    return images[rows], labels[rows] % network.n_classes


def _training_costs(network: SparseMLP, links: float, batch_size: int, rules: Sequence[str]) -> dict[str, float]:
    """Of an image, by few and by many of them; what is left of an epoch is done once, and counts as its update."""
    few, many = IMAGES
    epoch = {number: _epoch_seconds(network, "static", number, batch_size) for number in IMAGES}
    test = {number: _cpu_seconds(partial(network.accuracy, *_digits(network, number))) for number in IMAGES}
    image, evaluation = (max(seconds[many] - seconds[few], 0.0) / (many - few) for seconds in (epoch, test))
    costs = {"training": max(image - evaluation, 0.0) / links, "evaluation": evaluation / links}
    for rule in rules:
        seconds = epoch[few] if rule == "static" else _epoch_seconds(network, rule, few, batch_size)
        costs[f"update: {rule}"] = max(seconds - few * image, 0.0) / links
    return costs


def _epoch_seconds(network: SparseMLP, rule: str, n_images: int, batch_size: int) -> float:
    """CPU seconds of a late epoch of a short training, in which all images train and test, and of its update."""
    data = _digits(network, n_images)
    settings = TrainingSettings(epochs=EPOCHS + 1, batch_size=batch_size, learning_rate_schedule="constant")
    method = replace(
        Method.of(rule, settings), density_schedule="constant", initial_density=None
    )  # at its last density
    moments = []  # from the end of the first epoch on, which also loads the kernels, or compiles them
    for _ in training_epochs(TrainingState.start(network), *data, *data, rule=method, settings=settings, seed=0):
        moments.append(time.process_time())
        if len(moments) == EPOCHS or moments[-1] - moments[0] > LONGEST:
            break
    return float(np.median(np.diff(moments)[-LATE:]))


def _fit_cost(name: str, factory: Callable) -> dict[str, float]:
    features, target = make_classification(
        TABLE.rows, TABLE.features, n_informative=8, n_classes=TABLE.classes, random_state=0, class_sep=0.8
    )
    table = pd.DataFrame(features.round(1))  # features of real tables have few decimals
    fit = partial(evaluate, factories={name: factory}, splits=1, test_size=0.3)
    fit(table[:FEW_ROWS], pd.Series(target[:FEW_ROWS]))  # compiles the kernels, which would count if that took long
    turn = partial(fit, table, pd.Series(target))
    kind, amount = classification_work(2, TABLE, name).popitem()
    return {kind: _cpu_seconds(turn) / amount}
