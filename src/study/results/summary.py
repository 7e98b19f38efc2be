"""Summaries of several networks: medians, bands, counts, bootstrap intervals; tables and blocks of them in Markdown."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from pandas.api.typing import SeriesGroupBy
from scipy import stats

BAND = (0.4, 0.6)  # percentiles 40 to 60, the band around the median in Fig. 3 of Sulyok et al. (section 2.1.1)


def median_and_band(table: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Median and 40-60 % band of `value` over networks, one row for each combination of `by`.

    Rows of one network (same `by` and `seed`: repeats of a random perturbation) are averaged first, so that every
    network counts once. Quantiles are interpolated linearly. Returned columns: `by`, median, lower, upper, networks.
    """
    groups = _by_network(table, by, value)
    return _summary(groups, median=groups.median(), lower=groups.quantile(BAND[0]), upper=groups.quantile(BAND[1]))


def mean_and_deviation(table: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Mean of `value` over networks, and the mean minus and plus their standard deviation: as `median_and_band`.

    Returned columns: `by`, mean, lower, upper, networks. A single network has no deviation: no lower and upper.
    """
    groups = _by_network(table, by, value)
    mean, deviation = groups.mean(), groups.std()
    return _summary(groups, mean=mean, lower=mean - deviation, upper=mean + deviation)


def _by_network(table: pd.DataFrame, by: Sequence[str], value: str) -> SeriesGroupBy:
    return table.groupby([*by, "seed"], sort=False)[value].mean().groupby(list(by), sort=False)


def _summary(groups: SeriesGroupBy, **columns: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(columns | {"networks": groups.size()}).reset_index()


def count_phrase(counts: pd.Series, noun: str) -> str:
    """`10 networks`, `1 network`, or `3 to 10 networks` where panels differ."""
    fewest, most = counts.min(), counts.max()
    number = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    return f"{number} {noun}{'' if most == 1 else 's'}"


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown; bars in its cells are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |" for cells in lines)


def fill_blocks(page: str, script: str, content: Callable[[str], str]) -> str:
    """The text of a page in Markdown with what a script makes of it between its marks, by the name in the first one."""
    marks = rf"^(<!-- made by src/{script}: (\w+) -->\n).*?^(<!-- end -->\n)"
    return re.sub(marks, lambda match: f"{match[1]}\n{content(match[2])}\n{match[3]}", page, flags=re.M | re.S)


def bootstrap_interval(values: Sequence[float], draws: int = 9999) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a mean, for a dozen values or more: of a few it is too narrow.

    Not a number for a single value. The draws are the same in every call: the same data gives the same interval.
    """
    if len(values) < 2:
        return np.nan, np.nan
    drawn = stats.bootstrap((values,), np.mean, n_resamples=draws, method="percentile", rng=0)
    interval = drawn.confidence_interval
    return float(interval.low), float(interval.high)
