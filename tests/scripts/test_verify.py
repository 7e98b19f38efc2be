"""The exit status of a study of which Snakemake cannot tell what would be made."""

import json
from pathlib import Path

import pytest

import verify
from study.errors import StudyError
from study.provenance.archive import ABOUT, write_archive
from study.provenance.packing import NETWORKS


@pytest.mark.parametrize("arguments", [[], ["--recorded", "demo"]])
def test_the_status_is_2_if_snakemake_cannot_tell(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    members = {ABOUT: json.dumps({"study": "demo"}).encode(), NETWORKS: b"dataset,rule,seed,record\n"}
    write_archive(Path("recorded/demo/demo.zip"), members)

    def refuse(*_):
        raise StudyError("The configuration is not valid.")

    monkeypatch.setattr(verify, "dry_run", refuse)
    with pytest.raises(SystemExit) as stop:
        verify.main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err == "The configuration is not valid.\n"
