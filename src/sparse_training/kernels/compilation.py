"""Compilation with a file cache that notices every edit of a kernel.

Numba looks only at the time stamp of the file that holds a function; a kernel whose helpers changed in another file
would be taken from the cache as it was. The cache folder therefore carries a digest of all kernel sources.
"""

import hashlib
import os
from collections.abc import Callable
from functools import partial
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


def compiled(function: Callable | None = None, *, inlined: bool = False) -> Callable:
    """`numba.njit` with the options of all kernels: cached on disk, IEEE division, without the interpreter lock.

    inlined  pasted wherever it is called: worth it in inner loops, as each array of a call is passed as seven numbers
    """
    if function is None:
        return partial(compiled, inlined=inlined)
    users_folder = numba.config.CACHE_DIR
    # Read when a function is decorated: other users of Numba in this process never see it.
    numba.config.CACHE_DIR = _CACHE_FOLDER
    try:
        return numba.njit(cache=True, error_model="numpy", nogil=True, forceinline=inlined)(function)
    finally:
        numba.config.CACHE_DIR = users_folder
