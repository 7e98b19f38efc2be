"""Sweeps: accuracy of trained networks, level by level of a perturbation."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from study.errors import StudyError
from study.results.tables import read_results

SWEEP = ["dataset", "rule", "perturbation", "seed", "level", "repeat", "accuracy", "chance"]
CURVE = ["dataset", "perturbation", "rule"]


def read_sweeps(paths: Iterable[Path]) -> pd.DataFrame:
    """The sweeps of many networks: the columns `SWEEP`."""
    return read_results(paths, SWEEP)


def chance_levels(sweeps: pd.DataFrame) -> dict[str, float]:
    """Accuracy of guessing on each data set."""
    return sweeps.groupby("dataset", sort=False)["chance"].first().to_dict()


def robustness_curves(sweeps: pd.DataFrame) -> pd.DataFrame:
    """Accuracy of each network at each level, from the lowest level to the highest; repeats are averaged."""
    accuracy = sweeps.groupby([*CURVE, "seed", "level"], sort=False)["accuracy"].mean()
    return accuracy.reset_index().sort_values("level", kind="stable")


def areas_under_curves(sweeps: pd.DataFrame) -> pd.DataFrame:
    """Area under accuracy against level of each network, by trapezoids, over the width of the levels.

    It is the network's mean accuracy over the sweep, in [0, 1], as column `value`.
    """
    too_short = sweeps.groupby(CURVE)["level"].transform("nunique") < 2
    if too_short.any():
        raise StudyError(f"{sweeps[too_short].iloc[0]['perturbation']}: a sweep of one level has no area under it.")
    networks = robustness_curves(sweeps).groupby([*CURVE, "seed"], sort=False)
    areas = networks[["level", "accuracy"]].apply(
        lambda curve: np.trapezoid(curve["accuracy"], curve["level"]) / np.ptp(curve["level"])
    )
    return areas.rename("value").reset_index()
