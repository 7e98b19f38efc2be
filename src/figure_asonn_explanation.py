"""Draws how ASONN classifies samples: for each one the ranges of the combination that won, and of the runner-up."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from study.plots.style import panels
from study.provenance.record import Input
from study.results.tables import in_order, read_result
from study.scripts.arguments import positive_integer
from study.scripts.figure import draw_figure
from study.scripts.run import run

COLUMNS = [
    "row", "true_class", "role", "class", "score", "attribute", "value", "lower", "upper", "membership", "weight",
    "contribution", "attribute_lower", "attribute_upper",
]  # fmt: skip
COLOURS = {"winner": "#D55E00", "runner-up": "#0072B2"}
OFFSETS = {"winner": -0.17, "runner-up": 0.17}
THICKNESS = 0.28
MOST_FEATURES = 12
THINNEST = 0.006  # of an axis, so that a range of one value can be seen
WIDEST_TEXT = 0.19  # of an axis, that the bounds of a range may need


def choose(table: pd.DataFrame, most_features: int) -> pd.DataFrame:
    """The ranges of the features with the largest weights in either combination of a sample; their order is kept."""
    weights = table.groupby("attribute", sort=False)["weight"].max()
    heaviest = weights.sort_values(ascending=False, kind="stable").index[:most_features]
    return table[table["attribute"].isin(heaviest)]


def draw(table: pd.DataFrame, most_features: int = MOST_FEATURES) -> tuple[Figure, pd.DataFrame]:
    """Of each sample, on the left: ranges and its value of each feature, from the smallest to the largest training
    value. Right: what each range adds to the score, inside the outline of its weight, which it would add at most."""
    samples = [choose(table[table["row"] == row], most_features) for row in in_order(table["row"])]
    most = max(sample["attribute"].nunique() for sample in samples)
    figure, axes = panels(len(samples), 2, panel_height=0.7 + 0.42 * most, sharey="row")
    for (left, right), sample in zip(axes, samples, strict=True):
        _draw_sample(left, right, sample)
        whole = table[table["row"] == sample["row"].iloc[0]]
        left.set_title(_title(whole), loc="left")
        shown, there = sample["attribute"].nunique(), whole["attribute"].nunique()
        right.set_xlabel(f"the {shown} heaviest of {there} features" if shown < there else "")
    axes[-1][0].set_xlabel("value, within the training range")
    axes[-1][1].set_xlabel(f"contribution to the score\n{axes[-1][1].get_xlabel()}".strip())
    _legend(figure, table)
    return figure, pd.concat(samples)


def _draw_sample(left: Axes, right: Axes, table: pd.DataFrame) -> None:
    attributes = in_order(table["attribute"])
    for line in table.itertuples():
        height = attributes.index(line.attribute) + OFFSETS[line.role]
        _draw_range(left, line, height)
        shade = COLOURS[line.role]
        right.barh(height, line.contribution, THICKNESS, color=shade, alpha=0.75, linewidth=0)
        right.barh(height, line.weight, THICKNESS, facecolor="none", edgecolor=shade, linewidth=0.8)
    for height, attribute in enumerate(attributes):
        _draw_value(left, table[table["attribute"] == attribute].iloc[0], height)
    left.set_yticks(range(len(attributes)), [f"{name}".replace("_", " ") for name in attributes])
    left.set_ylim(len(attributes) - 0.4, -0.7)
    left.tick_params(axis="y", length=0)
    right.tick_params(axis="y", length=0)
    left.set_xlim(-0.03, 1.03)
    left.set_xticks([0, 1], ["smallest", "largest"])
    left.get_xticklabels()[1].set_horizontalalignment("right")


def _title(table: pd.DataFrame) -> str:
    """The sample, its class, and the scores."""
    first = table.iloc[0]
    scores = table.drop_duplicates("role").itertuples()
    text = f"sample {first['row']}, of class {first['true_class']}:  "
    return text + ", ".join(f"{line.role} {line[4]} {line.score:.3f}" for line in scores)


def _draw_range(axis: Axes, line: tuple, height: float) -> None:
    span = (line.attribute_upper - line.attribute_lower) or 1.0
    start, end = ((bound - line.attribute_lower) / span for bound in (line.lower, line.upper))
    shade = COLOURS[line.role]
    axis.barh(
        height, max(end - start, THINNEST), THICKNESS, left=start, color=shade, alpha=0.35, edgecolor=shade,
        linewidth=0.8,
    )  # fmt: skip
    text = f"{line.lower:.4g}" if line.lower == line.upper else f"{line.lower:.4g} to {line.upper:.4g}"
    value = (line.value - line.attribute_lower) / span
    outside = not start <= value <= end  # a missing value, too
    if end - start > (WIDEST_TEXT if outside else 2 * WIDEST_TEXT):  # room for the text within, away from the value
        before = value < (start + end) / 2
        x = end - 0.012 if before else start + 0.012
    else:
        free_before = start > WIDEST_TEXT and not start - WIDEST_TEXT < value < start
        free_after = end < 1 - WIDEST_TEXT and not end < value < end + WIDEST_TEXT
        before = free_before if free_before != free_after else start > 0.5
        if not free_before and not free_after:  # beyond the line of the value, which is near
            start = end = value
        x = start - 0.015 if before else end + 0.015
    axis.text(x, height, text, ha="right" if before else "left", va="center_baseline", fontsize=6)


def _draw_value(axis: Axes, line: pd.Series, height: float) -> None:
    """The row's value as a line across both ranges; a missing one has none."""
    if pd.isna(line["value"]):
        return
    place = (line["value"] - line["attribute_lower"]) / ((line["attribute_upper"] - line["attribute_lower"]) or 1.0)
    place = min(max(place, -0.02), 1.02)  # beyond all training values: at the edge
    axis.plot([place, place], [height - 0.38, height + 0.36], color="black", linewidth=1.3, zorder=4)
    axis.text(place, height - 0.4, f"{line['value']:.4g}", ha="center", va="bottom", fontsize=6.5, weight="bold")


def _legend(figure: Figure, table: pd.DataFrame) -> None:
    handles = [
        Line2D([], [], color="black", linewidth=1.3, label="the sample"),
        *(Patch(color=COLOURS[role], alpha=0.6, label=role) for role in in_order(table["role"])),
        Patch(facecolor="none", edgecolor="0.4", label="outline: weight"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), columnspacing=1.4)


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("explanation", type=Input, metavar="EXPLANATION", help="one row a range, of one sample or more")
    parser.add_argument(
        "--most-features", type=positive_integer, default=MOST_FEATURES,
        help=f"most features that are drawn of a sample, the heaviest (default: {MOST_FEATURES})",
    )  # fmt: skip
    draw_figure(
        parser,
        arguments,
        __file__,
        lambda options: draw(read_result(options.explanation, COLUMNS), options.most_features),
    )


if __name__ == "__main__":
    run(main)
