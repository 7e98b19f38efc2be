"""The scripts that train, time, perturb and measure networks, each once on a tiny image set."""

import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
import yaml

import perturb
import perturb_images
import save_configuration
import time_updates
import topology_stages
import train
import train_dense
import weight_magnitudes
from sparse_training.network import SparseMLP
from study.data.image_sets import ImageSet
from study.errors import StudyError
from study.files import read_table
from study.scripts.checkpoints import STOPPED
from study.scripts.progress import Progress

SETTINGS = [
    *("--hidden-sizes", "30", "20", "--density", "0.1", "--epochs", "3", "--batch-size", "16"),
    *("--learning-rate", "0.05", "--learning-rate-schedule", "constant", "--momentum", "0.9", "--weight-decay", "0"),
    *("--zeta", "0.3", "--remove-disconnected", "--regrown-weight", "redraw"),
]
IDENTITY = ["dataset", "rule", "seed"]
LINKS = [round(0.1 * 12 * 30), round(0.1 * 30 * 20)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with an image set and two trained networks."""
    folder = tmp_path_factory.mktemp("training")
    rng = np.random.default_rng(0)
    labels = np.arange(60, dtype=np.uint8) % 3
    images = (rng.integers(0, 60, (60, 12)) + 60 * labels[:, np.newaxis]).astype(np.uint8)
    shape, pixel_max = np.array([3, 4]), np.array(255)
    ImageSet(images[:40], labels[:40], images[40:], labels[40:], shape, pixel_max).save(folder / "images.npz")
    for seed in (0, 1):
        run_training(folder, folder / f"tiny/random/{seed}", seed)
    return folder


def run_training(folder, output, seed):
    outputs = [
        word
        for name in ("network.npz", "history.csv", "topology.csv", "timings.csv")
        for word in (f"--{name.partition('.')[0]}", str(output / name))
    ]
    task = ["--images", str(folder / "images.npz"), "--dataset", "tiny", "--rule", "random", "--seed", str(seed)]
    train.main([*task, *SETTINGS, *outputs])


def networks(folder):
    return [str(folder / f"tiny/random/{seed}/network.npz") for seed in (0, 1)]


def test_training_writes_the_network_and_three_tables(folder):
    output = folder / "tiny/random/0"
    assert [layer.n_links for layer in SparseMLP.load(output / "network.npz").sparse_layers] == LINKS
    history, topology, timings = (read_table(output / f"{name}.csv") for name in ("history", "topology", "timings"))
    assert list(history) == [*IDENTITY, "epoch", "training_loss", "test_accuracy"]
    assert history["epoch"].tolist() == timings["epoch"].tolist() == [1, 2, 3]
    assert topology.groupby("layer")["links"].unique().map(list).tolist() == [[links] for links in LINKS]
    seconds = ["seconds_training", "seconds_scoring", "seconds_update", "seconds_evaluation"]
    assert list(timings) == [*IDENTITY, "epoch", *seconds]


def test_networks_of_different_seeds_differ(folder):
    first, second = (Path(path).read_bytes() for path in networks(folder))
    assert first != second


def test_every_timed_network_has_one_update_an_epoch(folder):
    output = folder / "times.csv"
    task = ["--images", str(folder / "images.npz"), "--dataset", "tiny", "--instances", "2"]
    time_updates.main([*task, *SETTINGS, "--rules", "random", "ch3l3", "--output", str(output)])
    times = read_table(output)
    assert list(times) == [*IDENTITY, "epoch", "seconds_scoring", "seconds_update"]
    found = times.groupby(["rule", "seed"])["epoch"].unique().map(list).to_dict()
    assert found == {(rule, seed): [1, 2, 3] for rule in ("random", "ch3l3") for seed in (0, 1)}
    assert (times["seconds_update"] >= times["seconds_scoring"]).all()


def test_level_0_of_a_sweep_is_the_accuracy_at_the_end_of_training(folder):
    output = folder / "sweep.csv"
    perturb.main(
        [
            *networks(folder),
            *("--images", str(folder / "images.npz"), "--perturbation", "random_pruning", "--levels", "0", "0.5", "1"),
            *("--repeats", "2", "--no-layers-together", "--no-readout", "--output", str(output)),
        ]
    )
    sweep = read_table(output)
    measures = ["level", "repeat", "accuracy", "links_on_paths", "units_on_paths", "chance"]
    assert list(sweep) == [*IDENTITY, "perturbation", *measures]
    np.testing.assert_allclose(sweep["chance"], 1 / 3)
    assert len(sweep) == 2 * 3 * 2
    for seed in (0, 1):
        trained = read_table(folder / f"tiny/random/{seed}/history.csv")["test_accuracy"].iloc[-1]
        unperturbed = sweep[(sweep["seed"] == seed) & (sweep["level"] == 0)]["accuracy"]
        assert unperturbed.tolist() == [trained, trained]


def test_perturbed_images_are_swept_perturbation_by_perturbation(folder):
    output = folder / "images.csv"
    words = ["image_noise", "0", "1", "gradient_sign", "0", "0.5"]
    images = ["--images", str(folder / "images.npz"), "--perturbations", *words, "--repeats", "2"]
    perturb_images.main([*networks(folder), *images, "--output", str(output)])
    sweeps = read_table(output)
    assert list(sweeps) == [*IDENTITY, "perturbation", "level", "repeat", "accuracy", "chance"]
    assert sweeps.groupby(["perturbation", "level", "seed"]).size().unique().tolist() == [2]
    for seed in (0, 1):
        trained = read_table(folder / f"tiny/random/{seed}/history.csv")["test_accuracy"].iloc[-1]
        assert sweeps[(sweeps["seed"] == seed) & (sweeps["level"] == 0)]["accuracy"].unique().tolist() == [trained]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["0", "image_noise", "1"], "must begin with the name"),
        (["image_noise", "image_blur", "1"], "levels, numbers, after image_noise"),
    ],
)
def test_perturbations_of_images_without_name_or_levels_are_refused(folder, words, message):
    images = ["--images", str(folder / "images.npz"), "--perturbations", *words]
    with pytest.raises(StudyError, match=message):
        perturb_images.main([*networks(folder), *images, "--output", str(folder / "none.csv")])


def dense(folder, seeds, *options, rule="dense"):
    outputs = [
        word
        for kind, name in (
            *(("networks", "network.npz"), ("histories", "history.csv"), ("topologies", "topology.csv")),
            ("timings", "timings.csv"),
        )
        for word in (f"--{kind}", *(str(folder / f"tiny/{rule}/{seed}/{name}") for seed in seeds))
    ]
    task = ["--images", str(folder / "images.npz"), "--dataset", "tiny", "--hidden-sizes", "30", "20", "--epochs", "3"]
    train_dense.main([*task, "--seeds", *map(str, seeds), *options, *outputs])


def test_dense_networks_are_trained_together_for_the_epochs_of_a_cpu(folder, monkeypatch):
    monkeypatch.setattr(train_dense, "default_device", lambda: "cpu")
    dense(folder, (0, 1), "--cpu-epochs", "2", "--record", str(folder / "dense.json"))
    first, second = (SparseMLP.load(folder / f"tiny/dense/{seed}/network.npz") for seed in (0, 1))
    assert [layer.n_links for layer in first.sparse_layers] == [12 * 30, 30 * 20]
    assert first.metadata == {"dataset": "tiny", "rule": "dense", "seed": 0}
    record = json.loads((folder / "dense.json").read_text())
    assert (record["arguments"]["device"], "device" in record["uncounted"]) == ("cpu", False)
    assert not np.array_equal(first.readout_weights, second.readout_weights)
    histories, like = (read_table(folder / f"tiny/{rule}/1/history.csv") for rule in ("dense", "random"))
    assert list(histories) == list(like)
    assert histories["epoch"].tolist() == [1, 2]
    for name in ("topology", "timings"):
        tables = [read_table(folder / f"tiny/{rule}/1/{name}.csv") for rule in ("dense", "random")]
        assert list(tables[0]) == list(tables[1])


def test_dense_networks_stopped_after_each_epoch_end_in_the_same_bytes(folder, monkeypatch, capsys):
    monkeypatch.setattr(train_dense, "default_device", lambda: "cpu")
    seeds, name = (0, 1), "stopped"
    dense(folder, seeds, "--cpu-epochs", "3", rule="whole")
    options = ["--cpu-epochs", "3", "--checkpoint", str(folder / "dense.npz"), "--checkpoint-seconds", "3600"]
    report = Progress.report

    def stop(*arguments):
        report(*arguments)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Progress, "report", stop)
    for epoch in (1, 2, 3):
        with pytest.raises(SystemExit, match=str(STOPPED)):
            dense(folder, seeds, *options, rule=name)
        assert ("resuming from" in capsys.readouterr().err) == (epoch > 1)
        assert not (folder / f"tiny/{name}/0/network.npz").exists()
    dense(folder, seeds, *options, rule=name)
    assert not (folder / "dense.npz").exists()
    for seed in seeds:
        for kind in ("network.npz", "history.csv", "topology.csv"):
            left, right = ((folder / f"tiny/{rule}/{seed}/{kind}").read_bytes() for rule in ("whole", name))
            assert left == right, kind


def test_as_many_outputs_as_dense_networks_are_needed(folder):
    with pytest.raises(StudyError, match="--networks must name 1 files"):
        train_dense.main(
            [
                *("--images", str(folder / "images.npz"), "--dataset", "tiny", "--hidden-sizes", "5", "--epochs", "1"),
                *("--cpu-epochs", "1", "--seeds", "0", "--networks", "a.npz", "b.npz"),
                *("--histories", "a.csv", "--topologies", "b.csv", "--timings", "c.csv"),
            ]
        )


def test_what_a_network_is_does_not_depend_on_where_its_file_lies(folder, tmp_path):
    elsewhere = tmp_path / "some/other/place/net.npz"
    elsewhere.parent.mkdir(parents=True)
    shutil.copy(networks(folder)[1], elsewhere)
    options = ("--images", str(folder / "images.npz"), "--perturbation", "random_pruning", "--levels", "0.5")
    for path, output in ((networks(folder)[1], "here.csv"), (elsewhere, "there.csv")):
        switches = ("--repeats", "2", "--no-layers-together", "--no-readout")
        perturb.main([str(path), *options, *switches, "--output", str(tmp_path / output)])
    assert (tmp_path / "here.csv").read_bytes() == (tmp_path / "there.csv").read_bytes()
    assert SparseMLP.load(elsewhere).metadata == {"dataset": "tiny", "rule": "random", "seed": 1}


def test_histograms_count_every_link_and_integrate_to_1(folder):
    output = folder / "weights.csv"
    weight_magnitudes.main([*networks(folder), "--bin-width", "0.1", "--output", str(output)])
    weights = read_table(output)
    weights["fraction"] = weights["density"] * (weights["bin_upper"] - weights["bin_lower"])
    sums = weights.groupby(["seed", "layer"])[["links", "fraction"]].sum()
    assert sums["links"].tolist() == LINKS * 2
    np.testing.assert_allclose(sums["fraction"], 1)


def test_stages_of_an_update_end_with_as_many_links_as_they_began_with(folder):
    output = folder / "stages.csv"
    task = ["--images", str(folder / "images.npz"), "--dataset", "tiny", "--rule", "ch3l3", "--seed", "0"]
    topology_stages.main([*task, *SETTINGS, "--inputs", "8", "--output", str(output)])
    stages = read_table(output)
    assert list(stages) == [*IDENTITY, "stage", "layer", "source", "target", "weight", "event"]
    assert stages["stage"].unique().tolist() == ["before", "removed_by_magnitude", "removed_off_path", "regrown"]
    assert stages.loc[stages["layer"] == 1, "source"].max() < 8
    counts = stages.groupby("stage").size()
    assert counts["before"] == counts["regrown"] == round(0.1 * 8 * 30) + LINKS[1]


def test_the_configuration_is_kept_as_yaml(tmp_path):
    output = tmp_path / "config.yaml"
    save_configuration.main(['{"name": "demo", "data": {"mirror": null}}', "--output", str(output)])
    assert yaml.safe_load(output.read_text()) == {"name": "demo", "data": {"mirror": None}}
