"""IDX files, the format of MNIST, and damaged ones, written for tests."""

import gzip
import struct

import numpy as np


def idx(array: np.ndarray) -> bytes:
    """An array of bytes with its header."""
    return struct.pack(f">BBBB{array.ndim}i", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def damaged_deflate(content: bytes) -> bytes:
    """A .gz file to which zlib itself objects, not its checksum."""
    packed = bytearray(gzip.compress(content))
    packed[10:20] = b"\xff" * 10
    return bytes(packed)
