import numpy as np
import pandas as pd

import figure_update_times


def test_boxes_are_quantiles_of_all_updates_and_curves_follow_the_epochs(inputs, tmp_path):
    (path,) = inputs("figure_update_times")
    figure_update_times.main([path, "--output", str(tmp_path / "fig2")])
    drawn = pd.read_csv(tmp_path / "fig2.csv")
    times = pd.read_csv(path)
    times = times[times["rule"] == "ch3l3"]
    boxes, curves = drawn[drawn["epoch"].isna()], drawn[drawn["epoch"].notna()]
    for stage in ("seconds_update", "seconds_scoring"):
        (box,) = boxes[(boxes["rule"] == "ch3l3") & (boxes["stage"] == stage)].to_dict("records")
        found = [box[name] for name in ("whisker_low", "lower", "median", "upper", "whisker_high")]
        np.testing.assert_allclose(found, np.percentile(times[stage], [5, 25, 50, 75, 95]), rtol=1e-12)
        assert box["updates"] == 8
    for epoch in (1, 2, 3, 4):
        (point,) = curves[(curves["rule"] == "ch3l3") & (curves["epoch"] == epoch)].to_dict("records")
        seconds = times[times["epoch"] == epoch]["seconds_update"]
        assert [point["median"], point["lower"], point["upper"]] == [np.median(seconds), seconds.min(), seconds.max()]


def test_a_rule_that_does_not_score_has_no_scoring_box_and_the_panel_says_so(inputs):
    times = figure_update_times.read_results(inputs("figure_update_times"), figure_update_times.TIMES)
    figure, drawn = figure_update_times.draw(times)
    whole, scoring, _ = figure.axes
    assert len(whole.patches) == 2
    assert len(scoring.patches) == 1
    assert [text.get_text() for text in scoring.texts] == ["none"]
    assert drawn[drawn["stage"] == "seconds_scoring"]["rule"].tolist() == ["ch3l3"]
