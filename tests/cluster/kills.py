"""Trainings that are half done, and how clusters kill them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Training:
    """A process that trains a network in a copy of the repository, as a job of SLURM."""

    process: int
    job: str
    checkpoint: Path  # relative to the copy

    def cancel(self) -> None:
        """As when its time is over: SIGTERM comes first, and a training then stores one more checkpoint."""
        subprocess.run(["scancel", self.job], check=True)

    def kill(self) -> None:
        """As by the kernel when memory is short: without notice."""
        with suppress(ProcessLookupError):  # it has just ended by itself
            os.kill(self.process, signal.SIGKILL)


def running(folder: Path) -> list[Training]:
    """The trainings that go on in a copy of the repository."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode().split("\0")
            if not words[1:2] or not words[1].endswith("src/train.py") or (process / "cwd").resolve() != folder:
                continue
            variables = (process / "environ").read_bytes().decode().split("\0")
        except OSError:  # it has ended meanwhile
            continue
        job = dict(variable.partition("=")[::2] for variable in variables)["SLURM_JOB_ID"]
        found.append(Training(int(process.name), job, Path(words[words.index("--checkpoint") + 1])))
    return found


def strike(folder: Path, run: subprocess.Popen, blow: Callable[[Training], None], spare: set[Path]) -> Training:
    """Strikes one training that has stored a checkpoint; returns it when it has gone with its work half done.

    spare  checkpoints of trainings that are left alone; that of the one which is struck comes to it
    """
    while True:
        victim = _wait_for(run, folder, lambda one: one.checkpoint not in spare and (folder / one.checkpoint).exists())
        spare.add(victim.checkpoint)
        blow(victim)
        while victim in running(folder):
            time.sleep(0.1)
        if (folder / victim.checkpoint).exists():  # a training that was faster than the blow has removed it
            return victim


def begun(folder: Path, run: subprocess.Popen) -> Training:
    """Waits for a training that has stored a checkpoint."""
    return _wait_for(run, folder, lambda one: (folder / one.checkpoint).exists())


def successor(folder: Path, run: subprocess.Popen, victim: Training) -> Training:
    """Waits for the job that goes on with the work of one that was struck."""
    return _wait_for(run, folder, lambda one: one.checkpoint == victim.checkpoint and one.job != victim.job)


def _wait_for(run: subprocess.Popen, folder: Path, condition: Callable[[Training], bool]) -> Training:
    while run.poll() is None:
        for training in running(folder):
            if condition(training):
                return training
        time.sleep(0.1)
    raise AssertionError(f"no such training until Snakemake ended:\n{(folder / 'snakemake.log').read_text()[-5000:]}")
