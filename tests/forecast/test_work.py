"""Amounts of work read off commands, counted again one by one."""

import gzip
import itertools

import numpy as np
import pytest

from forecast.data_sizes import DataSizes, ImageSize, TableSize, UnknownSize
from forecast.work import READOUT_WEIGHT, Layout, fit_amount, group_of, layouts, work_in
from sparse_training.network import SparseMLP
from study.data.image_sets import ImageSet
from study.workflow.jobs import Command

DIGITS = "resources/images/digits.npz"
SETTINGS = f"--images {DIGITS} --hidden-sizes 20 30 --density 0.1 --batch-size 16"
LAYOUT = Layout((64, 20, 30, 10), 0.1)
TRAIN = f"--rule paths --epochs 4 {SETTINGS}"


def work(command: str, networks=None, epochs_done=0) -> dict:
    return dict(work_in(Command(f"python src/{command} > log 2>&1"), DataSizes(), networks or {}, epochs_done))


def test_a_command_is_read_to_its_redirection():
    command = Command(
        "python ../study/src/perturb.py a.npz b.npz --levels 0 0.5 --no-readout --name 'x y' > a.log 2>&1"
    )
    assert command.script == "perturb.py"
    assert command.options == {"": ["a.npz", "b.npz"], "levels": ["0", "0.5"], "no-readout": [], "name": ["x y"]}
    assert command.numbers("levels") == [0, 0.5]
    assert command.value("name") == "x y"
    with pytest.raises(KeyError):
        command.value("levels")
    assert Command("").script == ""


def test_the_links_of_a_layout_are_those_of_a_network():
    network = SparseMLP.random([64, 20, 30], n_classes=10, density=0.1, rng=np.random.default_rng(0))
    assert LAYOUT.links == network.n_links
    assert LAYOUT.readout == network.readout_weights.size


def test_a_training_is_counted_epoch_by_epoch_image_by_image():
    counted = {"training, batch 16": 0.0, "evaluation": 0.0, "update: paths": 0.0}
    for epoch in range(4):
        for _ in range(1257):
            counted["training, batch 16"] += LAYOUT.links + READOUT_WEIGHT * LAYOUT.readout
        for _ in range(540):
            counted["evaluation"] += LAYOUT.links + READOUT_WEIGHT * LAYOUT.readout
        if epoch < 3:
            counted["update: paths"] += LAYOUT.links
    assert work(f"train.py {TRAIN}") == pytest.approx(counted | {"start: training": 1, "load": 1797 * 64})


def test_a_training_without_rewiring_updates_nothing():
    assert "update: static" not in work(f"train.py {TRAIN.replace('paths', 'static')}")


def test_epochs_of_a_checkpoint_are_not_to_be_done_again():
    whole, rest = work(f"train.py {TRAIN}"), work(f"train.py {TRAIN}", epochs_done=3)
    assert rest["training, batch 16"] == whole["training, batch 16"] / 4
    assert "update: paths" not in rest
    assert rest["load"] == whole["load"]


def test_timing_of_updates_is_one_short_and_some_whole_trainings_of_each_rule():
    expected = {"start: training": 1, "load": 1797 * 64}
    for rule in ("paths", "random"):
        for epochs in (2, 5, 5, 5):
            one = work(f"train.py {TRAIN.replace('paths', rule).replace('--epochs 4', f'--epochs {epochs}')}")
            for kind in set(one) - {"start: training", "load"}:
                expected[kind] = expected.get(kind, 0) + one[kind]
    assert work(f"time_updates.py --rules paths random --instances 3 --epochs 4 {SETTINGS}") == pytest.approx(expected)


def test_a_sweep_is_counted_draw_by_draw():
    draws = len(list(itertools.product(range(2), (0, 0.5, 1), range(4))))  # networks, levels, repeats
    assert work(
        f"perturb.py a b --images {DIGITS} --perturbation weight_noise --levels 0 0.5 1 --repeats 4", {DIGITS: LAYOUT}
    ) == pytest.approx(
        {
            "start: training": 1,
            "load": 1797 * 64,
            "evaluation": draws * 540 * LAYOUT.load,
            "damage: weight_noise": draws * LAYOUT.links,
        }
    )


def test_an_evaluation_fits_each_method_on_each_split():
    counted = work(
        "evaluate_classifiers.py resources/tables/iris.csv --table iris --versions 1 2 --classifiers svm --splits 3"
    )
    assert counted == pytest.approx(
        {"start: classifiers": 1}
        | {f"fit: {name}": 3 * fit_amount(name, 150, 4, 3) for name in ("asonn_v1", "asonn_v2", "svm")}
    )


def test_work_on_a_table_grows_with_each_of_its_sizes():
    for name in ("asonn_v2", "xgboost", "one that nobody listed"):
        assert fit_amount(name, 1, 1, 1) == 1
        assert fit_amount(name, 200, 5, 3) > fit_amount(name, 100, 5, 3)
        assert fit_amount(name, 100, 9, 3) > fit_amount(name, 100, 5, 3)


def test_a_figure_is_one_figure_and_a_small_job_its_start():
    assert work("figure_network.py a b --output c") == {"figure": 1}
    assert work("check_claims.py --histories a b") == {"start: tables": 1}
    assert group_of("explain_asonn.py") == "classifiers"


def test_layouts_are_those_of_the_trainings_on_each_set():
    commands = [Command(f"python src/train.py {TRAIN}"), Command("python src/figure_network.py a")]
    assert layouts(commands, DataSizes()) == {DIGITS: LAYOUT}


def images(n_train: int, n_test: int) -> ImageSet:
    labels = [np.arange(n, dtype=np.uint8) % 3 for n in (n_train, n_test)]
    pixels = [np.zeros((n, 6), np.uint8) for n in (n_train, n_test)]
    return ImageSet(pixels[0], labels[0], pixels[1], labels[1], np.array((2, 3)), np.array(255))


def test_the_size_of_an_image_set_is_that_of_its_file(tmp_path):
    path = tmp_path / "mnist.npz"
    images(7, 4).save(path)
    assert DataSizes().images(str(path)) == ImageSize(7, 4, 6, 3)


def test_official_sets_have_a_size_before_they_are_downloaded():
    assert DataSizes().images("resources/images/mnist.npz") == ImageSize(60_000, 10_000, 784, 10)
    assert DataSizes().images("resources/images/emnist_letters.npz") == ImageSize(124_800, 20_800, 784, 26)
    assert 5e6 < DataSizes.download_bytes("mnist") < 50e6


def test_sets_of_a_users_own_have_the_size_of_their_files(tmp_path):
    np.savez(tmp_path / "own.npz", x_train=np.zeros((5, 2, 3), np.uint8), x_test=np.zeros((4, 2, 3), np.uint8))
    idx = {}
    for name, n in (("train", 9), ("test", 8)):
        idx[name] = tmp_path / f"{name}.gz"
        header = b"\0\0\x08\x03" + b"".join(size.to_bytes(4, "big") for size in (n, 2, 3))
        idx[name].write_bytes(gzip.compress(header + bytes(n * 6)))
    makers = {
        "a.npz": Command(f"python src/import_images.py --npz {tmp_path}/own.npz --output a.npz"),
        "b.npz": Command(f"python src/import_images.py --idx {idx['train']} x {idx['test']} y --output b.npz"),
    }
    sizes = DataSizes(makers)
    assert (sizes.images("a.npz").train, sizes.images("a.npz").test, sizes.images("a.npz").inputs) == (5, 4, 6)
    assert (sizes.images("b.npz").train, sizes.images("b.npz").test, sizes.images("b.npz").inputs) == (9, 8, 6)


def test_data_of_which_nothing_is_known_has_no_size(tmp_path):
    (tmp_path / "broken.npz").write_bytes(b"no archive")
    for path in ("resources/images/leaves.npz", str(tmp_path / "broken.npz")):
        with pytest.raises(UnknownSize):
            DataSizes().images(path)
    with pytest.raises(UnknownSize):
        DataSizes().table("resources/tables/pmlb/no_such_table.csv")


def test_tables_have_the_size_that_scikit_learn_and_the_index_say():
    from sklearn.datasets import load_breast_cancer, load_iris, load_wine

    for name, load in (("iris", load_iris), ("wine", load_wine), ("breast_cancer", load_breast_cancer)):
        table = load()
        assert DataSizes().table(f"resources/tables/{name}.csv") == TableSize(
            *table.data.shape, len(table.target_names)
        )
    assert DataSizes().table("resources/tables/pmlb/car.csv") == TableSize(1728, 6, 4)
