"""Claims under other settings of training (arms): what an arm changes, and in which of them a statement holds."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from study.claims.claim import ROBUSTNESS
from study.claims.ledger import CLAIMS, CONTRADICTED, MARKS, NOT_CLAIMED, NOT_RUN, SUPPORTED, UNDECIDED
from study.plots.labels import dataset_name
from study.results.tables import in_order

ARMS = f"""\
What Sulyok et al. state, tested once more with networks trained under other settings (arms; main is the study's \
own). \
{MARKS[SUPPORTED]} supported, {MARKS[CONTRADICTED]} contradicted; in brackets where that arm alone cannot decide: \
({MARKS[SUPPORTED]}) the effect lies as stated, ({MARKS[CONTRADICTED]}) it does not. The figure specification_curve \
shows effects, intervals and settings."""


def setting_text(key: str, value: Any) -> str:
    """`weight decay 0.001`, `merge bias on`."""
    shown = {True: "on", False: "off", None: "none"}[value] if value is None or isinstance(value, bool) else value
    return f"{key} {shown}".replace("_", " ")


def stated(ledgers: pd.DataFrame) -> pd.DataFrame:
    """The rows of ledgers on what Sulyok et al. state of single image sets, where it was tested in two arms or more.

    Statements about rules that the arms do not train, and about times, are tested in the study's own setting alone.
    With one more column: `as_stated`, whether the effect lies in the region, be that decided or not.
    """
    regions = {claim.id: claim.region_on for claim in CLAIMS if claim.paper == ROBUSTNESS and not claim.over}
    rows = ledgers[ledgers["claim"].isin(regions) & ~ledgers["outcome"].isin([NOT_RUN, NOT_CLAIMED])]
    rows = rows[rows.groupby(["claim", "data"])["arm"].transform("nunique") > 1]
    inside = [
        (region := regions[row.claim](row.data)).low < row.effect < region.high
        for row in rows[["claim", "data", "effect"]].itertuples()
    ]
    return rows.assign(as_stated=inside)


def as_stated_in_arms(ledgers: pd.DataFrame) -> pd.DataFrame:
    """By statement, claim and data: in how many arms the effect lies `as_stated`, of how many `arms`."""
    cases = stated(ledgers).groupby(["statement", "claim", "data"], sort=False)["as_stated"]
    return cases.agg(as_stated="sum", arms="size")


def arm_table(ledger: pd.DataFrame, arms: Sequence[pd.DataFrame]) -> tuple[list[str], list[list[str]], dict[str, str]]:
    """In which arms which statement holds: header, one row for each statement and image set, and a note a claim.

    The last columns count the arms whose effect is as stated. All are empty without arms.
    """
    if not len(arms):
        return [], [], {}
    tested = stated(pd.concat([ledger, *arms], ignore_index=True))
    names = in_order(pd.concat([ledger["arm"], *(arm["arm"] for arm in arms)]))
    rows, counts = [], {}
    for (claim, data), group in tested.groupby(["claim", "data"], sort=False):
        marks = {
            row["arm"]: MARKS[row["outcome"]]
            if row["outcome"] != UNDECIDED
            else f"({MARKS[SUPPORTED if row['as_stated'] else CONTRADICTED]})"
            for row in group.to_dict("records")
        }
        count = f"{group['as_stated'].sum()} of {len(group)}"
        rows.append([claim, dataset_name(data), *(marks.get(name, MARKS[NOT_RUN]) for name in names), count])
        counts.setdefault(claim, []).append(f"{dataset_name(data)} {count}")
    notes = {claim: f"as stated in so many arms: {', '.join(texts)}." for claim, texts in counts.items()}
    return ["statement", "data", *names, "as stated in"], rows, notes
