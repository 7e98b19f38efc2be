"""Compilation with a file cache that notices every edit of a kernel.

Numba looks only at the time stamp of the file that holds a function; a kernel whose helpers changed in another file
would be taken from the cache as it was. The cache folder therefore carries a digest of all kernel sources.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numba

_KERNELS = Path(__file__).parent


def cache_folder() -> Path:
    """Where the compiled kernels of exactly these sources are kept.

    Below NUMBA_CACHE_DIR if that is set, else beside the sources or, where that cannot be written, in the user's cache.
    """
    sources = hashlib.sha256()
    for path in sorted(_KERNELS.glob("*.py")):
        sources.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    if numba.config.CACHE_DIR:
        base = Path(numba.config.CACHE_DIR)
    elif os.access(_KERNELS, os.W_OK):
        base = _KERNELS / "__pycache__"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sparse_training"
    return base / f"kernels-{sources.hexdigest()[:16]}"


_CACHE_FOLDER = str(cache_folder())


def compiled(function: Callable) -> Callable:
    """`numba.njit` with the options of all kernels: cached on disk, IEEE division, without the interpreter lock."""
    users_folder = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = (
        _CACHE_FOLDER  # read when the dispatcher is made, so other users of Numba in this process never see it
    )
    try:
        return numba.njit(cache=True, error_model="numpy", nogil=True)(function)
    finally:
        numba.config.CACHE_DIR = users_folder
