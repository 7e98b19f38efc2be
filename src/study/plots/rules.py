"""How a regrowth rule looks, the same in every figure, and curves that compare rules."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.plots.labels import rule_name


class RuleStyle(NamedTuple):
    """A colour; a marker and dashes, which tell rules apart without colour. Dashes are on, off, ... in line widths."""

    colour: str
    marker: str
    dashes: tuple[float, ...] | str = ""


# Colours of Okabe and Ito, apart for all common colour-vision deficiencies.
RULE_STYLES = {
    "ch3l3": RuleStyle("#0072B2", "o"),
    "random": RuleStyle("#D55E00", "s"),
    "paths": RuleStyle("#009E73", "^", (4, 1.5)),
    "static": RuleStyle("#595959", "D", (1, 1)),
}
OTHER_STYLES = (
    RuleStyle("#CC79A7", "v", (5, 1.5, 1, 1.5)),
    RuleStyle("#E69F00", "P", (3, 1, 1, 1, 1, 1)),
    RuleStyle("#56B4E9", "X", (2, 1)),
    RuleStyle("#8C510A", "<", (6, 2)),
    RuleStyle("#762A83", ">", (1, 2)),
)


def rule_styles(rules: Iterable[str]) -> dict[str, RuleStyle]:
    """The style of each rule, in the order of the rules.

    The rules of the study always look the same. Others take further styles in alphabetical order, so that
    figures of the same rules agree with each other.
    """
    rules = list(dict.fromkeys(rules))
    others = sorted(set(rules) - set(RULE_STYLES))
    styles = RULE_STYLES | {rule: OTHER_STYLES[index % len(OTHER_STYLES)] for index, rule in enumerate(others)}
    return {rule: styles[rule] for rule in rules}


def draw_bands(axis: Axes, bands: pd.DataFrame, x: str, *, markers: bool = False) -> None:
    """A line (column `median`) and a band (`lower` to `upper`) over `x` for each value of the column `rule`."""
    styles = rule_styles(bands["rule"])
    for rule, curve in bands.groupby("rule", sort=False):
        axis.fill_between(curve[x], curve["lower"], curve["upper"], color=styles[rule].colour, alpha=0.2, linewidth=0)
    seaborn.lineplot(
        bands,
        x=x,
        y="median",
        hue="rule",
        style="rule",
        palette={rule: style.colour for rule, style in styles.items()},
        dashes={rule: style.dashes for rule, style in styles.items()},
        markers={rule: style.marker for rule, style in styles.items()} if markers else False,
        estimator=None,
        legend=False,
        ax=axis,
    )
    axis.set(xlabel="", ylabel="")


def rule_legend(figure: Figure, rules: Iterable[str], note: str, *, markers: bool = False, lines: bool = True) -> None:
    """One legend for the whole figure, above the panels; `note` says what line and band are, and of how many."""
    handles = [
        Line2D(
            [],
            [],
            color=style.colour,
            linestyle=((0, style.dashes) if style.dashes else "-") if lines else "",
            marker=style.marker if markers or not lines else None,
            markeredgecolor="white",
            markeredgewidth=0.3,
            label=rule_name(rule),
        )
        for rule, style in rule_styles(rules).items()
    ]
    figure.legend(
        handles=handles,
        loc="outside upper center",
        ncols=len(handles),
        title=f"Regrowth rule; {note}",
        handlelength=2.6,
    )
