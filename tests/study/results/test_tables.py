import pandas as pd
import pytest

from study.errors import StudyError
from study.results.tables import identity_of, read_results, write_results


def test_tables_keep_the_order_of_their_paths_and_each_row_says_what_it_is_of(tmp_path):
    paths = [tmp_path / "z.csv", tmp_path / "a.csv"]
    for seed, path in enumerate(paths):
        write_results([{"epoch": 1, "other": 0}], path, dataset="digits", rule="ch3l3", seed=seed)
    table = read_results(paths, ["dataset", "seed", "epoch"])
    assert table.to_dict("list") == {"dataset": ["digits", "digits"], "seed": [0, 1], "epoch": [1, 1]}


@pytest.mark.parametrize("name", ["784", "007", "1e3", "NA", "nan", "null", "true", "a,b", 'a "b"'])
def test_a_name_stays_a_text_whatever_it_looks_like(tmp_path, name):
    write_results([{"accuracy": 0.5, "error": None}], tmp_path / "scores.csv", table=name, classifier=name)
    (row,) = read_results([tmp_path / "scores.csv"], ["table", "classifier", "accuracy", "error"]).to_dict("records")
    assert (row["table"], row["classifier"], row["accuracy"]) == (name, name, 0.5)
    assert pd.isna(row["error"])


def test_a_network_that_does_not_say_which_it_is_is_refused_by_its_path():
    identity = {"dataset": "digits", "rule": "ch3l3", "seed": 3}
    assert identity_of(identity | {"epochs": 40}, "network.npz") == identity
    with pytest.raises(StudyError, match=r"^network\.npz does not say .* metadata lack rule, seed; train it again\.$"):
        identity_of({"dataset": "digits"}, "network.npz")
