"""What can be wrong with what users give, and the sentence that each of them gets. docs/bad_input.md is this table."""

import gzip
import hashlib
import os
import re
import resource
import runpy
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from sparse_training.network import SparseMLP
from study.data.image_sets import ImageSet
from study.workflow.configuration import problems
from study.workflow.stale_locks import remove_stale_locks
from tests.workflow.conftest import ROOT, SMOKE, contents, snakemake, start_snakemake

SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
DOCUMENT = ROOT / "docs/bad_input.md"
ABSENT = object()
NETWORK, IMAGES, TABLE = "tiny/random/0/network.npz", "tiny.npz", "table.csv"


@dataclass(frozen=True)
class Case:
    """Something wrong, and what is said about it.

    what     what is wrong
    message  the sentence, `…` for what varies
    ask      asks the program that says it, in the folder, and returns what it says
    damage   brings about what is wrong, in the folder
    folder   fixture of the folder before that
    """

    what: str
    message: str
    ask: Callable[[Path, pytest.MonkeyPatch, pytest.CaptureFixture], str]
    damage: Callable[[Path], object]
    folder: str = "intact"


def nothing(folder: Path) -> None:
    """Nothing is wrong in the folder."""


# --- who is asked ----------------------------------------------------------------------------------------------------


def configuration(what: str, changes: dict, message: str) -> Case:
    """The check that Snakemake makes before anything else, of the smallest study with some keys changed."""

    def ask(folder, monkeypatch, capsys):
        config = yaml.safe_load(SMOKE)
        for path, value in changes.items():
            *parents, key = path.split("/")
            place = config
            for parent in parents:
                place = place[parent]
            if value is ABSENT:
                del place[key]
            else:
                place[key] = deepcopy(value)
        monkeypatch.chdir(folder)
        return "\n".join(problems(config, SCHEMA, ROOT))

    return Case(what, message, ask, nothing)


def script(what: str, command: str, message: str, damage: Callable[[Path], object] = nothing) -> Case:
    """A script of src/, run as a program, in this process."""

    def ask(folder, monkeypatch, capsys):
        name, *arguments = command.split()
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        with pytest.raises(SystemExit) as stopped:
            runpy.run_path(str(ROOT / f"src/{name}.py"), run_name="__main__")
        said = stopped.value.code
        return said if isinstance(said, str) else capsys.readouterr().err.splitlines()[-1]  # after argparse's usage

    return Case(what, message, ask, damage)


def on_a_full_disk(what: str, command: str, message: str) -> Case:
    """A script whose files cannot grow: writing fails as on a full disk."""

    def ask(folder, monkeypatch, capsys):
        name, *arguments = command.split()
        return subprocess.run(
            [sys.executable, str(ROOT / f"src/{name}.py"), *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY)),
        ).stderr.removesuffix("\n")

    return Case(what, message, ask, nothing)


def by_snakemake(what: str, arguments: str, message: str, damage: Callable[[Path], object] = nothing) -> Case:
    """Snakemake, in the folder of a finished study."""

    def ask(folder, monkeypatch, capsys):
        result = snakemake(folder, *arguments.split())
        assert result.returncode == 1
        said = [line for line in result.stdout.splitlines() if matches(message, line)]
        return said[0] if said else result.stdout

    return Case(what, message, ask, damage, "finished")


# --- what is wrong ---------------------------------------------------------------------------------------------------


def cut(name: str, bytes_left: int = 200) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:bytes_left])


def write(name: str, content: str | bytes) -> Callable[[Path], object]:
    content = content.encode() if isinstance(content, str) else content

    def damage(folder):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return damage


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def images_with(**changes) -> Callable[[Path], object]:
    """The image set with other arrays."""

    def damage(folder):
        arrays = vars(ImageSet.load(folder / IMAGES)) | changes
        np.savez(folder / IMAGES, **arrays)

    return damage


def own_images(**changes) -> Callable[[Path], object]:
    """mine.npz as users would write it, with other arrays."""
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (12, 4, 5), np.uint8),
        "y_train": np.arange(12) % 3,
        "x_test": rng.integers(0, 256, (6, 4, 5), np.uint8),
        "y_test": np.arange(6) % 3,
    } | changes
    return lambda folder: np.savez(folder / "mine.npz", **arrays)


def another_run(folder: Path) -> None:
    """This process stands for it: it holds the lock of the operating system, and leaves Snakemake's."""
    remove_stale_locks(folder / ".snakemake")
    write(".snakemake/locks/0.output.lock", "results/smoke/claims.csv\n")(folder)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}i", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


# --- commands --------------------------------------------------------------------------------------------------------

NET = "--hidden-sizes 9 9 --density 0.2"
SGD = "--epochs 2 --batch-size 9 --learning-rate-schedule linear --momentum 0.9 --weight-decay 0"
TOPOLOGY = "--zeta 0.3 --remove-disconnected --regrown-weight redraw"
RATE = "--learning-rate 0.05"
OUTPUTS = "--network out/network.npz --history out/history.csv --topology out/topology.csv --timings out/timings.csv"
TASK = f"train --images {IMAGES} --dataset tiny --rule random --seed 0"
TRAIN = f"{TASK} {NET} {SGD} {RATE} {TOPOLOGY} {OUTPUTS}"
DAMAGES = "--levels 0 1 --repeats 1 --no-layers-together --no-readout"
PERTURB = f"perturb {NETWORK} --images {IMAGES} --perturbation random_pruning {DAMAGES} --output out/sweep.csv"
STAGES = f"topology_stages --images {IMAGES} --dataset tiny --rule random --seed 0 {NET} {SGD} {RATE} {TOPOLOGY}"
EVALUATE = f"evaluate_classifiers {TABLE} --table table --scores out/scores.csv --timings out/timings.csv"
CURVES = "figure_learning_curves tiny/random/0/history.csv --output out/figure"
DOWNLOAD = "download_images --dataset mnist --output out"
PMLB = "download_table --table small --index index.csv --output out/small.csv --mirror mirror"
IMPORT_NPZ = "import_images --npz mine.npz --output out/mine.npz"
IMPORT_IDX = "import_images --idx train.gz labels.gz train.gz labels.gz --output out/mine.npz"
SIX_CLASSES = "a,target\n" + "".join(f"{row},{row % 3}\n" for row in range(6))

TRAINING, LEVELS, DRAWINGS = "robustness/training", "robustness/perturbations/levels", "robustness/drawings"
CASES = [
    # configurations
    configuration(
        "a key is misspelt",
        {"robustness/network/densty": 0.1},
        "robustness.network.densty is no key; did you mean density?",
    ),
    configuration("a key does not exist", {"robustness/colour": "red"}, "robustness.colour is no key."),
    configuration("a key is missing", {f"{TRAINING}/epochs": ABSENT}, "robustness.training.epochs is missing."),
    configuration("a whole section is missing", {"asonn": ABSENT}, "asonn is missing."),
    configuration("a section is empty", {"asonn": None}, "asonn must be a mapping of keys; found None."),
    configuration(
        "the levels of a perturbation are missing",
        {f"{LEVELS}/weight_noise": ABSENT},
        "robustness.perturbations.levels.weight_noise is missing.",
    ),
    configuration(
        "a text in place of a number",
        {f"{TRAINING}/epochs": "ten"},
        "robustness.training.epochs must be a whole number; found 'ten'.",
    ),
    configuration(
        "a number that YAML takes for a text",
        {f"{TRAINING}/learning_rate": "1e-2"},
        "robustness.training.learning_rate must be a number; found '1e-2': write 0.01, without quotes.",
    ),
    configuration(
        "a fraction in place of a whole number",
        {f"{TRAINING}/seeds": 3.0},
        "robustness.training.seeds must be a whole number; found 3.0.",
    ),
    configuration(
        "a number that is none",
        {f"{TRAINING}/zeta": float("nan")},
        "robustness.training.zeta must be a number; found nan.",
    ),
    configuration(
        "a text in place of true or false",
        {f"{TRAINING}/remove_disconnected": "yes"},
        "robustness.training.remove_disconnected must be true or false; found 'yes'.",
    ),
    configuration(
        "a value in place of a list",
        {"robustness/datasets": "digits"},
        "robustness.datasets must be a list; found 'digits'.",
    ),
    configuration(
        "a number too small", {f"{TRAINING}/seeds": 0}, "robustness.training.seeds must be at least 1; found 0."
    ),
    configuration(
        "a density of 0",
        {"robustness/network/density": 0},
        "robustness.network.density must be greater than 0; found 0.",
    ),
    configuration(
        "a density above 1",
        {"robustness/network/density": 1.5},
        "robustness.network.density must be at most 1; found 1.5.",
    ),
    configuration(
        "all links removed", {f"{TRAINING}/zeta": 1}, "robustness.training.zeta must be less than 1; found 1."
    ),
    configuration(
        "a share of links above 1",
        {f"{LEVELS}/weight_order": [0, 2]},
        "robustness.perturbations.levels.weight_order[1] must be at most 1; found 2.",
    ),
    configuration(
        "a negative level",
        {f"{LEVELS}/weight_noise": [0, -1]},
        "robustness.perturbations.levels.weight_noise[1] must be at least 0; found -1.",
    ),
    configuration(
        "a single level, which makes no curve",
        {f"{LEVELS}/weight_noise": [0]},
        "robustness.perturbations.levels.weight_noise must have at least 2 entries; found 1.",
    ),
    configuration(
        "a level twice",
        {f"{LEVELS}/weight_noise": [0, 1, 1]},
        "robustness.perturbations.levels.weight_noise names something twice; found [0, 1, 1].",
    ),
    configuration(
        "a data set twice",
        {"robustness/datasets": ["digits", "digits"]},
        "robustness.datasets names something twice; found ['digits', 'digits'].",
    ),
    configuration(
        "no regrowth rule",
        {"robustness/regrowth_rules": []},
        "robustness.regrowth_rules must have at least 1 entries; found 0.",
    ),
    configuration(
        "one attribute of a plane",
        {"asonn/hypercuboids/attributes": ["a"]},
        "asonn.hypercuboids.attributes must have at least 2 entries; found 1.",
    ),
    configuration(
        "three attributes of a plane",
        {"asonn/hypercuboids/attributes": ["a", "b", "c"]},
        "asonn.hypercuboids.attributes must have at most 2 entries; found 3.",
    ),
    configuration(
        "a schedule that is not known",
        {f"{TRAINING}/learning_rate_schedule": "cosine"},
        "robustness.training.learning_rate_schedule must be one of linear, constant; found 'cosine'.",
    ),
    configuration(
        "a regrowth rule that is not known",
        {"robustness/regrowth_rules": ["ch3l3", "rigl"]},
        "robustness.regrowth_rules[1] must be one of ch3l3, paths, random, static; found 'rigl'.",
    ),
    configuration(
        "a perturbation that is not known",
        {f"{LEVELS}/rust": [0, 1]},
        "a name in robustness.perturbations.levels must be one of random_pruning, reverse_weight_order, weight_noise, "
        "weight_order, weight_shuffling; found 'rust'.",
    ),
    configuration(
        "a classifier that is not known",
        {"asonn/classifiers": ["svn"]},
        "asonn.classifiers[0] must be one of xgboost, random_forest, decision_tree, k_nearest_neighbours, naive_bayes, "
        "svm, logistic_regression, mlp, explainable_boosting, figs, rulefit; found 'svn'.",
    ),
    configuration(
        "a data set that is not known",
        {"robustness/datasets": ["digits", "digit"]},
        "robustness.datasets[1] must be one of digits, mnist, fashion_mnist, kmnist, emnist_letters, "
        "or be described in data.image_sets; found 'digit'.",
    ),
    configuration(
        "a table that is not known",
        {"asonn/tables": ["irs"]},
        "asonn.tables[0] must be breast_cancer, iris, wine, or pmlb/ and the name of a table; found 'irs'.",
    ),
    configuration(
        "a table that PMLB lacks",
        {"asonn/tables": ["pmlb/glas"]},
        "asonn.tables[0] must be one of the tables in config/pmlb_tables.csv; found 'pmlb/glas'; "
        "did you mean pmlb/glass?",
    ),
    configuration(
        "a name with a slash",
        {"name": "my/study"},
        "name must be letters, digits, _, - and ., a letter or digit first; found 'my/study'.",
    ),
    configuration(
        "a name that leads out of the folder",
        {"name": ".."},
        "name must be letters, digits, _, - and ., a letter or digit first; found '..'.",
    ),
    configuration("a number in place of a mirror", {"data/mirror": 3}, "data.mirror must be a text or null; found 3."),
    configuration("a mirror without a name", {"data/mirror": ""}, "data.mirror must not be empty."),
    configuration(
        "a drawing of a data set that is not trained on",
        {f"{DRAWINGS}/network/dataset": "mnist"},
        "robustness.drawings.network.dataset must be one of robustness.datasets, digits; found 'mnist'.",
    ),
    configuration(
        "a drawing of an update by the rule that has none",
        {f"{DRAWINGS}/topology_update/regrowth_rule": "static"},
        "robustness.drawings.topology_update.regrowth_rule must be a rule besides static, "
        "whose networks have no updates to be drawn.",
    ),
    configuration(
        "no rule but the one without updates",
        {"robustness/regrowth_rules": ["static"]},
        "robustness.regrowth_rules must have a rule besides static, whose networks have no updates to be timed.",
    ),
    configuration(
        "an image set of one's own with one of four files",
        {"data/image_sets": {"mine": {"train_images": "a.gz"}}},
        "data.image_sets.mine must have either npz or all of train_images, train_labels, test_images, test_labels; "
        "found train_images.",
    ),
    configuration(
        "an image set of one's own under a name that is taken",
        {"data/image_sets": {"mnist": {"npz": "a.npz"}}},
        "data.image_sets.mnist: choose another name, as mnist is an image set that the study knows.",
    ),
    configuration(
        "an image set of one's own that is not there",
        {"data/image_sets": {"mine": {"npz": "my_data/mine.npz"}}},
        "data.image_sets.mine.npz must be a file, its path from …; found 'my_data/mine.npz'.",
    ),
    configuration(
        "several things at once",
        {"name": 3, f"{TRAINING}/epochs": ABSENT},
        "name must be a text; found 3.\nrobustness.training.epochs is missing.",
    ),
    # image sets
    script("an image set is not there", TRAIN, f"{IMAGES}: no such file.", remove(IMAGES)),
    script(
        "an image set is cut off",
        TRAIN,
        f"{IMAGES} is not a whole .npz file of plain arrays (…); delete it to have it made again.",
        cut(IMAGES),
    ),
    script(
        "a file holds other arrays than an image set",
        TRAIN,
        f"{IMAGES} lacks the array train_images; it must hold train_images, train_labels, "
        "test_images, test_labels, image_shape, pixel_max.",
        lambda folder: np.savez(folder / IMAGES, x=1),
    ),
    script(
        "labels are fewer than images",
        TRAIN,
        f"{IMAGES}: train_labels must be uint8 (20,), found uint8 (3,).",
        images_with(train_labels=np.zeros(3, np.uint8)),
    ),
    script(
        "images are fractions",
        TRAIN,
        f"{IMAGES}: test_images must be uint8 (n_images, n_inputs), found float64 (8, 6).",
        images_with(test_images=np.zeros((8, 6))),
    ),
    script(
        "a pixel is brighter than the brightest",
        TRAIN,
        f"{IMAGES}: train_images have a pixel of 16, above pixel_max, 9.",
        images_with(pixel_max=np.array(9)),
    ),
    script(
        "a test label is of no class in training",
        TRAIN,
        f"{IMAGES}: test_labels have a class 9 that train_labels lack.",
        images_with(test_labels=np.full(8, 9, np.uint8)),
    ),
    script(
        "pixels do not fit the shape of the images",
        TRAIN,
        f"{IMAGES}: train_images have 6 pixels, not the 3 × 3 of image_shape.",
        images_with(image_shape=np.array([3, 3])),
    ),
    script(
        "all pixels are equal",
        TRAIN,
        f"{IMAGES}: all pixels of the training images are equal.",
        images_with(train_images=np.full((20, 6), 5, np.uint8)),
    ),
    script(
        "more inputs are to be drawn than an image has pixels",
        f"{STAGES} --inputs 7 --output out/stages.csv",
        "… error: --inputs must be at most 6, the pixels of an image; found 7.",
    ),
    # image sets of one's own
    script("a .npz of one's own is not there", IMPORT_NPZ, "mine.npz: no such file."),
    script(
        "a .npz of one's own is cut off",
        IMPORT_NPZ,
        "mine.npz is not a whole .npz file of plain arrays (…).",
        lambda folder: own_images()(folder) or cut("mine.npz")(folder),
    ),
    script(
        "a .npz of one's own lacks an array",
        IMPORT_NPZ,
        "mine.npz lacks the array y_test; it must hold x_train, y_train, x_test, y_test.",
        lambda folder: np.savez(folder / "mine.npz", x_train=1, y_train=1, x_test=1),
    ),
    script(
        "images of one's own are fractions",
        IMPORT_NPZ,
        "mine.npz: images must be uint8 (n, rows, columns) or (n, pixels), found float64 (12, 4, 5).",
        own_images(x_train=np.zeros((12, 4, 5))),
    ),
    script(
        "there are no images",
        IMPORT_NPZ,
        "mine.npz: images must be uint8 (n, rows, columns) or (n, pixels), found uint8 (0, 4, 5).",
        own_images(x_test=np.zeros((0, 4, 5), np.uint8)),
    ),
    script(
        "labels of one's own are one too few",
        IMPORT_NPZ,
        "mine.npz: labels must be 12 whole numbers, found int64 (11,).",
        own_images(y_train=np.zeros(11, np.int64)),
    ),
    script(
        "training and test images of one's own differ in size",
        IMPORT_NPZ,
        "mine.npz: images are (4, 5) for training, (4, 4) for test.",
        own_images(x_test=np.zeros((6, 4, 4), np.uint8)),
    ),
    script(
        "a class of one's own is in the test images only",
        IMPORT_NPZ,
        "mine.npz: the training labels must hold every class, at most 256 of them.",
        own_images(y_test=np.full(6, 9)),
    ),
    script(
        "images of one's own are of one class",
        IMPORT_NPZ,
        "mine.npz: the training labels must hold at least two classes, found 0 alone.",
        own_images(y_train=np.zeros(12, int), y_test=np.zeros(6, int)),
    ),
    script(
        "an IDX file begins with the wrong number",
        IMPORT_IDX,
        "train.gz is not an IDX file of bytes: it begins with 00 00 0d 01.",
        write("train.gz", gzip.compress(b"\0\0\x0d\x01")),
    ),
    script(
        "an IDX file is empty",
        IMPORT_IDX,
        "train.gz is not an IDX file of bytes: it begins with nothing.",
        write("train.gz", gzip.compress(b"")),
    ),
    script(
        "an IDX file holds less than it says",
        IMPORT_IDX,
        "train.gz is cut off or damaged: it does not hold what its header says.",
        write("train.gz", gzip.compress(idx(np.zeros((2, 3), np.uint8))[:-1])),
    ),
    script(
        "a .gz file is none",
        IMPORT_IDX,
        "train.gz is not a whole .gz file (…).",
        write("train.gz", "plain"),
    ),
    # downloads
    script(
        "a mirror is not there",
        f"{DOWNLOAD} --mirror /no/mirror",
        "The mirror lacks /no/mirror/images/mnist/train-images-idx3-ubyte.gz; add the file there, or use no mirror "
        "(data.mirror, DATA_MIRROR).",
    ),
    script(
        "a file of a mirror has another checksum",
        PMLB,
        "mirror/pmlb/small/small.tsv.gz of the mirror is not the official file: sha256 is …, expected …; replace it.",
        write("mirror/pmlb/small/small.tsv.gz", gzip.compress(b"target\tlength\n0\t1\n")),
    ),
    script(
        "a file of a mirror is cut off",
        f"{DOWNLOAD} --mirror mirror",
        "mirror/images/mnist/train-images-idx3-ubyte.gz of the mirror is not the official file: "
        "not a whole .gz file (…); replace it.",
        write("mirror/images/mnist/train-images-idx3-ubyte.gz", gzip.compress(b"0" * 10**5)[:-20]),
    ),
    script(
        "a table is not in the list of tables",
        PMLB.replace("small", "mushroom", 1),
        "PMLB has no table 'mushroom' within the limits of the study; see config/pmlb_tables.csv.",
    ),
    script(
        "the list of tables is not there",
        PMLB,
        "index.csv: no such file; the list of tables is config/pmlb_tables.csv.",
        remove("index.csv"),
    ),
    # tables
    script("a table is not there", EVALUATE, f"{TABLE}: no such file.", remove(TABLE)),
    script("a table is empty", EVALUATE, f"{TABLE} is not a CSV table (…).", write(TABLE, "")),
    script("a table is cut off", EVALUATE, f"{TABLE} is not a CSV table (…).", write(TABLE, 'a,target\n1,"2\n')),
    script("a table is no text", EVALUATE, f"{TABLE} is not a CSV table (…).", write(TABLE, b"a\xff\xfe,target\n")),
    script(
        "a table lacks its classes",
        EVALUATE,
        f"{TABLE}: the columns must be features and, last, `target`; found a, b.",
        write(TABLE, "a,b\n1,2\n"),
    ),
    script(
        "a table has classes only",
        EVALUATE,
        f"{TABLE}: the columns must be features and, last, `target`; found target.",
        write(TABLE, "target\n1\n"),
    ),
    script("a table has no rows", EVALUATE, f"{TABLE}: the table has no rows.", write(TABLE, "a,target\n")),
    script(
        "a row has no class", EVALUATE, f"{TABLE}: `target` is empty in 1 rows.", write(TABLE, "a,target\n1,\n2,x\n")
    ),
    script(
        "a table has one class",
        EVALUATE,
        f"{TABLE}: there must be two classes or more in `target`; found x alone.",
        write(TABLE, "a,target\n1,x\n2,x\n"),
    ),
    script(
        "a class has one row",
        EVALUATE,
        f"{TABLE}: a class needs two rows or more, to train and to test on; y has 1.",
        write(TABLE, "a,target\n1,x\n2,x\n3,y\n"),
    ),
    script(
        "a table holds infinite values",
        EVALUATE,
        f"{TABLE}: column a holds infinite values; leave such cells empty.",
        write(TABLE, "a,target\ninf,x\n2,x\n3,y\n4,y\n"),
    ),
    script(
        "a table is too small to be split",
        EVALUATE,
        "6 rows of 3 classes cannot be split with test size 0.3 (…): choose another test size.",
        write(TABLE, SIX_CLASSES),
    ),
    script(
        "a test size of everything",
        f"{EVALUATE} --test-size 1",
        "… error: argument --test-size: must be a number greater than 0, less than 1; found '1'.",
    ),
    script(
        "no splits",
        f"{EVALUATE} --splits 0",
        "… error: argument --splits: must be a whole number of at least 1; found '0'.",
    ),
    script(
        "an attribute that the table lacks",
        f"find_hypercuboids {TABLE} --table a --attributes a height --hypercuboids out/h --points out/p --growth out/g",
        f"… error: {TABLE} has no column height; it has a",
    ),
    # networks
    script("a network is not there", PERTURB, f"{NETWORK}: no such file.", remove(NETWORK)),
    script(
        "a network is cut off",
        PERTURB,
        f"{NETWORK} is not a network written by SparseMLP.save (…); delete it and train the network again",
        cut(NETWORK),
    ),
    script(
        "a network is cut off when it is drawn",
        f"figure_network {NETWORK} --output out/figure",
        f"{NETWORK} is not a network written by SparseMLP.save (…); delete it and train the network again",
        cut(NETWORK),
    ),
    script(
        "a network that does not say which it is",
        PERTURB.replace(NETWORK, "network.npz"),
        "network.npz does not say which network it holds: its metadata lack dataset, rule, seed; train it again.",
    ),
    script(
        "a level beyond the range of a perturbation",
        PERTURB.replace("--levels 0 1", "--levels 2"),
        "the level of random_pruning must be in [0, 1], got 2.0",
    ),
    script(
        "a rule that no module has the name of",
        TRAIN.replace("--rule random", "--rule rigl"),
        "unknown regrowth rule 'rigl', expected one of ch3l3, paths, random, static",
    ),
    script(
        "bins without width",
        f"weight_magnitudes {NETWORK} --bin-width 0 --output out/weights.csv",
        "… error: argument --bin-width: must be a number greater than 0; found '0'.",
    ),
    script(
        "a learning rate that is too high",
        TRAIN.replace(RATE, "--learning-rate 10000"),
        "learning_rate must be a number greater than 0, at most 1000, got 10000.0",
    ),
    script(
        "a network that no machine has room for",
        TRAIN.replace(NET, "--hidden-sizes 30000000000000 --density 1"),
        "Out of memory (…): reduce the size of the job or use a larger machine.",
    ),
    # results
    script(
        "a result is not there", CURVES, "tiny/random/0/history.csv: no such file.", remove("tiny/random/0/history.csv")
    ),
    script(
        "a result is empty",
        CURVES,
        "tiny/random/0/history.csv: the file is empty.",
        write("tiny/random/0/history.csv", ""),
    ),
    script(
        "a result is no table",
        CURVES,
        "tiny/random/0/history.csv is not a whole CSV table; delete it to have it made again.",
        write("tiny/random/0/history.csv", b"\xff\xfe\x00"),
    ),
    script(
        "a result lacks a column",
        CURVES,
        "tiny/random/0/history.csv: column training_loss is missing; the table has dataset, rule, seed, epoch, "
        "test_accuracy.",
        write("tiny/random/0/history.csv", "dataset,rule,seed,epoch,test_accuracy\ntiny,random,0,1,0.5\n"),
    ),
    script(
        "a result has no rows",
        CURVES,
        "tiny/random/0/history.csv: the table has no rows.",
        write("tiny/random/0/history.csv", "dataset,rule,seed,epoch,training_loss,test_accuracy\n"),
    ),
    # places
    script(
        "a file where results should have a folder",
        PERTURB,
        "out cannot be written (…): make room or give access, and run again.",
        write("out", "a file"),
    ),
    on_a_full_disk(
        "a disk without room",
        PERTURB,
        "out/sweep.csv cannot be written (File too large): make room or give access, and run again.",
    ),
    script(
        "a file where downloads should have a folder",
        f"{DOWNLOAD} --mirror mirror",
        "out cannot be written (…): make room or give access, and run again.",
        write("out", "a file"),
    ),
    # what is said on the command line, and files as Snakemake meets them
    by_snakemake(
        "the command line changes a key to nonsense",
        "-n --configfile config/smoke.yaml --config name=my/study",
        "name must be letters, digits, _, - and ., a letter or digit first; found 'my/study'.",
    ),
    by_snakemake(
        "a key is said twice",
        "-n --configfile config/smoke.yaml",
        "…config/smoke.yaml: name stands in line 2 and in line …; take one away.",
        lambda folder: write("config/smoke.yaml", SMOKE + "name: again\n")(folder),
    ),
    by_snakemake(
        "a configuration is no YAML",
        "-n --configfile config/smoke.yaml",
        "Config file is not valid JSON or YAML. In case of YAML, make sure to not mix whitespace and tab indentation.",
        write("config/smoke.yaml", "name: [smoke\n"),
    ),
    by_snakemake(
        "a configuration is empty",
        "-n --configfile config/smoke.yaml",
        "Config file must be given as JSON or YAML with keys at top level.",
        write("config/smoke.yaml", ""),
    ),
    by_snakemake(
        "a configuration is not there",
        "-n --configfile config/mine.yaml",
        "FileNotFoundError: [Errno 2] No such file or directory: '…config/mine.yaml'",
    ),
    by_snakemake(
        "no cores",
        "--cores 0 --configfile config/smoke.yaml",
        "--cores must be at least 1, or `all`; found 0.",
    ),
    by_snakemake(
        "another run is making the same files",
        "--cores 1 --configfile config/smoke.yaml --forcerun check_claims -- results/smoke/claims.csv",
        "Error: Directory cannot be locked. Please make sure that no other Snakemake process is trying to create the "
        "same files in the following directory:",
        another_run,
    ),
    by_snakemake(
        "an image set of a finished study is cut off",
        "--cores 1 --configfile config/smoke.yaml -- results/smoke/training/digits/random/0/network.npz",
        "resources/images/digits.npz was changed or cut off after it was made: its SHA-256 is not that in "
        "resources/images/digits.json. Delete it and run again, to have it made again; or delete that record, to use "
        "the file as it is.",
        cut("resources/images/digits.npz"),
    ),
]


@pytest.fixture(scope="module")
def intact(tmp_path_factory) -> Path:
    """One of each kind of file, nothing wrong with any."""
    folder = tmp_path_factory.mktemp("intact")
    rng = np.random.default_rng(0)
    ImageSet(
        train_images=rng.integers(0, 17, (20, 6), np.uint8),
        train_labels=np.arange(20, dtype=np.uint8) % 4,
        test_images=rng.integers(0, 17, (8, 6), np.uint8),
        test_labels=np.arange(8, dtype=np.uint8) % 4,
        image_shape=np.array([2, 3]),
        pixel_max=np.array(16),
    ).save(folder / IMAGES)
    (folder / NETWORK).parent.mkdir(parents=True)
    identity = {"dataset": "tiny", "rule": "random", "seed": 0}
    network = SparseMLP.random([6, 9, 9], n_classes=4, density=0.2, rng=rng)
    network.save(folder / "network.npz")
    replace(network, metadata=identity).save(folder / NETWORK)
    results = {
        TABLE: {"a": range(20), "target": ["x", "y"] * 10},
        "tiny/random/0/history.csv": identity | {"epoch": [1, 2], "training_loss": 0.5, "test_accuracy": 0.5},
    }
    for name, columns in results.items():
        pd.DataFrame(columns).to_csv(folder / name, index=False)
    images, labels = idx(np.zeros((4, 2, 3), np.uint8)), idx(np.arange(4, dtype=np.uint8))
    for name, content in (("train.gz", images), ("labels.gz", labels)):
        (folder / name).write_bytes(gzip.compress(content))
    table = gzip.compress(b"target\tlength\n1\t0.5\n0\t2\n")
    write("mirror/pmlb/small/small.tsv.gz", table)(folder)
    (folder / "index.csv").write_text(f"table,sha256\nsmall,{hashlib.sha256(table).hexdigest()}\n")
    return folder


def matches(message: str, said: str) -> bool:
    """Whether a sentence was said, `…` in it standing for anything in a line."""
    return re.fullmatch(".*".join(map(re.escape, message.split("…"))), said) is not None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_bad_input_gives_one_sentence_and_nothing_is_lost(case, request, tmp_path, monkeypatch, capsys):
    folder = shutil.copytree(request.getfixturevalue(case.folder), tmp_path / "folder", symlinks=True)
    case.damage(folder)
    before = contents(folder)
    said = case.ask(folder, monkeypatch, capsys)
    assert matches(case.message, said), said
    assert contents(folder) == before


def test_a_run_that_is_killed_loses_nothing_and_the_same_command_goes_on(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "folder", symlinks=True)
    (folder / "config/smoke.yaml").write_text(SMOKE.replace("seeds: 2", "seeds: 3"))
    before = contents(folder)
    network = "results/smoke/training/digits/random/2/network.npz"
    arguments = ["--cores", "1", "--configfile", "config/smoke.yaml", "--", network]
    with start_snakemake(folder, *arguments) as run:
        while run.poll() is None and not (folder / "logs/smoke/train/digits/random/2.log").exists():
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
    resumed = snakemake(folder, *arguments)
    assert resumed.returncode == 0, resumed.stdout
    after = contents(folder)
    assert network in after
    assert {name: after[name] for name in before} == before


def test_the_documentation_lists_these_cases_and_no_others():
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", DOCUMENT.read_text(), re.M)
    listed = [row for row in rows if row[0] != "---" and row != ("what is wrong", "what is said")]
    assert listed == [(case.what, case.message.replace("\n", "<br>")) for case in CASES]
