"""IDX files, the format of MNIST, written for tests."""

import struct

import numpy as np


def idx(array: np.ndarray) -> bytes:
    """An array of bytes with its header."""
    return struct.pack(f">BBBB{array.ndim}i", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()
