"""Judges every claim on what a study measured."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path

import pandas as pd
from statsmodels.stats.multitest import multipletests

from study.claims import asonn, beyond, robustness
from study.claims.claim import PAPER_DATASETS, ROBUSTNESS, Claim, Region
from study.claims.hypothesis_tests import Estimate
from study.claims.measures import Measured, NotMeasured
from study.results.tables import read_result

CLAIMS = (*robustness.CLAIMS, *asonn.CLAIMS, *beyond.CLAIMS)
SUPPORTED, CONTRADICTED, UNDECIDED, NOT_RUN = "supported", "contradicted", "undecided", "not run"
NOT_CLAIMED = "not claimed"
OUTCOMES = (SUPPORTED, CONTRADICTED, UNDECIDED, NOT_CLAIMED, NOT_RUN)
MARKS = dict(zip(OUTCOMES, "✓✗?·–", strict=True))  # read without colours
NO_DATA = "needs data"  # begins what is said of an image set that a study does not have
SIGNIFICANCE = 0.05
DESCRIPTION = {  # columns, and what a claim says there
    **{"paper": "paper", "claim": "id", "where": "where", "quote": "quote"},
    **{"statement": "statement", "measured": "effect", "caution": "caution"},
}
COLUMNS = [
    *DESCRIPTION,
    *("data", "region", "sign", "outcome", "effect", "lower", "upper", "case", "sample", "p", "p_adjusted", "needs"),
]


def judge(measured: Measured, claims: Iterable[Claim] = CLAIMS, left_out: Sequence[str] = ()) -> pd.DataFrame:
    """One row for each claim and image set (or for all together): columns `COLUMNS`.

    A claim may come out either way, so p is twice the one-sided p value of the better supported way. p_adjusted is
    corrected by Holm's method for all tests of claims of the same paper; an outcome is reached where it is below 0.05.
    Where a claim says the same of several effects, effect, interval and case are of the one that decided: the least
    clear one, or the clearest exception. The interval is 95 %, not corrected. On image sets of which a paper does not
    speak, effect and interval stand without a test. Image sets that are left out are not run, like those of the
    paper that the study lacks.
    """
    rows = []
    present = measured.datasets
    absent = {*PAPER_DATASETS, *left_out} - set(present)
    for claim in claims:
        for data in claim.over or _datasets(claim, [*present, *left_out]):
            region = claim.region_on(data)
            row = {name: getattr(claim, field) or None for name, field in DESCRIPTION.items()} | {"data": data}
            row |= {"region": str(region), "sign": region.sign} if region else {}
            try:
                if not claim.over and data in absent:
                    raise NotMeasured(f"{NO_DATA} that are not part of this study")
                row |= _tested(region or claim.any_region, claim.estimate(measured, data))
                row |= {} if region else {"outcome": NOT_CLAIMED, "p": None}
            except NotMeasured as reason:
                row |= {"outcome": NOT_RUN, "needs": str(reason)}
            rows.append(row)
    ledger = pd.DataFrame(rows, columns=COLUMNS)
    ledger["p_adjusted"] = ledger.groupby("paper")["p"].transform(holm)
    open_outcomes = ledger["outcome"].isin([SUPPORTED, CONTRADICTED]) & ~(ledger["p_adjusted"] < SIGNIFICANCE)
    ledger.loc[open_outcomes, "outcome"] = UNDECIDED
    return ledger


def read_ledger(path: Path) -> pd.DataFrame:
    """The ledger of one arm as the script wrote it: columns arm and `COLUMNS`."""
    return read_result(path, ["arm", *COLUMNS])


def _datasets(claim: Claim, named: Sequence[str]) -> Sequence[str]:
    """The image sets to test a claim on: those of the study, and those of the paper of which it says something."""
    if claim.paper != ROBUSTNESS:
        return named or ["image sets"]
    papers = [name for name in PAPER_DATASETS if claim.region_on(name) or name in named]
    return [*papers, *(name for name in named if name not in PAPER_DATASETS)]


def _tested(region: Region, estimates: Mapping[str, Estimate]) -> dict:
    """The outcome if its p value were small enough, and what led to it."""
    inside = {case: max(_p_values(region, estimate.p_above, estimate.p_below)) for case, estimate in estimates.items()}
    outside = {case: min(_p_values(region, estimate.p_below, estimate.p_above)) for case, estimate in estimates.items()}
    holds = max(inside.values())  # all effects must lie inside both bounds
    fails = len(outside) * min(outside.values())  # one beyond one of the bounds is enough
    # of several that are as clear, the one closest to a bound
    margin = {case: _margin(region, estimate.effect) for case, estimate in estimates.items()}
    if holds <= fails:
        case = min(inside, key=lambda case: (-inside[case], margin[case]))
    else:
        case = min(outside, key=lambda case: (outside[case], -margin[case]))
    return {
        "outcome": SUPPORTED if holds <= fails else CONTRADICTED,
        "effect": estimates[case].effect,
        "lower": estimates[case].lower,
        "upper": estimates[case].upper,
        "case": case or None,
        "sample": estimates[case].sample,
        "p": min(1.0, 2 * min(holds, fails)),
    }


def _margin(region: Region, effect: float) -> float:
    return min(abs(effect - bound) for bound in (region.low, region.high) if isfinite(bound))


def _p_values(region: Region, beyond_low: Callable, beyond_high: Callable) -> list[float]:
    return [p(bound) for p, bound in ((beyond_low, region.low), (beyond_high, region.high)) if isfinite(bound)]


def holm(p: pd.Series) -> pd.Series:
    """Holm's adjusted p values; missing ones, of tests that were not run, stay missing and do not count."""
    tested = p.dropna()
    adjusted = multipletests(tested, method="holm")[1] if len(tested) else tested
    return pd.Series(adjusted, tested.index, float).reindex(p.index)
