"""Draws an explanation by ASONN of one test sample: the ranges of the combination that won, and of the runner-up."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from study.plots.style import panels
from study.provenance.record import Input
from study.results.tables import in_order, read_result
from study.scripts.figure import draw_figure
from study.scripts.run import run

COLUMNS = [
    "row", "true_class", "role", "class", "score", "attribute", "value", "lower", "upper", "membership", "weight",
    "contribution", "attribute_lower", "attribute_upper",
]  # fmt: skip
COLOURS = {"winner": "#D55E00", "runner-up": "#0072B2"}
OFFSETS = {"winner": -0.17, "runner-up": 0.17}
THICKNESS = 0.28
THINNEST = 0.006  # of an axis, so that a range of one value can be seen


def draw(table: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """Left: ranges and the sample's value of each feature, from its smallest to its largest training value. Right: what
    each range adds to the score, inside the outline of its weight, which it would add at most."""
    attributes = in_order(table["attribute"])
    figure, ((left, right),) = panels(1, 2, panel_height=0.5 + 0.42 * len(attributes), sharey=True)
    for line in table.itertuples():
        height = attributes.index(line.attribute) + OFFSETS[line.role]
        _draw_range(left, line, height)
        shade = COLOURS[line.role]
        right.barh(height, line.contribution, THICKNESS, color=shade, alpha=0.75, linewidth=0)
        right.barh(height, line.weight, THICKNESS, facecolor="none", edgecolor=shade, linewidth=0.8)
    for height, attribute in enumerate(attributes):
        _draw_value(left, table[table["attribute"] == attribute].iloc[0], height)
    left.set_yticks(range(len(attributes)), [f"{name}".replace("_", " ") for name in attributes])
    left.set_ylim(len(attributes) - 0.4, -0.6)
    left.tick_params(axis="y", length=0)
    right.tick_params(axis="y", length=0)
    left.set_xlim(-0.03, 1.03)
    left.set_xticks([0, 1], ["smallest", "largest"])
    left.get_xticklabels()[1].set_horizontalalignment("right")
    left.set_xlabel("value, within the training range")
    right.set_xlabel("contribution to the score")
    _legend(figure, table)
    return figure, table


def _draw_range(axis: Axes, line: tuple, height: float) -> None:
    span = (line.attribute_upper - line.attribute_lower) or 1.0
    start, end = ((bound - line.attribute_lower) / span for bound in (line.lower, line.upper))
    shade = COLOURS[line.role]
    axis.barh(
        height, max(end - start, THINNEST), THICKNESS, left=start, color=shade, alpha=0.35, edgecolor=shade,
        linewidth=0.8,
    )  # fmt: skip
    text = f"{line.lower:.4g}" if line.lower == line.upper else f"{line.lower:.4g} to {line.upper:.4g}"
    if end - start > 0.36:  # of the axis: room for the text, away from the row's value
        value = (line.value - line.attribute_lower) / span
        before = value < (start + end) / 2
        x = end - 0.012 if before else start + 0.012
    else:
        before = start > 0.5
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
    handles = [Line2D([], [], color="black", linewidth=1.3, label="the sample")]
    for role in in_order(table["role"]):
        first = table[table["role"] == role].iloc[0]
        handles.append(
            Patch(color=COLOURS[role], alpha=0.6, label=f"{role} {first['class']}: score {first['score']:.3f}")
        )
    handles.append(Patch(facecolor="none", edgecolor="0.4", label="outline: weight"))
    row = table.iloc[0]
    figure.legend(
        handles=handles, loc="outside upper center", ncols=len(handles), columnspacing=1.4,
        title=f"test sample {row['row']}, of class {row['true_class']}: the hardest to decide",
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("explanation", type=Input, metavar="EXPLANATION", help="one row a range, of one test row")
    draw_figure(parser, arguments, __file__, lambda options: draw(read_result(options.explanation, COLUMNS)))


if __name__ == "__main__":
    run(main)
