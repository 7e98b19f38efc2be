"""Unit costs of this machine, measured on next to nothing."""

import itertools
from concurrent.futures import ThreadPoolExecutor

from tests.forecast.jobs import job, prepare, train

from forecast import calibration
from forecast.calibration import measure, network_of, unit_costs
from forecast.work import START, Layout, Sizes

LAYOUT = Layout((64, 20, 30), 0.1, 10)
UPDATES = ["update: chtss", "update: random", "update: static"]  # the density of the first one moves
KINDS = ["evaluation", "fit: naive_bayes", "perturbation: weight_noise", "training", *UPDATES]


def test_every_kind_of_work_has_a_cost(monkeypatch):
    monkeypatch.setattr(calibration, "EPOCHS", 4)
    costs = measure(KINDS, LAYOUT, 32)
    assert costs.keys() == {START, *KINDS}
    assert min(costs.values()) >= 0 < min(costs[START], costs["fit: naive_bayes"])


def test_a_classifier_is_loaded_before_its_fits_count(monkeypatch):
    rows = []
    monkeypatch.setattr(calibration, "evaluate", lambda features, *_, **__: rows.append(len(features)))
    monkeypatch.setattr(calibration, "_cpu_seconds", lambda turn: (rows.append("counted"), turn(), 1.0)[-1])
    measure(["fit: asonn_v2"], None, 32)
    assert rows[-3:] == [calibration.FEW_ROWS, "counted", calibration.TABLE.rows]


def test_the_largest_network_is_measured():
    small = job("train", "train.py --images resources/images/digits.npz --hidden-sizes 2 --density 1 --batch-size 8")
    wide = (
        "train.py --images resources/images/digits.npz --rule narrow_dense --hidden-sizes 90 --density 1 --batch-size 8"
    )
    jobs = [prepare(), small, train(0), job("train", wide)]  # the last is a dense control: no network to update
    assert network_of([one.command for one in jobs], Sizes(jobs)) == (LAYOUT, 16)
    assert network_of([prepare().command], Sizes([])) == (None, 32)


def test_what_was_measured_is_kept_until_it_is_asked_for_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    turns = itertools.count(1.0)
    monkeypatch.setattr(calibration, "ProcessPoolExecutor", lambda processes, _: ThreadPoolExecutor(processes))
    monkeypatch.setattr(calibration, "measure", lambda *_: {START: next(turns)})
    assert unit_costs([], None, 32, cores=1) == {START: 1.0}
    assert unit_costs([], None, 32, cores=1) == {START: 1.0}
    assert unit_costs([], None, 32, cores=1, again=True) == {START: 2.0}
    assert unit_costs([], LAYOUT, 32, cores=1) == {START: 3.0}
    for path in (tmp_path / "resources/calibration").iterdir():
        path.write_text("[")
    assert unit_costs([], None, 32, cores=1) == {START: 4.0}
