"""Reads IDX files, the format of MNIST and of the sets made after it, by torchvision's reader."""

import gzip
import tempfile
from pathlib import Path

import numpy as np

from study.data.torchvision_datasets import import_torchvision_datasets
from study.errors import StudyError

GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: str | Path) -> np.ndarray:
    """The uint8 array of an IDX file, gzipped or not: labels (n,), images (n, rows, columns).

    Raises StudyError, with one sentence, for anything else.
    """
    try:
        content = Path(path).read_bytes()
        if content[:2] == GZIP_MAGIC or Path(path).suffix == ".gz":
            content = gzip.decompress(content)
    except FileNotFoundError:
        raise StudyError(f"{path}: no such file.") from None
    except (OSError, EOFError) as error:
        raise StudyError(f"{path} is not a whole .gz file ({error}).") from None
    if content[:3] != b"\0\0\x08":
        raise StudyError(f"{path} is not an IDX file of bytes: it begins with {content[:4].hex(' ') or 'nothing'}.")
    datasets = import_torchvision_datasets()
    with tempfile.NamedTemporaryFile() as plain:
        plain.write(content)
        plain.flush()
        try:
            return datasets.mnist.read_sn3_pascalvincent_tensor(plain.name).numpy()
        except (AssertionError, RuntimeError, ValueError, IndexError):
            raise StudyError(f"{path} is cut off or damaged: it does not hold what its header says.") from None
