"""Tiny inputs of each figure script: what a run of the study would have written, made up."""

import functools
import importlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sparse_training.network import SparseMLP
from study.claims.ledger import COLUMNS
from study.results.tables import write_results

RULES = ("ch3l3", "random")
SEEDS = (0, 1, 2)


def identity(dataset: str, rule: str, seed: int) -> dict[str, str | int]:
    return {"dataset": dataset, "rule": rule, "seed": seed}


def write(table: pd.DataFrame, identity: dict, path: Path) -> str:
    write_results(table, path, **identity)
    return str(path)


def histories(folder: Path) -> list[str]:
    rng = np.random.default_rng(1)
    epochs = np.arange(1, 13)
    return [
        write(
            pd.DataFrame({"epoch": epochs, "training_loss": rng.random(12), "test_accuracy": rng.random(12)}),
            identity(dataset, rule, seed),
            folder / f"training/{dataset}/{rule}/{seed}/history.csv",
        )
        for dataset in ("digits", "mnist")
        for rule in RULES
        for seed in SEEDS
    ]


def topologies(folder: Path) -> list[str]:
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([[1, 2, 3], [1, 2]], names=["epoch", "layer"]).to_frame(index=False)
    return [
        write(
            index.assign(active_units=rng.integers(50, 101, 6)),
            identity("digits", rule, seed),
            folder / f"training/digits/{rule}/{seed}/topology.csv",
        )
        for rule in RULES
        for seed in SEEDS
    ]


def sweeps(folder: Path, perturbations: tuple[str, ...]) -> list[str]:
    """Two repeats for each network and level."""
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product(
        [SEEDS, [0.0, 0.02, 0.1, 0.5, 1.0], [0, 1]], names=["seed", "level", "repeat"]
    ).to_frame(index=False)
    return [
        write(
            index.assign(
                **{name: rng.random(len(index)) for name in ("accuracy", "links_on_paths", "units_on_paths")},
                chance=0.25,
            ),
            {"dataset": "digits", "rule": rule, "perturbation": perturbation},
            folder / f"perturbations/digits/{rule}/{perturbation}.csv",
        )
        for rule in RULES
        for perturbation in perturbations
    ]


def update_times(folder: Path) -> list[str]:
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([RULES, [0, 1], [1, 2, 3, 4]], names=["rule", "seed", "epoch"])
    times = index.to_frame(index=False)
    times["seconds_update"] = rng.uniform(0.01, 0.2, len(times))
    times["seconds_scoring"] = np.where(times["rule"] == "random", 0.0, 0.8 * times["seconds_update"])
    return [write(times, {"dataset": "digits"}, folder / "update_times/digits.csv")]


def weights(folder: Path) -> list[str]:
    rng = np.random.default_rng(4)
    lower = np.array([0.0, 0.1, 0.2, 0.4])
    upper = np.array([0.1, 0.2, 0.4, 1.0])
    paths = []
    for rule in RULES:
        histograms = []
        for seed in SEEDS:
            for layer, total in ((1, 20), (2, 40)):
                links = rng.multinomial(total, [0.5, 0.3, 0.2, 0.0])
                bins = {
                    "bin_lower": lower,
                    "bin_upper": upper,
                    "links": links,
                    "density": links / total / (upper - lower),
                }
                histograms.append(pd.DataFrame({"seed": seed, "layer": layer} | bins))
        labels = {"dataset": "digits", "rule": rule}
        paths.append(write(pd.concat(histograms), labels, folder / f"weights/digits/{rule}.csv"))
    return paths


def stages(folder: Path) -> list[str]:
    """Two inputs, two layers of two units; one link goes by magnitude, one is then off every path, two are regrown."""
    links = [  # stage, layer, source, target, weight, event
        ("before", 1, 0, 0, 0.5, "kept"),
        ("before", 1, 1, 1, 0.4, "kept"),
        ("before", 2, 0, 0, 0.3, "kept"),
        ("before", 2, 1, 1, 0.1, "kept"),
        ("removed_by_magnitude", 1, 0, 0, 0.5, "kept"),
        ("removed_by_magnitude", 1, 1, 1, 0.4, "kept"),
        ("removed_by_magnitude", 2, 0, 0, 0.3, "kept"),
        ("removed_by_magnitude", 2, 1, 1, 0.1, "removed_by_magnitude"),
        ("removed_off_path", 1, 0, 0, 0.5, "kept"),
        ("removed_off_path", 1, 1, 1, 0.4, "removed_off_path"),
        ("removed_off_path", 2, 0, 0, 0.3, "kept"),
        ("regrown", 1, 0, 0, 0.5, "kept"),
        ("regrown", 1, 1, 0, 0.2, "new"),
        ("regrown", 2, 0, 0, 0.3, "kept"),
        ("regrown", 2, 0, 1, 0.2, "new"),
    ]
    columns = ["stage", "layer", "source", "target", "weight", "event"]
    return [
        write(
            pd.DataFrame(links, columns=columns), identity("digits", "ch3l3", 0), folder / "topology_stages/digits.csv"
        )
    ]


def networks(folder: Path) -> list[str]:
    paths = []
    for number, rule in enumerate(RULES):
        path = folder / f"training/digits/{rule}/0/network.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        network = SparseMLP.random([16, 10, 10], n_classes=3, density=0.2, rng=np.random.default_rng(number))
        replace(network, metadata=identity("digits", rule, 0)).save(path)
        paths.append(str(path))
    return paths


def methods(folder: Path) -> list[str]:
    """Histories, topologies and timings of two methods and a control of fewer epochs."""
    rng = np.random.default_rng(6)
    tables = {"histories": [], "topologies": [], "timings": []}
    for rule in (*RULES, "dense"):
        for seed in SEEDS:
            epochs = np.arange(1, 3 if rule == "dense" else 5)
            rows = {
                "histories": pd.DataFrame({"epoch": epochs, "test_accuracy": rng.random(len(epochs))}),
                "topologies": pd.DataFrame(
                    {"epoch": np.repeat(epochs, 2), "layer": np.tile([1, 2], len(epochs))}
                    | {name: rng.integers(50, 101, 2 * len(epochs)) for name in ("links", "active_units")}
                ),
                "timings": pd.DataFrame(
                    {"epoch": epochs}
                    | {name: rng.uniform(0.1, 1, len(epochs)) for name in ("seconds_training", "seconds_update")}
                ),
            }
            for name, table in rows.items():
                path = folder / f"training/digits/{rule}/{seed}/{name}.csv"
                tables[name].append(write(table, identity("digits", rule, seed), path))
    return [word for name, paths in tables.items() for word in (f"--{name}", *paths)]


ARMS = {
    "main": {"momentum": 0, "zeta": 0.3},
    "heavy": {"momentum": 0.9, "zeta": 0.3},
    "few": {"momentum": 0, "zeta": 0.1},
}


def ledgers(folder: Path) -> list[str]:
    """Ledgers of three arms: of each the effect on three claims of two data sets, and a claim that was not run."""
    rng = np.random.default_rng(6)
    cases = [
        (claim, data) for claim in ("early-learning", "noise-results", "weight-order") for data in ("mnist", "kmnist")
    ]
    paths = []
    for arm in ARMS:
        effects = rng.normal(1, 0.5, len(cases))
        rows = [
            {"claim": claim, "data": data, "effect": effect, "lower": effect - 0.1, "upper": effect + 0.1}
            | {"outcome": "supported" if effect > 1 else "undecided", "sign": "+", "sample": "3 + 3 networks"}
            for (claim, data), effect in zip(cases, effects, strict=True)
        ]
        rows.append({"claim": "update-cost", "data": "mnist", "outcome": "not run", "needs": "needs times"})
        paths.append(str(folder / f"{arm}.csv"))
        table = pd.DataFrame(rows, columns=["arm", *COLUMNS]).assign(arm=arm, paper="Sulyok et al.")
        folder.mkdir(parents=True, exist_ok=True)
        table.to_csv(paths[-1], index=False)
    return [*paths, "--settings", json.dumps(ARMS)]


REMOVALS = ("random_pruning", "weight_order", "reverse_weight_order")

INPUTS: dict[str, Callable[[Path], list[str]]] = {  # script: the arguments that it needs beside --output
    "figure_network": networks,
    "figure_update_times": update_times,
    "figure_learning_curves": histories,
    "figure_robustness": lambda folder: sweeps(folder, REMOVALS),
    "figure_weight_magnitudes": weights,
    "figure_topology_update": lambda folder: [*stages(folder), "--layer-sizes", "2", "2", "2"],
    "figure_active_units": topologies,
    "figure_methods": methods,
    "figure_robustness_areas": lambda folder: sweeps(folder, (*REMOVALS, "weight_noise")),
    "figure_specification_curve": ledgers,
    "figure_robustness_paths": lambda folder: sweeps(folder, REMOVALS),
}


@pytest.fixture
def inputs(tmp_path: Path) -> Callable[[str], list[str]]:
    """Writes the inputs of a script and gives its arguments."""
    return lambda script: INPUTS[script](tmp_path)


def draw(script: str, arguments: list[str], folder: Path) -> Path:
    """The folder, in which the script has made figure.pdf, figure.png and figure.csv."""
    importlib.import_module(script).main([*arguments, "--output", str(folder / "figure")])
    return folder


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """What a script makes of its inputs, drawn once for all tests."""
    return functools.cache(
        lambda script: draw(script, INPUTS[script](tmp_path_factory.mktemp("inputs")), tmp_path_factory.mktemp(script))
    )
