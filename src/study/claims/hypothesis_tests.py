"""Estimates of an effect, each with a 95 % interval and a test of which side of any bound the effect lies on.

Networks of different regrowth rules are independent samples: their random numbers depend on the name of the rule. So
rules are compared by Welch's test, never in pairs of equal seeds. It assumes that the values of networks are about
normal; in return it can decide with the few networks of a short study, where no rank or permutation test reaches a p
value below 0.05 after correction for the number of claims (5 against 5 networks: 2/252 at best). What is searched for
in curves with noise, such as a valley, is found in the other networks and measured in the one left out: so a search
among many epochs finds nothing where nothing is. Tables are paired samples far from normal: there the signed-rank test
of Wilcoxon is used, and exact binomial tests of fractions.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """An effect, its 95 % interval, and one-sided p values for any bound.

    p_above(bound): how probable so high an estimate is, or a higher one, if the effect is at the bound or below it;
    small means that the effect lies above. p_below likewise.
    """

    effect: float
    lower: float
    upper: float
    sample: str  # such as `5 + 5 networks`
    p_above: Callable[[float], float]
    p_below: Callable[[float], float]


def mean_of(values: Sequence[float], noun: str = "networks") -> Estimate:
    """The mean of two or more values: Student's test and interval."""
    values = np.asarray(values, float)
    sample = f"{len(values)} {noun}"
    if _all_the_same(values):
        return _without_scatter(values[0], 0.5 ** len(values), sample)  # the sign test
    return _by_t_test(values.mean(), lambda bound, side: stats.ttest_1samp(values, bound, alternative=side), sample)


def difference_of_means(ours: Sequence[float], theirs: Sequence[float], noun: str = "networks") -> Estimate:
    """Mean of ours minus mean of theirs, of two or more values each: Welch's test and interval."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    sample = f"{len(ours)} + {len(theirs)} {noun}"
    if _all_the_same(ours) and _all_the_same(theirs):  # the permutation test
        return _without_scatter(ours[0] - theirs[0], 1 / comb(len(ours) + len(theirs), len(ours)), sample)
    return _by_t_test(
        ours.mean() - theirs.mean(),
        lambda bound, side: stats.ttest_ind(ours - bound, theirs, equal_var=False, alternative=side),
        sample,
    )


def ratio_of_means(ours: Sequence[float], theirs: Sequence[float], noun: str = "networks") -> Estimate:
    """Geometric mean of ours over that of theirs: Welch's test of logarithms. Values must be positive."""
    return _of_logarithms(difference_of_means(np.log(ours), np.log(theirs), noun))


def geometric_mean_of(values: Sequence[float], noun: str = "networks") -> Estimate:
    """The geometric mean of two or more positive values: Student's test of logarithms."""
    return _of_logarithms(mean_of(np.log(values), noun))


def in_held_out(curves: np.ndarray, search: Callable[[np.ndarray], Sequence[int]]) -> np.ndarray:
    """The values of each network at the points that a search finds in the mean curve of the others.

    curves (networks, points); search gives points of a curve. Result (networks, points found). The noise of a network
    has no part in the choice of its points, so that none of its values is biased by the search.
    """
    return np.array([curve[list(search(np.delete(curves, i, axis=0).mean(axis=0)))] for i, curve in enumerate(curves)])


def _by_t_test(effect: float, test: Callable, sample: str) -> Estimate:
    """The estimate of a t test of SciPy, which `test` makes against a bound, on one side or on both."""

    def result(bound: float, side: str):
        with warnings.catch_warnings():  # one group may be constant, and rounding may exceed a difference of 1e-16
            warnings.filterwarnings("ignore", "Precision loss", RuntimeWarning)
            return test(bound, side)

    return _by_test(effect, result(0, "two-sided").confidence_interval(CONFIDENCE), result, sample)


def _by_test(effect: float, interval: Any, test: Callable, sample: str) -> Estimate:
    """The estimate of a test of SciPy against a bound on one side, and the interval that goes with it."""
    return Estimate(
        float(effect),
        float(interval.low),
        float(interval.high),
        sample,
        lambda bound: float(test(bound, "greater").pvalue),
        lambda bound: float(test(bound, "less").pvalue),
    )


def _all_the_same(values: np.ndarray) -> bool:
    """Up to rounding, which is no scatter."""
    return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def _without_scatter(effect: float, p: float, sample: str) -> Estimate:
    """For values that are all the same, where a t test is not defined: the p value of an exact test of their signs."""
    effect = float(effect)
    above, below = (lambda bound: p if effect > bound else 1.0), (lambda bound: p if effect < bound else 1.0)
    return Estimate(effect, effect, effect, sample, above, below)


def _of_logarithms(estimate: Estimate) -> Estimate:
    """The estimate of a ratio, from that of its logarithm."""
    return Estimate(
        *np.exp([estimate.effect, estimate.lower, estimate.upper]).tolist(),
        estimate.sample,
        lambda bound: estimate.p_above(np.log(bound)),
        lambda bound: estimate.p_below(np.log(bound)),
    )


def shift_over_tables(differences: Sequence[float]) -> Estimate:
    """The typical one of differences, one a table: Wilcoxon's test, and the estimate and interval that go with it.

    The estimate of Hodges and Lehmann is the median of the means of all pairs of differences, each with itself
    included; the interval lies between two of these means, and is unbounded for five tables or fewer. A table whose
    difference is at the bound has a rank as any other, half of it on either side; the interval may end at the bound.
    """
    differences = np.sort(_rounded(differences))

    def p(shifted: np.ndarray) -> float:
        shifted = _rounded(shifted)
        if not shifted.any():
            return 1.0
        return float(stats.wilcoxon(shifted, zero_method="zsplit", alternative="greater").pvalue)

    first, second = np.triu_indices(len(differences))
    means = np.sort(_rounded((differences[first] + differences[second]) / 2))
    outside = _least_rank_sum(len(differences))
    ends = [-np.inf, *means, np.inf]
    return Estimate(
        float(np.median(means)),
        float(ends[outside]),
        float(ends[-1 - outside]),
        f"{len(differences)} tables",
        lambda bound: p(differences - bound),
        lambda bound: p(bound - differences),
    )


def _rounded(values: Sequence[float]) -> np.ndarray:
    """Equal scores may differ in the last digit of their means."""
    return np.asarray(values, float).round(12)


def _least_rank_sum(count: int) -> int:
    """The least sum of positive ranks that over 2.5 % of all choices of signs of the ranks 1..count do not exceed."""
    chances = np.ones(1)  # of a sum of 0, 1, ...
    for rank in range(1, count + 1):
        chances = (np.pad(chances, (0, rank)) + np.pad(chances, (rank, 0))) / 2
    return int(np.searchsorted(np.cumsum(chances), (1 - CONFIDENCE) / 2, side="right"))


def ratio_over_tables(ratios: Sequence[float]) -> Estimate:
    """The typical one of positive ratios, one a table: `shift_over_tables` of their logarithms."""
    return _of_logarithms(shift_over_tables(np.log(ratios)))


def fraction_of_tables(count: int, tables: int) -> Estimate:
    """A fraction with its exact (Clopper-Pearson) interval; tested by the exact binomial test."""
    interval = stats.binomtest(count, tables).proportion_ci(CONFIDENCE)
    return _by_test(
        count / tables,
        interval,
        lambda bound, side: stats.binomtest(count, tables, bound, alternative=side),
        f"{tables} tables",
    )


def exact_count(count: int, sample: str) -> Estimate:
    """A number that was counted, not estimated from a sample: it lies where it lies."""
    return _without_scatter(count, 0.0, sample)


def number_above_zero(estimates: Sequence[Estimate], noun: str = "image sets") -> Estimate:
    """In how many of several cases the effect is above zero. Bounds lie between whole numbers, such as 1.5.

    By partial conjunction: that at least u of n are above zero has the p value of Bonferroni's test of the largest
    n - u + 1 p values, n - u + 1 times the u-th smallest, and no less than that of fewer (Benjamini, Heller 2008).
    """
    total = len(estimates)
    above = sorted(estimate.p_above(0) for estimate in estimates)
    below = sorted(estimate.p_below(0) for estimate in estimates)

    def p_at_least(number: int, values: list[float]) -> float:
        if number > total:
            return 1.0
        return max((min(1.0, (total - fewer) * values[fewer]) for fewer in range(number)), default=0.0)

    def certain(values: list[float]) -> int:
        one_sided = (1 - CONFIDENCE) / 2
        return max(number for number in range(total + 1) if p_at_least(number, values) <= one_sided)

    return Estimate(
        float(sum(estimate.effect > 0 for estimate in estimates)),
        float(certain(above)),
        float(total - certain(below)),
        f"{total} {noun} of {', '.join(dict.fromkeys(estimate.sample for estimate in estimates))}",
        lambda bound: p_at_least(int(np.floor(bound)) + 1, above),
        lambda bound: p_at_least(total - int(np.ceil(bound)) + 1, below),
    )
