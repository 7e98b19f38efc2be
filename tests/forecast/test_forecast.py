"""Forecasts of a few hand-made jobs, added up by hand."""

import json
from collections import Counter

import numpy as np
import pytest

from forecast.calibration import Calibration, Plan
from forecast.check import check
from forecast.data_sizes import DataSizes
from forecast.forecast import SECONDS_OF_DISPATCH, Headway, Knowledge, checkpointed_epochs, forecast
from forecast.history import History, PastJob
from forecast.report import aligned, as_json, as_text, check_as_text, sentence, size, span
from study.workflow.jobs import Command, Job

DIGITS = "resources/images/digits.npz"
CALIBRATION = Calibration(
    prices={
        "start: tables": 1.0,
        "start: training": 2.0,
        "training, batch 32": 1e-8,
        "evaluation": 0.0 + 1e-12,
        "load": 1e-12,
        "convert": 1e-12,
        "update: random": 1e-4,
        "figure": 3.0,
    },
    memory={"tables": 100.0, "training": 200.0, "figure": 150.0},
)
NOTHING = History([], {})


def prepare() -> Job:
    command = Command(f"python src/prepare_digits.py --output {DIGITS} --record resources/images/digits.json")
    return Job("prepare_digits", command, outputs=(DIGITS, "resources/images/digits.json"))


def train(seed: int, rule: str = "random", epochs: int = 11) -> Job:
    folder = f"results/demo/training/digits/{rule}/{seed}"
    command = Command(
        f"python src/train.py --images {DIGITS} --rule {rule} --seed {seed} --hidden-sizes 100 100 --density 0.1"
        f" --epochs {epochs} --batch-size 32 --checkpoint {folder}/checkpoint.npz --record {folder}/network.json"
    )
    return Job("train", command, (DIGITS,), (f"{folder}/network.npz", f"{folder}/history.csv"), f"{folder}.log")


def figure(*trainings: Job) -> Job:
    inputs = tuple(job.outputs[1] for job in trainings)
    command = Command(f"python src/figure_learning_curves.py {' '.join(inputs)} --output x --record x.json")
    return Job("fig3_learning_curves", command, inputs, ("x.pdf", "x.png", "x.csv"))


LINKS = 64 * 100 * 0.1 + 100 * 100 * 0.1
TRAINING = 2.0 + 11 * 1257 * (LINKS + 0.4 * 1000) * 1e-8 + 10 * LINKS * 1e-4  # seconds
JOBS = [prepare(), train(0), train(1), train(2), figure(train(0), train(1), train(2)), Job("all", Command(""))]


def foretold(jobs=JOBS, cores=2, history=NOTHING, **more):
    return forecast(jobs, Knowledge.of(jobs, CALIBRATION, history), cores, **more)


def test_cpu_seconds_are_the_sum_of_all_jobs():
    prospect = foretold()
    assert [(stage.name, stage.jobs) for stage in prospect.stages] == [
        ("prepare_digits", 1),
        ("train", 3),
        ("figures", 1),
    ]
    assert [stage.cpu_seconds.middle for stage in prospect.stages] == pytest.approx([1, 3 * TRAINING, 3], rel=1e-4)
    for bound in ("low", "middle", "high"):
        assert getattr(prospect.cpu_seconds, bound) == pytest.approx(
            sum(getattr(stage.cpu_seconds, bound) for stage in prospect.stages)
        )
    assert prospect.unknown == 0


def test_wall_time_follows_what_waits_for_what():
    dispatch = SECONDS_OF_DISPATCH
    assert foretold(start_seconds=7).wall_seconds.middle == pytest.approx(
        7 + 1 + 2 * TRAINING + 3 + 4 * dispatch, rel=1e-4
    )
    assert foretold(cores=3).wall_seconds.middle == pytest.approx(1 + TRAINING + 3 + 3 * dispatch, rel=1e-4)
    assert foretold(cores=1).wall_seconds.middle == pytest.approx(1 + 3 * TRAINING + 3 + 5 * dispatch, rel=1e-4)


def test_the_range_is_ordered_and_wider_than_nothing():
    prospect = foretold()
    for low, middle, high in (prospect.wall_seconds, *(stage.cpu_seconds for stage in prospect.stages)):
        assert low < middle < high


def test_memory_is_of_jobs_that_run_together():
    images = 5 * 1797 * 64 / 2**20
    assert foretold(cores=2).memory == pytest.approx(2 * (200 + images))
    assert foretold(cores=3).memory == pytest.approx(3 * (200 + images))
    assert foretold([prepare()], cores=3).memory == 100


def test_disk_holds_every_output():
    few, many = foretold([train(0)]).disk, foretold([train(0), train(1)]).disk
    assert many == 2 * few
    assert few > 12 * LINKS + 4 * 1000


def test_a_training_that_goes_on_is_counted_from_its_checkpoint(tmp_path):
    path = tmp_path / "checkpoint.npz"
    np.savez(path, **{"array epoch": np.array(10)})
    command = Command(f"python src/train.py --checkpoint {path.name}")
    assert checkpointed_epochs(command, tmp_path) == 10
    assert checkpointed_epochs(command, tmp_path / "elsewhere") == 0
    rest = foretold([train(0)], headways={train(0): Headway(epochs=10)}).cpu_seconds.middle
    assert rest == pytest.approx(2 + 1257 * (LINKS + 400) * 1e-8, rel=1e-4)


def test_what_a_running_job_has_used_is_not_left():
    waiting = foretold([prepare()]).cpu_seconds.middle
    assert foretold([prepare()], headways={prepare(): Headway(running=True, seconds=0.25)}).cpu_seconds.middle == (
        pytest.approx(0.75 * waiting)
    )
    assert 0 < foretold([prepare()], headways={prepare(): Headway(running=True, seconds=99)}).cpu_seconds.middle < 0.1


def test_jobs_of_unknown_size_count_as_their_start_and_are_told():
    odd = Job("train", Command("python src/train.py --images leaves.npz --rule random"))
    prospect = foretold([odd])
    assert prospect.unknown == 1
    assert prospect.cpu_seconds.middle == 2
    assert "1 job of unknown size" in as_text(prospect, NOTHING)


def test_records_of_the_same_work_take_the_place_of_the_calibration():
    past = [PastJob(train(seed).command, 2 * TRAINING, 260.0) for seed in range(30)]
    prospect = foretold([train(50)], history=History(past, {"another one": 4}))
    assert prospect.cpu_seconds.middle == pytest.approx(2 * TRAINING, rel=0.05)
    assert prospect.cpu_seconds.high / prospect.cpu_seconds.low < 1.3
    assert prospect.memory == pytest.approx(260)
    assert prospect.stages[0].past_jobs == 30
    text = as_text(prospect, History(past, {"another one": 4}))
    assert "calibration and 30 records" in text
    assert "4 records of another processor (another one)" in text


def test_a_check_keeps_what_a_job_took_from_its_own_forecast():
    own = [PastJob(train(seed).command, 50.0, 260.0) for seed in range(2)]
    other = PastJob(Command(train(7).command.text.replace("demo", "other")), TRAINING, 260.0)
    checks, n_others = check([train(0), train(1), train(2), prepare()], CALIBRATION, History([*own, other], {}))
    assert n_others == 1
    assert [(one.stage, one.jobs, one.used) for one in checks] == [("train", 2, 100.0), ("all", 2, 100.0)]
    assert checks[0].foretold.middle == pytest.approx(2 * TRAINING, rel=0.01)
    assert "1 record of other runs" in check_as_text(checks, n_others)


def test_programs_read_what_people_read():
    content = json.loads(as_json(foretold(), NOTHING))
    assert content["jobs"] == 5
    assert content["cores"] == 2
    assert content["stages"][1]["name"] == "train"
    low, middle, high = content["wall_seconds"]
    assert low < middle < high
    assert Counter(stage["past_jobs"] for stage in content["stages"]) == {0: 3}


def test_the_last_line_is_one_sentence_for_those_in_a_hurry():
    prospect = foretold()
    assert as_text(prospect, NOTHING).splitlines()[-1] == sentence(prospect)
    assert sentence(prospect).startswith("About ")
    assert sentence(foretold(cores=1)).count("on 1 core,") == 1


def test_nothing_to_do_is_said_in_words():
    assert as_text(foretold([]), NOTHING) == "Nothing is left to be done."


def test_times_are_no_more_precise_than_forecasts():
    seconds = (0.4, 99, 100, 130, 599, 601, 3599, 7800, 36_000, 220_000, 600_000)
    said = [
        "0 s",
        "99 s",
        "1 min 40 s",
        "2 min 10 s",
        "10 min",
        "10 min",
        "1 h",
        "2 h 10 min",
        "10 h",
        "61 h",
        "6.9 days",
    ]
    assert list(map(span, seconds)) == said


def test_columns_line_up():
    lines = aligned([("a", "1", "x"), ("bcd", "23", "yz")]).splitlines()
    assert lines == ["a     1  x", "bcd  23  yz"]
    assert [size(n) for n in (900, 2.2e6, 47e6, 3.14e9)] == ["1 kB", "2.2 MB", "47 MB", "3.1 GB"]


def test_a_calibration_measures_the_largest_training_and_all_that_is_named():
    jobs = [train(0, "random"), train(1, "ch3l3"), train(2, "static"), figure()]
    perturb = Command(f"python src/perturb.py a --images {DIGITS} --perturbation weight_noise --levels 0 --repeats 1")
    commands = [*(job.command for job in jobs), perturb]
    plan = Plan.of(commands, DataSizes(), cores=1)
    text = " ".join(plan.training)
    assert text == (
        "--units 64 100 100 10 --density 0.1 --images 1257 --batch-size 32 --rules ch3l3 random"
        " --perturbations weight_noise"
    )
    assert plan.groups == ("figure", "training")
    assert plan.processes == 1
    assert plan.classifiers == ()
