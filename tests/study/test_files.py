import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import files
from study.errors import StudyError
from study.files import atomic_path, read_arrays, read_table, remove_file, remove_partial, write_arrays, write_table


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")

    def write_half():
        with atomic_path(path) as temporary:
            temporary.write_text("ne")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_makes_missing_folders_and_keeps_the_suffix(tmp_path):
    path = tmp_path / "new" / "folder" / "array.npz"
    with atomic_path(path) as temporary:
        assert temporary.suffix == ".npz"
        temporary.write_bytes(b"whole")
    assert path.read_bytes() == b"whole"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_come_back_from_a_table_bit_for_bit(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    write_table(pd.DataFrame({"value": values}), path)
    assert read_table(path)["value"].astype(float).tolist() == values


def test_content_and_folder_are_on_the_disk_before_and_after_the_file_has_its_name(tmp_path, monkeypatch):
    events = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda file: (events.append(Path(f"/proc/self/fd/{file}").resolve()), fsync(file)))
    monkeypatch.setattr(Path, "replace", lambda self, to: (events.append("renamed"), replace(self, to)))
    with atomic_path(tmp_path / "table.csv") as temporary:
        temporary.write_text("whole")
    assert events == [temporary, "renamed", tmp_path]


def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path):
    (tmp_path / "there").mkdir()
    target, link, dangling = tmp_path / "there/table.csv", tmp_path / "link.csv", tmp_path / "dangling.csv"
    target.write_text("old")
    link.symlink_to(target)
    dangling.symlink_to("there/new.csv")
    for path in (link, dangling):
        with atomic_path(path) as temporary:
            temporary.write_text("new")
        assert path.is_symlink()
        assert path.read_text() == "new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "dangling.csv",
        "link.csv",
        "new.csv",
        "table.csv",
        "there",
    ]


@pytest.fixture
def device(tmp_path):
    """A device that takes everything, like /dev/null, but that may be destroyed."""
    path = tmp_path / "device"
    try:
        os.mknod(path, 0o20666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")
    return path


def test_a_device_is_written_to_and_never_replaced_or_removed(device):
    with atomic_path(device) as temporary:
        temporary.write_text("nobody reads this")
    remove_file(device)
    assert device.is_char_device()
    assert list(device.parent.iterdir()) == [device]


def test_a_full_device_is_one_sentence():
    with pytest.raises(StudyError, match=r"^/dev/full cannot be written \(No space left on device\): make room"):
        write_table(pd.DataFrame({"a": [1]}), "/dev/full")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("kind", ["a folder", "a link to itself"])
def test_what_is_no_file_is_not_written_to(tmp_path, kind):
    path = tmp_path / "output"
    path.mkdir() if kind == "a folder" else path.symlink_to("output")
    with pytest.raises(StudyError, match=rf"output is {kind}: name a file to write to"):
        write_table(pd.DataFrame({"a": [1]}), path)
    assert list(tmp_path.iterdir()) == [path]


def test_removal_takes_files_alone(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "folder").mkdir()
    for name in ("absent", "link", "folder"):
        remove_file(tmp_path / name)
    assert len(list(tmp_path.iterdir())) == 3
    remove_file(tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "rename_all", lambda _: (_ for _ in ()).throw(SystemExit))
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    for name in ("a.csv", "a", "b.csv"):
        with pytest.raises(SystemExit), atomic_path(tmp_path / name):
            pass
    monkeypatch.undo()
    (tmp_path / ".a.csv.swp").touch()
    assert len(list(tmp_path.iterdir())) == 4
    remove_partial(tmp_path / "a.csv")
    remove_partial(tmp_path / "a")
    assert [path.name[:6] for path in sorted(tmp_path.iterdir())] == [".a.csv", ".b.csv"]
    remove_partial(tmp_path / "no folder" / "a.csv")


def test_arrays_come_back_as_they_were_and_give_the_same_bytes(tmp_path):
    arrays = {
        "numbers": np.arange(6, dtype=np.float32).reshape(2, 3),
        "none": np.empty((0, 3), np.int64),
        "one": np.array(3),
        "text": np.array("text"),
        "columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
    }
    for name, compressed in (("a.npz", False), ("b.npz", False), ("c.npz", True)):
        write_arrays(tmp_path / name, arrays, compressed)
        for key, array in read_arrays(tmp_path / name).items():
            np.testing.assert_array_equal(array, arrays[key])
            assert array.dtype == arrays[key].dtype
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert list(read_arrays(tmp_path / "a.npz", ["one", "none"])) == ["one", "none"]


def npz(path, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", content)


def npy(folder, array) -> bytes:
    np.save(folder / "array.npy", array, allow_pickle=True)
    return (folder / "array.npy").read_bytes()


NINE = b"(9,)", b"(9000000000,)"


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path, npy: path.write_bytes(npy(np.arange(3))), id="a bare array"),
        pytest.param(lambda path, npy: path.write_bytes(b"\x80\x04K\x01."), id="a pickle"),
        pytest.param(lambda path, npy: path.write_text("x,y\n1,2\n"), id="text"),
        pytest.param(lambda path, npy: path.touch(), id="nothing"),
        pytest.param(lambda path, npy: path.write_bytes(bytes(500)), id="zeros"),
        pytest.param(lambda path, npy: path.mkdir(), id="a folder"),
        pytest.param(lambda path, npy: npz(path, b"no array"), id="a member that is no array"),
        pytest.param(lambda path, npy: npz(path, b""), id="an empty member"),
        pytest.param(lambda path, npy: npz(path, npy(np.array([{}], object))), id="objects"),
        pytest.param(lambda path, npy: npz(path, npy(np.arange(9))[:-8]), id="an array cut off"),
        pytest.param(lambda path, npy: npz(path, npy(np.arange(9)) + bytes(8)), id="an array with a rest"),
        pytest.param(lambda path, npy: npz(path, npy(np.arange(9)).replace(*NINE)), id="a shape beyond memory"),
        pytest.param(
            lambda path, npy: npz(path, npy(np.arange(9)).replace(b"'d", b"('")), id="a header with a parenthesis"
        ),
    ],
)
def test_what_is_no_whole_npz_of_arrays_is_one_sentence(tmp_path, make):
    make(tmp_path / "x.npz", lambda array: npy(tmp_path, array))
    sentence = r"x\.npz is not a whole \.npz file of plain arrays \(.+\); do this\.$"
    with pytest.raises(StudyError, match=sentence) as error:
        read_arrays(tmp_path / "x.npz", ["x"], "do this")
    assert "pickle" not in str(error.value)  # nobody is told to load it without care


def test_a_npz_that_lacks_an_array_says_what_it_must_hold(tmp_path):
    write_arrays(tmp_path / "x.npz", {"x": np.arange(3)})
    with pytest.raises(StudyError, match=r"x\.npz lacks the array y; it must hold x, y\.$"):
        read_arrays(tmp_path / "x.npz", ["x", "y"])
    with pytest.raises(StudyError, match=r"y\.npz: no such file\.$"):
        read_arrays(tmp_path / "y.npz")
