"""What claims estimate: a rule beside another, or what is said of several rules alike."""

from collections.abc import Callable, Mapping

import numpy as np

from study.claims.hypothesis_tests import Estimate, difference_of_means, mean_of
from study.claims.measures import Measured, NotMeasured

Estimates = Callable[[Measured, str], Mapping[str, Estimate]]  # of study and data set; keys name rules, or nothing
PerNetwork = Callable[[Measured, str, str], np.ndarray]  # of study, data set and rule: one number a network

PAPER_RULES = ("ch3l3", "random")


def ch3l3_minus_random(values: PerNetwork) -> Estimates:
    """The difference between the means of the paper's two rules."""
    return lambda measured, dataset: {
        "": difference_of_means(values(measured, dataset, "ch3l3"), values(measured, dataset, "random"))
    }


def each_minus(reference: str, values: PerNetwork) -> Estimates:
    """The difference between each of the paper's rules and a third."""
    return lambda measured, dataset: {
        rule: difference_of_means(values(measured, dataset, rule), values(measured, dataset, reference))
        for rule in PAPER_RULES
    }


def mean_of_each(values: PerNetwork, *rules: str) -> Estimates:
    """The mean of each rule."""
    return lambda measured, dataset: {rule: mean_of(values(measured, dataset, rule)) for rule in rules}


def unmeasured(needs: str) -> Estimates:
    """For a claim that no study here can test, with the reason."""

    def estimate(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
        raise NotMeasured(needs)

    return estimate
