"""Judges every claim on what a study measured."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from statsmodels.stats.multitest import multipletests

from study.claims import asonn, beyond, robustness
from study.claims.claim import Claim
from study.claims.hypothesis_tests import Estimate
from study.claims.measures import Measured, NotMeasured

CLAIMS = (*robustness.CLAIMS, *asonn.CLAIMS, *beyond.CLAIMS)
SUPPORTED, CONTRADICTED, UNDECIDED, NOT_RUN = "supported", "contradicted", "undecided", "not run"
OUTCOMES = (SUPPORTED, CONTRADICTED, UNDECIDED, NOT_RUN)
SIGNIFICANCE = 0.05
COLUMNS = [
    *("paper", "claim", "where", "statement", "measured", "region"),
    *("data", "outcome", "effect", "lower", "upper", "rule", "sample", "p", "p_adjusted", "needs"),
]


def judge(measured: Measured, claims: Iterable[Claim] = CLAIMS) -> pd.DataFrame:
    """One row for each claim and image set (or for all together): columns `COLUMNS`.

    A claim may come out either way, so p is twice the one-sided p value of the better supported way. p_adjusted is
    corrected by Holm's method for all tests of claims of the same paper; an outcome is reached where it is below 0.05.
    Where a claim says the same of several rules, effect, interval and rule are of the rule that decided: the least
    clear one, or the clearest exception. The interval is 95 %, not corrected.
    """
    rows = []
    for claim in claims:
        for data in [claim.over] if claim.over else _datasets(claim, measured):
            row = _description(claim) | {"data": data}
            try:
                rows.append(row | _tested(claim, claim.estimate(measured, data)))
            except NotMeasured as reason:
                rows.append(row | {"outcome": NOT_RUN, "needs": str(reason)})
    ledger = pd.DataFrame(rows, columns=COLUMNS)
    ledger["p_adjusted"] = ledger.groupby("paper")["p"].transform(holm)
    open_outcomes = ledger["outcome"].isin([SUPPORTED, CONTRADICTED]) & ~(ledger["p_adjusted"] < SIGNIFICANCE)
    ledger.loc[open_outcomes, "outcome"] = UNDECIDED
    return ledger


def _description(claim: Claim) -> dict:
    return {
        "paper": claim.paper,
        "claim": claim.id,
        "where": claim.where,
        "statement": claim.statement,
        "measured": claim.effect,
        "region": claim.region,
    }


def _datasets(claim: Claim, measured: Measured) -> Sequence[str]:
    """The image sets to test a claim on; `image sets` where a study has none."""
    found = claim.datasets or [name for name in measured.datasets if name not in claim.except_datasets]
    return found or ["image sets"]


def _tested(claim: Claim, estimates: Mapping[str, Estimate]) -> dict:
    """The outcome if its p value were small enough, and what led to it."""
    inside = {rule: _p_inside(claim, estimate) for rule, estimate in estimates.items()}
    outside = {rule: _p_outside(claim, estimate) for rule, estimate in estimates.items()}
    holds = max(inside.values())  # all effects must lie inside
    fails = len(outside) * min(outside.values())  # one outside is enough
    rule = max(inside, key=inside.get) if holds <= fails else min(outside, key=outside.get)
    estimate = estimates[rule]
    return {
        "outcome": SUPPORTED if holds <= fails else CONTRADICTED,
        "effect": estimate.effect,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "rule": rule or None,
        "sample": estimate.sample,
        "p": min(1.0, 2 * min(holds, fails)),
    }


def _p_inside(claim: Claim, estimate: Estimate) -> float:
    """Two one-sided tests: both bounds must be cleared."""
    sides = [] if claim.low is None else [estimate.p_above(claim.low)]
    sides += [] if claim.high is None else [estimate.p_below(claim.high)]
    return max(sides)


def _p_outside(claim: Claim, estimate: Estimate) -> float:
    """Beyond one of the bounds. An effect inside may wrongly seem to lie beyond either: p is doubled for that, too."""
    sides = [] if claim.low is None else [estimate.p_below(claim.low)]
    sides += [] if claim.high is None else [estimate.p_above(claim.high)]
    return min(sides)


def holm(p: pd.Series) -> pd.Series:
    """Holm's adjusted p values; missing ones, of tests that were not run, stay missing and do not count."""
    tested = p.dropna()
    adjusted = multipletests(tested, method="holm")[1] if len(tested) else tested
    return pd.Series(adjusted, tested.index, float).reindex(p.index)
