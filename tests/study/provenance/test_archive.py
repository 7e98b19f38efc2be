"""Archives are unpacked whole or not at all."""

import json
import random
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.errors import StudyError
from study.provenance import archive as module
from study.provenance.archive import (
    ABOUT,
    MEMORY,
    METADATA,
    SUMS,
    Archive,
    checksum,
    is_plain,
    memory_of,
    metadata_path,
    unpack,
    write_archive,
)

RESULT, FIGURE, IMAGES = "results/demo/a.csv", "figures/demo/b.png", "resources/images/digits.npz"
MEMBERS = {
    ABOUT: json.dumps({"study": "demo"}).encode(),
    MEMORY: (json.dumps({"output": RESULT, "metadata": {"rule": "make"}}) + "\n").encode(),
    RESULT: b"x\n" + b"1\n" * 500,
    FIGURE: b"\x89PNG" + bytes(range(256)),
    IMAGES: b"images",
    "Snakefile": b"# as it was\n",
}
COMPRESSIONS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)


@pytest.fixture
def packed(tmp_path) -> Path:
    write_archive(tmp_path / "demo.zip", MEMBERS)
    return tmp_path / "demo.zip"


@pytest.fixture
def clone(tmp_path) -> Path:
    (tmp_path / "clone").mkdir()
    return tmp_path / "clone"


def unpacked(path: Path, folder: Path) -> int:
    with Archive(path) as archive:
        return unpack(archive, folder)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewritten(path: Path, change, sums: bool = True) -> Path:
    """The same archive with other members, whose checksums are right unless `sums` is False."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != SUMS}
        listing = archive.read(SUMS)
    members = change(members)
    if sums:
        listing = "".join(f"{checksum(content)}  {name}\n" for name, content in members.items()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, SUMS: listing}.items():
            archive.writestr(name, content)
    return path


def assert_refused(path: Path, clone: Path, sentence: str) -> None:
    with pytest.raises(StudyError, match=sentence) as refused:
        unpacked(path, clone)
    assert "\n" not in str(refused.value)
    assert list(clone.iterdir()) == []


def test_a_disk_that_fills_up_is_one_sentence_and_nothing_is_left(packed, clone, monkeypatch):
    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Archive, "copy", no_room)
    assert_refused(packed, clone, r"cannot be written \(No space left on device\); nothing was unpacked\.")


def test_the_same_members_give_the_same_bytes(packed, tmp_path):
    write_archive(tmp_path / "again.zip", dict(reversed(MEMBERS.items())))
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_every_file_is_put_where_it_was_with_the_memory_of_snakemake(packed, clone, compression):
    write_archive(packed, MEMBERS, compression)
    assert unpacked(packed, clone) == 3
    found = files(clone)
    (memory,) = (name for name in found if name.startswith(METADATA.as_posix()))
    assert json.loads(found.pop(memory)) == {"rule": "make"}
    assert found == {name: MEMBERS[name] for name in (RESULT, FIGURE, IMAGES)}
    assert len({path.stat().st_mtime_ns for path in map(clone.joinpath, found)}) == 1


def test_the_checksums_are_those_of_sha256sum(packed):
    with zipfile.ZipFile(packed) as archive:
        assert f"{checksum(MEMBERS[RESULT])}  {RESULT}" in archive.read(SUMS).decode().splitlines()


def test_a_file_that_is_there_with_the_same_content_stays(packed, clone):
    unpacked(packed, clone)
    before = files(clone)
    assert unpacked(packed, clone) == 3
    assert files(clone) == before


def test_a_file_with_other_content_is_not_overwritten_and_nothing_is_written(packed, clone):
    (clone / FIGURE).parent.mkdir(parents=True)
    (clone / FIGURE).write_bytes(b"mine")
    with pytest.raises(StudyError, match=rf"{FIGURE} would be overwritten .*; nothing was unpacked\."):
        unpacked(packed, clone)
    assert files(clone) == {FIGURE: b"mine"}


def test_a_folder_in_the_place_of_a_file_is_not_replaced(packed, clone):
    (clone / RESULT).mkdir(parents=True)
    with pytest.raises(StudyError, match="would be overwritten"):
        unpacked(packed, clone)
    assert files(clone) == {}


def test_results_that_lie_on_another_disk_behind_a_link_are_unpacked_there(packed, clone, tmp_path):
    (tmp_path / "disk").mkdir()
    (clone / "results").symlink_to(tmp_path / "disk")
    unpacked(packed, clone)
    assert (tmp_path / "disk/demo/a.csv").read_bytes() == MEMBERS[RESULT]
    assert (clone / "results").is_symlink()


@pytest.mark.parametrize(
    "name",
    [
        *("../evil", "results/demo/../../evil", "/tmp/evil", "results//demo/a", "results/demo/./a", "C:/evil"),
        *("results\\demo\\a", "results/demo/.hidden", ".snakemake/metadata/x", "results/other/a.csv", "src/train.py"),
        *("resources/downloads/a", "evil", "results/demo/a\nb", "results/demo/", "figures/demo", "config/paper.yaml"),
    ],
)
def test_a_member_in_any_other_place_is_refused(packed, clone, name):
    path = rewritten(packed, lambda members: members | {name: b"evil"})
    assert_refused(path, clone, "which is no part of a study|has a line that is no checksum")
    assert not (clone.parent / "evil").exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"results/demo/c.csv": b"foreign"}, "holds 'results/demo/c.csv', which is no part of a study"),
        ({RESULT: b"changed"}, f"is damaged .the SHA-256 of {RESULT} is not that in {SUMS}"),
        ({"Snakefile": b"changed"}, "the SHA-256 of Snakefile is not that in"),  # which is not unpacked
        ({IMAGES: None}, f"{IMAGES} is missing"),
    ],
)
def test_members_are_those_of_the_checksums(packed, clone, changed, sentence):
    def change(members):
        return {name: content for name, content in (members | changed).items() if content is not None}

    assert_refused(rewritten(packed, change, sums=False), clone, sentence)


def test_a_link_is_refused(packed, clone):
    with zipfile.ZipFile(packed, "a") as archive:
        entry = zipfile.ZipInfo("results/demo/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert_refused(packed, clone, "'results/demo/link', which is no part of a study")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_in_it_twice_is_refused(packed, clone):
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(RESULT, MEMBERS[RESULT])
    assert_refused(packed, clone, "a file is in it twice")


@pytest.mark.parametrize(
    "about", [b"", b"[]", b"{}", b'{"study": ".."}', b'{"study": "a/b"}', b'{"study": 7}', b"[" * 9999]
)
def test_an_archive_that_names_no_study_is_refused(packed, clone, about):
    assert_refused(rewritten(packed, lambda members: members | {ABOUT: about}), clone, f"{ABOUT} does not name a study")


@pytest.mark.parametrize(
    ("memory", "sentence"),
    [
        *[
            (memory, "is not what Snakemake remembers")
            for memory in (b"{", b"[]", b'{"output": "a"}', b'{"output": ["a"], "metadata": {}}')
        ],
        (b'{"output": "src/train.py", "metadata": {}}', "speaks of src/train.py"),
    ],
)
def test_a_memory_that_is_damaged_or_of_other_files_is_refused(packed, clone, memory, sentence):
    assert_refused(rewritten(packed, lambda members: members | {MEMORY: memory}), clone, sentence)


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all" * 99])
def test_what_is_no_archive_is_one_sentence(tmp_path, clone, content):
    (tmp_path / "file.zip").write_bytes(content)
    assert_refused(tmp_path / "file.zip", clone, "file.zip is damaged")


def test_another_zip_is_no_archive_of_a_study(tmp_path, clone):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("photo.png", b"")
    assert_refused(tmp_path / "photos.zip", clone, "is not an archive of a study")


def test_a_folder_stands_for_the_one_archive_in_it(packed, clone):
    with Archive(packed.parent) as archive:
        assert archive.path == packed
    assert_refused(clone, clone, "holds 0 archives")


def test_an_absent_archive_is_one_sentence(tmp_path, clone):
    assert_refused(tmp_path / "absent.zip", clone, "absent.zip: no such file")


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_one_flipped_bit_anywhere_never_gives_other_files(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("flipped")
    write_archive(folder / "demo.zip", MEMBERS, data.draw(st.sampled_from(COMPRESSIONS)))
    content = bytearray((folder / "demo.zip").read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (folder / "demo.zip").write_bytes(content)
    clone = folder / "clone"
    clone.mkdir()
    try:
        unpacked(folder / "demo.zip", clone)
    except StudyError:
        assert list(clone.iterdir()) == []
    else:  # a bit that carries nothing, such as one of a date
        assert {name: (clone / name).read_bytes() for name in (RESULT, FIGURE, IMAGES)} == {
            name: MEMBERS[name] for name in (RESULT, FIGURE, IMAGES)
        }


@settings(max_examples=20, deadline=None)
@given(fraction=st.floats(0, 0.999), compression=st.sampled_from(COMPRESSIONS))
def test_an_archive_that_was_cut_off_is_refused(tmp_path_factory, fraction, compression):
    folder = tmp_path_factory.mktemp("cut")
    write_archive(folder / "demo.zip", MEMBERS, compression)
    content = (folder / "demo.zip").read_bytes()
    (folder / "demo.zip").write_bytes(content[: int(fraction * len(content))])
    (folder / "clone").mkdir()
    assert_refused(folder / "demo.zip", folder / "clone", "is damaged")


def test_what_cannot_be_written_leaves_nothing_behind(packed, clone, monkeypatch):
    def full(temporaries):
        raise StudyError("the disk is full")

    monkeypatch.setattr("study.provenance.archive.rename_all", full)
    assert_refused(packed, clone, "the disk is full")


@pytest.mark.parametrize("name", ["results/demo/a.csv", "a", "resources/tables/pmlb/parity5+5.csv"])
def test_plain_names_are_plain(name):
    assert is_plain(name)


@pytest.mark.parametrize("name", ["results/demo/.hidden", "results/demo/a:b.csv", "workflow/.common.smk.swp"])
def test_a_name_that_would_be_refused_when_it_is_unpacked_is_not_packed(tmp_path, name):
    with pytest.raises(StudyError, match=rf"^'{name}' has a name that not every system can unpack"):
        write_archive(tmp_path / "demo.zip", MEMBERS | {name: b""})
    assert not (tmp_path / "demo.zip").exists()


def test_names_that_differ_in_case_alone_are_neither_packed_nor_unpacked(packed, tmp_path, clone):
    twins = {"results/demo/arms/Heavy/a.csv": b"1", "results/demo/arms/heavy/a.csv": b"2"}
    sentence = "results/demo/arms/Heavy/a.csv and results/demo/arms/heavy/a.csv are one file where case makes no differ"
    with pytest.raises(StudyError, match=sentence):
        write_archive(tmp_path / "twins.zip", MEMBERS | twins)
    assert_refused(rewritten(packed, lambda members: members | twins), clone, sentence)


def test_what_a_killed_run_left_is_no_archive_and_is_removed_by_the_next_one(packed):
    left = packed.with_name(".demo.zip.0123abcd.partial.zip")
    left.touch()
    with Archive(packed.parent) as archive:
        assert archive.path == packed
    write_archive(packed, MEMBERS)
    assert not left.exists()


def test_files_are_deflated_as_far_as_they_go(packed):
    draw = random.Random(0)
    text = "".join(f"{number},{draw.random():.4f}\n" for number in range(20_000)).encode()
    sizes = []
    for level in (6, 9):
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
            archive.writestr("a", text)
            sizes.append(archive.getinfo("a").compress_size)
    write_archive(packed, MEMBERS | {RESULT: text})
    with zipfile.ZipFile(packed) as archive:
        assert archive.getinfo(RESULT).compress_size == sizes[1] < sizes[0]


def failing_after(number: int, error: BaseException):
    """`rename_all`, which fails after so many files."""
    rename_all = module.rename_all

    def fail(temporaries):
        rename_all(dict([*temporaries.items()][:number]))
        raise error

    return fail


@pytest.mark.parametrize("error", [StudyError("no"), KeyboardInterrupt(), SystemExit(143)])
@pytest.mark.parametrize("number", range(4))
def test_a_failure_while_files_get_their_names_leaves_all_as_it_was(packed, clone, monkeypatch, number, error):
    stale = clone / metadata_path(RESULT)
    for path, content in ((clone / FIGURE, MEMBERS[FIGURE]), (stale, b"of a file that was deleted")):
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    before = files(clone)
    monkeypatch.setattr(module, "rename_all", failing_after(number, error))
    with pytest.raises(type(error)):
        unpacked(packed, clone)
    assert files(clone) == before
    monkeypatch.undo()
    unpacked(packed, clone)
    assert json.loads(stale.read_bytes()) == {"rule": "make"}


def test_the_memory_of_an_output_that_is_there_and_not_in_the_archive_stays(tmp_path, clone):
    network, absent = "results/demo/network.npz", "results/demo/absent.npz"
    lines = [json.dumps({"output": output, "metadata": {"rule": "recorded"}}) for output in (network, absent)]
    write_archive(tmp_path / "recorded.zip", MEMBERS | {MEMORY: "\n".join(lines).encode()})
    mine = clone / metadata_path(network)
    for path, content in ((clone / network, "mine"), (mine, "my memory")):
        path.parent.mkdir(parents=True)
        path.write_text(content)
    unpacked(tmp_path / "recorded.zip", clone)
    assert mine.read_text() == "my memory"
    assert json.loads((clone / metadata_path(absent)).read_text()) == {"rule": "recorded"}


def test_what_an_unpacking_that_was_killed_left_is_removed_by_the_next_one(packed, clone):
    for folder in ((clone / RESULT).parent, (clone / metadata_path(RESULT)).parent):
        folder.mkdir(parents=True)
        (folder / ".0123456789abcdef.partial").touch()
    unpacked(packed, clone)
    assert not [name for name in files(clone) if name.endswith(".partial")]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_damaged_metadata_of_snakemake_are_one_sentence_when_a_study_is_packed(clone, monkeypatch, content):
    monkeypatch.chdir(clone)
    metadata_path(RESULT).parent.mkdir(parents=True)
    metadata_path(RESULT).write_bytes(content)
    with pytest.raises(StudyError, match=rf"Snakemake's metadata on {RESULT}, is damaged: delete it, and pack again\."):
        memory_of([RESULT])
