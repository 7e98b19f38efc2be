"""What figures say of several networks at once."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

BAND = (0.4, 0.6)  # percentiles 40 to 60, the papers' band around the median


def median_and_band(table: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Median and 40-60 % band of `value` over networks, one row for each combination of `by`.

    Rows of one network (same `by` and `seed`: repeats of a random perturbation) are averaged first, so that every
    network counts once. Quantiles are interpolated linearly. Returned columns: `by`, median, lower, upper, networks.
    """
    by = list(by)
    per_network = table.groupby([*by, "seed"], sort=False)[value].mean()
    groups = per_network.groupby(by, sort=False)
    return pd.DataFrame(
        {
            "median": groups.median(),
            "lower": groups.quantile(BAND[0]),
            "upper": groups.quantile(BAND[1]),
            "networks": groups.size(),
        }
    ).reset_index()


def count_phrase(counts: pd.Series, noun: str) -> str:
    """`10 networks`, `1 network`, or `3 to 10 networks` where panels differ."""
    fewest, most = counts.min(), counts.max()
    number = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    return f"{number} {noun}{'' if most == 1 else 's'}"


def bootstrap_interval(values: Sequence[float], draws: int = 9999) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean; not a number for a single value.

    The draws are the same in every call, so that the same data gives the same interval.
    """
    if len(values) < 2:
        return np.nan, np.nan
    interval = stats.bootstrap((values,), np.mean, n_resamples=draws, method="percentile", rng=0).confidence_interval
    return float(interval.low), float(interval.high)
