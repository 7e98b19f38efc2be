"""Claims of Horzyk et al. ASONN is version 2; a score is the mean over splits, and each table counts once."""

from collections.abc import Mapping

from study.claims.claim import ASONN, FEWER, Claim, Region, within
from study.claims.hypothesis_tests import (
    Estimate,
    exact_count,
    fraction_of_tables,
    ratio_over_tables,
    shift_over_tables,
)
from study.claims.measures import Measured, NotMeasured
from study.claims.robustness import unmeasured

VERSIONS = ("asonn_v1", "asonn_v2")  # the paper's


def others(measured: Measured, column: str) -> list[str]:
    """The compared classifiers that are no version of ASONN."""
    if not (names := [name for name in measured.table_means(column) if not name.startswith("asonn")]):
        raise NotMeasured("needs other classifiers")
    return names


def asonn_minus_xgboost(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    means = measured.classifiers("accuracy", "asonn_v2", "xgboost")
    return {"": shift_over_tables(means["asonn_v2"] - means["xgboost"])}


def fraction_of_wins(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    """Tables on which no other method is more accurate; one that failed is not."""
    theirs = measured.table_means("accuracy")[others(measured, "accuracy")].max(axis=1)
    ours = measured.classifiers("accuracy", "asonn_v2")["asonn_v2"]
    return {"": fraction_of_tables(int((~(theirs.reindex(ours.index) > ours)).sum()), len(ours))}


def tables_not_learned(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    """Tables on which training accuracy is below 1 in a split; those where no row is unambiguous do not count."""
    means = measured.classifiers("training_accuracy", "asonn_v2")["asonn_v2"]
    return {"": exact_count(int((means < 1).sum()), f"{len(means)} tables")}


def fit_time_over_others(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    """Over the median of the other classifiers on the same table."""
    theirs = measured.table_means("fit_seconds")[others(measured, "fit_seconds")].median(axis=1)
    ours = measured.classifiers("fit_seconds", "asonn_v2")["asonn_v2"]
    return {"": ratio_over_tables((ours / theirs.reindex(ours.index)).dropna())}


CLAIMS = (
    Claim(
        id="similar-to-the-best",
        paper=ASONN,
        where="Conclusions & Remarks",
        quote="similar to the best-performing classifiers (e.g., XGBoost) on vectorized data which objects are "
        "defined by the subgroups of similar features that can be automatically extracted and used",
        statement="ASONN is about as accurate as the best classifiers, such as XGBoost.",
        effect="test accuracy, ASONN minus XGBoost",
        estimate=asonn_minus_xgboost,
        region=within(0.02),
        over="all tables",
    ),
    Claim(
        id="usually-the-best",
        paper=ASONN,
        where="Experimental Results",
        quote="classification usually delivered the best results",
        statement="ASONN is usually the best of the compared classifiers.",
        effect="fraction of tables on which no other classifier has a higher test accuracy",
        estimate=fraction_of_wins,
        region=Region(low=0.5),
        over="all tables",
    ),
    Claim(
        id="training-accuracy",
        paper=ASONN,
        where="Theoretical Background of ASONNs; Introduction and Contribution",
        quote="100% training accuracy for unambiguous training data",
        statement="ASONN classifies all its training rows as trained, unless equal rows have different classes.",
        effect="number of tables on which a training row without an equal row of another class is classified otherwise",
        estimate=tables_not_learned,
        region=Region(high=0.5),
        over="all tables",
    ),
    Claim(
        id="small-structure",
        paper=ASONN,
        where="ASONN Classifier Construction",
        quote="The final ASONN structure is small, sparse, consistent, optimized, and explainable!",
        statement="ASONN has fewer connections than its training data have values.",
        effect="connections of ASONN over values of the training data",
        estimate=unmeasured("needs the number of training values of each table in scores.csv"),
        region=FEWER,
        over="all tables",
    ),
    Claim(
        id="fast-development",
        paper=ASONN,
        where="Conclusions & Remarks; Introduction and Contribution",
        quote="allow for the very fast development of classifiers",
        statement="ASONN is fitted faster than most of the compared classifiers.",
        effect="seconds of a fit, ASONN over the median of the other classifiers",
        estimate=fit_time_over_others,
        region=FEWER,
        over="all tables",
    ),
    Claim(
        id="defaults-suffice",
        paper=ASONN,
        where="Conclusions & Remarks",
        quote="do not require optimizing of hyperparameters unlike many other models",
        statement="ASONN gains less from a search of its hyperparameters than other classifiers from one of theirs.",
        effect="gain in test accuracy by the search, ASONN minus the median of the others",
        estimate=unmeasured("needs scores of classifiers with searched hyperparameters"),
        region=Region(high=0),
        over="all tables",
    ),
    Claim(
        id="cheapest-features",
        paper=ASONN,
        where="Conclusions & Remarks; Introduction and Contribution",
        quote="can automatically take into account different costs of features and prefer these features which are "
        "the cheapest",
        statement="Given costs of features, ASONN uses cheaper ones.",
        effect="mean cost of the features used, with costs over without",
        estimate=unmeasured("needs fits with costs of features"),
        region=FEWER,
        over="all tables",
    ),
)
