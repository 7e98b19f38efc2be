"""Records of provenance: what they say, and what their digest depends on."""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from study.errors import StudyError
from study.files import sha256, write_table
from study.plots.style import save_figure
from study.provenance import environment, record
from study.provenance.record import FigureStem, Input, Output, parse, record_digest, study_of


def run(folder: Path, *, text="5,8\n", source="numbers.csv", result="sums/sum.txt", offset=1, code="c0de", log="a.log"):
    """A script that adds up numbers, called in a folder; its record."""
    (folder / source).parent.mkdir(parents=True, exist_ok=True)
    (folder / source).write_text(text)
    parser = argparse.ArgumentParser()
    parser.add_argument("numbers", nargs="+", type=Input)
    parser.add_argument("--offset", type=int)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--verbosity", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--output", type=Output)
    record = folder / "results/demo/sum.json"
    arguments = [str(folder / source), "--offset", str(offset), "--log", str(folder / log)]
    arguments += ["--output", str(folder / result), "--code", code, "--record", str(record)]
    options, begun = parse(parser, arguments, "/some/folder/src/add.py", ["verbosity"])
    total = sum(map(int, options.numbers[0].read_text().split(","))) + options.offset
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(str(total))
    begun.write()
    return json.loads(record.read_text())


def test_a_record_names_what_was_read_and_written_with_checksums_and_the_arguments_with_values(tmp_path):
    record = run(tmp_path)
    source, result = tmp_path / "numbers.csv", tmp_path / "sums/sum.txt"
    assert record["inputs"] == {"numbers": {str(source): sha256(source)}}
    assert record["outputs"] == {"output": {str(result): sha256(result)}}
    assert record["arguments"] == {"offset": 1, "seed": 3}
    assert record["uncounted"] == {"verbosity": 0, "log": str(tmp_path / "a.log")}
    assert record["seeds"] == {"seed": 3}
    assert (record["script"], record["code"], record["study"]) == ("add.py", "c0de", "demo")
    assert record["command"].startswith(f"python src/add.py {source} --offset 1")
    assert record["packages"]["numpy"] == np.__version__
    assert record["digest"] == record_digest(record)


def test_the_digest_depends_neither_on_the_folder_nor_on_time_machine_or_what_does_not_count(tmp_path, monkeypatch):
    first = run(tmp_path / "one")
    monkeypatch.setattr(record, "circumstances", lambda: {"processor": "another", "threads": 64})
    monkeypatch.setattr(record.time, "perf_counter", iter([0.0, 1e6]).__next__)
    second = run(tmp_path / "two", log="b.log")
    assert second["seconds"] == 1e6
    assert second["processor"] != first["processor"]
    assert second["digest"] == first["digest"]


@pytest.mark.parametrize(
    "change",
    [{"offset": 2}, {"text": "5,9\n"}, {"code": "0dd"}, {"source": "others.csv"}, {"result": "sums/total.txt"}],
    ids=lambda change: next(iter(change)),
)
def test_the_digest_changes_with_any_argument_input_code_and_name(tmp_path, change):
    assert run(tmp_path / "one")["digest"] != run(tmp_path / "two", **change)["digest"]


def test_relative_paths_count_whole_because_results_depend_on_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here = Path()
    assert run(here, source="a/numbers.csv")["digest"] != run(here, source="b/numbers.csv")["digest"]


def test_without_record_nothing_is_written_and_nothing_is_read_for_it(tmp_path):
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=Input)
    options, record = parse(parser, ["--images", str(tmp_path / "absent")], __file__)
    record.write()
    assert record.stamp == {}
    assert options.images == tmp_path / "absent"
    assert list(tmp_path.iterdir()) == []


def test_an_input_that_cannot_be_read_is_one_sentence(tmp_path):
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=Input)
    with pytest.raises(StudyError) as stop:
        parse(parser, ["--images", str(tmp_path / "absent"), "--record", str(tmp_path / "record.json")], __file__)
    assert str(stop.value) == f"{tmp_path}/absent cannot be read (No such file or directory)."


def test_a_folder_stands_for_its_files_but_for_hidden_ones_which_may_be_left_over(tmp_path):
    for name in ("b", "a", ".a.gz.0123.partial.gz"):
        (tmp_path / name).write_text("")
    assert Input(tmp_path).files() == [tmp_path / "a", tmp_path / "b"]


def make(folder: Path, name: str, others=()) -> None:
    """A script that writes files of two lines into a folder, with a record named after the first."""
    folder.mkdir(parents=True, exist_ok=True)
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Output, nargs="+")
    outputs = [str(folder / file) for file in (name, *others)]
    _, begun = parse(parser, ["--output", *outputs, "--record", str((folder / name).with_suffix(".json"))], "make.py")
    for output in outputs:
        Path(output).write_text("epoch,accuracy\n1,0.5\n2,0.75\n")
    begun.write()


def read(path: Path, *arguments: str) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--table", type=Input)
    parse(parser, ["--table", str(path), *arguments], "read.py")


@pytest.mark.parametrize("name", ["history.csv", "network.csv"])
@pytest.mark.parametrize("recorded", [[], ["--record", "read.json"]], ids=["by hand", "with record"])
def test_an_input_that_was_cut_off_or_changed_after_it_was_made_is_refused(tmp_path, name, recorded):
    make(tmp_path, "network.csv", ["history.csv"])
    make(tmp_path, "another.csv")
    read(tmp_path / name, *recorded)
    whole = (tmp_path / name).read_text()
    for damaged in (whole[:-7], whole.replace("75", "76"), ""):
        (tmp_path / name).write_text(damaged)
        sentence = (
            rf"{name} was changed or cut off after it was made: its SHA-256 is not that in .*/network\.json\. Delete"
        )
        with pytest.raises(StudyError, match=sentence):
            read(tmp_path / name, *recorded)
    (tmp_path / "network.json").unlink()
    read(tmp_path / name, *recorded)


def test_files_and_record_may_be_moved_together(tmp_path, monkeypatch):
    make(tmp_path / "here/results", "table.csv")
    (tmp_path / "here").rename(tmp_path / "there")
    monkeypatch.chdir(tmp_path / "there")
    read(Path("results/table.csv"))
    Path("results/table.csv").write_text("changed")
    with pytest.raises(StudyError, match=r"table\.csv was changed or cut off after it was made"):
        read(Path("results/table.csv"))


@pytest.mark.parametrize("damaged", [b"", b"\0" * 300, b'{\n  "digest": "78196f37c0b0'], ids=["empty", "zeroed", "cut"])
def test_a_damaged_record_beside_an_input_is_named(tmp_path, damaged):
    make(tmp_path, "table.csv")
    (tmp_path / "table.json").write_bytes(damaged)
    with pytest.raises(StudyError, match=r"table\.json is damaged: delete it and what it is the record of"):
        read(tmp_path / "table.csv")
    make(tmp_path, "table.csv")  # the job that made it does so again
    read(tmp_path / "table.csv")


@pytest.mark.parametrize(
    "content",
    ["{}", "[]", "3", "{", '{"command": 3, "outputs": {}}', '{"command": "a --record", "outputs": {}}', "[" * 9999],
)
def test_json_that_is_no_record_of_ours_says_nothing_of_an_input(tmp_path, content):
    (tmp_path / "mine.npz").write_text("mine")
    (tmp_path / "mine.json").write_text(content)
    read(tmp_path / "mine.npz")


@pytest.mark.parametrize(
    ("arguments", "clash"),
    [
        (["--one", "x.csv", "--two", "./x.csv"], "--one and --two name the same file, x.csv"),
        (["--one", "x.csv", "--two", "link.csv"], "--one and --two name the same file, link.csv"),
        (["--one", "x.csv", "--read", "x.csv"], "--one and --read name the same file"),
        (["--one", "x.csv", "--checkpoint", "x.csv"], "--one and --checkpoint name the same file"),
        (["--read", "x.csv", "--checkpoint", "x.csv"], "--read and --checkpoint name the same file"),
        (["--one", "x.csv", "--record", "x.csv"], "--record and --one name the same file"),
        (["--figure", "x", "--one", "x.csv"], "--one and --figure name the same file, x.csv"),
    ],
)
def test_no_output_lies_where_another_file_of_the_command_does(tmp_path, monkeypatch, capsys, arguments, clash):
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text("data")
    Path("link.csv").symlink_to("x.csv")
    parser = argparse.ArgumentParser()
    for name, kind in (("one", Output), ("two", Output), ("read", Input), ("figure", FigureStem), ("checkpoint", Path)):
        parser.add_argument(f"--{name}", type=kind)
    with pytest.raises(SystemExit):
        parse(parser, arguments, __file__)
    words = re.search(
        r"error: (--\w+) and (--\w+) name the same file, (.*): each needs one of its own", capsys.readouterr().err
    )
    assert {words[1], words[2]} == {word for word in clash.replace(",", "").split() if word.startswith("--")}


def test_inputs_may_be_the_same_and_so_may_devices(tmp_path):
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", type=Input, nargs=2)
    parser.add_argument("--one", type=Output)
    parser.add_argument("--two", type=Output)
    (tmp_path / "x.csv").write_text("data")
    parse(parser, [*[str(tmp_path / "x.csv")] * 2, "--one", "/dev/null", "--two", "/dev/null"], __file__)


@pytest.mark.parametrize(
    ("path", "study"),
    [
        ("results/demo/training/digits/ch3l3/0/network.json", "demo"),
        ("figures/short/fig1_network.json", "short"),
        ("robustness/results/demo/claims.json", "demo"),
        ("resources/images/digits.json", None),
        ("results/claims.json", None),
    ],
)
def test_the_study_is_told_by_the_place_of_the_record(path, study):
    assert study_of(path) == study


def test_pdf_and_png_carry_the_script_and_the_digest_and_the_same_bytes_each_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    contents = []
    for _ in range(2):
        parser = argparse.ArgumentParser()
        parser.add_argument("--output", type=FigureStem)
        options, record = parse(parser, ["--output", "line", "--record", "line.json"], "figure_line.py")
        figure = Figure()
        figure.subplots().plot([1, 2])
        save_figure(figure, pd.DataFrame({"y": [1, 2]}), options.output, record)
        record.write()
        contents.append([Path(f"line.{suffix}").read_bytes() for suffix in ("png", "pdf", "csv")])
    assert contents[0] == contents[1]
    digest = json.loads(Path("line.json").read_text())["digest"]
    with Image.open("line.png") as image:
        assert image.text == {"Subject": "drawn by figure_line.py", "Keywords": f"sha256:{digest}"}
    pdf = Path("line.pdf").read_bytes()
    assert f"/Keywords (sha256:{digest})".encode() in pdf
    assert b"/Subject (drawn by figure_line.py)" in pdf


def git(folder: Path, *arguments: str) -> str:
    settings = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_the_commit_is_named_and_whether_anything_differs_from_it(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("results/\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "First")
    (tmp_path / "results").mkdir()
    (tmp_path / "results/table.csv").write_text("ignored")
    commit = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/new.png").touch()
    assert environment.revision(tmp_path) == {"commit": commit, "dirty": False}
    (tmp_path / "module.py").write_text("new = True\n")
    assert environment.revision(tmp_path) == {"commit": commit, "dirty": True}


def test_where_there_is_no_repository_git_is_not_even_called(tmp_path, monkeypatch):
    monkeypatch.setattr(environment.subprocess, "run", lambda *_, **__: pytest.fail("git was called"))
    assert environment.revision(tmp_path) is None


def test_without_git_or_in_a_broken_repository_there_is_no_revision(tmp_path, monkeypatch):
    (tmp_path / ".git").write_text("nonsense")
    assert environment.revision(tmp_path) is None
    monkeypatch.setenv("PATH", "")
    assert environment.revision(tmp_path) is None


def test_an_error_in_the_block_writes_no_record_and_leaves_nothing_claimed(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["script.py"])  # as a program, which claims its outputs
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Output)
    arguments = ["--output", str(tmp_path / "table.csv"), "--record", str(tmp_path / "table.json")]
    _, record = parse(parser, arguments, "script.py")
    assert len(list(tmp_path.iterdir())) == 1  # the mark of the claim

    def work() -> None:
        write_table(pd.DataFrame({"a": [1]}), tmp_path / "table.csv")
        raise ValueError("of the work")

    with pytest.raises(ValueError, match="of the work"), record:
        work()
    assert list(tmp_path.iterdir()) == []
