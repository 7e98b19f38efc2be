"""The script of the ledger, on files."""

import pandas as pd
import pytest

import check_claims
from study.claims.report import claims_text
from study.errors import StudyError
from study.results.tables import write_results


@pytest.fixture
def histories(tmp_path) -> list[str]:
    """CH3-L3 networks end less accurate than random ones."""
    paths = []
    for rule, end in (("ch3l3", 0.5), ("random", 0.7)):
        for seed in range(4):
            path = tmp_path / f"training/digits/{rule}/{seed}/history.csv"
            accuracy = [0.1, 0.2, end + 0.01 * seed]
            history = pd.DataFrame({"epoch": [1, 2, 3], "training_loss": 0.0, "test_accuracy": accuracy})
            write_results(history, path, dataset="digits", rule=rule, seed=seed)
            paths.append(str(path))
    return paths


@pytest.fixture
def outputs(tmp_path) -> list[str]:
    return [
        *("--output", str(tmp_path / "claims.csv")),
        *("--report", str(tmp_path / "claims.md")),
        *("--page", str(tmp_path / "claims.html")),
    ]


def test_tables_become_a_ledger_and_a_text_and_no_outcome_is_an_error(histories, outputs, tmp_path):
    check_claims.main(["--histories", *histories, *outputs])
    ledger = pd.read_csv(tmp_path / "claims.csv").set_index(["claim", "data"])
    row = ledger.loc[("final-accuracy", "digits")]
    assert row["outcome"] == "contradicted"
    assert row["effect"] == pytest.approx(-0.2)
    assert row["sample"] == "4 + 4 networks"
    assert ledger.loc[("random-pruning", "digits"), "needs"].startswith("needs the sweep of CH3-L3 networks")
    assert (
        "| Digits (not in the paper) | between -0.01 and 0.01 | **contradicted** | -0.2 ["
        in (tmp_path / "claims.md").read_text()
    )
    assert '<tr data-outcome="contradicted">' in (tmp_path / "claims.html").read_text(encoding="utf-8")


def test_another_template_makes_another_page(histories, outputs, tmp_path):
    template = tmp_path / "page.jinja"
    template.write_text("{{ counts[0][0] }} <{{ papers | length }}>")
    check_claims.main(["--histories", *histories, *outputs, "--template", str(template)])
    assert (tmp_path / "claims.html").read_text() == "Sulyok et al. <3>"


def test_strict_ends_with_1_after_everything_is_written_if_a_claim_is_contradicted(histories, outputs, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        check_claims.main(["--histories", *histories, *outputs, "--strict"])
    assert stopped.value.code == 1
    assert (tmp_path / "claims.csv").exists()
    assert (tmp_path / "claims.md").exists()
    check_claims.main([*outputs, "--strict"])


def test_the_same_tables_give_the_same_bytes(histories, outputs, tmp_path):
    written = []
    for _ in range(2):
        check_claims.main(["--histories", *histories, *outputs])
        written.append([(tmp_path / name).read_bytes() for name in ("claims.csv", "claims.md", "claims.html")])
    assert written[0] == written[1]


def test_list_prints_the_claims_and_writes_nothing(capsys, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        check_claims.main(["--list"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == claims_text()
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_is_not_what_it_should_be_is_an_error_that_names_it(outputs, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("table,classifier\niris,svm\n")
    with pytest.raises(StudyError, match=r"scores\.csv: column split, accuracy, balanced_accuracy, .* is missing"):
        check_claims.main(["--scores", str(path), *outputs])
