"""Estimates of an effect, each with a 95 % interval and a test of which side of any bound the effect lies on.

Networks of different regrowth rules are independent samples: their random numbers depend on the name of the rule. So
rules are compared by Welch's test, never in pairs of equal seeds. It assumes that the values of networks are about
normal; in return it can decide with the few networks of a short study, where no rank or permutation test reaches a p
value that survives correction for the number of claims (5 against 5 networks: 2/252 at best). Tables are paired samples
far from normal: there the signed-rank test of Wilcoxon is used, and exact binomial tests of shares.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

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
    count = len(values)
    exact = 0.5**count  # if the values are all the same: the sign test
    return _student(values.mean(), np.sqrt(_variance(values) / count), count - 1, exact, f"{count} {noun}")


def difference_of_means(ours: Sequence[float], theirs: Sequence[float], noun: str = "networks") -> Estimate:
    """Mean of ours minus mean of theirs, of two or more values each: Welch's test and interval."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    parts = np.array([_variance(values) / len(values) for values in (ours, theirs)])
    freedom = parts.sum() ** 2 / (parts**2 / [len(ours) - 1, len(theirs) - 1]).sum() if parts.any() else np.inf
    exact = 1 / comb(len(ours) + len(theirs), len(ours))  # if both groups are constant: the permutation test
    sample = f"{len(ours)} + {len(theirs)} {noun}"
    return _student(ours.mean() - theirs.mean(), np.sqrt(parts.sum()), freedom, exact, sample)


def ratio_of_means(ours: Sequence[float], theirs: Sequence[float], noun: str = "networks") -> Estimate:
    """Geometric mean of ours over that of theirs: Welch's test of logarithms. Values must be positive."""
    logarithm = difference_of_means(np.log(ours), np.log(theirs), noun)
    return Estimate(
        *np.exp([logarithm.effect, logarithm.lower, logarithm.upper]).tolist(),
        logarithm.sample,
        lambda bound: logarithm.p_above(np.log(bound)),
        lambda bound: logarithm.p_below(np.log(bound)),
    )


def _variance(values: np.ndarray) -> float:
    """Of a sample; exactly 0 for values that are all the same, whatever rounding makes of their mean."""
    return values.var(ddof=1) if np.ptp(values) > 0 else 0.0


def _student(effect: float, error: float, freedom: float, exact: float, sample: str) -> Estimate:
    """`exact` is the p value for an estimate without any scatter, for which Student's test is not defined."""

    def p(distance: float) -> float:
        if error == 0:
            return exact if distance > 0 else 1.0
        return float(stats.t.sf(distance / error, freedom))

    reach = stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * error
    return Estimate(
        float(effect),
        float(effect - reach),
        float(effect + reach),
        sample,
        lambda bound: p(effect - bound),
        lambda bound: p(bound - effect),
    )


def shift_over_tables(differences: Sequence[float]) -> Estimate:
    """The typical one of differences, one a table: Wilcoxon's test, and the estimate and interval that go with it.

    The estimate of Hodges and Lehmann is the median of the means of all pairs of differences, each with itself
    included; the interval lies between two of these means, and is unbounded for five tables or fewer.
    """
    differences = np.sort(np.asarray(differences, float))

    def p(shifted: np.ndarray) -> float:
        if not shifted.any():
            return 1.0
        return float(stats.wilcoxon(shifted, alternative="greater").pvalue)

    first, second = np.triu_indices(len(differences))
    means = np.sort((differences[first] + differences[second]) / 2)
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


def _least_rank_sum(count: int) -> int:
    """The least sum of positive ranks that over 2.5 % of all choices of signs of the ranks 1..count do not exceed."""
    chances = np.ones(1)  # of a sum of 0, 1, ...
    for rank in range(1, count + 1):
        chances = (np.pad(chances, (0, rank)) + np.pad(chances, (rank, 0))) / 2
    return int(np.searchsorted(np.cumsum(chances), (1 - CONFIDENCE) / 2, side="right"))


def ratio_over_tables(ratios: Sequence[float]) -> Estimate:
    """The typical one of positive ratios, one a table: `shift_over_tables` of their logarithms."""
    logarithm = shift_over_tables(np.log(ratios))
    return Estimate(
        *np.exp([logarithm.effect, logarithm.lower, logarithm.upper]).tolist(),
        logarithm.sample,
        lambda bound: logarithm.p_above(np.log(bound)),
        lambda bound: logarithm.p_below(np.log(bound)),
    )


def share_of_tables(count: int, tables: int) -> Estimate:
    """A share with its exact (Clopper-Pearson) interval; tested by the exact binomial test."""
    interval = stats.binomtest(count, tables).proportion_ci(CONFIDENCE)
    return Estimate(
        count / tables,
        float(interval.low),
        float(interval.high),
        f"{tables} tables",
        lambda bound: float(stats.binomtest(count, tables, bound, alternative="greater").pvalue),
        lambda bound: float(stats.binomtest(count, tables, bound, alternative="less").pvalue),
    )


def number_above_zero(estimates: Sequence[Estimate]) -> Estimate:
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
        f"{total} image sets of {', '.join(dict.fromkeys(estimate.sample for estimate in estimates))}",
        lambda bound: p_at_least(int(np.floor(bound)) + 1, above),
        lambda bound: p_at_least(total - int(np.ceil(bound)) + 1, below),
    )
