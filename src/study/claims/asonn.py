"""Claims of Horzyk et al. ASONN is version 2; a score is the mean over splits, and each table counts once."""

from collections.abc import Mapping

from study.claims.claim import ASONN, Claim
from study.claims.hypothesis_tests import Estimate, share_of_tables, shift_over_tables
from study.claims.measures import Measured, NotMeasured

VERSIONS = ("asonn_v1", "asonn_v2")  # the paper's
NO_RIVALS = (*VERSIONS, "asonn_v3")


def asonn_minus_xgboost(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    means = measured.classifiers("accuracy", "asonn_v2", "xgboost")
    return {"": shift_over_tables(means["asonn_v2"] - means["xgboost"])}


def share_of_wins(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    """Tables on which no other method is more accurate; one that failed is not."""
    others = [name for name in measured.table_means("accuracy") if name not in NO_RIVALS]
    if not others:
        raise NotMeasured("needs other classifiers")
    ours = measured.classifiers("accuracy", "asonn_v2")["asonn_v2"]
    theirs = measured.table_means("accuracy")[others].max(axis=1).reindex(ours.index)
    return {"": share_of_tables(int((~(theirs > ours)).sum()), len(ours))}


def share_learned(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    """Tables on which training accuracy is 1 in every split; those where no row is unambiguous do not count."""
    means = measured.classifiers("training_accuracy", "asonn_v2")["asonn_v2"]
    return {"": share_of_tables(int((means == 1.0).sum()), len(means))}


CLAIMS = (
    Claim(
        id="similar-to-the-best",
        paper=ASONN,
        where="Comparison with other classifiers",
        statement="ASONN is about as accurate as the best classifiers, such as XGBoost.",
        effect="test accuracy, ASONN minus XGBoost",
        estimate=asonn_minus_xgboost,
        low=-0.02,
        high=0.02,
        over="all tables",
    ),
    Claim(
        id="usually-the-best",
        paper=ASONN,
        where="Comparison with other classifiers",
        statement="ASONN is usually the best of the compared classifiers.",
        effect="share of tables on which no other classifier has a higher test accuracy",
        estimate=share_of_wins,
        low=0.5,
        over="all tables",
    ),
    Claim(
        id="training-accuracy",
        paper=ASONN,
        where="Construction of the network",
        statement="ASONN classifies all its training rows as trained, unless equal rows have different classes.",
        effect="share of tables on which all training rows without an equal row of another class are classified so",
        estimate=share_learned,
        low=0.9,
        over="all tables",
    ),
)
