import pandas as pd

from study.data.classification_tables import load_classification_table, save_classification_table


def test_a_table_comes_back_as_features_and_classes(tmp_path):
    features = pd.DataFrame({"length": [1.5, 0.1, 2.0, 3.0], "count": [3, 4, 5, 6]})
    target = pd.Series(["yes", "no", "yes", "no"], index=[7, 8, 9, 10])
    save_classification_table(features, target, tmp_path / "table.csv")
    loaded_features, loaded_target = load_classification_table(tmp_path / "table.csv")
    pd.testing.assert_frame_equal(loaded_features, features)
    assert loaded_target.tolist() == ["yes", "no", "yes", "no"]
