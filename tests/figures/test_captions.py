"""Captions of the HTML report, filled in as Snakemake does it."""

from pathlib import Path
from types import SimpleNamespace

import docutils.core
import jinja2
import pytest
from tests import configurations

from study.claims.ledger import judge
from study.claims.measures import Measured
from study.claims.report import ledger_page

REPOSITORY = Path(__file__).parents[2]
CAPTIONS = sorted((REPOSITORY / "workflow/report").glob("*.rst"))


@pytest.mark.parametrize("configuration", configurations.PATHS, ids=lambda path: path.stem)
@pytest.mark.parametrize("caption", CAPTIONS, ids=lambda path: path.stem)
def test_a_caption_fills_in_from_every_shipped_configuration_and_is_valid_text(caption, configuration):
    snakemake = SimpleNamespace(config=configurations.read(configuration))
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(caption.read_text())
    text = template.render(snakemake=snakemake, files=[])
    assert "{" not in text
    strict = {"halt_level": 2, "report_level": 5}  # a warning is an error
    docutils.core.publish_string(text, writer="html5", settings_overrides=strict)


def test_the_first_page_shows_the_signs_and_counts_of_the_claims(tmp_path):
    page = tmp_path / "claims.html"
    page.write_text(ledger_page(judge(Measured.read({}))), encoding="utf-8")
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(
        (REPOSITORY / "workflow/report/workflow.rst").read_text()
    )
    claims = SimpleNamespace(target="claims.html", path=page)
    text = template.render(snakemake=SimpleNamespace(config={}), files=[claims])
    text += "\n\n.. _Claims: #claims"  # as Snakemake adds for each category
    strict = {"halt_level": 2, "line_length_limit": 1000}  # 10000, which a table in one line may exceed
    html = docutils.core.publish_parts(text, writer="html5", settings_overrides=strict)["body"]
    assert html.count("not run: data") > 50
    assert '<table id="summary">' in html


def test_the_first_page_of_a_larger_workflow_needs_none_of_our_settings():
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(
        (REPOSITORY / "workflow/report/workflow.rst").read_text()
    )
    text = template.render(snakemake=SimpleNamespace(config={"sparsity": {}}), files=[])
    assert "verify.py" in text
    assert "Study" not in text
