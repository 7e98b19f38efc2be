import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.results.summary import bootstrap_interval, count_phrase, mean_and_deviation, median_and_band

FRACTIONS = st.floats(0, 1)


@given(st.lists(FRACTIONS, min_size=1, max_size=12), st.lists(FRACTIONS, min_size=1, max_size=12))
def test_median_and_band_are_the_percentiles_of_each_group(first, second):
    table = pd.DataFrame(
        {"rule": ["a"] * len(first) + ["b"] * len(second), "seed": [*range(len(first)), *range(len(second))]}
    ).assign(accuracy=[*first, *second])
    bands = median_and_band(table, ["rule"], "accuracy").set_index("rule")
    for rule, values in (("a", first), ("b", second)):
        expected = np.percentile(values, [50, 40, 60])
        np.testing.assert_allclose(bands.loc[rule, ["median", "lower", "upper"]].to_numpy(float), expected, atol=1e-12)
        assert bands.loc[rule, "networks"] == len(values)


def test_repeats_of_a_network_are_averaged_before_the_median_is_taken():
    table = pd.DataFrame({"level": 0.5, "seed": [0, 0, 0, 1, 2], "accuracy": [0.0, 0.3, 0.6, 0.4, 0.9]})
    (row,) = median_and_band(table, ["level"], "accuracy").to_dict("records")
    assert row["median"] == pytest.approx(0.4)  # of 0.3, 0.4, 0.9; the median of all five rows would be 0.4 too
    assert row["lower"] == pytest.approx(0.38)
    assert row["networks"] == 3


def test_mean_and_deviation_count_every_network_once():
    table = pd.DataFrame({"level": 0.5, "seed": [0, 0, 0, 1, 2], "accuracy": [0.0, 0.3, 0.6, 0.4, 0.9]})
    (row,) = mean_and_deviation(table, ["level"], "accuracy").to_dict("records")
    mean, deviation = np.mean([0.3, 0.4, 0.9]), np.std([0.3, 0.4, 0.9], ddof=1)
    assert [row["mean"], row["lower"], row["upper"]] == pytest.approx([mean, mean - deviation, mean + deviation])
    assert row["networks"] == 3


def test_counts_read_as_english():
    assert count_phrase(pd.Series([10, 10]), "network") == "10 networks"
    assert count_phrase(pd.Series([1]), "network") == "1 network"
    assert count_phrase(pd.Series([3, 10]), "network") == "3 to 10 networks"


@given(st.lists(FRACTIONS, min_size=2, max_size=8))
def test_the_bootstrap_interval_lies_within_the_data_and_holds_the_mean(values):
    lower, upper = bootstrap_interval(values)
    assert min(values) - 1e-12 <= lower <= np.mean(values) + 1e-12
    assert np.mean(values) - 1e-12 <= upper <= max(values) + 1e-12
    assert bootstrap_interval(values) == (lower, upper)


def test_the_bootstrap_interval_of_many_values_is_that_of_the_normal_law():
    values = np.random.default_rng(0).normal(5, 2, 400)
    half_width = 1.96 * values.std() / 20
    expected = (values.mean() - half_width, values.mean() + half_width)
    assert bootstrap_interval(values) == pytest.approx(expected, abs=0.02)


def test_a_single_value_has_no_interval():
    assert np.isnan(bootstrap_interval([0.5])).all()
