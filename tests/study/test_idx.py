import gzip
import struct

import numpy as np
import pytest

from study.files import UnusableFile
from study.idx import read_idx


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}i", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_arrays_of_any_dimension_are_read(tmp_path, shape):
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    (tmp_path / "file.gz").write_bytes(gzip.compress(idx(array)))
    np.testing.assert_array_equal(read_idx(tmp_path / "file.gz"), array)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(idx(np.zeros((2, 3), np.uint8))[:-1]), "is cut off or damaged"),
        (gzip.compress(b"\0\0\x0d\x01"), "is not an IDX file of bytes: it begins with 00 00 0d 01"),
        (gzip.compress(b""), "is not an IDX file of bytes: it begins with nothing"),
        (b"plain", r"is not a whole \.gz file"),
    ],
)
def test_what_is_no_idx_file_is_refused_in_one_sentence(tmp_path, content, message):
    (tmp_path / "file.gz").write_bytes(content)
    with pytest.raises(UnusableFile, match=message):
        read_idx(tmp_path / "file.gz")
