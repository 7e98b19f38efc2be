import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[3] / "src"
CODE = (
    "import sys; from study.workflow.stale_locks import remove_stale_locks;"
    " remove_stale_locks(sys.argv[1]); print(1); input()"
)


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


def test_locks_of_a_process_that_was_killed_are_removed(tmp_path, start):
    killed = start()
    path = lock(tmp_path)
    killed.kill()
    killed.communicate()
    start()
    assert not path.exists()


def test_locks_stay_while_any_of_several_processes_is_alive(tmp_path, start):
    first, _ = start(), start()
    path = lock(tmp_path)
    start()
    assert path.exists()
    first.kill()
    first.communicate()
    start()
    assert path.exists()
