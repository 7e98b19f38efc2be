import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest

from study.errors import StudyError
from study.provenance.archive import metadata_path
from study.workflow import stale_locks
from study.workflow.stale_locks import STARTING, clear_up, this_machine

SOURCES = Path(__file__).parents[3] / "src"
CODE = (
    "import sys; from study.workflow.stale_locks import clear_up; clear_up(sys.argv[1]); print(1, flush=True); input()"
)
HOST, BOOT = this_machine().split()
ELSEWHERE = "another-host 01234567-89ab-cdef-0123-456789abcdef"


@pytest.fixture
def start(tmp_path):
    """Starts processes that call `clear_up` and stay alive."""
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


def test_where_no_system_tells_its_boot_another_host_is_another_machine(monkeypatch):
    monkeypatch.setattr(stale_locks, "BOOT_ID", Path("/absent"))
    monkeypatch.setattr(stale_locks.platform, "node", lambda: "one-mac")
    assert stale_locks._is_another("another-mac -")
    assert not stale_locks._is_another("one-mac -")


def test_locks_are_removed_although_somebody_looks_for_an_instant_who_is_there(tmp_path):
    path = lock(tmp_path)
    (tmp_path / "alive").write_text(f"{HOST} {BOOT}\n")
    with (tmp_path / "alive").open("r+") as looking:
        fcntl.flock(looking, fcntl.LOCK_EX)
        Timer(0.01, fcntl.flock, (looking, fcntl.LOCK_UN)).start()
        clear_up(tmp_path)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", bytes(range(128, 256)), b"\0" * 40, b"[1, 2]", b'{"rule": "train", "inp'])
def test_damaged_metadata_are_removed_and_the_output_is_named(tmp_path, content):
    folder = tmp_path / "metadata"
    folder.mkdir()
    damaged, whole = ("cmVzdWx0cy9hLmNzdg==", "cmVzdWx0cy9iLmNzdg==")
    (folder / damaged).write_bytes(content)
    (folder / whole).write_text('{"rule": "train"}')
    assert clear_up(tmp_path) == ["results/a.csv"]
    assert [path.name for path in folder.iterdir()] == [whole]
    assert clear_up(tmp_path / "absent") == []


def test_metadata_that_a_living_run_may_be_writing_stay(tmp_path, start):
    half = tmp_path / "metadata/cmVzdWx0cy9hLmNzdg=="
    half.parent.mkdir()
    running = start()
    half.write_text('{"rule": "train", "inp')
    start()
    assert half.exists()
    kill(running)
    (tmp_path / "alive").write_text(f"{ELSEWHERE}\n")
    assert clear_up(tmp_path) == []


def test_the_whole_name_of_an_output_is_said_however_long_it_is(tmp_path):
    output = f"results/{'n' * 200}/{'m' * 200}.csv"
    path = tmp_path / metadata_path(output).relative_to(".snakemake")
    path.parent.mkdir(parents=True)
    path.touch()
    assert len(path.relative_to(tmp_path).parts) == 4
    assert clear_up(tmp_path) == [output]


def test_a_folder_that_cannot_be_written_and_a_full_disk_are_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(StudyError, match=rf"^{tmp_path}/file/.snakemake cannot be written \(Not a directory\): make"):
        clear_up(tmp_path / "file" / ".snakemake")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StudyError, match=rf"^{tmp_path} cannot be written \(No space left on device\): make room"):
        clear_up(tmp_path)
