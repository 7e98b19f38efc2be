"""The smallest study that has every stage, run once, and what it leaves behind."""

import pandas as pd
import yaml

from tests.workflow.conftest import snakemake
from tests.workflow.test_dry_runs import FIGURES

SMOKE = ["--configfile", "config/smoke.yaml"]


def test_every_figure_is_a_pdf_a_png_a_table_of_what_is_drawn_and_a_record(finished):
    folder = finished / "figures/smoke"
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{suffix}" for name in FIGURES for suffix in ("pdf", "png", "csv", "json")
    }
    for name in FIGURES:
        assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert len(pd.read_csv(folder / f"{name}.csv")) > 0


def test_the_claims_of_the_papers_are_tested(finished):
    ledger = pd.read_csv(finished / "results/smoke/claims.csv").set_index(["claim", "data"])
    assert ledger.loc[("final-accuracy", "digits"), "sample"] == "2 + 2 networks"
    assert ledger.loc[("final-accuracy-kmnist", "kmnist"), "outcome"] == "not run"
    assert ledger.loc[("similar-to-the-best", "all tables"), "needs"] == "needs the classifier xgboost"
    assert (finished / "results/smoke/claims.md").read_text().startswith("# Claims")


def test_the_configuration_lies_beside_the_results(finished):
    kept = yaml.safe_load((finished / "results/smoke/config.yaml").read_text())
    assert kept == yaml.safe_load((finished / "config/smoke.yaml").read_text())


def test_the_default_profile_is_in_force(finished):
    result = snakemake(finished, "-n", *SMOKE)
    assert "workflow specific profile profiles/default" in result.stdout
