"""Files with damage of any kind are refused in one sentence; what is read is what was written.

Each format is damaged 100 times, in the same ways in every run. MUTATIONS=3000 in the environment asks for more.
"""

import gzip
import os
import random
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.training import TrainingState
from study.data.idx import read_idx
from study.data.image_sets import ImageSet
from study.data.user_images import from_npz
from study.errors import StudyError
from study.scripts.checkpoints import Checkpoint

MUTATIONS = int(os.environ.get("MUTATIONS", "100"))
RNG = np.random.default_rng(0)
NETWORK = SparseMLP.random([12, 9, 8], n_classes=3, density=0.4, rng=RNG)
IMAGES = RNG.integers(0, 256, (20, 3, 4), np.uint8)


def damaged(content: bytes, draw: random.Random) -> bytes:
    """The content with one damage such as disks, cables, editors and interrupted copies do."""
    first, last = sorted(draw.randrange(len(content) + 1) for _ in range(2))
    few = content[first : first + draw.randint(1, 4)]
    noise = draw.randbytes(len(few))
    match draw.randrange(8):
        case 0 | 1 | 2:  # one bit
            changed = bytearray(content)
            changed[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
            return bytes(changed)
        case 3:
            return content[:first]
        case 4:
            return content[:first] + bytes(last - first) + content[last:]
        case 5:
            return content[:first] + noise + content[first + len(few) :]
        case 6:
            return content[:first] + noise + content[first:]
        case _:
            return content[:first] + content[last:] + draw.choice([b"", content[:last]])


def arrays_of(thing) -> list[np.ndarray]:
    """All that a file holds, in an order of its own."""
    match thing:
        case np.ndarray():
            return [thing]
        case SparseMLP():
            return [array for _, array in sorted(thing.to_arrays().items())]
        case ImageSet():
            return [array for _, array in sorted(vars(thing).items())]
        case (arrays, rows):
            return [*(array for _, array in sorted(arrays.items())), np.array(repr((sorted(arrays), rows)))]


def write_checkpoint(path: Path) -> None:
    rows = {"history": [{"epoch": 1, "training_loss": 0.1}]}
    Checkpoint(path, "digest").save(TrainingState.start(NETWORK).to_arrays(), rows)


def write_image_set(path: Path) -> None:
    pixels, labels = IMAGES.reshape(20, 12), (np.arange(20) % 3).astype(np.uint8)
    ImageSet(pixels, labels, pixels[:6], labels[:6], np.array([3, 4]), np.array(255)).save(path)


def write_own_npz(path: Path) -> None:
    labels = np.arange(20) % 3
    with path.open("wb") as file:
        np.savez_compressed(file, x_train=IMAGES, y_train=labels, x_test=IMAGES[:6], y_test=labels[:6])


def write_idx(path: Path) -> None:
    header = struct.pack(">BBBB3i", 0, 0, 8, 3, *IMAGES.shape)
    path.write_bytes(gzip.compress(header + IMAGES.tobytes(), mtime=0))


@pytest.mark.parametrize(
    ("write", "read"),
    [
        pytest.param(write_checkpoint, lambda path: Checkpoint(path, "digest").load(), id="checkpoint"),
        pytest.param(NETWORK.save, SparseMLP.load, id="network"),
        pytest.param(write_image_set, ImageSet.load, id="image set"),
        pytest.param(write_own_npz, from_npz, id="image set of one's own"),
        pytest.param(write_idx, read_idx, id="IDX file"),
    ],
)
def test_what_is_read_of_a_damaged_file_is_what_was_written_or_nothing(
    tmp_path, write: Callable[[Path], None], read: Callable[[Path], object]
):
    path = tmp_path / "file.npz"
    write(path)
    whole, expected = path.read_bytes(), arrays_of(read(path))
    refused = 0
    for number in range(MUTATIONS):
        path.write_bytes(damaged(whole, random.Random(number)))
        try:
            found = read(path)
        except (StudyError, SparseTrainingError):
            found = None
        refused += found is None
        if found is not None:
            for array, original in zip(arrays_of(found), expected, strict=True):
                assert array.dtype == original.dtype, number
                np.testing.assert_array_equal(array, original, str(number))
    assert refused > MUTATIONS / 2
