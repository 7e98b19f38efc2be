"""The description of an archive."""

import json
import mimetypes

from study.provenance.crate import description

ABOUT = {
    "contents": "No networks",
    "packages": {"snakemake": ["9.27.0"]},
    "commits": {"c0ffee": ["train.py"]},
    "cpu_hours": {"all": 1.5},
    "processors": ["p"],
    "started": "2026-01-01T00:00:00+00:00",
    "ended": "2026-01-01T01:00:00+00:00",
}
FORMATS = {
    "Snakefile": "text/plain",
    "workflow/rules/common.smk": "text/plain",
    "workflow/report/claims.rst": "text/plain",
    "workflow/report/claims.html.jinja": "text/plain",
    "figures/demo/a.csv": "text/csv",
    "figures/demo/a.pdf": "application/pdf",
    "figures/demo/a.png": "image/png",
    "results/demo/claims.html": "text/html",
    "results/demo/claims.json": "application/json",
    "results/demo/claims.md": "text/markdown",
    "results/demo/config.yaml": "application/yaml",
    "results/demo/network.npz": "application/zip",
    "snakemake-metadata.jsonl": "application/jsonl",
}


def test_the_format_of_a_file_follows_from_its_name_on_every_machine(monkeypatch):
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_: ("video/vnd.radgamettools.smacker", None))
    crate = description("demo", ABOUT, dict.fromkeys(FORMATS, 1), dict.fromkeys(FORMATS, "0"), [])
    graph = json.loads(crate)["@graph"]
    assert {entity["@id"]: entity["encodingFormat"] for entity in graph if "encodingFormat" in entity} == FORMATS
