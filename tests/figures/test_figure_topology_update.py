import pandas as pd
import pytest

import figure_topology_update

SIZES = [2, 2, 2]


@pytest.fixture
def stages(inputs) -> pd.DataFrame:
    path, *_ = inputs("figure_topology_update")
    return pd.read_csv(path)


def test_titles_count_what_each_stage_removes_and_adds(stages):
    figure, _ = figure_topology_update.draw(stages, SIZES)
    assert [axis.get_title().split("\n")[1] for axis in figure.axes] == [
        "4 links",
        "4 − 1 links",
        "3 − 1 links",
        "2 + 2 links",
    ]


def test_every_link_of_a_stage_is_drawn_in_the_colour_of_its_event(stages):
    figure, _ = figure_topology_update.draw(stages, SIZES)
    drawn = [sum(len(lines.get_segments()) for lines in axis.collections) for axis in figure.axes]
    assert drawn == [4, 4, 3, 4]
    new = figure.axes[3].collections[-1]
    assert len(new.get_segments()) == 2


def test_units_are_on_a_path_only_if_input_and_readout_can_be_reached(stages):
    before = stages[stages["stage"] == "before"]
    assert all(mask.all() for mask in figure_topology_update.units_on_paths(before, SIZES))
    without = before[~((before["layer"] == 2) & (before["source"] == 1))]
    masks = figure_topology_update.units_on_paths(without, SIZES)
    assert [mask.tolist() for mask in masks] == [[True, False], [True, False], [True, False]]


def test_units_that_never_have_a_link_are_drawn_hollow(stages):
    figure, _ = figure_topology_update.draw(stages, [2, 3, 2])
    for axis in figure.axes:
        hollow = [line for line in axis.lines if line.get_markerfacecolor() == "white"]
        assert -2.5 / 3 in hollow[1].get_ydata()
