"""Statements under other settings of training, as the page of results and the README count them."""

import json

import pandas as pd
import pytest

from study.claims.claim import ROBUSTNESS
from study.claims.ledger import COLUMNS, CONTRADICTED, NOT_RUN, SUPPORTED, UNDECIDED
from study.provenance.archive import ABOUT, Archive, write_archive
from study.results_page.overview import in_short
from study.results_page.page import block_of
from study.results_page.recorded import Recorded

ARMS = {"heavy": {"momentum": 0.5, "merge_bias": False}, "light": {"momentum": 0}, "later": {"zeta": 0.1}}
CASES = {  # claim, image set: effects of main, heavy and light; as stated where early-learning < 1, medium-weights < 0
    ("early-learning", "mnist"): (0.6, 0.7, 0.8),
    ("early-learning", "fashion_mnist"): (0.6, 1.2, 0.8),
    ("medium-weights", "mnist"): (0.01, 0.02, 0.03),
}


def ledger(arm: str, place: int) -> bytes:
    rows = [
        {"arm": arm, "paper": ROBUSTNESS, "claim": claim, "statement": f"About {claim}.", "data": data}
        | {"outcome": outcome, "case": "CH3-L3", "effect": effects[place], "lower": 0.0, "upper": 1.0}
        for ((claim, data), effects), outcome in zip(CASES.items(), (SUPPORTED, UNDECIDED, CONTRADICTED), strict=True)
    ]
    rows.append(rows[0] | {"data": "kmnist", "outcome": NOT_RUN, "effect": None, "needs": "needs data"})
    return pd.DataFrame(rows, columns=["arm", *COLUMNS]).to_csv(index=False).encode()


@pytest.fixture
def recorded(tmp_path):
    config = {"robustness": {"multiverse": {"networks": 2, "arms": ARMS}}}
    members = {
        ABOUT: json.dumps({"study": "demo", "networks_under_other_settings": 16}).encode(),
        "results/demo/config.yaml": json.dumps(config).encode(),
        "results/demo/claims.csv": ledger("main", 0),
        "results/demo/arms/heavy/claims.csv": ledger("heavy", 1),
        "results/demo/arms/light/claims.csv": ledger("light", 2),
    }
    write_archive(tmp_path / "demo.zip", members)
    with Archive(tmp_path / "demo.zip") as archive:
        yield Recorded(archive)


def test_statements_are_counted_over_the_arms_that_were_run(recorded):
    text = block_of("settings", recorded)
    assert "2 of each rule on each image set in each arm, 16 in all" in text
    assert "| `main` | nothing | 1 of 2 | 1 of 1 |" in text
    assert "| `heavy` | momentum 0.5, merge bias off | 1 of 2 | 0 of 1 |" in text
    every, none, some = (text.partition(f"**As stated in {kind}**")[2] for kind in ("every arm", "no arm", "some arms"))
    assert "| About early-learning. (`early-learning`) | 3 of 3 |  |" in every.partition("**")[0]
    assert "| About medium-weights. (`medium-weights`) | 0 of 3 |  |" in none.partition("**")[0]
    assert "| About early-learning. (`early-learning`) |  | 2 of 3 |" in some
    assert "KMNIST" not in text
    assert text.endswith("Not run yet: `later`.\n")


def test_cases_that_come_out_alike_in_every_arm_are_marked(recorded):
    text = in_short(recorded)
    assert "- About early-learning: MNIST †\n" in text
    assert "- About medium-weights: MNIST (CH3-L3) †\n" in text
    assert "under each of the 2 other settings" in text


def test_of_several_effects_the_one_against_the_statement_is_named(recorded):
    text = in_short(recorded)
    assert "- About medium-weights: MNIST (CH3-L3) †\n" in text
    assert "CH3-L3" not in text.partition("Contradicted:")[0]
    assert "In brackets: " in text
