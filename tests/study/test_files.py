import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.files import atomic_path, read_table, write_table


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
