"""What holds for every figure script."""

from pathlib import Path

import pandas as pd
import pytest
from tests.figures.conftest import INPUTS, draw

import figure_active_units
from study.errors import StudyError


def tables_of(arguments: list[str]) -> list[Path]:
    return [Path(argument) for argument in arguments if argument.endswith(".csv")]


@pytest.mark.parametrize("script", INPUTS)
def test_a_figure_is_a_pdf_a_png_and_a_table_of_what_is_drawn_and_nothing_else(script, drawn):
    made = {path.name: path.read_bytes() for path in drawn(script).iterdir()}
    assert sorted(made) == ["figure.csv", "figure.pdf", "figure.png"]
    assert made["figure.pdf"].startswith(b"%PDF")
    assert made["figure.png"].startswith(b"\x89PNG")
    assert made["figure.csv"].count(b"\n") > 1


# one of each kind: units are placed, networks resampled, boxes and curves drawn
@pytest.mark.parametrize("script", ["figure_network", "figure_robustness_areas", "figure_update_times"])
def test_the_same_data_gives_the_same_bytes(script, inputs, drawn, tmp_path):
    for path in draw(script, inputs(script), tmp_path / "again").iterdir():
        assert path.read_bytes() == (drawn(script) / path.name).read_bytes()


@pytest.mark.parametrize("script", [script for script in INPUTS if script != "figure_network"])
@pytest.mark.parametrize("fault", ["no rows", "missing column", "empty file", "no file"])
def test_an_unusable_table_is_one_sentence_about_that_file_and_nothing_is_written(script, inputs, tmp_path, fault):
    arguments = inputs(script)
    path = tables_of(arguments)[-1]
    table = pd.read_csv(path)
    column = table.columns[-1]
    match fault:
        case "no rows":
            table.iloc[:0].to_csv(path, index=False)
        case "missing column":
            table.drop(columns=column).to_csv(path, index=False)
        case "empty file":
            path.write_text("")
        case "no file":
            path.unlink()
    with pytest.raises(StudyError) as stop:
        draw(script, arguments, tmp_path / "out")
    message = str(stop.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    if fault == "missing column":
        assert column in message
    assert not (tmp_path / "out").exists()


def test_a_figure_says_which_data_sets_were_not_run(inputs, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr("study.scripts.figure.save_figure", lambda figure, *_: drawn.append(figure))
    arguments = [*inputs("figure_active_units"), "--output", str(tmp_path / "figure")]
    figure_active_units.main(arguments)
    figure_active_units.main([*arguments, "--not-run", "kmnist", "emnist_letters"])
    notes = [figure.legends[-1].get_title().get_text().splitlines()[-1] for figure in drawn]
    assert notes[0] != notes[1] == "Not run: data of KMNIST, EMNIST letters"
