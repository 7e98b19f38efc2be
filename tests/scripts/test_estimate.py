"""Checking a forecast before anything was run."""

import pytest
from tests.forecast.jobs import prepare, train

import estimate
from study.errors import StudyError


def test_a_check_before_any_run_is_one_sentence_and_nothing_is_measured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(estimate, "dry_run", lambda *_: [prepare(), train(0)])
    monkeypatch.setattr(estimate, "unit_costs", lambda *_, **__: pytest.fail("measured"))
    with pytest.raises(StudyError, match=r"^--check needs a finished run, .*: run snakemake first\.$"):
        estimate.main(["--check"])
