"""Amounts of work read off commands, counted again one by one."""

import itertools
import re

import numpy as np
import pytest
from tests.forecast.jobs import DIGITS, LINKS, NETWORK, PIXELS, job, train

from forecast.work import FIGURE, SECONDS_OF_PIXEL, START, STARTS, Sizes, UnknownWork, work_in
from sparse_training.network import SparseMLP
from sparse_training.schedules.registry import SCHEDULES
from study.data.image_sets import ImageSet
from study.workflow.code_digest import SOURCE_FOLDER
from study.workflow.resources import EMPTY_TABLE


def work(command: str, jobs=()) -> dict:
    amounts = work_in(job("any", command).command, Sizes(jobs))
    start = STARTS[command.split()[0]][0] + (SECONDS_OF_PIXEL["loaded"] * PIXELS if "--images" in command else 0)
    assert amounts.pop(START) == pytest.approx(start)
    return dict(amounts)


TRAIN = f"train.py --images {DIGITS} --rule paths --epochs 4 --batch-size 16 {NETWORK}"


def test_a_training_is_counted_epoch_by_epoch_image_by_image():
    counted = {"training": sum([LINKS] * 1257), "evaluation": sum([LINKS] * 540), "update: paths": LINKS}
    assert work(TRAIN) == pytest.approx({kind: 4 * amount for kind, amount in counted.items()})


def test_a_density_that_falls_counts_epoch_by_epoch_at_the_links_that_the_epoch_has():
    command = TRAIN.replace("--rule paths", "--rule chtss")
    densities = [
        0.5 + (0.1 - 0.5) * done for done in map(SCHEDULES.resolve("sigmoid(until=0.8)"), (0, 1 / 3, 2 / 3, 1))
    ]
    links = sum(density * (64 * 20 + 20 * 30) + 0.4 * 30 * 10 for density in densities)
    assert work(command) == pytest.approx(
        {"training": 1257 * links, "evaluation": 540 * links, "update: chtss": 4 * LINKS}
    )
    linear = work(f"{TRAIN} --density-schedule linear --initial-density 0.3")
    assert linear["training"] == pytest.approx(4 * 1257 * (0.2 * (64 * 20 + 20 * 30) + 0.4 * 30 * 10))


def test_timing_of_updates_is_one_short_and_some_longer_trainings_of_each_rule():
    expected = {}
    for rule, epochs in itertools.product(("paths", "random"), (2, 5, 5, 5)):
        for kind, amount in work(TRAIN.replace("paths", rule).replace("--epochs 4", f"--epochs {epochs}")).items():
            expected[kind] = expected.get(kind, 0) + amount
    command = TRAIN.replace("train.py", "time_updates.py").replace("--rule paths", "--rules paths random --instances 3")
    assert work(command) == pytest.approx(expected)


@pytest.mark.parametrize("trained", [True, False], ids=["trained already", "still to be trained"])
def test_a_sweep_is_counted_draw_by_draw(tmp_path, trained):
    jobs = [train(0), train(1)]
    paths = [one.outputs[0] for one in jobs]
    if trained:
        paths = [str(tmp_path / f"{seed}.npz") for seed in range(2)]
        for path in paths:
            SparseMLP.random([64, 20, 30], n_classes=10, density=0.1, rng=np.random.default_rng(0)).save(path)
    draws = len(list(itertools.product(paths, (0, 0.5, 1), range(4))))  # networks, levels, repeats
    assert work(
        f"perturb.py {' '.join(paths)} --images {DIGITS} --perturbation weight_noise --levels 0 0.5 1 --repeats 4",
        () if trained else jobs,
    ) == pytest.approx({"evaluation": draws * 540 * LINKS, "perturbation: weight_noise": draws * LINKS})


def test_dense_networks_have_all_links_and_at_most_the_epochs_of_a_cpu():
    command = f"train_dense.py --images {DIGITS} --hidden-sizes 20 30 --epochs 9 --cpu-epochs 4 --seeds 0 1"
    links = 64 * 20 + 20 * 30 + 0.4 * 30 * 10
    assert work(command) == pytest.approx({"training": 2 * 4 * 1257 * links, "evaluation": 2 * 4 * 540 * links})
    rest = work_in(job("any", command).command, Sizes([]), epochs_done=3)
    assert rest["training"] == pytest.approx(2 * 1 * 1257 * links)


def test_perturbed_images_are_counted_level_by_level(tmp_path):
    path = str(tmp_path / "network.npz")
    SparseMLP.random([64, 20, 30], n_classes=10, density=0.1, rng=np.random.default_rng(0)).save(path)
    command = f"perturb_images.py {path} --images {DIGITS} --perturbations image_noise 0 0.5 image_blur 0 --repeats 2"
    tested = 3 * 2 * 540
    assert work(command) == pytest.approx({"evaluation": tested * LINKS, "image perturbation": tested * 64})


def test_an_evaluation_fits_each_method_on_each_split_and_once_before():
    counted = work("evaluate_classifiers.py resources/tables/iris.csv --versions 1 2 --classifiers svm --splits 3")
    assert counted == {f"fit: {name}": 4 * (EMPTY_TABLE + 150 * 4 * 3) for name in ("asonn_v1", "asonn_v2", "svm")}
    assert work("explain_asonn.py resources/tables/pmlb/car.csv") == {"fit: asonn_v2": EMPTY_TABLE + 1728 * 6 * 4}
    named = work(
        "evaluate_classifiers.py resources/tables/iris.csv --versions --readings printed --classifiers --tuned svm"
        " --splits 3"
    )
    assert named.keys() == {"fit: asonn_printed", "fit: svm_tuned"}
    costs = work("weigh_feature_costs.py resources/tables/iris.csv --readings printed --splits 3")
    assert costs == {f"fit: {name}": 6 * (EMPTY_TABLE + 150 * 4 * 3) for name in ("asonn_v2", "asonn_printed")}


def test_every_script_of_a_rule_is_known():
    rules = "".join(path.read_text() for path in (SOURCE_FOLDER.parent / "workflow/rules").glob("*.smk"))
    scripts = set(re.findall(r'script\(\s*"(\w+\.py) ', rules))
    assert scripts == set(STARTS)
    assert work_in(job("fig", "figure_network.py a b --output c").command, Sizes([])) == {START: FIGURE[0]}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("my_script.py --output a.csv", r"my_script\.py, which is not in src/forecast/work\.py"),
        (TRAIN.replace("digits", "leaves"), r"the size of resources/images/leaves\.npz"),
        (TRAIN.replace("--epochs 4", "--epochs many"), r"an argument of train\.py"),
        (f"perturb.py a.npz --images {DIGITS} --levels 0 --repeats 1", r"the size of a\.npz"),
        ("explain_asonn.py resources/tables/pmlb/no_such_table.csv", "the size of .*no_such_table"),
    ],
)
def test_what_is_not_known_is_named(command, message):
    with pytest.raises(UnknownWork, match=message):
        work_in(job("any", command).command, Sizes([]))


def test_image_sets_of_a_users_own_have_the_size_of_their_files(tmp_path):
    labels = [np.arange(n, dtype=np.uint8) % 3 for n in (5, 4)]
    images = [np.zeros((n, 6), np.uint8) for n in (5, 4)]
    own, imported = str(tmp_path / "own.npz"), str(tmp_path / "imported.npz")
    np.savez(own, x_train=images[0], y_train=labels[0], x_test=images[1], y_test=labels[1])
    ImageSet(images[0], labels[0], images[1], labels[1], np.array((2, 3)), np.array(255)).save(imported)
    importing = job("import_images", f"import_images.py --npz {own} --output a.npz", outputs=["a.npz"])
    assert [Sizes([importing]).images(path) for path in ("a.npz", imported)] == [(5, 4, 6, 3)] * 2
