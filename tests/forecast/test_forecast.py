"""Forecasts of a few hand-made jobs, added up by hand."""

import json

import pytest
from tests.forecast.jobs import LINKS, PIXELS, figure, job, prepare, train

from forecast.forecast import SECONDS_OF_DISPATCH, UNCERTAINTY, Progress, forecast, seconds_of
from forecast.report import as_json, as_text, span
from forecast.work import FIGURE, SECONDS_OF_PIXEL, START, STARTS, Sizes
from study.workflow.resources import UNIT_COSTS

COSTS = {START: 2.0, "training": 1e-5, "evaluation": 1e-6, "update: random": 1e-3}
IMAGES = 1257 * 1e-5 + 540 * 1e-6
TRAINING = 2 * (STARTS["train.py"][0] + SECONDS_OF_PIXEL["loaded"] * PIXELS) + 11 * LINKS * (IMAGES + 1e-3)
PREPARE = 2 * (STARTS["prepare_digits.py"][0] + SECONDS_OF_PIXEL["stored"] * PIXELS)
JOBS = [prepare(), train(0), train(1), train(2), figure(train(0), train(1), train(2)), job("all", "")]


def predicted(jobs=JOBS, cores=2, **more):
    return forecast(jobs, Sizes(jobs), COSTS, cores, **more)


def test_cpu_seconds_are_the_sum_of_all_jobs():
    prediction = predicted()
    assert {stage.name: stage.jobs for stage in prediction.stages} == {"prepare_digits": 1, "train": 3, "figures": 1}
    seconds = [PREPARE, 3 * TRAINING, 2 * FIGURE[0]]
    assert [stage.cpu_seconds for stage in prediction.stages] == pytest.approx(seconds)
    assert prediction.cpu_seconds == pytest.approx([sum(seconds) * UNCERTAINTY**power for power in (-1, 0, 1)])


@pytest.mark.parametrize(("cores", "rounds"), [(1, 3), (2, 2), (3, 1)])
def test_wall_time_and_memory_follow_what_waits_for_what(cores, rounds):
    prediction = predicted(cores=cores, start_seconds=7)
    seconds = 7 + PREPARE + rounds * TRAINING + 2 * FIGURE[0] + (rounds + 2) * SECONDS_OF_DISPATCH
    assert prediction.wall_seconds.predicted == pytest.approx(seconds)
    assert prediction.memory == pytest.approx(cores * (STARTS["train.py"][1] + 5 * PIXELS / 2**20))


def test_a_kind_of_work_that_was_not_measured_costs_what_it_did_elsewhere_at_the_pace_of_here():
    assert seconds_of({"update: mine": 10, START: 1}, COSTS) == pytest.approx(2 * 10 * UNIT_COSTS["update"] + 2)


def test_epochs_that_are_done_and_seconds_that_are_used_are_not_left():
    def left(job, progress):
        return predicted([job], progress={job: progress}).cpu_seconds.predicted

    assert left(train(0), Progress(epochs=10)) == pytest.approx(TRAINING - 10 * LINKS * (IMAGES + 1e-3))
    assert left(train(0), Progress(epochs=10, seconds=99)) == left(train(0), Progress(epochs=10))
    assert left(prepare(), Progress(seconds=0.25)) == pytest.approx(PREPARE - 0.25)
    assert 0 < left(prepare(), Progress(seconds=99)) < 0.1 * PREPARE


def test_rules_that_the_forecast_does_not_know_are_named_and_not_counted():
    odd = [job("mine", "my_script.py --output a.csv", outputs=["a.csv"]), job("link", "", outputs=["b.csv"])]
    prediction = predicted([*JOBS, *odd])
    assert prediction.unknown.keys() == {"mine", "link"}
    assert prediction.cpu_seconds == predicted().cpu_seconds
    assert as_text(predicted(odd)).splitlines()[-3:-1] == [
        "Not counted: rule mine (unknown: my_script.py, which is not in src/forecast/work.py).",
        "Not counted: rule link (unknown: a command that runs no script).",
    ]


def test_programs_read_what_people_read():
    content = json.loads(as_json(predicted()))
    assert (content["jobs"], content["cores"], content["stages"][1]["name"]) == (5, 2, "train")
    low, middle, high = map(span, content["wall_seconds"])
    sentence = f"About {middle} ({low} to {high}) on 2 cores, at most 401 MiB of memory."
    assert as_text(predicted()).splitlines()[-1] == sentence
    assert as_text(predicted([])) == "Nothing is left to be done."


def test_times_are_no_more_precise_than_forecasts():
    seconds = (0.4, 99, 100, 130, 599, 3599, 7800, 36_000, 220_000, 600_000)
    said = ["0 s", "99 s", "1 min 40 s", "2 min 10 s", "10 min", "1 h", "2 h 10 min", "10 h", "61 h", "6.9 days"]
    assert list(map(span, seconds)) == said
