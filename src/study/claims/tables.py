"""The result tables that claims are tested on."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from study.results.sweeps import SWEEP_PATTERN
from study.results.tables import read_results


class ResultTable(NamedTuple):
    """One kind of result table: what it holds, how its paths end, and the columns that are read."""

    content: str
    pattern: str
    columns: list[str]


RESULT_TABLES = {
    "histories": ResultTable("learning curves", "{dataset}/{rule}/{seed}/history.csv", ["epoch", "test_accuracy"]),
    "topologies": ResultTable(
        "records of topology updates",
        "{dataset}/{rule}/{seed}/topology.csv",
        ["epoch", "layer", "regrown", "regrown_just_removed", "active_units"],
    ),
    "update_times": ResultTable(
        "durations of topology updates", "{dataset}.csv", ["rule", "instance", "seconds_update"]
    ),
    "sweeps": ResultTable("sweeps of perturbations", SWEEP_PATTERN, ["seed", "level", "repeat", "accuracy"]),
    "weights": ResultTable(
        "histograms of |weight|", "{dataset}/{rule}.csv", ["seed", "layer", "bin_lower", "bin_upper", "links"]
    ),
    "scores": ResultTable(
        "scores of classifiers on tables",
        "scores.csv",
        ["table", "classifier", "split", "accuracy", "training_accuracy", "rules"],
    ),
}


def read_result_tables(paths: Mapping[str, Sequence[Path]]) -> dict[str, pd.DataFrame]:
    """All tables of each kind below each other, with what their paths say; without rows where there are no paths."""
    return {kind: _read(table, paths.get(kind, ())) for kind, table in RESULT_TABLES.items()}


def _read(table: ResultTable, paths: Sequence[Path]) -> pd.DataFrame:
    if not paths:
        return pd.DataFrame(columns=[*re.findall(r"{(\w+)}", table.pattern), *table.columns])
    return read_results(paths, table.pattern, table.columns)
