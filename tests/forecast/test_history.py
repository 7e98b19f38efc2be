"""Which records of earlier jobs count."""

import json

import pandas as pd

from forecast.history import read_history, this_processor
from study.provenance.record import Output, parse


def write_record(path, **changes):
    record = {
        "script": "train.py",
        "command": "python src/train.py --epochs 2",
        "processor": "this one",
        "seconds": 12.0,
        "cpu_seconds": 10.0,
        "peak_memory": 200.0,
        "outputs": {},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record | changes))


def test_records_of_all_folders_count_on_their_own_processor_alone(tmp_path):
    write_record(tmp_path / "resources/images/digits.json")
    write_record(tmp_path / "results/demo/training/digits/ch3l3/0/network.json", cpu_seconds=3.5)
    write_record(tmp_path / "figures/demo/fig1_network.json", processor="a faster one")
    history = read_history(tmp_path, "this one")
    assert [job.cpu_seconds for job in history.jobs] == [10.0, 3.5]
    assert history.jobs[0].memory == 200.0
    assert history.jobs[0].command.value("epochs") == "2"
    assert history.elsewhere == {"a faster one": 1}


def test_files_that_are_no_records_are_passed_over(tmp_path):
    write_record(tmp_path / "results/a.json", cpu_seconds=None)
    (tmp_path / "results/b.json").write_text("{")
    (tmp_path / "results/c.json").write_text("[1, 2]")
    assert read_history(tmp_path, "this one").jobs == []
    assert read_history(tmp_path / "nowhere", "this one").jobs == []


def test_a_training_that_went_on_from_a_checkpoint_does_not_count(tmp_path):
    timings = pd.DataFrame({f"seconds_{part}": [4.0, 4.0] for part in ("training", "update", "evaluation")})
    for name, seconds in (("whole", 25.0), ("resumed", 23.0)):
        folder = f"results/demo/training/digits/random/{name}"
        write_record(
            tmp_path / folder / "network.json", seconds=seconds, outputs={"timings": {f"{folder}/timings.csv": "x"}}
        )
        timings.to_csv(tmp_path / folder / "timings.csv")
    assert len(read_history(tmp_path, "this one").jobs) == 1


def test_what_a_script_records_is_read_back(tmp_path):
    import argparse

    path = tmp_path / "resources/x.json"
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Output)
    (tmp_path / "out.csv").write_text("a\n")
    _, record = parse(
        parser, ["--output", str(tmp_path / "out.csv"), "--code", "0", "--record", str(path)], "prepare_table.py"
    )
    record.write()
    (job,) = read_history(tmp_path, this_processor()).jobs
    assert job.command.script == "prepare_table.py"
    assert job.cpu_seconds > 0
    assert job.memory > 10
