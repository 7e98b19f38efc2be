import pandas as pd
import pytest

from study.files import UnusableFile
from study.tables import load_classification_table, save_classification_table


def test_a_table_comes_back_as_features_and_classes(tmp_path):
    features = pd.DataFrame({"length": [1.5, 0.1, 2.0, 3.0], "count": [3, 4, 5, 6]})
    target = pd.Series(["yes", "no", "yes", "no"], index=[7, 8, 9, 10])
    save_classification_table(features, target, tmp_path / "table.csv")
    loaded_features, loaded_target = load_classification_table(tmp_path / "table.csv")
    pd.testing.assert_frame_equal(loaded_features, features)
    assert loaded_target.tolist() == ["yes", "no", "yes", "no"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "last, `target`; found a, b"),
        ("target\n1\n", "last, `target`; found target"),
        ("a,target\n", "the table has no rows"),
        ("a,target\n1,\n2,x\n", "`target` is empty in 1 rows"),
        ("", "is not a CSV table"),
        ('a,target\n1,"2\n', "is not a CSV table"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(UnusableFile, match=message):
        load_classification_table(path)


def test_an_absent_table_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(UnusableFile, match=r"absent\.csv: no such file"):
        load_classification_table(tmp_path / "absent.csv")
