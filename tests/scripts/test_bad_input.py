"""What can be wrong with the files and arguments of scripts: each gets one sentence, and nothing is lost."""

import gzip
import hashlib
import runpy
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.idx_files import idx

from sparse_training.network import SparseMLP
from study.data.image_sets import ImageSet

SOURCES = Path(__file__).parents[2] / "src"
HISTORY, NETWORK, IMAGES, TABLE = "tiny/history.csv", "tiny/network.npz", "tiny.npz", "table.csv"

NET = "--hidden-sizes 9 9 --density 0.2"
SGD = "--epochs 2 --batch-size 9 --learning-rate-schedule linear --momentum 0.9 --weight-decay 0 --learning-rate 0.05"
TOPOLOGY = "--zeta 0.3 --remove-disconnected --regrown-weight redraw"
SETTINGS = f"--images {IMAGES} --dataset tiny --rule random --seed 0 {NET} {SGD} {TOPOLOGY}"
OUTPUTS = "--network out/network.npz --history out/history.csv --topology out/topology.csv --timings out/timings.csv"
TRAIN = f"train {SETTINGS} {OUTPUTS}"
OPTIONS = "--perturbation random_pruning --levels 0 1 --repeats 1 --no-layers-together --no-readout"
PERTURB = f"perturb {NETWORK} --images {IMAGES} {OPTIONS} --output out/sweep.csv"
STAGES = f"topology_stages {SETTINGS} --inputs 7 --output out/stages.csv"
EVALUATE = f"evaluate_classifiers {TABLE} --table table --scores out/scores.csv --timings out/timings.csv"
PLANE = f"find_hypercuboids {TABLE} --table a --attributes a tall --hypercuboids out/h --points out/p --growth out/g"
DOWNLOAD = "download_images --dataset mnist --output out --mirror mirror"
PMLB = "download_table --table small --index index.csv --output out/small.csv --mirror mirror"
NPZ = "import_images --npz mine.npz --output out/mine.npz"
IDX = "import_images --idx train.gz labels.gz train.gz labels.gz --output out/mine.npz"
BINS = f"weight_magnitudes {NETWORK} --bin-width 0 --output out/weights.csv"
MNIST = "mirror/images/mnist/train-images-idx3-ubyte.gz"
SMALL = "mirror/pmlb/small/small.tsv.gz"


def nothing(folder: Path) -> None:
    """Nothing is wrong in the folder."""


def cut(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:200])


def write(name: str, content: str | bytes) -> Callable[[Path], object]:
    content = content.encode() if isinstance(content, str) else content

    def make(folder):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return make


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def images_with(**changes) -> Callable[[Path], object]:
    """The image set with other arrays."""
    return lambda folder: np.savez(folder / IMAGES, **(vars(ImageSet.load(folder / IMAGES)) | changes))


def own_images(**changes) -> Callable[[Path], object]:
    """mine.npz as users would write it, with other arrays."""
    pixels = np.arange(240, dtype=np.uint8).reshape(12, 4, 5)
    arrays = {"x_train": pixels, "y_train": np.arange(12) % 3, "x_test": pixels[:6], "y_test": np.arange(6) % 3}
    return lambda folder: np.savez(folder / "mine.npz", **(arrays | changes))


# command, what is wrong, and parts of the sentence
CASES = [
    # image sets
    (TRAIN, remove(IMAGES), IMAGES, "no such file"),
    (TRAIN, cut(IMAGES), IMAGES, "not a whole .npz file", "delete it"),
    (TRAIN, lambda folder: np.savez(folder / IMAGES, x=1), IMAGES, "train_images", "pixel_max"),
    (TRAIN, images_with(train_labels=np.zeros(3, np.uint8)), IMAGES, "train_labels", "(20,)", "(3,)"),
    (TRAIN, images_with(test_images=np.zeros((8, 6))), IMAGES, "test_images", "uint8", "float64 (8, 6)"),
    (TRAIN, images_with(pixel_max=np.array(9)), IMAGES, "pixel of 16", "pixel_max, 9"),
    (TRAIN, images_with(test_labels=np.full(8, 9, np.uint8)), IMAGES, "class 9"),
    (TRAIN, images_with(image_shape=np.array([3, 3])), IMAGES, "6 pixels", "3 × 3"),
    (TRAIN, images_with(train_images=np.full((20, 6), 5, np.uint8)), IMAGES, "all pixels", "equal"),
    (STAGES, nothing, "--inputs", "at most 6", "found 7"),
    # image sets of users
    (NPZ, nothing, "mine.npz", "no such file"),
    (NPZ, lambda folder: own_images()(folder) or cut("mine.npz")(folder), "mine.npz", "not a whole .npz file"),
    (NPZ, lambda folder: np.savez(folder / "mine.npz", x_train=1, y_train=1, x_test=1), "mine.npz", "y_test"),
    (NPZ, own_images(x_train=np.zeros((12, 4, 5))), "mine.npz", "uint8", "float64 (12, 4, 5)"),
    (NPZ, own_images(x_test=np.zeros((0, 4, 5), np.uint8)), "mine.npz", "(0, 4, 5)"),
    (NPZ, own_images(y_train=np.zeros(11, np.int64)), "mine.npz", "12 whole numbers", "(11,)"),
    (NPZ, own_images(x_test=np.zeros((6, 4, 4), np.uint8)), "mine.npz", "(4, 5)", "(4, 4)"),
    (NPZ, own_images(y_test=np.full(6, 9)), "mine.npz", "every class"),
    (NPZ, own_images(y_train=np.zeros(12, int), y_test=np.zeros(6, int)), "mine.npz", "two classes", "found 0"),
    (IDX, write("train.gz", gzip.compress(b"\0\0\x0d\x01")), "train.gz", "00 00 0d 01"),
    (IDX, write("train.gz", gzip.compress(b"")), "train.gz", "nothing"),
    # downloads
    (DOWNLOAD, nothing, MNIST, "lacks", "add the file there"),
    (DOWNLOAD, write(MNIST, gzip.compress(b"0" * 10**5)[:-20]), MNIST, "not a whole .gz file", "replace it"),
    (PMLB, write(SMALL, gzip.compress(b"target\tlength\n0\t1\n")), SMALL, "sha256 is", "expected", "replace it"),
    (PMLB.replace("small", "mushroom", 1), nothing, "'mushroom'", "config/pmlb_tables.csv"),
    (PMLB, remove("index.csv"), "index.csv", "no such file"),
    # tables
    (EVALUATE, remove(TABLE), TABLE, "no such file"),
    (EVALUATE, write(TABLE, ""), TABLE, "not a CSV table"),
    (EVALUATE, write(TABLE, 'a,target\n1,"2\n'), TABLE, "not a CSV table"),
    (EVALUATE, write(TABLE, b"a\xff\xfe,target\n"), TABLE, "not a CSV table"),
    (EVALUATE, write(TABLE, "a,b\n1,2\n"), TABLE, "`target`", "found a, b"),
    (EVALUATE, write(TABLE, "target\n1\n"), TABLE, "`target`", "found target"),
    (EVALUATE, write(TABLE, "a,target\n"), TABLE, "no rows"),
    (EVALUATE, write(TABLE, "a,target\n1,\n2,x\n"), TABLE, "`target` is empty in 1 rows"),
    (EVALUATE, write(TABLE, "a,target\n1,x\n2,x\n"), TABLE, "two classes", "found x alone"),
    (EVALUATE, write(TABLE, "a,target\n1,x\n2,x\n3,y\n"), TABLE, "two rows", "y has 1"),
    (EVALUATE, write(TABLE, "a,target\ninf,x\n2,x\n3,y\n4,y\n"), TABLE, "column a", "infinite"),
    (EVALUATE, write(TABLE, "a,target\n" + "1,x\n2,y\n3,z\n" * 2), "6 rows of 3 classes", "test size 0.3"),
    (f"{EVALUATE} --test-size 1", nothing, "--test-size", "less than 1", "found '1'"),
    (f"{EVALUATE} --splits 0", nothing, "--splits", "at least 1", "found '0'"),
    (PLANE, nothing, TABLE, "no column tall", "it has a"),
    (PLANE.replace("a tall", "a a"), nothing, "--attributes", "two columns", "found a twice"),
    (PLANE, write(TABLE, "a,tall,target\n" + "1,u,x\n2,v,y\n" * 5), "categories of 'tall' have no order"),
    # networks
    (PERTURB, remove(NETWORK), NETWORK, "no such file"),
    (PERTURB, cut(NETWORK), NETWORK, "not a network", "delete it"),
    (f"figure_network {NETWORK} --output out/figure", cut(NETWORK), NETWORK, "not a network", "delete it"),
    (PERTURB.replace(NETWORK, "network.npz"), nothing, "network.npz", "dataset, rule, seed", "train it again"),
    (PERTURB.replace("--levels 0 1", "--levels 2"), nothing, "random_pruning", "[0, 1]", "got 2.0"),
    (TRAIN.replace("--rule random", "--rule rug"), nothing, "'rug'", "ch3l3", "random"),
    (
        f"{TRAIN} --learning-rate 1000 --batch-size 1 --weight-decay 1",
        nothing,
        "epoch 1 is not finite",
        "learning_rate",
    ),
    (TRAIN.replace(NET, "--hidden-sizes 30000000000000 --density 1"), nothing, "Out of memory", "larger machine"),
    (BINS, nothing, "--bin-width", "greater than 0", "found '0'"),
    (BINS.replace("width 0", "width 1e-300"), nothing, "--bin-width", "at least 1e-06"),
    # results, and places to write to
    (f"figure_learning_curves {HISTORY} --output out/figure", write(HISTORY, b"\xff\xfe\x00"), HISTORY, "delete it"),
    (PERTURB, write("out", "a file"), "out", "cannot be written", "run again"),
    (DOWNLOAD, write("out", "a file"), "out", "cannot be written", "run again"),
]


@pytest.fixture(scope="module")
def intact(tmp_path_factory) -> Path:
    """One of each kind of file, nothing wrong with any."""
    folder = tmp_path_factory.mktemp("intact")
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 17, (28, 6), np.uint8), np.arange(28, dtype=np.uint8) % 4
    ImageSet(images[:20], labels[:20], images[20:], labels[20:], np.array([2, 3]), np.array(16)).save(folder / IMAGES)
    network = SparseMLP.random([6, 9, 9], n_classes=4, density=0.2, rng=rng)
    network.save(folder / "network.npz")
    (folder / NETWORK).parent.mkdir()
    replace(network, metadata={"dataset": "tiny", "rule": "random", "seed": 0}).save(folder / NETWORK)
    pd.DataFrame({"a": range(20), "target": ["x", "y"] * 10}).to_csv(folder / TABLE, index=False)
    (folder / "train.gz").write_bytes(gzip.compress(idx(np.zeros((4, 2, 3), np.uint8))))
    (folder / "labels.gz").write_bytes(gzip.compress(idx(np.arange(4, dtype=np.uint8))))
    table = gzip.compress(b"target\tlength\n1\t0.5\n0\t2\n")
    write(SMALL, table)(folder)
    (folder / "index.csv").write_text(f"table,sha256\nsmall,{hashlib.sha256(table).hexdigest()}\n")
    return folder


def contents(folder: Path) -> dict[Path, bytes]:
    """All files but hidden ones, such as the marks of jobs on what they make: those of this process are still there."""
    return {path: path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].split()[0]}: {', '.join(case[2:])}")
def test_bad_input_gives_one_sentence_and_nothing_is_lost(case, intact, tmp_path, monkeypatch, capsys):
    command, corrupt, *parts = case
    folder = shutil.copytree(intact, tmp_path / "folder")
    corrupt(folder)
    before = contents(folder)
    name, *arguments = command.split()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(SOURCES / f"{name}.py"), run_name="__main__")
    said = stopped.value.code
    if said == 2:  # after argparse's usage
        said = capsys.readouterr().err.splitlines()[-1]
    assert "\n" not in said
    for part in parts:
        assert part in said
    assert contents(folder) == before
