import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

import figure_learning_curves
from study.plots.rules import RULE_STYLES


def test_lines_and_bands_are_the_percentiles_over_networks_and_the_table_is_what_is_drawn(inputs, drawn):
    paths = inputs("figure_learning_curves")
    drawn = pd.read_csv(drawn("figure_learning_curves") / "figure.csv")
    assert list(drawn) == ["dataset", "rule", "epoch", "median", "lower", "upper", "networks", "measure"]
    assert len(drawn) == 2 * 2 * 2 * 12  # data sets, rules, measures, epochs
    for measure in ("test_accuracy", "training_loss"):
        of_networks = [pd.read_csv(path)[measure] for path in paths if "/mnist/random/" in path]
        expected = np.percentile(np.array(of_networks), [50, 40, 60], axis=0).T
        chosen = drawn[(drawn.dataset == "mnist") & (drawn.rule == "random") & (drawn.measure == measure)]
        np.testing.assert_allclose(chosen[["median", "lower", "upper"]], expected, rtol=1e-12)
        assert (chosen["networks"] == 3).all()


def test_each_rule_has_its_colour_and_each_panel_its_measure(inputs):
    histories = figure_learning_curves.read_results(inputs("figure_learning_curves"), figure_learning_curves.HISTORY)
    figure, bands = figure_learning_curves.draw(histories)
    early, _, loss = figure.axes[:3]
    drawn = ("random", "ch3l3")  # the first rule comes last, on top of the others
    colours = [RULE_STYLES[rule].colour for rule in drawn]
    assert [to_hex(line.get_color()).upper() for line in early.lines] == colours
    of_random = bands[(bands.dataset == "digits") & (bands.rule == "random")]
    np.testing.assert_array_equal(early.lines[0].get_ydata(), of_random[of_random.measure == "test_accuracy"]["median"])
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), of_random[of_random.measure == "training_loss"]["median"])
    assert all(axis.get_xscale() == "log" for axis in figure.axes)
    assert "3 networks" in figure.legends[0].get_title().get_text()


def test_later_epochs_begin_where_the_last_rule_has_settled():
    accuracy = pd.DataFrame(
        {"rule": ["a"] * 4 + ["b"] * 4, "epoch": [1, 2, 3, 4] * 2, "median": [0.5, 0.93, 0.95, 0.9, 0.8, 0.7, 0.8, 0.8]}
    )
    assert figure_learning_curves.settling_epoch(accuracy) == 3
    assert figure_learning_curves.settling_epoch(accuracy[accuracy["rule"] == "a"]) == 2
    never = accuracy.assign(median=[0.1, 0.3, 0.5, 0.9] * 2)
    assert figure_learning_curves.settling_epoch(never) == 1
