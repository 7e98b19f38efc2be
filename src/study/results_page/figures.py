"""Blocks of the page about one figure each: what is stated of it, how that came out, and the numbers behind it."""

import pandas as pd

from study.claims.claim import BEYOND
from study.claims.ledger import MARKS, NOT_RUN
from study.claims.report import effect_text, p_text
from study.plots.labels import dataset_name, perturbation_name, rule_name
from study.results.summary import BAND, markdown_table
from study.results_page.recorded import Recorded, lacks_data, own_caution

MEDIAN = "median [{:.0f}th, {:.0f}th percentile]".format(*(100 * part for part in BAND))


def fig2(recorded: Recorded) -> str:
    times = recorded.drawn("fig2_update_times")
    means = times[times["mean"].notna() & (times["stage"] == "seconds_update")].drop_duplicates(["dataset", "rule"])
    rows = [
        [dataset_name(row["dataset"]), rule_name(row["rule"]), f"{1000 * row['mean']:.1f}", f"{row['updates']:.0f}"]
        for row in means.to_dict("records")
    ]
    return claims_and_numbers(
        recorded, ["update-cost"], ["", "rule", "mean duration of an update (ms)", "updates"], rows
    )


def fig3(recorded: Recorded) -> str:
    curves = recorded.drawn("fig3_learning_curves")
    curves = curves[curves["measure"] == "test_accuracy"]
    rows = []
    for (dataset, rule), curve in curves.groupby(["dataset", "rule"], sort=False):
        curve = curve.sort_values("epoch")
        last, best = curve.iloc[-1], curve.loc[curve["median"].idxmax()]
        rows.append(
            [
                dataset_name(dataset),
                rule_name(rule),
                f"{last['networks']:.0f}",
                f"{last['median']:.4f} [{last['lower']:.4f}, {last['upper']:.4f}]",
                f"{best['median']:.4f} (epoch {best['epoch']:.0f})",
            ]
        )
    claims = [
        *("early-learning", "early-maximum", "final-accuracy", "final-accuracy-kmnist", "final-accuracy-discussion"),
        *("variable-middle", "fashion-valley", "fashion-rise", "competitive-accuracy", "efficiency"),
    ]
    epochs = f"{curves['epoch'].max():.0f}"
    header = ["", "rule", "networks", f"test accuracy after epoch {epochs}: {MEDIAN}", "highest median"]
    return claims_and_numbers(recorded, claims, header, rows)


def fig4(recorded: Recorded) -> str:
    claims = [
        *("order-of-removals", "random-pruning", "weight-order", "weight-order-results", "weight-order-discussion"),
        *("random-pruning-minimum", "reverse-order-random", "reverse-order-plateau", "reverse-order-cliff"),
        *("reverse-order-compression", "robustness-maintained"),
    ]
    return claims_and_numbers(
        recorded, claims, *_areas(recorded, ["random_pruning", "weight_order", "reverse_weight_order"])
    )


def fig5(recorded: Recorded) -> str:
    claims = [
        *("both-drop-fast", "shuffling-starts-below", "shuffling-ends-above"),
        *("shuffling-results", "shuffling-discussion"),
        *("noise-results", "noise-discussion"),
    ]
    return claims_and_numbers(recorded, claims, *_areas(recorded, ["weight_shuffling", "weight_noise"]))


def fig6(recorded: Recorded) -> str:
    claims = [
        *("minimum-near-zero", "maximum-near-zero", "exponential-decay"),
        *("medium-weights", "large-weights", "remaining-weights"),
    ]
    densities = recorded.drawn("fig6_weight_magnitudes")
    rows = []
    wide = densities[(densities["layer"].astype(str) == "all") & (densities["bins"] == "wide")]
    for (dataset, rule), bins in wide.groupby(["dataset", "rule"], sort=False):
        links = bins["mean"] * (bins["bin_upper"] - bins["bin_lower"])
        medium = links[(bins["bin_lower"] > 0.2 - 1e-9) & (bins["bin_upper"] < 1 + 1e-9)].sum()
        large = links[bins["bin_lower"] > 1 - 1e-9].sum()
        rows.append(
            [
                dataset_name(dataset),
                rule_name(rule),
                f"{bins['networks'].max():.0f}",
                *(f"{100 * part / links.sum():.2f}" for part in (medium, large)),
            ]
        )
    header = ["", "rule", "networks", "% of weights with 0.2 ≤ |w| < 1", "% with |w| ≥ 1"]
    return claims_and_numbers(recorded, claims, header, rows)


def control(recorded: Recorded) -> str:
    return claims_and_numbers(recorded, ["rewiring-pays", "narrow-dense"], *_areas(recorded, None))


def active(recorded: Recorded) -> str:
    units = recorded.drawn("active_units")
    rows = []
    for (dataset, rule), found in units.groupby(["dataset", "rule"], sort=False):
        last = found[found["epoch"] == found["epoch"].max()].sort_values("layer")
        medians = [f"{row['median']:.0f} [{row['lower']:.0f}, {row['upper']:.0f}]" for row in last.to_dict("records")]
        rows.append([dataset_name(dataset), rule_name(rule), f"{last['networks'].max():.0f}", *medians])
    layers = sorted(units["layer"].unique())
    header = ["", "rule", "networks", *(f"layer {layer}: {MEDIAN}" for layer in layers)]
    return claims_and_numbers(recorded, ["drained-units", "regrown-just-removed"], header, rows)


def claims_and_numbers(recorded: Recorded, claims: list[str], header: list[str], rows: list[list[str]]) -> str:
    """What the paper says and how it came out, what to bear in mind, then the numbers."""
    cautions = recorded.ledger.drop_duplicates("claim").set_index("claim").reindex(claims)["caution"].map(own_caution)
    notes = [
        f"{', '.join(f'`{claim}`' for claim in same.index)}: {text}"
        for text, same in cautions.groupby(cautions, sort=False)
        if text
    ]
    return "\n\n".join([_claims(recorded.ledger, claims), *notes, markdown_table(header, rows)])


def _claims(ledger: pd.DataFrame, claims: list[str]) -> str:
    """One row for each claim and data set of the study."""
    rows = []
    for claim in claims:
        found = ledger[(ledger["claim"] == claim) & ~lacks_data(ledger)]
        for number, row in enumerate(found.to_dict("records")):
            quoted = isinstance(row["quote"], str)
            said = f"“{row['quote']}”" if quoted else row["statement"]
            source = "ours" if row["paper"] == BEYOND else row["where"]
            was_run = row["outcome"] != NOT_RUN
            rows.append(
                [
                    "" if number else f"{said} ({source}; `{claim}`)<br>Effect: {row['measured']}.",
                    dataset_name(row["data"]),
                    row["region"] if isinstance(row["region"], str) else "",
                    effect_text(row) if was_run else row["needs"],
                    row["sample"] if was_run else "",
                    p_text(row["p_adjusted"]) if was_run else "",
                    f"{MARKS[row['outcome']]} {row['outcome']}",
                ]
            )
    header = ["said", "on", "claimed", "effect [95 % interval]", "sample", "adjusted p", "outcome"]
    return markdown_table(header, rows)


def _areas(recorded: Recorded, perturbations: list[str] | None) -> tuple[list[str], list[list[str]]]:
    """Mean accuracy over the levels of each perturbation, and the difference from random regrowth."""
    areas = recorded.drawn("robustness_areas")
    rows = []
    for (dataset, perturbation, rule), found in areas.groupby(["dataset", "perturbation", "rule"], sort=False):
        if perturbations and perturbation not in perturbations:
            continue
        values = found.loc[(found["quantity"] == "area") & found["seed"].notna(), "value"]
        difference = found[found["quantity"] == "difference"].to_dict("records")
        rows.append(
            [
                dataset_name(dataset),
                perturbation_name(perturbation).title,
                rule_name(rule),
                str(len(values)),
                f"{values.mean():.4f}" + (f" ± {values.std():.4f}" if len(values) > 1 else ""),
                *(_with_interval(row) for row in difference),
                *([""] * (not difference)),
            ]
        )
    header = ["", "perturbation", "rule", "networks", "mean accuracy over the levels ± s.d.", "minus random [95 %]"]
    return header, rows


def _with_interval(row: dict) -> str:
    interval = "" if pd.isna(row["lower"]) else f" [{row['lower']:+.4f}, {row['upper']:+.4f}]"
    return f"{row['value']:+.4f}{interval}"
