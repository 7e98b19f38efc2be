from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from study.claims.hypothesis_tests import (
    Estimate,
    difference_of_means,
    exact_count,
    fraction_of_tables,
    geometric_mean_of,
    mean_of,
    number_above_zero,
    ratio_of_means,
    ratio_over_tables,
    shift_over_tables,
)
from study.claims.ledger import holm

OURS, THEIRS = np.random.default_rng(0).normal([[0.9], [0.87]], 0.02, (2, 6))
THEIRS = THEIRS[:4]
BOUNDS = [-0.02, 0, 0.03]


@pytest.mark.parametrize("bound", BOUNDS)
def test_rules_are_compared_by_welchs_test_against_any_bound(bound):
    estimate = difference_of_means(OURS, THEIRS)
    above = stats.ttest_ind(OURS - bound, THEIRS, equal_var=False, alternative="greater")
    below = stats.ttest_ind(OURS - bound, THEIRS, equal_var=False, alternative="less")
    assert estimate.p_above(bound) == pytest.approx(above.pvalue)
    assert estimate.p_below(bound) == pytest.approx(below.pvalue)
    interval = stats.ttest_ind(OURS, THEIRS, equal_var=False).confidence_interval()
    assert (estimate.lower, estimate.upper) == pytest.approx(interval)
    assert estimate.effect == pytest.approx(OURS.mean() - THEIRS.mean())
    assert estimate.sample == "6 + 4 networks"


def test_welchs_test_agrees_with_a_permutation_test_where_both_apply():
    def difference(ours, theirs, axis):
        return ours.mean(axis) - theirs.mean(axis)

    ours, theirs = np.random.default_rng(1).normal(0.9, 0.02, (2, 20))
    for shift in (-0.01, 0, 0.01):
        exact = stats.permutation_test(
            (ours + shift, theirs), difference, alternative="greater", vectorized=True, n_resamples=4999, rng=0
        )
        assert difference_of_means(ours + shift, theirs).p_above(0) == pytest.approx(exact.pvalue, abs=0.02)


@pytest.mark.parametrize("bound", BOUNDS)
def test_one_rule_is_tested_by_students_test(bound):
    estimate = mean_of(OURS)
    assert estimate.p_above(bound) == pytest.approx(stats.ttest_1samp(OURS, bound, alternative="greater").pvalue)
    assert estimate.p_below(bound) == pytest.approx(stats.ttest_1samp(OURS, bound, alternative="less").pvalue)
    assert (estimate.lower, estimate.upper) == pytest.approx(stats.ttest_1samp(OURS, 0).confidence_interval())


def test_values_without_scatter_have_the_p_value_of_an_exact_test():
    def difference(ours, theirs, axis):
        return ours.mean(axis) - theirs.mean(axis)

    groups = np.full(4, 0.9), np.full(3, 0.8)
    exact = stats.permutation_test(groups, difference, alternative="greater", vectorized=True).pvalue
    estimate = difference_of_means(*groups)
    assert estimate.p_above(0) == pytest.approx(exact)
    assert estimate.p_below(0) == 1
    assert estimate.lower == estimate.effect == estimate.upper
    rounded = mean_of([0.1 + 0.2, 0.3, 0.3])  # differ by the rounding of a sum
    assert rounded.p_above(0) == mean_of([0.3, 0.3, 0.3]).p_above(0) == 1 / 8
    assert mean_of([1, 1, 1]).p_above(0.9) == pytest.approx(stats.binomtest(3, 3, alternative="greater").pvalue)


def test_a_rule_without_scatter_is_compared_with_one_that_has_some():
    estimate = difference_of_means([1000.0, 1000.0, 1000.0], [400.0, 410.0, 420.0])
    assert estimate.p_above(0) == pytest.approx(stats.ttest_1samp([600, 590, 580], 0, alternative="greater").pvalue)
    assert (estimate.effect, estimate.lower) == pytest.approx((590, 590 - stats.t.ppf(0.975, 2) * 10 / np.sqrt(3)))


@pytest.mark.parametrize("bound", [1.0, 1.05])
def test_a_ratio_is_a_difference_of_logarithms(bound):
    ratio, logarithm = ratio_of_means(OURS, THEIRS), difference_of_means(np.log(OURS), np.log(THEIRS))
    assert ratio.effect == pytest.approx(stats.gmean(OURS) / stats.gmean(THEIRS))
    assert np.log([ratio.lower, ratio.upper]) == pytest.approx([logarithm.lower, logarithm.upper])
    assert ratio.p_above(bound) == logarithm.p_above(np.log(bound))
    assert ratio.p_below(bound) == logarithm.p_below(np.log(bound))


def test_a_geometric_mean_is_a_mean_of_logarithms():
    estimate, logarithm = geometric_mean_of(OURS), mean_of(np.log(OURS))
    assert estimate.effect == pytest.approx(stats.gmean(OURS))
    assert np.log([estimate.lower, estimate.upper]) == pytest.approx([logarithm.lower, logarithm.upper])
    assert estimate.p_above(0.9) == logarithm.p_above(np.log(0.9))


def test_a_count_lies_where_it_lies():
    estimate = exact_count(0, "3 tables")
    assert (estimate.p_below(0.5), estimate.p_above(0.5)) == (0, 1)
    assert (estimate.lower, estimate.effect, estimate.upper) == (0, 0, 0)
    assert (exact_count(1, "3 tables").p_below(0.5), exact_count(1, "3 tables").p_above(0.5)) == (1, 0)


@pytest.mark.parametrize("tables", [3, 12, 52])
def test_tables_are_tested_by_signed_ranks(tables):
    differences = np.random.default_rng(tables).normal(0.01, 0.03, tables).round(12)
    estimate = shift_over_tables(differences)
    ratio = ratio_over_tables(np.exp(differences))
    for bound in BOUNDS:
        above = stats.wilcoxon(differences - bound, alternative="greater").pvalue
        below = stats.wilcoxon(differences - bound, alternative="less").pvalue
        assert (estimate.p_above(bound), estimate.p_below(bound)) == pytest.approx((above, below))
        assert (ratio.p_above(np.exp(bound)), ratio.p_below(np.exp(bound))) == pytest.approx((above, below))
    middle = np.median([(a + b) / 2 for a, b in combinations_with_replacement(differences, 2)])
    assert estimate.effect == pytest.approx(middle, abs=1e-12)
    assert (ratio.effect, ratio.lower, ratio.upper) == pytest.approx(
        tuple(np.exp([estimate.effect, estimate.lower, estimate.upper]))
    )


@pytest.mark.parametrize("tables", [6, 7, 12, 25])
def test_the_interval_over_tables_holds_what_the_test_does_not_reject(tables):
    estimate = shift_over_tables(np.random.default_rng(tables).normal(0.01, 0.03, tables))
    assert estimate.p_above(estimate.lower - 1e-9) <= 0.025 < estimate.p_above(estimate.lower + 1e-9)
    assert estimate.p_below(estimate.upper + 1e-9) <= 0.025 < estimate.p_below(estimate.upper - 1e-9)


def test_a_table_on_the_bound_has_half_of_its_rank_on_either_side():
    differences = np.r_[np.zeros(20), 0.001 * np.arange(1, 26), -0.001 * np.arange(1, 6)]
    estimate = shift_over_tables(differences)
    ranks = stats.rankdata(np.abs(differences))
    positive, mean = ranks[differences > 0].sum() + ranks[:20].sum() / 2, ranks.sum() / 2
    assert estimate.p_above(0) == pytest.approx(stats.norm.sf(positive - mean, scale=np.sqrt((ranks**2).sum()) / 2))
    assert estimate.p_above(0) < 0.025
    noisy = differences + np.random.default_rng(0).choice([-1e-17, 1e-17], len(differences))
    assert shift_over_tables(noisy).p_above(0) == estimate.p_above(0)
    assert shift_over_tables([-0.1, *[0.1 + 0.2 - 0.3] * 9]).upper == 0


def test_five_tables_or_fewer_exclude_nothing():
    estimate = shift_over_tables([0.1, 0.2, 0.3, 0.4, 0.5])
    assert (estimate.lower, estimate.upper) == (-np.inf, np.inf)
    assert estimate.p_above(0) > 0.025
    ratio = ratio_over_tables([1.1, 1.2, 1.3])
    assert (ratio.lower, ratio.upper) == (0, np.inf)


def test_tables_that_all_lie_on_the_bound_say_nothing():
    assert shift_over_tables([0.0, 0.0, 0.0]).p_above(0) == shift_over_tables([0.0, 0.0, 0.0]).p_below(0) == 1


def test_a_fraction_of_tables_is_tested_by_the_binomial_distribution():
    estimate = fraction_of_tables(9, 12)
    assert estimate.effect == 0.75
    assert estimate.p_above(0.5) == pytest.approx(sum(stats.binom.pmf(range(9, 13), 12, 0.5)))
    assert estimate.p_below(0.9) == pytest.approx(sum(stats.binom.pmf(range(10), 12, 0.9)))
    # Clopper and Pearson: the bounds at which so many, or so few, have a probability of 2.5 %
    assert stats.binom.sf(8, 12, estimate.lower) == pytest.approx(0.025)
    assert stats.binom.cdf(9, 12, estimate.upper) == pytest.approx(0.025)


def case(p: float) -> Estimate:
    """An effect that is above zero with this one-sided p value."""
    return Estimate(0.5 - p, 0, 0, "5 + 5 networks", lambda bound: p, lambda bound: 1 - p)


def test_the_number_above_zero_counts_and_bounds_what_is_certain():
    estimate = number_above_zero([case(0.001), case(0.002), case(0.3), case(0.999)])
    assert estimate.effect == 3
    assert (estimate.lower, estimate.upper) == (2, 3)
    assert estimate.p_above(0.5) == pytest.approx(4 * 0.001)
    assert estimate.p_above(1.5) == pytest.approx(3 * 0.002)
    assert estimate.p_above(2.5) == pytest.approx(2 * 0.3)
    assert estimate.p_above(3.5) == pytest.approx(0.999)
    assert estimate.p_below(3.5) == pytest.approx(4 * 0.001)  # at most three: one is below
    assert estimate.p_below(2.5) == 1


def test_more_cases_above_zero_are_never_easier_to_show_than_fewer():
    estimate = number_above_zero([case(0.05), case(0.05), case(0.05), case(0.05)])
    p = [estimate.p_above(number - 0.5) for number in range(1, 5)]
    assert p == sorted(p)


def test_p_values_are_adjusted_by_holms_steps():
    assert holm(pd.Series([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])


def test_tests_that_were_not_run_do_not_count_for_holm():
    adjusted = holm(pd.Series([0.01, np.nan, 0.04]))
    assert adjusted[0] == 0.02
    assert np.isnan(adjusted[1])
    assert adjusted[2] == 0.04
