"""Claims of Horzyk et al., on ASONN as the paper prints it, as we reconstruct its authors' program, and as we read it.

A score is the mean over splits, and each table counts once, those of the same origin together. Claims about who is
more accurate are tested on all tables, on those that the authors list, and on the 52 largest.
Classifiers with searched hyperparameters take part in `defaults-suffice` alone: the paper's comparison has none.
"""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from study.claims.claim import ASONN, FEWER, Claim, Region, within
from study.claims.hypothesis_tests import (
    Estimate,
    exact_count,
    fraction_of_tables,
    ratio_over_tables,
    shift_over_tables,
)
from study.claims.measures import Measured, NotMeasured
from study.classifiers import TUNED
from study.data.table_groups import ALL, TABLE_GROUPS, by_origin

READINGS = {"as printed": "asonn_printed", "the authors' program": "asonn_authors", "our reading": "asonn_v2"}


def of_each_reading(*groups: str) -> tuple[str, ...]:
    """What there is an outcome for, such as `all tables, as printed`."""
    return tuple(f"{group}, {reading}" for group in groups for reading in READINGS)


EACH_READING = of_each_reading(ALL)
EACH_GROUP = of_each_reading(ALL, *TABLE_GROUPS)


def reading_of(data: str) -> str:
    """The classifier of one of `EACH_GROUP`."""
    return READINGS[data.partition(", ")[2]]


def group_of(data: str) -> str:
    """The tables of one of `EACH_GROUP`."""
    return data.partition(", ")[0]


def others(measured: Measured, column: str) -> list[str]:
    """The compared classifiers that are no ASONN, with their defaults."""
    names = [name for name in measured.table_means(column) if not name.startswith("asonn") and not name.endswith(TUNED)]
    if not names:
        raise NotMeasured("needs other classifiers")
    return names


def asonn_minus_xgboost(measured: Measured, data: str) -> Mapping[str, Estimate]:
    asonn = reading_of(data)
    means = measured.classifiers("accuracy", asonn, "xgboost", group=group_of(data))
    return {"": shift_over_tables(means[asonn] - means["xgboost"])}


def fraction_of_wins(measured: Measured, data: str) -> Mapping[str, Estimate]:
    """Tables on which no other method is more accurate; one that failed is not."""
    asonn = reading_of(data)
    means = measured.table_means("accuracy", group_of(data))
    theirs = by_origin(means[others(measured, "accuracy")]).max(axis=1)
    ours = measured.classifiers("accuracy", asonn, group=group_of(data))[asonn]
    return {"": fraction_of_tables(int((~(theirs.reindex(ours.index) > ours)).sum()), len(ours))}


def tables_not_learned(measured: Measured, data: str) -> Mapping[str, Estimate]:
    """Tables on which training accuracy is below 1 in a split; those where no row is unambiguous do not count."""
    means = measured.classifiers("training_accuracy", reading_of(data))
    return {"": exact_count(int((means < 1).to_numpy().sum()), f"{len(means)} tables")}


def sizes_over_values(measured: Measured, data: str) -> Mapping[str, Estimate]:
    """Combinations, ranges, and links (of ranges to combinations, and of these to classes), over training values."""
    asonn = reading_of(data)
    rules, ranges, values = (
        measured.classifiers(column, asonn)[asonn] for column in ("rules", "ranges", "training_values")
    )
    if not (ranges > 0).all():
        raise NotMeasured("needs ranges on every table")
    sizes = {"combinations": rules, "ranges": ranges, "links": ranges + rules}
    return {name: ratio_over_tables(size / values.reindex(size.index)) for name, size in sizes.items()}


def fit_time_over_xgboost(measured: Measured, data: str) -> Mapping[str, Estimate]:
    asonn = reading_of(data)
    means = measured.classifiers("fit_seconds", asonn, "xgboost")
    return {"": ratio_over_tables(means[asonn] / means["xgboost"])}


def gain_by_search(measured: Measured, data: str) -> Mapping[str, Estimate]:
    """What a search adds to the accuracy, minus the median of what searches add to the others."""
    asonn = reading_of(data)
    names = [name.removesuffix(TUNED) for name in measured.table_means("accuracy") if name.endswith(TUNED)]
    if asonn not in names or not (theirs := [name for name in names if not name.startswith("asonn")]):
        raise NotMeasured(f"needs the classifier {asonn}{TUNED} and others with searched hyperparameters")
    compared = [asonn, *theirs]
    means = measured.classifiers("accuracy", *compared, *(f"{name}{TUNED}" for name in compared))
    gains = pd.DataFrame({name: means[f"{name}{TUNED}"] - means[name] for name in compared})
    return {"": shift_over_tables(gains[asonn] - gains[theirs].median(axis=1))}


def cost_with_costs(measured: Measured, data: str) -> Mapping[str, Estimate]:
    """What the features of a combination cost if growth knows the costs, over what they cost if not."""
    asonn, costs = reading_of(data), measured.feature_costs
    means = by_origin(costs[costs["classifier"] == asonn].groupby("table")[["cost_unknown", "cost_known"]].mean())
    if len(means) < 2:
        raise NotMeasured(f"needs fits of {asonn} with costs of features, on two or more tables")
    return {"": ratio_over_tables(means["cost_known"] / means["cost_unknown"])}


claim = partial(Claim, paper=ASONN)
CLAIMS = (
    claim(
        id="similar-to-the-best",
        where="Conclusions & Remarks",
        quote="similar to the best-performing classifiers (e.g., XGBoost) on vectorized data which objects are "
        "defined by the subgroups of similar features that can be automatically extracted and used",
        statement="ASONN is about as accurate as the best classifiers, such as XGBoost.",
        effect="test accuracy, ASONN minus XGBoost",
        estimate=asonn_minus_xgboost,
        region=within(0.02),
        over=EACH_GROUP,
    ),
    claim(
        id="usually-the-best",
        where="Experimental Results",
        quote="ASONN v2 classification usually delivered the best results",
        statement="Version 2 of ASONN is usually the best of the compared classifiers.",
        effect="fraction of tables on which no other classifier has a higher test accuracy",
        estimate=fraction_of_wins,
        region=Region(low=0.5),
        caution="Where several classifiers are about as accurate, none is ahead of all others on half of the tables.",
        # as printed, growth stops at the first extension that is refused, which is version 1
        over=tuple(data for data in EACH_GROUP if reading_of(data) != "asonn_printed"),
    ),
    claim(
        id="training-accuracy",
        where="Theoretical Background of ASONNs; Introduction and Contribution",
        quote="100% training accuracy for unambiguous training data",
        statement="ASONN classifies all its training rows as trained, unless equal rows have different classes.",
        effect="number of tables on which a training row without an equal row of another class is classified otherwise",
        estimate=tables_not_learned,
        region=Region(high=0.5),
        over=EACH_READING,
    ),
    claim(
        id="small-structure",
        where="ASONN Classifier Construction",
        quote="The final ASONN structure is small, sparse, consistent, optimized, and explainable!",
        statement="ASONN has fewer combinations, ranges and links than its training data have values.",
        effect="combinations, ranges, and links of ASONN over values of the training data (rows times features)",
        estimate=sizes_over_values,
        region=FEWER,
        over=EACH_READING,
    ),
    claim(
        id="fast-development",
        where="Conclusions & Remarks; Introduction and Contribution",
        quote="allow for the very fast development of classifiers",
        statement="ASONN is fitted faster than XGBoost, the classifier that the paper compares it with by name.",
        effect="seconds of a fit, ASONN over XGBoost",
        estimate=fit_time_over_xgboost,
        region=FEWER,
        over=EACH_READING,
        caution="Times are of this implementation, of all readings. Classifiers that hardly train, such as naive Bayes "
        "or a single tree, are fitted faster than ASONN.",
    ),
    claim(
        id="defaults-suffice",
        where="Conclusions & Remarks",
        quote="do not require optimizing of hyperparameters unlike many other models",
        statement="ASONN gains less from a search of its hyperparameters than other classifiers from one of theirs.",
        effect="gain in test accuracy by the search, ASONN minus the median of the others",
        estimate=gain_by_search,
        region=Region(high=0),
        over=EACH_READING,
    ),
    claim(
        id="cheapest-features",
        where="Conclusions & Remarks; Introduction and Contribution",
        quote="can automatically take into account different costs of features and prefer these features which are "
        "the cheapest",
        statement="Given costs of features, the combinations of ASONN need cheaper ones.",
        effect="cost of the features of a combination, mean over represented training rows, costs known over unknown",
        estimate=cost_with_costs,
        region=FEWER,
        over=EACH_READING,
        caution="How costs enter growth no source says; it is our choice in all readings. In our reading, any unequal "
        "costs also let combinations grow smaller, which lowers the sum of their costs by itself. The sign alone is "
        "tested: effect and interval say how small the difference is.",
    ),
)
