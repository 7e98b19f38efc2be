"""The smallest study that has every stage, run once, and what it leaves behind."""

import pandas as pd
import yaml

from study.workflow.configuration import normalise
from tests.workflow.conftest import figures_of_the_report


def test_every_figure_is_a_pdf_a_png_a_table_of_what_is_drawn_and_a_record(finished):
    folder = finished / "figures/smoke"
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{suffix}" for name in figures_of_the_report() for suffix in ("pdf", "png", "csv", "json")
    }
    for name in figures_of_the_report():
        assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert len(pd.read_csv(folder / f"{name}.csv")) > 0


def test_the_claims_of_the_papers_are_tested(finished):
    ledger = pd.read_csv(finished / "results/smoke/claims.csv").set_index(["claim", "data"])
    assert ledger.loc[("final-accuracy", "digits"), "sample"] == "2 + 2 networks"
    assert ledger.loc[("final-accuracy-kmnist", "kmnist"), "outcome"] == "not run"
    assert ledger.loc[("similar-to-the-best", "all tables"), "needs"] == "needs the classifier xgboost"
    assert (finished / "results/smoke/claims.md").read_text().startswith("# Claims")


def test_the_configuration_lies_beside_the_results_with_all_defaults(finished):
    given = yaml.safe_load((finished / "config/smoke.yaml").read_text())
    kept = yaml.safe_load((finished / "results/smoke/config.yaml").read_text())
    assert kept != given
    normalise(given, finished)
    assert kept == given
