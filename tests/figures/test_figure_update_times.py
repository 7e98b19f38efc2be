import numpy as np
import pandas as pd
import pytest

import figure_update_times


def test_bars_are_averages_boxes_are_quantiles_and_curves_follow_the_epochs(inputs, drawn):
    (path,) = inputs("figure_update_times")
    drawn = pd.read_csv(drawn("figure_update_times") / "figure.csv")
    drawn = drawn[drawn["rule"] == "ch3l3"]
    times = pd.read_csv(path)
    times = times[times["rule"] == "ch3l3"]
    bar, *networks = drawn[drawn["mean"].notna()].to_dict("records")
    assert bar["mean"] == pytest.approx(times["seconds_update"].mean())
    assert bar["updates"] == 8
    assert {row["seed"]: row["mean"] for row in networks} == pytest.approx(
        times.groupby("seed")["seconds_update"].mean().to_dict()
    )
    (box,) = drawn[drawn["stage"] == "seconds_scoring"].to_dict("records")
    found = [box[name] for name in ("whisker_low", "lower", "median", "upper", "whisker_high")]
    np.testing.assert_allclose(found, np.percentile(times["seconds_scoring"], [5, 25, 50, 75, 95]), rtol=1e-12)
    assert box["updates"] == 8
    for epoch in (1, 2, 3, 4):
        (point,) = drawn[drawn["epoch"] == epoch].to_dict("records")
        seconds = times[times["epoch"] == epoch]["seconds_update"]
        assert [point["median"], point["lower"], point["upper"]] == [np.median(seconds), seconds.min(), seconds.max()]


def test_bars_start_at_zero_and_a_rule_that_does_not_score_has_no_box_and_the_panel_says_so(inputs):
    times = figure_update_times.read_results(inputs("figure_update_times"), figure_update_times.TIMES)
    figure, drawn = figure_update_times.draw(times)
    average, scoring, _ = figure.axes
    assert [bar.get_height() for bar in average.patches] == list(times.groupby("rule")["seconds_update"].mean())
    assert average.get_ylim()[0] == 0
    assert len(scoring.patches) == 1
    assert [text.get_text() for text in scoring.texts] == ["none"]
    assert drawn[drawn["stage"] == "seconds_scoring"]["rule"].tolist() == ["ch3l3"]
