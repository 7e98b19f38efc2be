"""Means and ranks of classifiers over many tables, differences, and the colours of ASONN and the others in figures."""

import pandas as pd
from scipy.stats import wilcoxon

from study.data.table_groups import ALL, TABLE_GROUPS, by_origin, origin_of
from study.results.tables import in_order

ASONN_COLOUR, OTHER_COLOUR = "#D55E00", "#595959"
REFERENCES = (
    "asonn_v2",
    "asonn_v1",
    "asonn_v3",
    "asonn_v4",
)  # differences are taken to the first of these that was run


def table_means(scores: pd.DataFrame, column: str = "accuracy") -> pd.DataFrame:
    """Mean of a score over splits: table, classifier, mean, splits (that did not fail)."""
    values = scores.groupby(["table", "classifier"], sort=False)[column]
    return values.agg(mean="mean", splits="count").reset_index()


def rank_tables(means: pd.DataFrame) -> pd.DataFrame:
    """For each table and classifier its rank (1 is best, ties share, a method that failed is last).

    Tables of the same origin, which are no independent samples, count as one: `table` is the origin, `mean` the mean of
    its tables, missing where the method failed on one. Classifiers that were run on some of the tables only are left
    out.
    """
    everywhere = means.groupby("classifier")["table"].transform("size") == means["table"].nunique()
    origins = means[everywhere].assign(table=means["table"].map(origin_of))
    ranks = origins.groupby(["table", "classifier"], sort=False)["mean"].mean(skipna=False).reset_index()
    ranks["rank"] = ranks.groupby("table")["mean"].rank(ascending=False, na_option="bottom")
    return ranks


def compare_to_reference(means: pd.DataFrame) -> pd.DataFrame:
    """With four more columns: `origin` of the table, the `rank` there (`rank_tables`), the `reference`, and the
    `difference` in accuracy to it on the table, in percentage points."""
    means = means.assign(origin=means["table"].map(origin_of))
    ranks = rank_tables(means).rename(columns={"table": "origin"})[["origin", "classifier", "rank"]]
    means = means.merge(ranks, how="left", on=["origin", "classifier"])
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


def signed_rank_p(differences: pd.Series) -> float:
    """Of Wilcoxon's test, two-sided, of differences in accuracy, one an origin; missing ones do not count.

    Half the rank of a difference of 0 is on either side, as in `study.claims.hypothesis_tests.shift_over_tables`.
    """
    differences = differences.dropna().round(12)  # equal accuracies may differ in the last digit of their means
    return float(wilcoxon(differences, zero_method="zsplit").pvalue) if differences.any() else 1.0


def compare_means(scores: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Means over tables, each of which counts once: one row a classifier.

    classifier; tables: on how many it was run; failed: on how many of these. One column a group of tables
    (`group_means`): mean accuracy. rank: mean rank of accuracy (`rank_tables`); auc, log_loss, rules: means of these.
    All of these are empty for a classifier that was not run on all tables, of the group or at all. difference: mean
    accuracy minus the baseline's in percentage points, over the tables where neither failed; p_value: of
    `signed_rank_p` of these, of the same origin as one. The most accurate over all tables comes first, what was not run
    on all of them comes last.
    """
    means = table_means(scores)
    own = means.groupby("classifier")
    found = pd.DataFrame({"tables": own.size(), "failed": own["mean"].agg(lambda mean: mean.isna().sum())})
    groups = group_means(means)
    for group in in_order(groups["group"]):
        own = groups[groups["group"] == group].set_index("classifier")
        found[group] = own["mean"].where(own["tables"] == own["tables"].max())
    found["rank"] = rank_tables(means).groupby("classifier")["rank"].mean()
    for column in ("auc", "log_loss", "rules"):
        own = table_means(scores, column).groupby("classifier")["mean"].mean()
        found[column] = own.where(found["tables"] == found["tables"].max())
    accuracies = means.pivot(index="table", columns="classifier", values="mean")
    theirs = accuracies.reindex(columns=[baseline])[baseline]
    differences = accuracies.drop(columns=baseline, errors="ignore").sub(theirs, axis="index")
    differences = differences.dropna(how="all", axis="columns")
    found["difference"] = 100 * differences.mean()
    differences = by_origin(differences)
    found["p_value"] = pd.Series({name: signed_rank_p(differences[name]) for name in differences}, dtype=float)
    return found.sort_values([ALL, "difference"], ascending=False).reset_index()


def is_asonn(classifier: str) -> bool:
    return classifier.startswith("asonn")


def colour(classifier: str) -> str:
    return ASONN_COLOUR if is_asonn(classifier) else OTHER_COLOUR
