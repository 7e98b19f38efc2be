"""What someone sees who opens the report."""

import base64
import io
import re

import pandas as pd
import pytest

from study.claims.ledger import OUTCOMES

pytestmark = [pytest.mark.browser, pytest.mark.workflow]

CATEGORIES = ["Claims", "Robustness", "Sparse classifier ASONN"]
ROBUSTNESS = [
    "1 Trained networks",
    "2 Duration of updates",
    "3 Learning curves",
    "4 Removal of links",
    "5 Shuffling and noise",
    "6 Weight magnitudes",
    "7 One topology update",
    "Active units",
    "Areas under the curves",
    "Links on paths",
    "Perturbed images",
    "Training methods",
]
ASONN = {"Accuracy", "Drawn as a network", "Hypercuboids", "Ranks", "Why one row got its class"}


def test_claims_come_first_and_every_category_is_in_the_menu(browser):
    browser.home()
    menu = browser.page.locator("#app li").all_inner_texts()
    assert [entry.strip() for entry in menu][-3:] == CATEGORIES


def test_the_first_page_begins_with_the_signs_of_the_paper_and_counts_the_claims_by_outcome(browser):
    browser.home()
    browser.page.get_by_text("Workflow", exact=True).click()
    assert "KMNIST" in browser.page.locator("#signs thead").inner_text()
    assert "not run: data" in browser.page.locator("#signs tbody").inner_text()
    header = browser.page.locator("#summary thead").inner_text()
    assert all(outcome in header.replace("\n", " ") for outcome in OUTCOMES)
    counts = browser.page.locator("#summary tbody td").all_inner_texts()
    assert len(counts) == 3 * len(OUTCOMES)
    assert sum(map(int, counts)) > 20


def test_from_there_each_claim_is_shown_and_can_be_filtered(browser):
    browser.home()
    browser.page.get_by_text("Workflow", exact=True).click()
    browser.page.locator(".prose a", has_text="Claims").click()
    browser.page.locator("tbody tr", has_text="Claims of both papers").wait_for()
    browser.press("Claims of both papers", button=0)
    frame = browser.page.frame_locator("iframe")
    frame.locator("#claims").wait_for()
    shown = frame.locator("#claims tr[data-outcome]:visible")
    everything = shown.count()
    assert everything == sum(
        map(int, frame.locator("#summary td").filter(has_text=re.compile(r"\d")).all_inner_texts())
    )
    frame.get_by_role("checkbox", name="not run").uncheck()
    without = shown.count()
    assert 0 < without < everything
    assert not frame.locator("#claims tr[data-outcome='not run']:visible").count()
    frame.get_by_role("searchbox").fill("random CH3-L3")
    assert 0 < shown.count() < without
    assert frame.get_by_role("status").inner_text() == f"{shown.count()} of {everything}"


@pytest.mark.parametrize("category", CATEGORIES[1:])
def test_every_figure_of_a_category_is_an_image_that_loads_with_a_caption(browser, category):
    browser.category(category)
    rows = browser.rows()
    assert rows == ROBUSTNESS if category == "Robustness" else set(rows) >= ASONN
    files, captions = set(), set()
    for row in rows:
        browser.category(category)
        browser.press(row, button=0)
        image = browser.page.locator("#app img:not(h1 img)")
        image.wait_for()
        files.add(re.search(r"filename=([\w.]+)", image.get_attribute("src"))[1])
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 900, row
        browser.press(row, button=1)
        caption = browser.page.locator("li.prose").inner_text()
        assert len(caption) > 150, row
        assert not re.search(r"[{}]|None|undefined", caption), row
        captions.add(caption)
    assert len(files) == len(captions) == len(rows)


@pytest.mark.parametrize("category", CATEGORIES[1:])
def test_switched_to_numbers_every_figure_is_a_table_to_save(browser, category):
    browser.category(category)
    drawn = browser.rows()
    browser.page.get_by_text("numbers (CSV)").click()
    assert browser.rows() == drawn
    # Only the first is saved by a click: Chromium refuses a page's twenty-first download.
    with browser.page.expect_download() as download:
        browser.press(drawn[0], button=0)
    names = [download.value.suggested_filename]
    for row in drawn:
        header, _, content = browser.button(row, 0).get_attribute("href").partition(";base64,")
        names.append(header.partition("filename=")[2])
        table = pd.read_csv(io.BytesIO(base64.b64decode(content)))
        assert min(table.shape) > 1, row
    assert names[0] == names[1]
    assert len(set(names)) == len(drawn)
    assert all(name.endswith(".csv") for name in names)


def test_runtime_statistics_are_drawn(browser):
    browser.home()
    browser.page.get_by_text("Statistics", exact=True).click()
    for name in ("runtimes", "timeline"):
        chart = browser.page.locator(f"#{name} canvas, #{name} svg.marks").first
        chart.wait_for()
        assert chart.bounding_box()["height"] > 300


def test_records_are_no_part_of_the_report(browser):
    results = browser.page.evaluate("Object.keys(results)")
    assert [path for path in results if path.endswith(".json")] == []
    assert len(results) >= 2 * (1 + len(ROBUSTNESS) + len(ASONN))


def test_nothing_went_wrong_and_no_request_left_the_machine(browser):
    test_from_there_each_claim_is_shown_and_can_be_filtered(browser)
    assert browser.errors == []
    assert browser.requests[0].startswith("file:")
    assert [url for url in browser.requests if not url.startswith(("file:", "data:", "blob:"))] == []
