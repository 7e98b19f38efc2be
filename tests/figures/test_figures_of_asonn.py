import numpy as np
import pandas as pd
import pytest

import figure_asonn_accuracy
import figure_asonn_costs
import figure_asonn_explanation
import figure_asonn_growth
import figure_asonn_hypercuboids
import figure_asonn_network
import figure_asonn_ranks
import figure_asonn_rules
from study.data.table_groups import LARGEST, LISTED_BY_THE_AUTHORS
from study.results.classifier_scores import (
    compare_means,
    compare_to_reference,
    group_means,
    rank_tables,
    table_means,
)

CLASSIFIERS = ("asonn_v1", "asonn_v2", "svm", "my_own")


def made_up_scores(n_tables):
    index = pd.MultiIndex.from_product(
        [[f"t{number}" for number in range(n_tables)], CLASSIFIERS, range(3)], names=["table", "classifier", "split"]
    ).to_frame(index=False)
    accuracy = 0.7 + 0.3 * np.random.default_rng(0).random(len(index))
    return index.assign(accuracy=np.where((index["table"] == "t1") & (index["classifier"] == "svm"), np.nan, accuracy))


def names_beside(axis):
    return [label.get_text() for label in axis.get_yticklabels()]


@pytest.mark.parametrize("n_tables", [1, 4, 9])
def test_accuracies_are_drawn_for_few_tables_and_summarised_for_many(n_tables):
    _, drawn = figure_asonn_accuracy.draw(made_up_scores(n_tables))
    assert len(drawn) == n_tables * len(CLASSIFIERS) * (3 if n_tables <= 6 else 1)


def test_the_better_classifier_is_drawn_higher():
    scores = pd.DataFrame(
        {"table": "t", "classifier": ["svm", "asonn_v2", "my_own"], "split": 0, "accuracy": [0.9, 0.8, np.nan]}
    )
    figure = figure_asonn_accuracy.draw_tables(scores)
    assert names_beside(figure.axes[0]) == ["my own", "ASONN v2", "SVM"]


def test_a_failed_method_ranks_last_and_differences_are_to_asonn():
    means = pd.DataFrame(
        {"table": "t", "classifier": ["svm", "asonn_v2", "my_own"], "mean": [0.9, 0.8, np.nan], "splits": [3, 3, 0]}
    )
    ranks = compare_to_reference(means).set_index("classifier")
    assert ranks["rank"].to_dict() == {"svm": 1, "asonn_v2": 2, "my_own": 3}
    assert ranks.loc["svm", "difference"] == pytest.approx(10)
    assert (ranks["reference"] == "asonn_v2").all()


def test_hypercuboids_are_drawn_one_panel_a_class():
    boxes = pd.DataFrame(
        {
            "combination": [0, 1], "class": ["a", "b"], "x_attribute": "petal_length", "x_lower": [0.0, 2.0],
            "x_upper": [1.0, 2.0], "y_attribute": "width", "y_lower": [0.0, 1.0], "y_upper": [1.0, 3.0],
            "support": [2, 1],
        }
    )  # fmt: skip
    points = pd.DataFrame(
        {"x": [0.0, 1.0, 2.0, 2.0], "y": [1.0, 0.0, 1.0, 2.5], "class": list("aabb"), "split": ["train"] * 3 + ["test"]}
    )
    figure, drawn = figure_asonn_hypercuboids.draw(boxes, points)
    assert [axis.get_title() for axis in figure.axes] == ["a", "b"]
    assert figure.axes[0].get_xlabel() == "petal length (cm)"
    assert figure.axes[0].get_ylabel() == "width"
    assert drawn["kind"].value_counts().to_dict() == {"point": 4, "hypercuboid": 2}


def made_up_growth():
    """Two combinations on x and y; the second takes four steps."""
    rows = [(0, "a", 0, "start", "x", 0, 0), (0, "a", 0, "start", "y", 5, 5), (0, "a", 1, "pure", "y", 5, 6)]
    rows += [(1, "b", 0, "start", "x", 4, 4), (1, "b", 0, "start", "y", 2, 2), (1, "b", 1, "pure", "x", 4, 5)]
    rows += [(1, "b", 2, "best", "y", 1, 2), (1, "b", 3, "pure", "x", 3, 5), (1, "b", 4, "best", "y", 0, 2)]
    return pd.DataFrame(rows, columns=["combination", "class", "step", "event", "attribute", "lower", "upper"])


def test_growth_is_drawn_in_stages_that_end_at_the_last_bounds_of_every_combination():
    points = pd.DataFrame({"x": [0, 0, 4, 3], "y": [5, 6, 2, 0], "class": list("aabb"), "split": "train"})
    growth = made_up_growth()
    stages = figure_asonn_growth.stages(figure_asonn_growth.boxes_by_step(growth))
    assert stages["step"].tolist() == [0, 2, 4]  # the first best extension is half-way
    assert stages[["x_lower", "x_upper", "y_lower", "y_upper"]].to_numpy().tolist() == [
        [4, 4, 2, 2], [4, 5, 1, 2], [3, 5, 0, 2],
    ]  # fmt: skip
    figure, drawn = figure_asonn_growth.draw(growth, points)
    titles = [axis.get_title(loc="left") for axis in figure.axes]
    assert titles[:2] == ["a  2 starting samples, hardest first", "b  number 2: the values of one sample"]
    assert titles[2:5] == ["c  1 pure, then the best extension", "d  complete: 4 extensions", "e  all 2 hypercuboids"]
    assert len(drawn) == 7  # one row a step


def means_of(means):
    """Mean accuracies, given as {classifier: one value a table}."""
    means = pd.DataFrame(means)
    return (
        means.set_axis(means.index.map("table{:02}".format))
        .rename_axis("table")
        .reset_index()
        .melt("table", None, "classifier", "mean")
    )


def ranked(means):
    return rank_tables(means_of(means))


def test_nemenyis_test_finds_the_critical_difference_of_its_table():
    # Demšar 2006, table 5: q = 2.343 for three classifiers at 5 %, so CD = 2.343 sqrt(3 * 4 / (6 * 12)) = 0.957
    swapped = [0.8] * 6 + [0.7] * 6  # ranks of the first two: 1.5 on average each; the third: 3
    pairs = figure_asonn_ranks.compare(ranked({"a": swapped, "b": swapped[::-1], "asonn_v2": [0.1] * 12}))
    pairs = pairs.set_index(["classifier", "other"])
    assert pairs["rank"].to_dict() == {("a", "b"): 1.5, ("a", "asonn_v2"): 1.5, ("b", "asonn_v2"): 1.5}
    assert pairs["different"].to_dict() == {("a", "b"): False, ("a", "asonn_v2"): True, ("b", "asonn_v2"): True}
    near = figure_asonn_ranks.compare(ranked({"a": [0.9] * 8 + [0.1] * 4, "b": [0.5] * 12, "c": [0.3] * 12}))
    differences = near["other_rank"] - near["rank"]
    assert (near["different"] == (differences > 0.957)).all()
    assert near["different"].nunique() == 2


def test_ranks_over_too_few_tables_are_not_tested_and_the_figure_says_so():
    ranks = ranked({"svm": [0.9, 0.8, np.nan], "asonn_v2": [0.7, 0.6, 0.5]})
    pairs = figure_asonn_ranks.compare(ranks)
    assert pairs["p_value"].isna().all()
    assert not pairs["different"].any()
    figure, _ = figure_asonn_ranks.draw(pairs)
    assert "3 tables" in figure.axes[0].get_title()
    assert "too few" in figure.axes[0].get_title()


@pytest.mark.parametrize("n_tables", [2, 12])
def test_ranks_are_drawn_with_every_name(n_tables):
    figure, drawn = figure_asonn_ranks.draw(
        figure_asonn_ranks.compare(rank_tables(table_means(made_up_scores(n_tables))))
    )
    assert len(drawn) == 6
    assert (drawn["rank"] <= drawn["other_rank"]).all()
    texts = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert all(name in texts for name in ("ASONN v1", "ASONN v2", "SVM", "my own"))


def test_bars_are_drawn_in_an_order_that_hashes_of_names_have_no_part_in():
    means = {name: [0.5 + 0.01 * place] * 6 for place, name in enumerate("gfedcba")}
    pairs = figure_asonn_ranks.compare(ranked(means)).assign(p_value=1.0, p_wilcoxon=1.0)  # one bar over all
    for axis in figure_asonn_ranks.draw(pairs)[0].axes:
        bars = [line.get_xdata().tolist() for line in axis.lines if len(line.get_xdata()) == len(means)]
        assert bars == [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]]  # by names, in one process of 5,040


def test_accuracy_against_rules_leaves_out_methods_without_rules():
    scores = pd.DataFrame(
        {
            "table": ["t", "t", "u", "t"], "classifier": ["asonn_v2"] * 3 + ["svm"], "split": [0, 1, 0, 0],
            "accuracy": [0.8, 1.0, 0.7, 0.9], "rules": [8, 12, 1000, np.nan],
        }
    )  # fmt: skip
    _, drawn = figure_asonn_rules.draw(figure_asonn_rules.sizes_and_accuracies(scores))
    assert set(drawn["classifier"]) == {"asonn_v2"}
    mean = drawn[drawn["table"].isna()].iloc[0]
    assert mean["rules"] == pytest.approx(100)  # the geometric mean of 10 and 1000
    assert mean["accuracy"] == pytest.approx(0.8)


def test_every_classifier_has_a_marker_and_a_colour_of_its_own():
    versions = [f"asonn_v{number}" for number in (1, 2, 3, 4)]
    names = [*versions, "asonn_printed", "asonn_authors", "asonn_printed_tuned", "xgboost", "decision_tree"]
    scores = pd.DataFrame({"table": "t", "classifier": names, "split": 0, "accuracy": 0.8})
    scores["rules"] = 10.0 * (1 + scores.index)
    figure, _ = figure_asonn_rules.draw(figure_asonn_rules.sizes_and_accuracies(scores))
    handles = figure.legends[0].legend_handles
    assert len({(handle.get_marker(), handle.get_color()) for handle in handles}) == len(names)


def explained(**columns):
    """An explanation of sample 7, whose ranges have these columns."""
    others = {"row": 7, "true_class": "a", "class": "a", "score": 0.9, "membership": 1.0, "weight": 0.5}
    others |= {"contribution": 0.5, "attribute_lower": 1.0, "attribute_upper": 6.9}
    return pd.DataFrame(others | columns)[figure_asonn_explanation.COLUMNS]


@pytest.mark.parametrize(
    ("lower", "upper", "value"), [(5.2, 6.9, 4.7), (3.0, 3.3, 3.6), (6.0, 6.2, 5.6), (3.0, 5.0, 3.9), (1.0, 2.0, 1.5)]
)
def test_the_bounds_of_a_range_do_not_lie_on_the_line_of_the_value(lower, upper, value):
    table = explained(role=["winner"], attribute="petal_length", lower=lower, upper=upper, value=value)
    figure, _ = figure_asonn_explanation.draw(table)
    figure.canvas.draw()
    axis = figure.axes[0]
    bounds = next(text for text in axis.texts if " to " in text.get_text()).get_window_extent()
    line = axis.lines[0].get_window_extent()
    assert bounds.x1 < line.x0 or line.x1 < bounds.x0


def made_up_rules():
    """Two classes; combination 0 has the largest support."""
    return pd.DataFrame(
        {
            "combination": [0, 0, 1, 1, 2, 2], "class": list("aabbaa"), "attribute": ["x", "y"] * 3,
            "lower": [0.0, 1.0, 2.0, 1.0, 0.0, 3.0], "upper": [1.0, 2.0, 3.0, 2.0, 1.0, 4.0],
            "weight": [0.3, 0.7, 0.5, 0.5, 0.6, 0.4], "support": [9, 9, 5, 5, 2, 2],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("most_ranges", "links"),
    [
        (4, [0, 1, 2, 3, 4, 5]),  # combinations share two of their six ranges
        (3, [0, 1, 2, 3]),  # the best supported combination of each class
        (2, [1, 2]),  # of these the heaviest link
    ],
)
def test_a_network_too_large_to_draw_is_drawn_in_part(most_ranges, links):
    assert figure_asonn_network.choose(made_up_rules(), most_ranges).index.tolist() == links


def test_the_network_has_each_range_once_and_the_title_says_what_is_drawn():
    figure, _ = figure_asonn_network.draw(made_up_rules(), most_ranges=3)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(text for text in texts if "to" in text) == ["0 to 1", "1 to 2", "2 to 3"]
    assert figure.legends[0].get_title().get_text() == "2 of 3 combinations, with 4 of 6 weighted links to ranges"


def test_an_explanation_shows_the_row_and_both_scores():
    table = explained(
        **{"role": ["winner", "winner", "runner-up"], "class": list("aab"), "score": [0.9, 0.9, 0.4]},
        attribute=list("xyx"), value=[1.0, np.nan, 1.0], lower=[0.0, 2.0, 2.0], upper=[1.5, 2.0, 3.0],
        attribute_lower=[0.0, 2.0, 0.0], attribute_upper=[3.0, 2.0, 3.0],
    )  # fmt: skip
    figure, drawn = figure_asonn_explanation.draw(table)
    assert len(drawn) == 3
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(texts) == ["0 to 1.5", "1", "2", "2 to 3"]  # the row's missing value has no line
    assert figure.axes[0].get_title(loc="left") == "sample 7, of class a:  winner a 0.900, runner-up b 0.400"


def test_a_classifier_that_was_not_run_on_all_tables_has_differences_and_no_rank():
    means = means_of({"asonn_v2": [0.8] * 8, "svm": [0.9] * 8, "slow": [0.7] * 8})
    means = means[(means["classifier"] != "slow") | (means["table"] < "table03")]
    ranks = compare_to_reference(means)
    assert ranks.groupby("classifier")["rank"].unique().map(list).to_dict() == {
        "asonn_v2": [2.0], "svm": [1.0], "slow": pytest.approx([np.nan], nan_ok=True),
    }  # fmt: skip
    assert ranks.loc[ranks["classifier"] == "slow", "difference"].tolist() == pytest.approx([-10] * 3)
    assert set(figure_asonn_ranks.compare(rank_tables(means))["other"]) == {"asonn_v2"}
    texts = [text.get_text() for text in figure_asonn_accuracy.draw_summary(ranks).axes[0].texts]
    assert texts == ["run on 3 tables"]


def test_mean_accuracies_of_groups_of_tables_stand_side_by_side():
    both = sorted(set(LARGEST) & set(LISTED_BY_THE_AUTHORS))[0]
    tables = [f"pmlb/{both}", f"pmlb/{sorted(set(LARGEST) - set(LISTED_BY_THE_AUTHORS))[0]}", "iris"]
    means = pd.DataFrame({"table": tables, "classifier": "asonn_v2", "mean": [0.3, 0.5, 1.0], "splits": 1})
    groups = group_means(means).set_index("group")
    assert groups["tables"].to_dict() == {"all tables": 3, "the authors' tables": 1, "the 52 largest tables": 2}
    assert groups["mean"].to_numpy() == pytest.approx([0.6, 0.3, 0.4])
    figure = figure_asonn_accuracy.draw_summary(compare_to_reference(means))
    labels = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
    assert labels == ["all tables (3)", "the authors' tables (1)", "the 52 largest tables (2)"]
    assert set(group_means(means[2:])["group"]) == {"all tables"}


def test_ranks_and_their_tests_count_tables_of_the_same_origin_once():
    means = means_of({"asonn_v2": [0.5, 0.8, 0.6], "svm": [0.9, 0.7, 0.5], "xgboost": [0.6, 0.9, np.nan]})
    means["table"] = means["table"].map({"table00": "pmlb/cmc", "table01": "pmlb/contraceptive", "table02": "iris"})
    ranks = rank_tables(means).set_index(["table", "classifier"])
    assert ranks["mean"].to_dict() == pytest.approx(
        {("pmlb/cmc", "asonn_v2"): 0.65, ("iris", "asonn_v2"): 0.6, ("pmlb/cmc", "svm"): 0.8, ("iris", "svm"): 0.5}
        | {("pmlb/cmc", "xgboost"): 0.75, ("iris", "xgboost"): np.nan},
        nan_ok=True,
    )
    assert ranks.loc["pmlb/cmc", "rank"].to_dict() == {"svm": 1, "xgboost": 2, "asonn_v2": 3}
    assert ranks.loc["iris", "rank"].to_dict() == {"asonn_v2": 1, "svm": 2, "xgboost": 3}
    assert set(figure_asonn_ranks.compare(ranks.reset_index())["tables"]) == {2}
    failed = means.assign(mean=means["mean"].where(means["table"] != "pmlb/contraceptive"))
    assert rank_tables(failed).set_index(["table", "classifier"]).loc["pmlb/cmc", "mean"].isna().all()
    compared = compare_to_reference(means)
    figure = figure_asonn_accuracy.draw_summary(compared)
    assert "2 tables of different origins" in figure.legends[0].get_title().get_text()
    assert len(compared) == 9


def test_wilcoxons_test_compares_two_classifiers_whatever_the_others_do():
    a = np.linspace(0.6, 0.9, 12)
    pairs = figure_asonn_ranks.compare(ranked({"a": a + 0.01, "b": a, "c": a}))
    pairs = pairs.set_index(["classifier", "other"])
    assert pairs.loc[("a", "b"), "p_wilcoxon"] == pytest.approx(3 * 2 / 2**12)  # Holm, of twelve positive signs
    assert pairs.loc[("b", "c"), "p_wilcoxon"] == 1
    assert pairs["different_wilcoxon"].tolist() == [True, True, False]
    figure, _ = figure_asonn_ranks.draw(pairs.reset_index())
    assert ["Nemenyi" in axis.get_title() for axis in figure.axes] == [True, False]
    assert "Wilcoxon" in figure.axes[1].get_title()


def test_costs_are_compared_by_table_and_drawn():
    rows = [
        {"table": table, "classifier": name, "split": split, "cost_unknown": 4 + split, "cost_known": 2.0}
        | {"accuracy_unknown": 0.9, "accuracy_known": 0.88}
        for table in "tu"
        for name in ("asonn_v2", "asonn_printed")
        for split in (0, 2)
    ]
    figure, drawn = figure_asonn_costs.draw(figure_asonn_costs.compare(pd.DataFrame(rows)))
    assert len(drawn) == 4
    assert drawn["ratio"].to_numpy() == pytest.approx(2 / 5)
    assert drawn["difference"].to_numpy() == pytest.approx(-2)
    assert names_beside(figure.axes[0]) == ["ASONN as printed", "ASONN v2"]


def many_features(number):
    """An explanation of two samples; the winner's weights fall, the runner-up has a few other features."""
    features = np.concatenate([np.arange(number), np.arange(number - 2, number + 2)])
    role = np.repeat(["winner", "runner-up"], [number, 4])
    weight = (number - features) / number**2 + 0.001 * (role == "runner-up")
    names = [f"feature number {feature}" for feature in features]
    ranges = {"attribute": names, "value": 0.5, "lower": 0.009105, "upper": 0.7, "weight": weight}
    return pd.concat([explained(**ranges, role=role).assign(row=row) for row in (3, 7)])


def test_of_many_features_the_heaviest_are_explained_and_their_number_is_said():
    figure, drawn = figure_asonn_explanation.draw(many_features(30))
    assert drawn.groupby("row")["attribute"].nunique().tolist() == [12, 12]
    assert drawn["attribute"].unique().tolist() == [f"feature number {feature}" for feature in range(12)]
    assert len(figure.axes) == 4
    assert "the 12 heaviest of 32 features" in figure.axes[-1].get_xlabel()
    assert figure.axes[0].get_title(loc="left").startswith("sample 3, of class a:")
    assert figure.get_size_inches()[1] < 14


def test_names_and_ranges_of_thirty_features_do_not_overlap_in_the_network():
    weights = np.linspace(1, 2, 30) / 45
    rules = pd.DataFrame(
        [
            {"combination": k, "class": "ab"[k % 2], "attribute": f"quite a long name {a}", "lower": 0.009105 + k}
            | {"upper": 0.01234 + k, "weight": weights[a], "support": 9 - k}
            for k in range(8)
            for a in range(30)
        ]
    )
    chosen = figure_asonn_network.choose(rules, most_ranges=40)
    assert chosen.groupby("combination").size().tolist() == [8] * 4
    assert chosen["attribute"].nunique() == 8  # the heaviest
    figure, _ = figure_asonn_network.draw(rules, most_ranges=40)
    figure.draw_without_rendering()
    names, ranges = (
        [text.get_window_extent() for text in figure.axes[0].texts if part in text.get_text()]
        for part in ("long", " to ")
    )
    assert max(box.x1 for box in names) < min(box.x0 for box in ranges)
    assert min(box.x0 for box in names) >= 0


def scores_of(accuracies):
    """Accuracies as {classifier: one value a table and split}: two splits of the tables 0, 1, ...; the AUC is 0.1 more,
    and only asonn_v2 has rules, 10 on table 0, 11 on table 1, ..."""
    rows = [
        {
            "table": f"pmlb/{('iris', 'xd6', 'mux6')[place // 2]}", "classifier": classifier, "split": place % 2,
            "accuracy": accuracy, "auc": accuracy + 0.1, "log_loss": np.nan,
            "rules": 10 + place // 2 if classifier == "asonn_v2" else np.nan,
        }
        for classifier, values in accuracies.items()
        for place, accuracy in enumerate(values)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_means_over_tables_count_each_table_once_and_differences_where_neither_failed():
    scores = scores_of(
        {
            "asonn_v2": [0.6, 0.8, 0.5, 0.5, 0.3, 0.3],
            "svm": [0.9, 0.9, np.nan, np.nan, 0.5, np.nan],
            "xgboost": [0.8, 0.8, 0.7, 0.7, 0.4, 0.4],
            "slow": [1.0, 1.0],
        }
    )
    found = compare_means(scores, "xgboost").set_index("classifier")
    assert list(found.index) == ["svm", "xgboost", "asonn_v2", "slow"]
    assert found["tables"].tolist() == [3, 3, 3, 1]
    assert found["failed"].tolist() == [1, 0, 0, 0]
    expected = {  # iris is one of the authors' tables, xd6 one of the 52 largest, mux6 neither
        "all tables": [0.7, 1.9 / 3, 0.5, np.nan],
        "the authors' tables": [0.9, 0.8, 0.7, 1.0],
        "the 52 largest tables": [np.nan, 0.7, 0.5, np.nan],
        "rank": [(1 + 3 + 1) / 3, (2 + 1 + 2) / 3, (3 + 2 + 3) / 3, np.nan],
        "auc": [0.8, 2.2 / 3, 0.6, np.nan],
        "rules": [np.nan, np.nan, 11.0, np.nan],
        "difference": [10.0, np.nan, -100 * 0.4 / 3, 20.0],
        "p_value": [0.5, np.nan, 0.25, 1.0],  # of all signs of two, three and one ranks, as often so far from 0
    }
    for column, values in expected.items():
        np.testing.assert_allclose(found[column], values, err_msg=column)


def test_means_need_no_baseline():
    found = compare_means(scores_of({"asonn_v2": [0.5, 0.7], "svm": [0.9, 0.7]}), "xgboost")
    assert found["classifier"].tolist() == ["svm", "asonn_v2"]
    assert found[["difference", "p_value"]].isna().all(axis=None)
