"""Means and ranks of classifiers over many tables, and the colours of ASONN and the others in figures."""

import pandas as pd

from study.data.table_groups import ALL, TABLE_GROUPS

ASONN_COLOUR, OTHER_COLOUR = "#D55E00", "#595959"
REFERENCES = (
    "asonn_v2",
    "asonn_v1",
    "asonn_v3",
    "asonn_v4",
)  # differences are taken to the first of these that was run


def table_means(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy over splits: table, classifier, mean, splits (that did not fail)."""
    accuracies = scores.groupby(["table", "classifier"], sort=False)["accuracy"]
    return accuracies.agg(mean="mean", splits="count").reset_index()


def rank_tables(means: pd.DataFrame) -> pd.DataFrame:
    """For each table and classifier its rank (1 is best, ties share, a method that failed is last) and the
    difference in accuracy to the reference, in percentage points. Classifiers that were run on some of the tables only
    have no rank."""
    means = means.copy()
    everywhere = means.groupby("classifier")["table"].transform("size") == means["table"].nunique()
    means["rank"] = means[everywhere].groupby("table")["mean"].rank(ascending=False, na_option="bottom")
    reference = next((name for name in REFERENCES if name in set(means["classifier"])), means["classifier"].iloc[0])
    anchor = means[means["classifier"] == reference].set_index("table")["mean"]
    means["reference"] = reference
    means["difference"] = 100 * (means["mean"] - means["table"].map(anchor))
    return means


def group_means(means: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy over the tables of each group that the results have some of: classifier, group, tables, mean.

    Tables on which a classifier failed count among its tables, not in its mean. Groups are all tables and those of
    `study.data.table_groups`; the first alone where no other is there.
    """
    groups = {ALL: set(means["table"])} | {name: tables & set(means["table"]) for name, tables in TABLE_GROUPS.items()}
    rows = []
    for name, tables in groups.items():
        if tables and (name == ALL or tables != groups[ALL]):
            own = means[means["table"].isin(tables)].groupby("classifier", sort=False)["mean"]
            rows.append(pd.DataFrame({"group": name, "tables": own.size(), "mean": own.mean()}).reset_index())
    return pd.concat(rows, ignore_index=True)


def is_asonn(classifier: str) -> bool:
    return classifier.startswith("asonn")


def colour(classifier: str) -> str:
    return ASONN_COLOUR if is_asonn(classifier) else OTHER_COLOUR
