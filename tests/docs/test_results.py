"""docs/results.md and the README say what recorded/paper says."""

import re
from pathlib import Path

import pytest

from study.claims.ledger import NOT_RUN
from study.provenance.archive import Archive
from study.results_page.page import BLOCKS, block_of, page_of
from study.results_page.recorded import Recorded

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "recorded/paper"
recorded_study = pytest.mark.skipif(not RECORDED.exists(), reason="no study is recorded")


@recorded_study
def test_the_page_of_results_is_that_of_the_recorded_study():
    with Archive(RECORDED) as archive:
        assert (ROOT / "docs/results.md").read_text(encoding="utf-8") == page_of(Recorded(archive))


@recorded_study
def test_the_blocks_of_the_readme_are_those_of_the_recorded_study():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^<!-- made by src/write_results\.py: (\w+) -->\n\n(.*?)\n<!-- end -->", readme, re.M | re.S)
    with Archive(RECORDED) as archive:
        assert found == [(name, block_of(name, Recorded(archive))) for name, _ in found]


@recorded_study
def test_what_is_recorded_takes_at_most_20_megabytes():
    kept = ("recorded/paper/*", "figures/paper/*.pdf", "figures/paper/*.png")  # by Git; redrawing makes tables besides
    files = [path for pattern in kept for path in ROOT.glob(pattern)]
    assert sum(path.stat().st_size for path in files) <= 20_000_000


@recorded_study
def test_what_lies_open_beside_the_archive_is_what_is_in_it():
    with Archive(RECORDED) as archive:
        names = {name: f"results/paper/{name}" for name in ("config.yaml", "claims.csv", "claims.md")}
        for path in RECORDED.iterdir():
            if path != archive.path:
                assert path.read_bytes() == archive.read(names.get(path.name, path.name)), path


def test_the_template_of_the_page_has_no_number_of_its_own_and_every_block():
    text = (ROOT / "workflow/report/results.md.jinja").read_text(encoding="utf-8")
    prose = re.sub(r"\{\{.*?\}\}|\{#.*?#\}|`[^`]*`|!?\[[^]]*\]\([^)]*\)|Fig\. \d", "", text)
    assert not re.search(r"\d", prose.replace("95 %", "").replace("CH3-L3", ""))
    assert set(re.findall(r'\{\{ section\("[^"]*", "(\w+)", \1\b', text)) == set(BLOCKS) - {"readme", "signs"}


@recorded_study
def test_every_claim_that_was_tested_is_on_the_page_once():
    with Archive(RECORDED) as archive:
        recorded = Recorded(archive)
        figures = "".join(
            block_of(name, recorded) for name in BLOCKS if name.startswith(("fig", "control", "active", "asonn"))
        )
        tested = recorded.ledger[recorded.ledger["outcome"] != NOT_RUN]
    found = [figures.count(f"; `{claim}`)") for claim in tested["claim"].unique()]
    assert dict(zip(tested["claim"].unique(), found, strict=True)) == dict.fromkeys(tested["claim"].unique(), 1)
