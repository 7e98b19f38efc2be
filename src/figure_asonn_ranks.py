"""Draws a critical-difference diagram: mean ranks over many tables, and which of them the tables cannot tell apart."""

from argparse import ArgumentParser
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scikit_posthocs import critical_difference_diagram, posthoc_nemenyi_friedman
from statsmodels.stats.multitest import multipletests

from study.errors import StudyError
from study.plots.labels import classifier_name
from study.plots.style import TWO_COLUMNS
from study.results.classifier_scores import colour, is_asonn, rank_tables, signed_rank_p, table_means
from study.results.summary import count_phrase
from study.results.tables import read_results
from study.scripts.figure import add_tables, draw_figure
from study.scripts.run import run

SCORES = ["table", "classifier", "split", "accuracy"]
SIGNIFICANCE = 0.05
TESTS = {"p_value": "Nemenyi's test", "p_wilcoxon": "Wilcoxon's test, corrected by Holm"}
FEWEST_TABLES = 5  # the Friedman statistics behind the test are approximations for many tables


def compare(ranks: pd.DataFrame) -> pd.DataFrame:
    """Every pair of classifiers, the better one first: classifier, other, rank, other_rank, tables, p_value, different,
    p_wilcoxon, different_wilcoxon.

    Ranks are means over tables, those of the same origin as one (`rank_tables`). p_value is Nemenyi's, after Friedman
    (Demšar, J. Mach. Learn. Res. 7, 2006), which compares all pairs at once, so that it depends on which others take
    part. p_wilcoxon is of the signed-rank test of the two alone, corrected by Holm for all pairs (Benavoli, Corani,
    Mangili, same journal 17, 2016). Both are empty where the tables are too few. A method that failed on a table is
    last there; one not run on all is left out.
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
    pairs["p_wilcoxon"] = np.nan
    if pairs["p_value"].notna().all():
        means = ranks.pivot(index="table", columns="classifier", values="mean")
        names = zip(pairs["classifier"], pairs["other"], strict=True)
        p_values = [signed_rank_p(means[better] - means[other]) for better, other in names]
        pairs["p_wilcoxon"] = multipletests(p_values, method="holm")[1]
    pairs["different_wilcoxon"] = pairs["p_wilcoxon"] < SIGNIFICANCE
    return pairs


def draw(pairs: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Mean ranks on one axis a test, a bar joins classifiers of which no pair differs significantly; and the pairs."""
    ranks = pd.concat([pairs.set_index("classifier")["rank"], pairs.set_index("other")["other_rank"]])
    ranks = ranks[~ranks.index.duplicated()]
    tested = pairs["p_value"].notna().all()
    tests = TESTS if tested else {"p_value": "too few to tell classifiers apart"}
    figure = Figure(figsize=(TWO_COLUMNS, len(tests) * (1.0 + 0.19 * len(ranks))), layout="constrained")
    tables = f"{count_phrase(pairs['tables'], 'table')} of different origins"
    for axis, (column, test) in zip(figure.subplots(len(tests), squeeze=False).flat, tests.items(), strict=True):
        _draw_diagram(axis, ranks, pairs if tested else None, column)
        verdict = f"bars join what they cannot tell apart: {test}" if tested else test
        axis.set_title(f"mean rank of accuracy over {tables} (1 is best)\n{verdict}", pad=12)
    return figure, pairs


def _draw_diagram(axis: Axes, ranks: pd.Series, pairs: pd.DataFrame | None, column: str) -> None:
    """Ranks by name of classifier; bars by the p values in a column of the pairs, if there are any.

    To the library, classifiers are numbers: it orders bars by the hashes of names, which differ between processes.
    """
    names = list(ranks.index)
    number = {name: index for index, name in enumerate(names)}
    significance = pd.DataFrame(0.0 if pairs is None else 1.0, index=range(len(names)), columns=range(len(names)))
    for pair in () if pairs is None else pairs.to_dict("records"):  # 0: no bars
        a, b = number[pair["classifier"]], number[pair["other"]]
        significance.loc[a, b] = significance.loc[b, a] = pair[column]
    artists = critical_difference_diagram(
        ranks.reset_index(drop=True),
        significance,
        ax=axis,
        alpha=SIGNIFICANCE,
        label_fmt_left="{label}",
        label_fmt_right="{label}",
        label_props={"fontsize": 8},
        color_palette={index: colour(name) for index, name in enumerate(names)},
        crossbar_props={"color": "0.25", "linewidth": 2.5, "solid_capstyle": "butt"},
        marker_props={"s": 14},
        elbow_props={"linewidth": 0.8},
        text_h_margin=0.25,
    )
    for text in artists["labels"]:
        name = names[int(text.get_text())]
        label, rank = classifier_name(name), f"{ranks[name]:.1f}"
        text.set_text(f"{label}  {rank} " if text.get_horizontalalignment() == "right" else f" {rank}  {label}")
        if is_asonn(name):
            text.set_weight("bold")
    axis.spines["top"].set_visible(True)  # where the marks stand


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
