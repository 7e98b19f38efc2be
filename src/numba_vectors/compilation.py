"""Compilation with a file cache that notices every edit of a kernel.

Numba looks only at the file that holds a function; a kernel whose helpers or constants changed in another file would be
taken from the cache as it was. Here the cache folder carries a digest of the sources of the package that holds the
kernel, and of this one, whatever the place and the time stamps of the files. A kernel may use nothing of our own from
anywhere else.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numba


def compiled(function: Callable | None = None, *, inlined: bool = False) -> Callable:
    """`numba.njit` with the options of all kernels: cached on disk, IEEE division, without the interpreter lock.

    inlined  pasted wherever it is called: worth it in inner loops, as each array of a call is passed as seven numbers
    """
    if function is None:
        return partial(compiled, inlined=inlined)
    others = numba.config.CACHE_LOCATOR_CLASSES
    # Read when a function is decorated: other users of Numba in this process never see it.
    numba.config.CACHE_LOCATOR_CLASSES = f"{__name__}.{ContentCacheLocator.__name__}"
    try:
        return numba.njit(cache=True, error_model="numpy", nogil=True, forceinline=inlined)(function)
    finally:
        numba.config.CACHE_LOCATOR_CLASSES = others


class ContentCacheLocator:
    """Tells Numba where to cache a kernel (`NUMBA_CACHE_LOCATOR_CLASSES` documents such classes)."""

    def __init__(self, function: Callable, file: str):
        self._py_file, self._line = file, function.__code__.co_firstlineno
        self._folder = _cache_folder(Path(file).parent, numba.config.CACHE_DIR)

    @classmethod
    def from_function(cls, function: Callable, file: str) -> "ContentCacheLocator":
        return cls(function, file)

    def get_cache_path(self) -> str:
        return self._folder

    def ensure_cache_path(self) -> None:
        """Raises OSError if nothing can be stored there."""
        Path(self._folder).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=self._folder).close()

    def get_source_stamp(self) -> str:
        return Path(self._folder).name

    def get_disambiguator(self) -> str:
        return str(self._line)


@cache
def _cache_folder(package: Path, users_folder: str) -> str:
    """Where compiled kernels of exactly these sources are kept.

    Below the user's folder (NUMBA_CACHE_DIR) if there is one, else beside the sources or, where that cannot be written,
    in the user's cache.
    """
    digest = hashlib.sha256()
    for folder in (package, Path(__file__).parent):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    if users_folder:
        base = Path(users_folder)
    elif os.access(package, os.W_OK):
        base = package / "__pycache__"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "adaptive-sparsity"
    return str(base / f"kernels-{digest.hexdigest()[:16]}")
