"""Runs scripts and measures what they take."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from study.workflow.code_digest import SOURCE_FOLDER

THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Used:
    """What a process printed, and what it took: CPU seconds, and MiB of memory at most."""

    output: str
    cpu_seconds: float
    memory: float


def run_side_by_side(commands: Sequence[Sequence[str]], processes: int) -> list[Used]:
    """Runs scripts of ours, each with its arguments, as many at a time as there are `processes`.

    Raises RuntimeError with what one that failed had to say.
    """
    with ThreadPoolExecutor(processes) as pool:
        return list(pool.map(_run, commands))


def _run(command: Sequence[str]) -> Used:
    script, *arguments = command
    one_thread = dict.fromkeys(THREAD_COUNTS, "1")  # as Snakemake tells a job of one thread
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, str(SOURCE_FOLDER / script), *arguments],
            env=os.environ | one_thread,
            stdout=output,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (output, errors):
            file.seek(0)
        if process.returncode:
            raise RuntimeError(f"{script} failed: {errors.read().decode().strip()}")
        peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        return Used(output.read().decode(), usage.ru_utime + usage.ru_stime, peak)
