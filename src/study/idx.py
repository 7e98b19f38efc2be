"""Reads IDX files, the format of MNIST and of the sets made after it."""

import gzip
from pathlib import Path

import numpy as np

from study.files import UnusableFile


def read_idx(path: str | Path) -> np.ndarray:
    """The uint8 array of a gzipped IDX file: labels (n,), images (n, rows, columns).

    Layout: two zero bytes, the type (8 for uint8), the number of dimensions, each as one byte; the dimensions, as
    big-endian int32; the values, last dimension fastest.
    """
    try:
        content = gzip.decompress(Path(path).read_bytes())
    except (OSError, EOFError) as error:
        raise UnusableFile(f"{path} is not a whole .gz file ({error}).") from None
    if content[:3] != b"\0\0\x08" or len(content) < 4 + 4 * content[3]:
        raise UnusableFile(f"{path} is not an IDX file of bytes: it begins with {content[:4].hex(' ') or 'nothing'}.")
    shape = tuple(np.frombuffer(content, ">i4", count=content[3], offset=4))
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * content[3])
    if len(values) != np.prod(shape, dtype=np.int64):
        raise UnusableFile(f"{path} holds {len(values)} values; its header says {' × '.join(map(str, shape))}.")
    return values.reshape(shape)
