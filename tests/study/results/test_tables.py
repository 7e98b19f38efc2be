import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.errors import StudyError
from study.files import read_table, write_table
from study.results.tables import labels_of, read_results


def test_labels_are_the_parts_of_the_path_that_the_pattern_names():
    path = "results/demo/training/digits/ch3l3/7/history.csv"
    assert labels_of(path, "{dataset}/{rule}/{seed}/history.csv") == {"dataset": "digits", "rule": "ch3l3", "seed": "7"}
    assert labels_of("digits.csv", "{dataset}.csv") == {"dataset": "digits"}


@pytest.mark.parametrize("path", ["digits.csv", "a/digits.txt", "history.csv"])
def test_a_path_that_does_not_say_whose_results_it_holds_is_refused_by_name(path):
    with pytest.raises(StudyError, match=r"must end in \{dataset\}/\{rule\}\.csv"):
        labels_of(path, "{dataset}/{rule}.csv")


def test_tables_keep_the_order_of_their_paths(tmp_path):
    paths = [tmp_path / "z/b.csv", tmp_path / "a/c.csv"]
    for number, path in enumerate(paths):
        path.parent.mkdir()
        pd.DataFrame({"seed": [number], "other": 0}).to_csv(path, index=False)
    table = read_results(paths, "{dataset}/{rule}.csv", ["seed"])
    assert table.to_dict("list") == {"dataset": ["z", "a"], "rule": ["b", "c"], "seed": [0, 1]}


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_floats_come_back_bit_for_bit(tmp_path_factory, values):
    path = tmp_path_factory.getbasetemp() / "floats.csv"
    write_table(pd.DataFrame({"value": values}, dtype=float), path)
    assert read_table(path)["value"].tolist() == values
