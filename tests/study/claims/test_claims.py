"""Every claim on made-up studies in which it holds, in which it does not, and in which nothing can be told."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.claims.claim import BEYOND, PAPER_DATASETS, PAPERS
from study.claims.hypothesis_tests import mean_of
from study.claims.ledger import CLAIMS, COLUMNS, NOT_RUN, OUTCOMES, judge
from study.claims.measures import Measured
from study.claims.page import SUMMARY, ledger_page
from study.claims.report import claims_text, ledger_text
from study.claims.tables import read_result_tables

NETWORKS = 6
NOTHING = read_result_tables({})
BY_ID = {claim.id: claim for claim in CLAIMS}
TESTED = [claim for claim in CLAIMS if claim.region]


def networks(means: dict[str, float], scatter: float):
    """Rule, number and value of each network."""
    for rule, mean in means.items():
        for seed, value in enumerate(mean + scatter * np.linspace(-1, 1, NETWORKS)):
            yield rule, seed, value


def table(kind: str, rows: list[dict]) -> dict[str, pd.DataFrame]:
    return {kind: pd.DataFrame(rows)}


def curves(dataset: str, means: dict[str, float], scatter: float) -> dict[str, pd.DataFrame]:
    """Accuracy stays where it is."""
    return table(
        "histories",
        [
            {"dataset": dataset, "rule": rule, "seed": str(seed), "epoch": epoch, "test_accuracy": value}
            for rule, seed, value in networks(means, scatter)
            for epoch in range(1, 13)
        ],
    )


def valleys(dataset: str, means: dict[str, float], scatter: float) -> dict[str, pd.DataFrame]:
    """Accuracy rises to 0.9 and stays, then to 0.88 less the value and stays, and rises to 0.88 again."""
    return table(
        "histories",
        [
            {"dataset": dataset, "rule": rule, "seed": str(seed), "epoch": epoch, "test_accuracy": accuracy}
            for rule, seed, value in networks(means, scatter)
            for epoch, accuracy in enumerate([*[0.1] * 9, *[0.9] * 9, *[0.88 - value] * 9, *[0.88] * 9], start=1)
        ],
    )


def durations(dataset: str, means: dict[str, float], scatter: float) -> dict[str, pd.DataFrame]:
    return table(
        "update_times",
        [
            {"dataset": dataset, "rule": rule, "seed": seed, "seconds_update": seconds}
            for rule, seed, value in networks(means, scatter)
            for seconds in (value / 2, value * 3 / 2)
        ],
    )


def sweeps(perturbation: str, shape: Callable[[float], list[tuple[float, float]]]):
    """A sweep whose levels and accuracies are made from the value of each network."""

    def build(dataset: str, means: dict[str, float], scatter: float) -> dict[str, pd.DataFrame]:
        return table(
            "sweeps",
            [
                {"dataset": dataset, "rule": rule, "perturbation": perturbation, "seed": seed, "repeat": repeat}
                | {"level": level, "accuracy": accuracy}
                for rule, seed, value in networks(means, scatter)
                for level, accuracy in shape(value)
                for repeat in (0, 1)
            ],
        )

    return build


def flat(value: float) -> list[tuple[float, float]]:
    return [(0.0, value), (0.5, value), (1.0, value)]


def collapse(value: float) -> list[tuple[float, float]]:
    """From 0.9 in a straight line to 0.1, of which nine tenths are behind at the level of the value."""
    return [(0.0, 0.9), (value / 0.9, 0.1), (1.0, 0.1)]


def plateau(value: float) -> list[tuple[float, float]]:
    return [(0.0, 0.9), (value, 0.88), (1.0, 0.1)]


def histograms(low: float):
    """The value is the share of weights between `low` and the next edge."""

    def build(dataset: str, means: dict[str, float], scatter: float) -> dict[str, pd.DataFrame]:
        edges = [0, 0.2, 1, 1.5]
        return table(
            "weights",
            [
                {"dataset": dataset, "rule": rule, "seed": seed, "layer": layer, "bin_lower": lower, "bin_upper": upper}
                | {"links": 1000 * (value if lower == low else (1 - value) / 2)}
                for rule, seed, value in networks(means, scatter)
                for layer in (1, 2)
                for lower, upper in pairwise(edges)
            ],
        )

    return build


def updates(column: str):
    """Two updates, of which the last counts, and an epoch without update after them."""

    def build(dataset: str, means: dict[str, float], scatter: float) -> dict[str, pd.DataFrame]:
        return table(
            "topologies",
            [
                {
                    "dataset": dataset,
                    "rule": rule,
                    "seed": str(seed),
                    "epoch": epoch,
                    "layer": layer,
                    "regrown": regrown,
                }
                | {"active_units": 7.0, "regrown_just_removed": 0.0}
                | ({column: value} if epoch == 2 else {})
                for rule, seed, value in networks(means, scatter)
                for epoch, regrown in ((1, 30), (2, 40), (3, 0))
                for layer in (1, 2)
            ],
        )

    return build


def learned(dataset: str, means: dict[str, float], scatter: float) -> dict[str, pd.DataFrame]:
    """The value is on how many of 60 tables all training rows are learned; on the others, in the first split only."""
    return table(
        "scores",
        [
            {"table": f"table{number}", "classifier": name, "split": split, "accuracy": 0.5, "rules": 1.0}
            | {"training_accuracy": 1.0 if number < count or split == 0 else 0.999}
            for name, count in means.items()
            for number in range(60)
            for split in (0, 1)
        ],
    )


def scores(column: str):
    """Ten tables, two splits each; the value is the mean over the splits."""

    def build(dataset: str, means: dict[str, float], scatter: float) -> dict[str, pd.DataFrame]:
        rng = np.random.default_rng(0)
        return table(
            "scores",
            [
                {"table": f"table{number}", "classifier": name, "split": split, "accuracy": 0.5, "rules": 1.0}
                | {"training_accuracy": 1.0}
                | {column: value + (0.01 if split else -0.01)}
                for name, mean in means.items()
                for number, value in enumerate(mean + scatter * rng.permutation(np.linspace(-1, 1, 10)))
                for split in (0, 1)
            ],
        )

    return build


def on_all_four(build):
    """One value for each of the paper's image sets, as the lead of CH3-L3 over random."""

    def build_all(dataset: str, leads: tuple[float, ...], scatter: float) -> dict[str, pd.DataFrame]:
        parts = [
            build(name, {"ch3l3": 0.5 + lead, "random": 0.5}, scatter)
            for name, lead in zip(PAPER_DATASETS, leads, strict=True)
        ]
        return {kind: pd.concat([part[kind] for part in parts]) for kind in parts[0]}

    return build_all


def both(value: float) -> dict[str, float]:
    return {"ch3l3": value, "random": value}


ahead, behind, level = ({"ch3l3": a, "random": b} for a, b in ((0.6, 0.5), (0.5, 0.6), (0.55, 0.55)))
shuffling = on_all_four(sweeps("weight_shuffling", flat))

# of each claim: how its study is made, what the rules measure where it holds, where it fails, where neither can be told
CASES = {
    "early-learning": (curves, ahead, behind, level),
    "final-accuracy": (curves, level, ahead, {"ch3l3": 0.56, "random": 0.55}),
    "final-accuracy-kmnist": (curves, ahead, behind, level),
    "fashion-valley": (valleys, both(0.03), {"ch3l3": 0.03, "random": 0.001}, both(0.005)),
    "update-cost": (durations, {"ch3l3": 2, "random": 1}, {"ch3l3": 10, "random": 1}, {"ch3l3": 2.8, "random": 1}),
    "random-pruning": (sweeps("random_pruning", flat), ahead, behind, level),
    "weight-order-results": (sweeps("weight_order", collapse), both(0.03), both(0.007), both(0.01)),
    "weight-order-discussion": (
        sweeps("weight_order", collapse),
        both(0.05),
        {"ch3l3": 0.05, "random": 0.007},
        both(0.03),
    ),
    "reverse-order-plateau": (sweeps("reverse_weight_order", plateau), both(0.7), both(0.95), both(0.85)),
    "reverse-order-random": (sweeps("reverse_weight_order", flat), behind, ahead, level),
    "shuffling-results": (shuffling, (0.1, 0.1, -0.1, -0.1), (0.1, 0.1, 0.1, -0.1), (0.1, 0.1, 0, -0.1)),
    "shuffling-discussion": (shuffling, (0.1, 0.1, 0.1, -0.1), (0.1, 0.1, 0.1, 0.1), (0.1, 0.1, 0, -0.1)),
    "noise-results": (sweeps("weight_noise", flat), ahead, behind, level),
    "noise-discussion": (sweeps("weight_noise", flat), behind, ahead, level),
    "medium-weights": (histograms(0.2), behind, ahead, level),
    "large-weights-mnist": (histograms(1), ahead, behind, level),
    "large-weights-fashion": (histograms(1), behind, ahead, level),
    "similar-to-the-best": (
        scores("accuracy"),
        {"asonn_v2": 0.8, "xgboost": 0.8},
        {"asonn_v2": 0.7, "xgboost": 0.8},
        {"asonn_v2": 0.78, "xgboost": 0.8},
    ),
    "usually-the-best": (
        scores("accuracy"),
        {"asonn_v1": 0.95, "asonn_v2": 0.9, "asonn_v3": 0.96, "xgboost": 0.8, "svm": 0.7},
        {"asonn_v1": 0.95, "asonn_v2": 0.75, "xgboost": 0.8, "svm": 0.7},
        {"asonn_v1": 0.95, "asonn_v2": 0.8, "xgboost": 0.8, "svm": 0.7},
    ),
    "training-accuracy": (learned, {"asonn_v2": 60}, {"asonn_v2": 30}, {"asonn_v2": 57}),
    "drained-units": (updates("active_units"), behind, ahead, level),
    "rewiring-pays": (
        curves,
        {"ch3l3": 0.6, "random": 0.6, "static": 0.5},
        {"ch3l3": 0.6, "random": 0.4, "static": 0.5},
        {"ch3l3": 0.6, "random": 0.5, "static": 0.5},
    ),
    "regrown-just-removed": (updates("regrown_just_removed"), {"ch3l3": 0.95}, {"ch3l3": 0.5}, {"ch3l3": 0.9}),
    "shuffling-by-data-set": (sweeps("weight_shuffling", flat), ahead, behind, level),
    "second-version-accuracy": (
        scores("accuracy"),
        {"asonn_v1": 0.8, "asonn_v2": 0.9},
        {"asonn_v1": 0.9, "asonn_v2": 0.8},
        {"asonn_v1": 0.8, "asonn_v2": 0.8},
    ),
    "second-version-size": (
        scores("rules"),
        {"asonn_v1": 50, "asonn_v2": 30},
        {"asonn_v1": 30, "asonn_v2": 50},
        {"asonn_v1": 30, "asonn_v2": 30},
    ),
}
SCATTER = {"supported": 0.002, "contradicted": 0.002, "undecided": 0.004}


def study(claim_id: str, outcome: str) -> Measured:
    build, *values = CASES[claim_id]
    dataset = (BY_ID[claim_id].datasets or ["digits"])[0]
    return Measured(**NOTHING | build(dataset, values[OUTCOMES.index(outcome)], SCATTER[outcome]))


def judged(claim_id: str, measured: Measured) -> pd.Series:
    ledger = judge(measured, [BY_ID[claim_id]])
    assert len(ledger) == 1
    return ledger.iloc[0]


@pytest.mark.parametrize("outcome", SCATTER)
@pytest.mark.parametrize("claim_id", [claim.id for claim in TESTED])
def test_a_claim_comes_out_as_the_study_was_made(claim_id, outcome):
    row = judged(claim_id, study(claim_id, outcome))
    assert row["outcome"] == outcome
    assert row["lower"] <= row["effect"] <= row["upper"]
    assert (row["p_adjusted"] < 0.05) == (outcome != "undecided")


@pytest.mark.parametrize(
    ("claim_id", "effect"),
    [
        ("early-learning", 0.1),
        ("fashion-valley", 0.03),
        ("update-cost", 2),
        ("random-pruning", 0.1),
        ("weight-order-results", 0.03),
        ("reverse-order-plateau", 0.7),
        ("shuffling-discussion", 3),
        ("medium-weights", -0.1),
        ("similar-to-the-best", 0),
        ("usually-the-best", 1),
        ("drained-units", -0.1),
        ("regrown-just-removed", 0.95),
        ("second-version-size", 0.6),
    ],
)
def test_the_effect_is_what_the_study_was_made_with(claim_id, effect):
    assert judged(claim_id, study(claim_id, "supported"))["effect"] == pytest.approx(effect, abs=3e-4)


def test_a_statement_about_several_rules_fails_with_one_of_them_and_says_which():
    row = judged("weight-order-discussion", study("weight-order-discussion", "contradicted"))
    assert row["rule"] == "random"
    assert row["effect"] == pytest.approx(0.007)
    assert judged("rewiring-pays", study("rewiring-pays", "undecided"))["rule"] == "random"


def test_an_effect_on_the_edge_of_its_region_is_decided_as_seldom_as_the_level_says():
    rng = np.random.default_rng(0)
    claim = BY_ID["regrown-just-removed"]
    for low, high in ((0, None), (-0.2, 0), (-10, 0)):
        outcomes = []
        for values in rng.normal(0, 1, (200, 5)):
            edge = replace(
                claim, low=low, high=high, estimate=lambda measured, data, values=values: {"": mean_of(values)}
            )
            outcomes.append(judge(Measured(**NOTHING), [edge])["outcome"].iloc[0])
        assert sum(outcome != "undecided" for outcome in outcomes) <= 200 * 0.09


def test_equal_means_of_few_scattered_networks_are_not_taken_for_equality():
    measured = Measured(**NOTHING | curves("digits", level, 0.05))
    assert judged("final-accuracy", measured)["outcome"] == "undecided"


def test_each_claim_is_tested_on_the_image_sets_that_it_is_about():
    parts = [curves(name, level, 0.01)["histories"] for name in ("digits", "mnist", "kmnist")]
    ledger = judge(Measured(**NOTHING | {"histories": pd.concat(parts)}))
    data = ledger.groupby("claim")["data"].agg(list)
    assert data["early-learning"] == ["digits", "mnist", "kmnist"]
    assert data["final-accuracy"] == ["digits", "mnist"]
    assert data["final-accuracy-kmnist"] == ["kmnist"]
    assert data["fashion-valley"] == ["fashion_mnist"]
    assert data["similar-to-the-best"] == ["all tables"]


def test_p_values_are_corrected_for_all_tests_of_a_paper_and_not_for_those_of_another():
    measured = Measured(**NOTHING | curves("digits", ahead | {"static": 0.3}, 0.002))
    ledger = judge(measured).set_index("claim")
    assert ledger["p"].notna().groupby(ledger["paper"]).sum()[BEYOND] == 1
    assert ledger.loc["rewiring-pays", "p_adjusted"] == ledger.loc["rewiring-pays", "p"]
    pair = ledger.loc[["early-learning", "final-accuracy"]].sort_values("p")
    assert pair["p_adjusted"].iloc[0] == 2 * pair["p"].iloc[0]


def test_a_study_without_results_runs_no_claim_and_says_of_each_what_it_needs():
    ledger = judge(Measured(**NOTHING))
    assert set(ledger["outcome"]) == {NOT_RUN}
    assert ledger["needs"].str.startswith("needs ").all()
    assert set(ledger["claim"]) == set(BY_ID)
    assert ledger["p_adjusted"].isna().all()


@pytest.mark.parametrize(
    ("claim_id", "change", "needs"),
    [
        ("early-learning", lambda t: t[t["rule"] != "random"], "needs learning curves of random networks on Digits"),
        ("early-learning", lambda t: t[t["epoch"] == 1], "needs epoch 2"),
        ("final-accuracy", lambda t: t[t["seed"] == "0"], "needs two or more networks of each rule"),
        ("fashion-valley", lambda t: t[t["epoch"] < 14], "needs at least 15 epochs"),
        ("update-cost", lambda t: t[t["seed"] == 0], "needs two or more timed networks of each rule"),
        ("random-pruning", lambda t: t[t["level"] == 0], "needs two or more levels of random removal"),
        ("weight-order-results", lambda t: t[t["level"] > 0], "needs level 0 of largest |weight| removed first"),
        ("reverse-order-plateau", lambda t: t[t["level"] == 0], "needs higher levels of smallest |weight| removed"),
        ("shuffling-results", lambda t: t[t["dataset"] != "kmnist"], "weight shuffling on KMNIST"),
        (
            "medium-weights",
            lambda t: t.replace({"bin_lower": {0.2: 0.3}, "bin_upper": {0.2: 0.3}}),
            "needs bins of |weight| with an edge at 0.2",
        ),
        ("drained-units", lambda t: t.assign(regrown=0), "needs an update of CH3-L3 networks"),
        ("similar-to-the-best", lambda t: t[t["classifier"] != "xgboost"], "needs the classifier xgboost"),
        ("similar-to-the-best", lambda t: t[t["table"] == "table0"], "needs two or more tables"),
        ("usually-the-best", lambda t: t[t["classifier"].str.startswith("asonn")], "needs other classifiers"),
        ("usually-the-best", lambda t: t[t["classifier"] == "svm"], "needs the classifier asonn_v2"),
    ],
)
def test_what_a_study_lacks_is_said_and_no_error(claim_id, change, needs):
    measured = study(claim_id, "supported")
    (kind,) = [kind for kind, rows in vars(measured).items() if len(rows)]
    row = judged(claim_id, replace(measured, **{kind: change(getattr(measured, kind))}))
    assert row["outcome"] == NOT_RUN
    assert needs in row["needs"]


def test_a_classifier_that_failed_on_a_table_leaves_the_table_to_the_others():
    measured = study("similar-to-the-best", "supported")
    failed = (measured.scores["table"] == "table0") & (measured.scores["classifier"] == "xgboost")
    measured.scores.loc[failed, "accuracy"] = np.nan
    assert judged("similar-to-the-best", measured)["sample"] == "9 tables"
    assert judged("usually-the-best", measured)["sample"] == "10 tables"


def test_the_ledger_stands_alone():
    ledger = judge(study("early-learning", "supported"))
    assert list(ledger) == COLUMNS
    assert ledger[["paper", "claim", "where", "statement", "measured", "data", "outcome"]].notna().all().all()


def test_each_claim_has_a_name_of_its_own_a_source_and_one_sentence():
    assert len(BY_ID) == len(CLAIMS)
    assert set(CASES) == {claim.id for claim in TESTED}
    for claim in CLAIMS:
        assert claim.paper in PAPERS
        assert claim.where
        assert claim.effect
        assert re.fullmatch(r"[A-Z].*[^.]\.", claim.statement)


def test_contradictions_of_a_paper_name_each_other():
    for claim in CLAIMS:
        for name in re.findall(r"contradicts ([\w-]+)", claim.where):
            assert BY_ID[name].paper == claim.paper


def test_the_text_has_every_claim_and_its_outcome():
    ledger = judge(study("shuffling-results", "supported"))
    text = ledger_text(ledger)
    for claim in CLAIMS:
        assert claim.statement in text
    counted = [row.split(" | ")[1:] for row in text.splitlines() if re.match(r"\| [^|]+ \| \d+ \|", row)]
    assert sum(int(cell.strip(" |")) for row in counted for cell in row) == len(ledger)
    assert "| the paper's four | **supported** | 2 [2, 2] |" in text
    assert "- all tables: **not run**, needs scores of classifiers" in text


def test_the_web_page_has_every_outcome_with_its_numbers_and_asks_nothing_of_any_other_place():
    ledger = judge(study("shuffling-results", "supported"))
    page = ledger_page(ledger)
    for claim in CLAIMS:
        assert html.escape(claim.statement) in page
    assert page.count("<tr data-outcome=") == len(ledger)
    assert '<td>the paper&#x27;s four</td><td><span class="outcome supported">✓ supported</span></td>' in page
    assert '<td class="number">2 [2, 2]</td>' in page
    summary = page.split(SUMMARY)[1]
    assert sum(map(int, re.findall(r"<td>(\d+)</td>", summary))) == len(ledger)
    assert not re.search(r"https?://|src=|href=|@import|url\(", page)


def test_the_page_of_claims_is_the_list_that_the_script_prints():
    page = (Path(__file__).parents[3] / "docs/claims.md").read_text()
    assert claims_text().rstrip() in page
