import numpy as np
import pytest

from study.scripts.checkpoints import Checkpoint, digest_of

ARRAYS, ROWS = {"epoch": np.array(3), "weights": np.arange(4, dtype=np.float32)}, {"history": [{"loss": 0.1}]}


@pytest.fixture
def checkpoint(tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint.npz", digest_of("task"))
    checkpoint.save(ARRAYS, ROWS)
    return checkpoint


def test_a_checkpoint_comes_back_for_the_same_task_alone(checkpoint):
    arrays, rows = checkpoint.load()
    assert rows == ROWS
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert Checkpoint(checkpoint.path, digest_of("another task")).load() is None
    assert Checkpoint(None, digest_of("task")).load() is None


CENTRAL = b"PK\x01\x02"  # begins the entry of each array in the directory of the file


@pytest.mark.parametrize(
    ("offset", "bit"),
    [(8, 0), (10, 3), (10, 0), (46 + len("array e"), 1), (46, 0), (16, 5)],
    ids=["encrypted", "compression method 8", "compression method 1", "inner name", "first letter", "CRC"],
)
def test_one_flipped_bit_in_the_directory_of_a_checkpoint_makes_it_unused(checkpoint, offset, bit):
    content = bytearray(checkpoint.path.read_bytes())
    position = content.index(CENTRAL, content.index(CENTRAL) + 1) + offset  # of the second array
    content[position] ^= 1 << bit
    checkpoint.path.write_bytes(content)
    assert checkpoint.load() is None


@pytest.mark.parametrize("content", [b"", bytes(900), b"PK\x03\x04 and then nothing", b"\x80\x04K\x01.", b"text"])
def test_what_is_no_checkpoint_is_not_used(checkpoint, content):
    checkpoint.path.write_bytes(content)
    assert checkpoint.load() is None


def test_arrays_of_another_program_are_not_used(checkpoint):
    for about in ("{", "3", "{}", '{"digest": "x"}'):
        np.savez(checkpoint.path, about=np.array(about))
        assert checkpoint.load() is None
    np.savez(checkpoint.path, x_train=np.zeros(3))
    assert checkpoint.load() is None


def test_what_a_kill_left_of_an_unfinished_checkpoint_goes_with_the_next_look(checkpoint):
    left_over = checkpoint.path.with_name(".checkpoint.npz.0123abcd.partial.npz")
    left_over.write_bytes(b"half")
    assert checkpoint.load() is not None
    assert not left_over.exists()


def test_a_checkpoint_that_is_a_link_is_written_through_and_never_removed(checkpoint, tmp_path):
    link = Checkpoint(tmp_path / "link.npz", checkpoint.digest)
    link.path.symlink_to(checkpoint.path)
    link.save(ARRAYS | {"epoch": np.array(4)}, ROWS)
    assert checkpoint.load()[0]["epoch"] == 4
    link.remove()
    assert link.path.is_symlink()
    checkpoint.remove()
    assert not checkpoint.path.exists()
