"""The page of fidelity names places that exist and claims that are tested."""

import re
from pathlib import Path

import pytest

from study.claims.claim import BEYOND
from study.claims.ledger import CLAIMS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/fidelity.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if re.match(r"\| [RA]\d", line)]
STATUSES = {"as stated", "tested", "both", "differs", "not tested"}
FOLDERS = (ROOT, ROOT / "src")


def test_every_statement_of_the_audit_has_a_row():
    assert sorted(row[0] for row in ROWS) == sorted(
        [*(f"R{n}" for n in range(1, 87)), *(f"A{n}" for n in range(1, 66))]
    )
    assert {row[3] for row in ROWS} <= STATUSES
    for _, statement, where, status, place in ROWS:
        assert statement
        assert where
        assert "`" in place
        if status in ("differs", "not tested"):
            assert re.sub(r"`[^`]*`", "", place).strip(" ,.:;"), "a row that differs says why"


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_place_exists_and_holds_what_is_named(row):
    claims = {claim.id for claim in CLAIMS}
    for place in re.findall(r"`([^`]+)`", row[4]):
        file, _, name = place.partition(":")
        if file == "claims":
            assert name in claims
        elif "." in file:
            path = next((folder / file for folder in FOLDERS if (folder / file).is_file()), None)
            assert path is not None, f"{file} is gone: name the new place in docs/fidelity.md"
            assert not name or re.search(rf"\b{name}\b", path.read_text(encoding="utf-8")), (
                f"{name} is gone from {file}"
            )


def test_every_claim_of_a_paper_is_named():
    named = set(re.findall(r"`claims:([\w-]+)`", PAGE))
    assert named == {claim.id for claim in CLAIMS if claim.paper != BEYOND}
