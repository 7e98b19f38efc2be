"""Packing a study that cannot be packed, and files that are written together."""

from pathlib import Path

import pytest

import pack
from study.errors import StudyError
from study.provenance.archive import ABOUT
from study.workflow.jobs import Command, Job


def job(record: str) -> Job:
    return Job("make", Command.parse(f"python src/make.py --record {record}"), outputs=(record,))


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        (["resources/a.json", "sparsity/results/demo/a.json"], "sparsity/results/demo/a.json lies below the prefix of"),
        (
            ["results/one/a.json", "figures/two/a.json"],
            "An archive has one study, and the workflow here makes one, two: pack",
        ),
        ([], "An archive has one study, and the workflow here makes none"),
    ],
)
def test_what_is_not_one_study_in_its_own_folder_is_one_sentence_before_anything_is_read(
    records, sentence, monkeypatch
):
    monkeypatch.setattr(pack, "dry_run", lambda *_: [job(record) for record in records])
    with pytest.raises(StudyError, match=f"^{sentence}"):
        pack.main([])


def test_what_lies_beside_a_recorded_archive_stays_until_all_of_the_new_one_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ("config.yaml", "claims.csv", "claims.md")
    members = {pack.ABOUT: b"new", pack.NETWORKS: b"new"} | {f"results/demo/{name}": Path("new") for name in names}
    Path("new").write_text("new")
    Path("recorded/demo").mkdir(parents=True)
    old = {path.name for path in map(Path, members)} | {"demo.zip"}
    for name in old:
        Path("recorded/demo", name).write_text("old")
    monkeypatch.setattr(pack, "dry_run", lambda *_: [job("results/demo/config.json")])
    monkeypatch.setattr(pack, "members_of", lambda *_, **__: members)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pack, "write_archive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pack.main(["--recorded"])
    assert {path.name: path.read_text() for path in Path("recorded/demo").iterdir()} == dict.fromkeys(old, "old")
    pack.main(["--recorded"])
    assert {path.name for path in Path("recorded/demo").iterdir()} == old
    assert Path("recorded/demo", ABOUT).read_text() == Path("recorded/demo/claims.csv").read_text() == "new"
