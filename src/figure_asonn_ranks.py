"""Draws a critical-difference diagram: mean ranks over many tables, and which of them the tables cannot tell apart."""

from argparse import ArgumentParser
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scikit_posthocs import critical_difference_diagram, posthoc_nemenyi_friedman

from study.errors import StudyError
from study.plots.labels import classifier_name
from study.plots.style import TWO_COLUMNS
from study.results.classifier_scores import colour, is_asonn, rank_tables, table_means
from study.results.summary import count_phrase
from study.results.tables import read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

SCORES = ["table", "classifier", "split", "accuracy"]
SIGNIFICANCE = 0.05
FEWEST_TABLES = 5  # the Friedman statistics behind the test are approximations for many tables


def compare(ranks: pd.DataFrame) -> pd.DataFrame:
    """Every pair of classifiers, the better one first: classifier, other, rank, other_rank, tables, p_value, different.

    Ranks are means over tables. p_value is Nemenyi's, after Friedman (Demšar, J. Mach. Learn. Res. 7, 2006), which
    compares all pairs at once; empty where the tables are too few. A method that failed on a table is last there.
    """
    if ranks["classifier"].nunique() < 2:
        raise StudyError("Ranks need scores of two classifiers or more.")
    mean_ranks = ranks.groupby("classifier")["rank"].mean().sort_values(kind="stable")
    pairs = pd.DataFrame(combinations(mean_ranks.index, 2), columns=["classifier", "other"])
    pairs["rank"] = pairs["classifier"].map(mean_ranks)
    pairs["other_rank"] = pairs["other"].map(mean_ranks)
    pairs["tables"] = ranks["table"].nunique()
    pairs["p_value"] = np.nan
    if ranks["table"].nunique() >= FEWEST_TABLES:
        p_values = posthoc_nemenyi_friedman(ranks.pivot(index="table", columns="classifier", values="rank"))
        pairs["p_value"] = [p_values.loc[pair] for pair in zip(pairs["classifier"], pairs["other"], strict=True)]
    pairs["different"] = pairs["p_value"] < SIGNIFICANCE
    return pairs


def draw(pairs: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Mean ranks on one axis, a bar joins classifiers of which no pair differs significantly; and the pairs."""
    ranks = pd.concat([pairs.set_index("classifier")["rank"], pairs.set_index("other")["other_rank"]])
    ranks = ranks[~ranks.index.duplicated()].rename(classifier_name)
    tested = pairs["p_value"].notna().all()
    significance = pd.DataFrame(1.0 if tested else 0.0, index=ranks.index, columns=ranks.index)  # 0: no bars
    if tested:
        for pair in pairs.itertuples():
            a, b = classifier_name(pair.classifier), classifier_name(pair.other)
            significance.loc[a, b] = significance.loc[b, a] = pair.p_value
    figure = Figure(figsize=(TWO_COLUMNS, 1.0 + 0.19 * len(ranks)), layout="constrained")
    axis = figure.subplots()
    names = {classifier_name(name): name for name in (*pairs["classifier"], *pairs["other"])}
    artists = critical_difference_diagram(
        ranks,
        significance,
        ax=axis,
        alpha=SIGNIFICANCE,
        label_fmt_left="{label}  {rank:.1f} ",
        label_fmt_right=" {rank:.1f}  {label}",
        label_props={"fontsize": 8},
        color_palette={label: colour(name) for label, name in names.items()},
        crossbar_props={"color": "0.25", "linewidth": 2.5, "solid_capstyle": "butt"},
        marker_props={"s": 14},
        elbow_props={"linewidth": 0.8},
        text_h_margin=0.25,
    )
    for text in artists["labels"]:
        if any(is_asonn(names[label]) and label in text.get_text() for label in names):
            text.set_weight("bold")
    axis.spines["top"].set_visible(True)  # where the marks stand
    tables = count_phrase(pairs["tables"], "table")
    verdict = "bars join what they cannot tell apart" if tested else "too few to tell classifiers apart"
    axis.set_title(f"mean rank of accuracy over {tables} (1 is best); {verdict}", pad=12)
    return figure, pairs


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    add_tables(parser, "scores of two classifiers or more", SCORES, "no importance")
    draw_figure(
        parser,
        arguments,
        __file__,
        lambda options: draw(compare(rank_tables(table_means(read_results(options.tables, SCORES))))),
    )


if __name__ == "__main__":
    run(main)
