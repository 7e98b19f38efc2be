"""The block of the page about ASONN and the classifiers that it is compared with."""

import pandas as pd

from study.claims.claim import ASONN, BEYOND
from study.claims.report import p_text
from study.data.table_groups import ALL, TABLE_GROUPS, origin_of
from study.plots.labels import classifier_name
from study.results.classifier_scores import compare_means, is_asonn
from study.results.summary import count_phrase
from study.results_page.figures import claims_and_numbers
from study.results_page.recorded import Recorded

BASELINE = "xgboost"  # the paper's example of the best classifiers


def asonn(recorded: Recorded) -> str:
    ledger = recorded.ledger
    ours = (ledger["paper"] == BEYOND) & ledger["data"].isin([ALL, *TABLE_GROUPS])
    claims = list(dict.fromkeys(ledger.loc[(ledger["paper"] == ASONN) | ours, "claim"]))
    return f"{claims_and_numbers(recorded, claims, *_means(recorded.scores))}\n\n{_about_means(recorded.scores)}"


def _means(scores: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Means over tables of each classifier, the most accurate first."""
    found = compare_means(scores, BASELINE)
    tables = set(scores["table"])
    groups = {group: len(tables & TABLE_GROUPS.get(group, tables)) for group in (ALL, *TABLE_GROUPS) if group in found}
    rows = []
    for row in found.to_dict("records"):
        name = classifier_name(row["classifier"])
        rows.append(
            [
                f"**{name}**" if is_asonn(row["classifier"]) else name,
                f"{row['tables']}" + (f", failed on {row['failed']}" if row["failed"] else ""),
                *(_number(row[group], ".4f") for group in groups),
                *(_number(row["rank"], ".1f"), _number(row["auc"], ".3f"), _number(row["log_loss"], ".3f")),
                *(_number(row["rules"], ",.0f"), _number(row["difference"], "+.1f"), p_text(row["p_value"])),
            ]
        )
    accuracies = [f"accuracy: {group} ({count})" for group, count in groups.items()]
    difference = f"minus {classifier_name(BASELINE)}, points"
    return ["", "tables", *accuracies, "mean rank", "AUC", "log loss", "boxes or leaves", difference, "p"], rows


def _about_means(scores: pd.DataFrame) -> str:
    splits = count_phrase(scores.groupby("table")["split"].nunique(), "random split")
    return (
        f"{splits} of each of {scores['table'].nunique()} tables. Means are over splits, then over tables, without "
        "those on which a classifier failed; what was not run on all of them has none. Minus "
        f"{classifier_name(BASELINE)}: over the tables on which neither failed, with p of Wilcoxon's signed-rank test, "
        "two-sided, not corrected for the number of classifiers. Ranks and p count tables of the same origin as one: "
        f"there are {scores['table'].map(origin_of).nunique()} origins. Version 4 was chosen on those tables that are "
        "not among the 52 largest: its p is no independent evidence; the claims about it are tested on the 52."
    )


def _number(value: float, form: str) -> str:
    return "" if pd.isna(value) else format(value, form)
