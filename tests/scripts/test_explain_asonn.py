import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

import explain_asonn
from study.errors import StudyError
from study.evaluation import split_rows


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Rules and explanation of the iris table, which is the third."""
    folder = tmp_path_factory.mktemp("explanation")
    table = load_iris(as_frame=True).frame
    table.to_csv(folder / "table.csv", index=False)
    rules, explanation = folder / "rules.csv", folder / "explanation.csv"
    outputs = ["--rules", str(rules), "--explanation", str(explanation)]
    explain_asonn.main([str(folder / "table.csv"), "--table", "iris", *outputs])
    return pd.read_csv(rules), pd.read_csv(explanation), table


def test_the_closest_call_is_the_row_with_the_smallest_lead():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.5, 0.05, 0.45], [0.4, 0.3, 0.3]])
    assert explain_asonn.closest_call(probabilities) == 1
    assert explain_asonn.closest_call(np.ones((3, 1))) == 0


def test_the_row_that_is_explained_was_not_trained_on(results):
    _, explanation, table = results
    _, test = split_rows(table["target"].to_numpy(), 0.3, 0)
    (row,) = explanation["row"].unique()
    assert row in test
    values = explanation.drop_duplicates("attribute").set_index("attribute")["value"]
    assert values.to_dict() == table.drop(columns="target").loc[row].to_dict()


def test_contributions_add_up_to_the_score_and_ranges_are_among_the_rules(results):
    rules, explanation, _ = results
    for _, part in explanation.groupby("role"):
        assert part["contribution"].sum() == pytest.approx(part["score"].iloc[0])
    columns = ["table", "combination", "class", "attribute", "lower", "upper"]
    assert len(explanation.merge(rules, on=columns)) == len(explanation)


def test_given_samples_are_explained_by_a_reading_trained_on_the_other_rows(tmp_path):
    load_iris(as_frame=True).frame.to_csv(tmp_path / "table.csv", index=False)
    arguments = [str(tmp_path / "table.csv"), "--table", "iris", "--classifier", "asonn_printed"]
    outputs = ["--rules", str(tmp_path / "rules.csv"), "--explanation", str(tmp_path / "explanation.csv")]
    samples = ["--sample", "4.9", "3.0", "1.4", "0.2", "--sample", "7", "3.2", "4.7", "1.4"]
    explain_asonn.main([*arguments, *samples, *outputs])
    explanation = pd.read_csv(tmp_path / "explanation.csv")
    assert explanation["row"].unique().tolist() == [1, 50]
    winners = explanation[explanation["role"] == "winner"].drop_duplicates("row")
    assert (winners["class"] == winners["true_class"]).all()
    with pytest.raises(StudyError, match=r"table\.csv has no row 4\.9 3\.0: give the values of all features"):
        explain_asonn.main([*arguments, "--sample", "4.9", "3", *outputs])
