"""Prices of work, from made-up calibrations and records."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.unit_costs import DEFAULT_SCATTER, DOUBT, LEAST_SCATTER, Observation, learn_prices

CALIBRATED = {"start: training": 2.0, "training, batch 32": 1e-3, "update: random": 0.5}
works = st.fixed_dictionaries(
    {
        "start: training": st.just(1),
        "training, batch 32": st.integers(0, 5000),
        "update: random": st.integers(0, 50),
    }
)


def cost(work: dict, prices: dict) -> float:
    return sum(amount * prices[kind] for kind, amount in work.items())


@given(works)
def test_without_records_work_costs_what_the_calibration_says(work):
    prices = learn_prices(CALIBRATED)
    assert prices.seconds(work) == pytest.approx(cost(work, CALIBRATED))


def test_without_records_the_doubt_is_that_of_the_calibration_and_of_single_jobs():
    prices = learn_prices(CALIBRATED)
    assert prices.doubt({"update: random": 7}) == pytest.approx(np.hypot(DOUBT["update"], DEFAULT_SCATTER))
    both = {"start: training": 1, "update: random": 4}  # equal parts
    assert prices.doubt(both) == pytest.approx(
        np.sqrt((DOUBT["start"] / 2) ** 2 + (DOUBT["update"] / 2) ** 2 + DEFAULT_SCATTER**2)
    )
    assert prices.doubt({}) == 0


@given(st.floats(0.5, 2), st.floats(0.5, 2), st.floats(0.5, 2))
def test_many_records_of_different_jobs_teach_the_true_prices(start, training, update):
    true = dict(zip(CALIBRATED, np.array([start, training, update]) * list(CALIBRATED.values()), strict=True))
    rng = np.random.default_rng(0)
    jobs = [
        {"start: training": 1, "training, batch 32": rng.integers(5000), "update: random": rng.integers(20)}
        for _ in range(200)
    ]
    prices = learn_prices(CALIBRATED, [Observation(work, cost(work, true)) for work in jobs])
    for kind, price in zip(prices.kinds, prices.price, strict=True):
        assert price == pytest.approx(true[kind], rel=0.05)
    assert prices.scatter == LEAST_SCATTER


def test_one_record_moves_prices_as_the_normal_equations_say():
    work, seconds = {"start: training": 1, "training, batch 32": 3000, "update: random": 10}, 12.0
    prices = learn_prices(CALIBRATED, [Observation(work, seconds)])
    prior = np.array(list(CALIBRATED.values()))
    doubt = np.array([DOUBT["start"], DOUBT["training"], DOUBT["update"]])
    row = np.array(list(work.values())) * prior / seconds
    precision = np.outer(row, row) / DEFAULT_SCATTER**2 + np.diag(doubt**-2)
    ratio = np.linalg.solve(precision, row / DEFAULT_SCATTER**2 + doubt**-2)
    np.testing.assert_allclose(prices.price, ratio * prior)
    np.testing.assert_allclose(prices.covariance, np.linalg.inv(precision) * np.outer(prior, prior))


def test_records_of_small_jobs_say_nothing_of_what_only_large_jobs_do():
    records = [Observation({"start: training": 1, "training, batch 32": 1}, 1.0)] * 50
    prices = learn_prices(CALIBRATED, records)
    assert prices.seconds({"start: training": 1}) == pytest.approx(1.0, rel=0.02)
    assert prices.seconds({"update: random": 1}) == pytest.approx(0.5)
    assert prices.doubt({"update: random": 1}) >= DOUBT["update"]
    assert prices.doubt({"start: training": 1}) < DOUBT["start"]


def test_a_few_jobs_that_compiled_first_do_not_count():
    start = {"start: training": 1}
    records = [Observation(start, 2.2)] * 18 + [Observation(start, 20.0)] * 2
    prices = learn_prices(CALIBRATED, records)
    assert prices.seconds({"start: training": 1}) == pytest.approx(2.2, rel=0.02)
    assert prices.scatter == LEAST_SCATTER


def test_records_of_work_that_was_not_calibrated_are_left_out():
    odd = Observation({"start: training": 1, "update: of my own": 5}, 100.0)
    assert learn_prices(CALIBRATED, [odd]).price == pytest.approx(list(CALIBRATED.values()))


def test_work_of_an_unknown_kind_has_no_price():
    with pytest.raises(KeyError):
        learn_prices(CALIBRATED).seconds({"update: of my own": 5})
