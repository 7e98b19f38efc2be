"""How scripts end that are interrupted, or whose reader has gone."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[3] / "src"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_script_undoes_what_is_half_done_and_shows_no_traceback(tmp_path, number):
    program = (
        "import sys, time; from study.files import atomic_path; from study.scripts.interruption import end_in_order\n"
        "end_in_order()\n"
        "with atomic_path(sys.argv[1]): print(flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.zip")]
    with subprocess.Popen(command, cwd=SOURCES, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        assert list(tmp_path.iterdir()) != []
        process.send_signal(number)
        _, said = process.communicate()
    assert (process.returncode, said) == (128 + number, "")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_has_gone_ends_a_script_without_a_traceback():
    program = (
        "from study.scripts.interruption import end_in_order; end_in_order()\n"
        "print(0, flush=True); input(); print('a line\\n' * 100_000)"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], cwd=SOURCES, text=True, **pipes) as process:
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write("\n")
        process.stdin.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (-signal.SIGPIPE, "")
