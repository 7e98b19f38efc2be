"""Training jobs that are killed at any moment end in the same bytes as one that was left alone."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import train
from study.data.image_sets import ImageSet
from study.scripts.checkpoints import STOPPED

SOURCES = Path(__file__).parents[2] / "src"
RESULTS = ("network.npz", "history.csv", "topology.csv")  # timings.csv says how long it took: no two runs agree
EPOCHS = 300


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    path = tmp_path_factory.mktemp("images") / "noise.npz"
    images = np.random.default_rng(0).integers(0, 17, (250, 64), np.uint8)
    labels = np.arange(250, dtype=np.uint8) % 10
    ImageSet(images[:200], labels[:200], images[200:], labels[200:], np.array([8, 8]), np.array(16)).save(path)
    return path


def command(images, folder, rule="ch3l3", **options):
    options = {
        "hidden-sizes": "60 60",
        "density": 0.1,
        "epochs": EPOCHS,
        "batch-size": 32,
        "learning-rate": 0.05,
        "learning-rate-schedule": "linear",
        "momentum": 0.9,
        "weight-decay": 0,
        "zeta": 0.3,
        "regrown-weight": "redraw",
        "checkpoint": folder / "checkpoint.npz",
        "checkpoint-seconds": 0.05,
        "code": "this-one",
    } | options
    named = [word for name, value in options.items() for word in (f"--{name}", *str(value).split())]
    outputs = [word for name in ("network.npz", "history.csv", "topology.csv", "timings.csv") for word in
               (f"--{name.partition('.')[0]}", str(folder / name))]  # fmt: skip
    task = ["--images", str(images), "--dataset", "noise", "--rule", rule, "--seed", "0", "--remove-disconnected"]
    return [sys.executable, str(SOURCES / "train.py"), *task, *named, *outputs]


def finish(call):
    return subprocess.run(call, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def undisturbed(images, tmp_path_factory):
    """Result files of a run that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    done = finish(command(images, folder))
    assert done.returncode == 0, done.stderr
    assert not (folder / "checkpoint.npz").exists()
    return {name: (folder / name).read_bytes() for name in RESULTS}


def assert_as_undisturbed(folder, undisturbed):
    for name in RESULTS:
        assert (folder / name).read_bytes() == undisturbed[name], name
    assert sorted(path.name for path in folder.iterdir()) == sorted([*RESULTS, "timings.csv"])


def start_and_wait_for_a_new_checkpoint(call, folder):
    """Starts a job and returns it once it has stored a checkpoint of its own, or has ended."""
    path = folder / "checkpoint.npz"
    before = path.stat().st_mtime_ns if path.exists() else None
    process = subprocess.Popen(call, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and (not path.exists() or path.stat().st_mtime_ns == before):
        time.sleep(0.005)
    return process


def test_a_job_killed_at_random_moments_ends_in_the_same_bytes(images, tmp_path, undisturbed):
    moments = random.Random(9)
    resumed = 0
    for number in (signal.SIGKILL, signal.SIGTERM):
        process = start_and_wait_for_a_new_checkpoint(command(images, tmp_path), tmp_path)
        time.sleep(moments.uniform(0, 0.15))
        process.send_signal(number)
        _, log = process.communicate()
        resumed += "resuming from" in log
        assert process.returncode in (0, -number, STOPPED)
    assert resumed
    assert finish(command(images, tmp_path)).returncode == 0
    assert_as_undisturbed(tmp_path, undisturbed)  # what the kills left is gone, too


def catches_sigterm(process):
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("SigCgt:")[2].split()[0], 16) >> (signal.SIGTERM - 1) & 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells which signals a process catches")
def test_sigterm_stores_a_checkpoint_at_once(images, tmp_path, undisturbed):
    call = command(images, tmp_path, **{"checkpoint-seconds": 3600})
    process = subprocess.Popen(call)
    while not catches_sigterm(process):
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == STOPPED
    done = finish(call)
    assert "resuming from" in done.stderr
    assert_as_undisturbed(tmp_path, undisturbed)


@pytest.fixture(scope="module")
def half_done(images, tmp_path_factory):
    """The checkpoint of a training that was killed."""
    folder = tmp_path_factory.mktemp("half_done")
    process = start_and_wait_for_a_new_checkpoint(command(images, folder), folder)
    process.kill()
    process.communicate()
    return (folder / "checkpoint.npz").read_bytes()


class Begun(Exception):
    """In place of a training."""


@pytest.mark.parametrize(
    "change",
    [
        {"code": "another-one"},
        {"learning-rate": 0.04},
        {"epochs": EPOCHS + 1},
        {"rule": "random"},
        {"images": "other"},
        {"damaged": b"PK\x03\x04 and then nothing"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_checkpoint_that_is_damaged_or_of_other_code_settings_or_data_is_not_used(
    change, images, tmp_path, half_done, monkeypatch, capsys
):
    (tmp_path / "checkpoint.npz").write_bytes(change.pop("damaged", half_done))
    if change.pop("images", None):
        other = ImageSet.load(images)
        other.train_images[0, 0] ^= 1
        images = tmp_path / "other.npz"
        other.save(images)

    def begin(*_, resume_from, **__):
        raise Begun(resume_from)

    monkeypatch.setattr(train, "train", begin)
    with pytest.raises(Begun, match="None"):
        train.main(command(images, tmp_path, **change)[2:])
    assert "checkpoint.npz is damaged, or of other code, settings or data: not used\n" in capsys.readouterr().err


def test_a_disk_without_room_is_one_sentence_and_the_last_checkpoint_stays(images, tmp_path, half_done):
    (tmp_path / "checkpoint.npz").write_bytes(half_done)

    def no_room():  # files cannot grow beyond a few bytes: writing fails as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))

    done = subprocess.run(command(images, tmp_path), capture_output=True, text=True, preexec_fn=no_room)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "checkpoint.npz cannot be written (File too large)" in done.stderr
    assert (tmp_path / "checkpoint.npz").read_bytes() == half_done


def test_a_training_job_imports_neither_torch_nor_scikit_learn_nor_matplotlib(images, tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(SOURCES)!r}); sys.argv = {command(images, tmp_path, epochs=1)[1:]!r};"
        "import train; train.main(); sys.exit(bool({'torch', 'sklearn', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0


def orphan(images, folder) -> int:
    """A training half done, whose parent was killed; it is stopped, so that it is no further when it is needed."""
    call = command(images, folder, **{"checkpoint-seconds": 0})
    script = f"import subprocess, time; print(subprocess.Popen({call!r}).pid, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        number = int(parent.stdout.readline())
        while not (folder / "checkpoint.npz").exists():
            time.sleep(0.005)
        os.kill(number, signal.SIGSTOP)
        parent.kill()
    return number


def test_an_orphan_ends_and_overwrites_nothing(images, tmp_path, undisturbed):
    number = orphan(images, tmp_path)
    with subprocess.Popen(command(images, tmp_path), stderr=subprocess.PIPE, text=True) as newer:
        assert f"is being made by process {number}" in newer.stderr.readline()
        os.kill(number, signal.SIGCONT)
        _, log = newer.communicate()
    assert newer.returncode == 0
    assert "resuming from" in log
    assert_as_undisturbed(tmp_path, undisturbed)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_devices_are_written_to_and_never_replaced_or_removed(images, tmp_path):
    for name in ("network.npz", "checkpoint.npz"):
        os.mknod(tmp_path / name, 0o20666, os.makedev(1, 3))  # like /dev/null
    done = finish(command(images, tmp_path, epochs=2, **{"checkpoint-seconds": 0}))
    assert done.returncode == 0, done.stderr
    for name in ("network.npz", "checkpoint.npz"):
        assert (tmp_path / name).is_char_device()
    assert len((tmp_path / "history.csv").read_text().splitlines()) == 3
