"""The HTML report of a finished study, opened in a real browser. Asked for by `pytest tests/report -m browser`."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.workflow.conftest import copy_repository, snakemake

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def report(tmp_path_factory) -> Path:
    """The report named in the variable REPORT, or that of the smallest study, which is run for it."""
    if "REPORT" in os.environ:
        return Path(os.environ["REPORT"]).resolve()
    folder = copy_repository(tmp_path_factory.mktemp("report"))
    for arguments in (["--cores", "2"], ["--report", "report.html"]):
        result = snakemake(folder, *arguments, "--configfile", "config/smoke.yaml")
        assert result.returncode == 0, result.stdout[-5000:]
    return folder / "report.html"


@dataclass
class Browser:
    """A page of a browser, and what went wrong or left the machine on it."""

    page: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def home(self) -> None:
        self.page.locator("ol a").first.click()

    def category(self, name: str) -> None:
        self.home()
        self.page.get_by_text(name, exact=True).click()

    def rows(self) -> list[str]:
        """Titles of what the open category lists."""
        return self.page.locator("tbody tr td:first-child").all_inner_texts()

    def button(self, row: str, number: int):
        """A button of a row: 0 is the eye, 1 the caption."""
        return self.page.locator("tbody tr").nth(self.rows().index(row)).locator("a").nth(number)

    def press(self, row: str, button: int) -> None:
        self.button(row, button).click()


@pytest.fixture(scope="module")
def browser(report, tmp_path_factory) -> Iterator[Browser]:
    """The report, opened from disk, once for each module."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs envs/requirements-browser.txt")
    if CHROMIUM is None:
        pytest.skip("needs the browser Chromium, Debian's package chromium")
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=CHROMIUM,
            args=QUIET,
            viewport={"width": 1400, "height": 900},
        )
        opened = Browser(context.pages[0])
        context.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.set_default_timeout(10_000)  # milliseconds
        opened.page.goto(report.as_uri())
        yield opened
        context.close()
