import gzip

import numpy as np
import pytest
from tests.idx_files import damaged_deflate, idx

from study.data.idx import read_idx
from study.errors import StudyError


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
@pytest.mark.parametrize("shape", [(5,), (2, 3, 4), (0,)])
def test_arrays_of_any_dimension_are_read(tmp_path, shape, pack):
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    (tmp_path / "file").write_bytes(pack(idx(array)))
    np.testing.assert_array_equal(read_idx(tmp_path / "file"), array)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (damaged_deflate(bytes(range(256)) * 8), r"is not a whole \.gz file \(Error -3 .*\)"),
        (gzip.compress(b"content")[:-9], r"is not a whole \.gz file"),
        (gzip.compress(b"content")[:-1] + b"x", r"is not a whole \.gz file"),
        (b"\0\0\x08", "does not hold what its header says"),
        (b"\0\0\x08\x00", "does not hold what its header says"),
        (b"\0\0\x08\xff" + b"\xff" * 40, "does not hold what its header says"),
        (idx(np.zeros(9, np.uint8))[:-1], "does not hold what its header says"),
        (idx(np.zeros(9, np.uint8)) + b"1", "does not hold what its header says"),
        (
            idx(np.zeros(9, np.uint8)).replace(b"\x08", b"\x0d"),
            "is not an IDX file of bytes: it begins with 00 00 0d 01",
        ),
    ],
)
def test_damage_is_one_sentence(tmp_path, content, problem):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(StudyError, match=problem):
        read_idx(tmp_path / "file")
