"""Reads IDX files, the format of MNIST and of the sets made after it."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from study.errors import StudyError

GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: str | Path) -> np.ndarray:
    """The uint8 array of an IDX file, gzipped or not: labels (n,), images (n, rows, columns).

    The format: two zero bytes, 8 for uint8, the number of dimensions; each dimension as a big-endian uint32; the values
    in C order. Raises StudyError, with one sentence, for anything else.
    """
    try:
        content = Path(path).read_bytes()
        if content[:2] == GZIP_MAGIC or Path(path).suffix == ".gz":
            content = gzip.decompress(content)
    except FileNotFoundError:
        raise StudyError(f"{path}: no such file.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise StudyError(f"{path} is not a whole .gz file ({error}).") from None
    if content[:3] != b"\0\0\x08":
        raise StudyError(f"{path} is not an IDX file of bytes: it begins with {content[:4].hex(' ') or 'nothing'}.")
    header = 4 + 4 * int.from_bytes(content[3:4])
    shape = [int.from_bytes(content[start : start + 4]) for start in range(4, header, 4)]
    if not shape or len(content) - header != math.prod(shape):
        raise StudyError(f"{path} is cut off or damaged: it does not hold what its header says.")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape).copy()
