import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from study.errors import StudyError
from study.workflow.stale_locks import STARTING, remove_damaged_metadata, remove_stale_locks, this_machine

SOURCES = Path(__file__).parents[3] / "src"
CODE = (
    "import sys; from study.workflow.stale_locks import remove_stale_locks;"
    " remove_stale_locks(sys.argv[1]); print(1, flush=True); input()"
)
HOST, BOOT = this_machine().split()
ELSEWHERE = "another-host 01234567-89ab-cdef-0123-456789abcdef"


@pytest.fixture
def start(tmp_path):
    """Starts processes that call `remove_stale_locks` and stay alive."""
    processes = []

    def start() -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, str(tmp_path)], cwd=SOURCES, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        processes.append(process)
        assert process.stdout.readline()
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def lock(folder: Path) -> Path:
    path = folder / "locks" / "0.input.lock"
    path.parent.mkdir(exist_ok=True)
    path.write_text("results/x.csv\n")
    return path


def kill(process: subprocess.Popen) -> None:
    process.kill()
    process.communicate()


def test_locks_of_a_process_that_was_killed_are_removed(tmp_path, start):
    killed = start()
    path = lock(tmp_path)
    kill(killed)
    start()
    assert not path.exists()


def test_locks_stay_while_any_of_several_processes_is_alive(tmp_path, start):
    first, _ = start(), start()
    path = lock(tmp_path)
    start()
    assert path.exists()
    kill(first)
    start()
    assert path.exists()


@pytest.mark.parametrize(
    ("machines", "stays"),
    [
        ([f"{HOST} {BOOT}"], False),
        ([f"{HOST} an-earlier-boot"], False),
        ([f"another-container {BOOT}"], False),
        ([ELSEWHERE], True),
        ([f"{HOST} {BOOT}", ELSEWHERE], True),
        ([], True),
    ],
    ids=["here", "here before a reboot", "another container", "elsewhere", "here and elsewhere", "unknown"],
)
def test_locks_stay_where_a_run_of_another_machine_may_be_alive(machines, stays, tmp_path, start):
    (tmp_path / "alive").write_text("".join(f"{machine}\n" for machine in machines))
    os.utime(tmp_path / "alive", (0, 0))
    path = lock(tmp_path)
    for _ in range(2):  # nor does the second look change its mind after the first one was killed
        kill(start())
        assert path.exists() == stays


def test_a_machine_is_noted_while_runs_are_alive_and_after_they_were_killed(tmp_path, start):
    alive = tmp_path / "alive"
    first, second = start(), start()
    first.communicate(b"\n")
    assert alive.read_text() == f"{this_machine()}\n"
    second.communicate(b"\n")
    assert alive.read_text() == ""
    kill(start())
    assert alive.read_text() == f"{this_machine()}\n"


@pytest.mark.parametrize("age", [STARTING / 2, 2 * STARTING])
def test_another_machine_is_forgotten_when_it_has_had_time_enough_to_lock_something(age, tmp_path, start):
    alive = tmp_path / "alive"
    alive.write_text(f"{ELSEWHERE}\n")
    changed = alive.stat().st_mtime - age
    os.utime(alive, (changed, changed))
    start()
    assert (ELSEWHERE in alive.read_text()) == (age < STARTING)


@pytest.mark.parametrize("content", [bytes(range(128, 256)), b"\0" * 40, b"[1, 2]", b'{"rule": "train", "inp'])
def test_damaged_metadata_are_removed_and_the_output_is_named(tmp_path, content):
    folder = tmp_path / "metadata"
    folder.mkdir()
    damaged, whole = ("cmVzdWx0cy9hLmNzdg==", "cmVzdWx0cy9iLmNzdg==")
    (folder / damaged).write_bytes(content)
    (folder / whole).write_text('{"rule": "train"}')
    (folder / "empty").touch()
    assert remove_damaged_metadata(tmp_path) == ["results/a.csv"]
    assert sorted(path.name for path in folder.iterdir()) == [whole, "empty"]
    assert remove_damaged_metadata(tmp_path / "absent") == []


def test_a_folder_that_cannot_be_written_and_a_full_disk_are_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(StudyError, match=rf"^{tmp_path}/file/.snakemake cannot be written \(Not a directory\): make"):
        remove_stale_locks(tmp_path / "file" / ".snakemake")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StudyError, match=rf"^{tmp_path} cannot be written \(No space left on device\): make room"):
        remove_stale_locks(tmp_path)
