"""The result tables that claims are tested on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from study.results.sweeps import SWEEP
from study.results.tables import NETWORK, read_results


class ResultTable(NamedTuple):
    """One kind of result table: what it holds, and the columns that are read."""

    content: str
    columns: list[str]


RESULT_TABLES = {
    "histories": ResultTable("learning curves", [*NETWORK, "epoch", "test_accuracy"]),
    "topologies": ResultTable(
        "records of topology updates",
        [*NETWORK, "epoch", "layer", "regrown", "regrown_just_removed", "active_units"],
    ),
    "update_times": ResultTable("durations of topology updates", [*NETWORK, "seconds_update"]),
    "sweeps": ResultTable("sweeps of perturbations", SWEEP),
    "weights": ResultTable("histograms of |weight|", [*NETWORK, "layer", "bin_lower", "bin_upper", "links"]),
    "scores": ResultTable(
        "scores of classifiers on tables",
        ["table", "classifier", "split", "accuracy", "training_accuracy", "rules"],
    ),
}


def read_result_tables(paths: Mapping[str, Sequence[Path]]) -> dict[str, pd.DataFrame]:
    """All tables of each kind below each other; without rows where there are no paths."""
    return {
        kind: read_results(paths[kind], table.columns) if paths.get(kind) else pd.DataFrame(columns=table.columns)
        for kind, table in RESULT_TABLES.items()
    }
