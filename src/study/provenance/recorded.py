"""Networks of a recorded study that are trained again, and whether they are the same."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from study.errors import StudyError
from study.files import read_table, sha256
from study.provenance.archive import Archive
from study.provenance.environment import circumstances
from study.provenance.packing import NETWORKS, TRAINING
from study.results.tables import NETWORK
from study.workflow.jobs import Job

WITHIN = 0.01  # mean distance of two curves of test accuracy that count as the same, as in the claims
PLACES = ("network", "history", "topology", "timings", "checkpoint", "record")  # arguments that say where to write
MACHINE = ("processor", "python")  # what may change the last digit of a sum,
PACKAGES = ("numpy", "numba", "scipy")  # and of the packages those that training computes with
SAID, LOOKED = "train.log", 0.2  # what a training says; seconds from one look at them to the next


@dataclass(frozen=True)
class Comparison:
    """What became of one network that was trained again: a sentence, and whether it agrees with the recorded one."""

    sentence: str
    agrees: bool


def chosen_networks(archive: Archive, number: int) -> list[dict]:
    """The records of the first networks: number 0 of each image set and rule by name, then number 1.

    Dense networks are not among them, as all of an image set are trained together.
    """
    table = read_table(BytesIO(archive.read(NETWORKS))).sort_values(["seed", "dataset", "rule"])
    table = table[table["record"].str.fullmatch(rf"results/{re.escape(archive.study)}/training/.*/network\.json")]
    return [json.loads(archive.read(path)) for path in table["record"][:number]]


def check_code(records: Sequence[dict], jobs: Sequence[Job]) -> None:
    """Raises StudyError if the code that would train these networks now is not that which trained them."""
    now = {job.record: job.command.value("code") for job in jobs if job.record}
    for record in records:
        path = shlex.split(record["command"])[-1]
        if now.get(path) != record["code"]:
            commit = record["git"]["commit"] if record["git"] else "unknown"
            raise StudyError(
                f"{path}: trained by other code than that of this clone; its commit was {commit}. Check that out, to"
                " train the same networks again."
            )


def train_again(records: Sequence[dict], folder: Path, repository: Path) -> list[Path]:
    """Trains networks again, as many at once as there are cores; their folders below `folder`.

    Raises StudyError as soon as one cannot be trained; whatever ends this ends all trainings.
    """
    folders = [folder / str(number) for number in range(len(records))]
    waiting, running = list(zip(records, folders, strict=True)), []
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                record, place = waiting.pop(0)
                running.append((record, place, _start(record, place, repository)))
            time.sleep(LOOKED)
            for record, place, process in running:
                if process.poll():
                    reason = (place / SAID).read_text(errors="replace").strip() or "no reason"
                    raise StudyError(f"{name_of(record)} could not be trained: {reason[-500:]}")
            running = [one for one in running if one[-1].returncode is None]
    finally:
        for _, _, process in running:
            process.terminate()
        for _, _, process in running:
            process.wait()
    return folders


def _start(record: dict, folder: Path, repository: Path) -> subprocess.Popen:
    folder.mkdir()
    words = shlex.split(record["command"])
    for name in PLACES:
        place = words.index(f"--{name}") + 1
        words[place] = str(folder / Path(words[place]).name)
    command = [sys.executable, str(repository / "src" / TRAINING), *words[2:]]
    with (folder / SAID).open("w") as said:
        return subprocess.Popen(
            command,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )


def compare(record: dict, archive: Archive, folder: Path) -> Comparison:
    """Compares a network that was trained again with the recorded one.

    Its bytes must be the same where processor and versions are; elsewhere sums may be rounded otherwise, training
    amplifies that, and the curve of its test accuracy must be the same within `WITHIN`.
    """
    (network,) = record["outputs"]["network"].values()
    if sha256(folder / "network.npz") == network:
        return Comparison(f"{name_of(record)}: equal to the byte (SHA-256 {network})", True)
    if others := _differences(circumstances(), record):
        (history,) = record["outputs"]["history"]
        distance, final = curve_distance(read_table(BytesIO(archive.read(history))), read_table(folder / "history.csv"))
        agrees = distance <= WITHIN
        return Comparison(
            f"{name_of(record)}: other bytes, as {' and '.join(others)} differ; test accuracy after the last epoch"
            f" {final[1]:.4f}, recorded {final[0]:.4f}; mean distance of the curves {distance:.4f},"
            f" {'within' if agrees else 'more than'} {WITHIN:g}",
            agrees,
        )
    return Comparison(f"{name_of(record)}: other bytes, on a processor and with versions of the same names", False)


def _differences(here: dict, record: dict) -> list[str]:
    """What a training depends on, besides code and arguments, and is not the same here."""
    packages = [name for name in PACKAGES if here["packages"].get(name) != record["packages"].get(name)]
    return [name for name in MACHINE if here[name] != record[name]] + packages


def curve_distance(recorded: pd.DataFrame, again: pd.DataFrame) -> tuple[float, tuple[float, float]]:
    """Mean distance of two curves of test accuracy over the epochs, and the last value of each."""
    curves = [table.set_index("epoch")["test_accuracy"] for table in (recorded, again)]
    if not curves[0].index.equals(curves[1].index):
        return np.inf, (curves[0].iloc[-1], curves[1].iloc[-1])
    return float((curves[0] - curves[1]).abs().mean()), (curves[0].iloc[-1], curves[1].iloc[-1])


def name_of(record: dict) -> str:
    """`mnist ch3l3 0`."""
    return " ".join(str(record["arguments"][name]) for name in NETWORK)
