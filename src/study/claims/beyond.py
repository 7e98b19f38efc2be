"""What neither paper says and this project does."""

from collections.abc import Mapping
from functools import partial

from study.claims.claim import ABOVE, BELOW, BEYOND, FEWER, Claim, Estimates, Region
from study.claims.hypothesis_tests import Estimate, ratio_over_tables, shift_over_tables
from study.claims.measures import Measured
from study.claims.robustness import ch3l3_minus_random, each_minus, mean_of_each
from study.data.table_groups import ALL


def classifier_minus(column: str, one: str, other: str) -> Estimates:
    """The difference between two classifiers in a score, each table once."""

    def estimate(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
        means = measured.classifiers(column, one, other, group=dataset)
        return {"": shift_over_tables(means[one] - means[other])}

    return estimate


def second_version_over_first(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    means = measured.classifiers("rules", "asonn_v2", "asonn_v1")
    return {"": ratio_over_tables(means["asonn_v2"] / means["asonn_v1"])}


claim = partial(Claim, paper=BEYOND)
CLAIMS = (
    claim(
        id="drained-units",
        where="Active units of each sparse layer",
        statement="CH3-L3 drains hidden units: fewer of them keep incoming links.",
        effect="units of a layer with incoming links after the last update, CH3-L3 minus random",
        estimate=ch3l3_minus_random(Measured.active_units),
        region=BELOW,
    ),
    claim(
        id="regrown-just-removed",
        where="Records of topology updates",
        statement="Late in training, CH3-L3 regrows nearly always the very links that were just removed.",
        effect="fraction of the links regrown by the last update that it had just removed, CH3-L3",
        estimate=mean_of_each(Measured.regrown_just_removed, ["ch3l3"]),
        region=Region(low=0.9),
    ),
    claim(
        id="narrow-dense",
        where="Learning curves of the controls",
        statement="Sparse networks are more accurate than dense ones of as many parameters.",
        effect="test accuracy after the last epoch, each rule minus narrow dense",
        estimate=each_minus("narrow_dense", Measured.final_accuracy),
        region=ABOVE,
    ),
    claim(
        id="second-version-accuracy",
        where="Our reading of the two versions of ASONN",
        statement="Version 2 of ASONN is more accurate than version 1.",
        effect="test accuracy, version 2 minus version 1",
        estimate=classifier_minus("accuracy", "asonn_v2", "asonn_v1"),
        region=ABOVE,
        over=(ALL,),
    ),
    claim(
        id="second-version-size",
        where="Our reading of the two versions of ASONN",
        statement="Version 2 of ASONN needs fewer combinations than version 1.",
        effect="number of combinations, version 2 over version 1",
        estimate=second_version_over_first,
        region=FEWER,
        over=(ALL,),
    ),
    claim(
        id="our-reading",
        where="Readings of ASONN",
        statement="Our reading of the paper is more accurate than its equations as printed.",
        effect="test accuracy, version 2 minus the printed reading",
        estimate=classifier_minus("accuracy", "asonn_v2", "asonn_printed"),
        region=ABOVE,
        over=(ALL,),
    ),
    *(
        claim(
            id=f"fourth-version-{name}",
            where="Version 4 of ASONN",
            statement=f"Version 4 of ASONN has a {better} {measure} than XGBoost.",
            effect=f"{measure} on test rows, version 4 minus XGBoost",
            estimate=classifier_minus(column, "asonn_v4", "xgboost"),
            region=region,
            over=("the 52 largest tables",),
            caution="Version 4 was chosen on the other 50 tables, 17 of which are of the same origin as 11 of these.",
        )
        for name, column, better, measure, region in (
            ("accuracy", "accuracy", "higher", "accuracy", ABOVE),
            ("balanced", "balanced_accuracy", "higher", "balanced accuracy", ABOVE),
            ("auc", "auc", "larger", "area under the ROC curve", ABOVE),
            ("log-loss", "log_loss", "smaller", "log loss", BELOW),
        )
    ),
)
