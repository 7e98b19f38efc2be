"""How regrowth rules and perturbations look, the same in every figure, and curves that compare rules."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.plots.labels import rule_name
from study.results.summary import count_phrase


class Style(NamedTuple):
    """A colour; a marker and dashes, which tell curves apart without colour. Dashes are on, off, ... in line widths."""

    colour: str
    marker: str
    dashes: tuple[float, ...] | str = ""


# Colours of Okabe and Ito, apart for all common colour-vision deficiencies.
RULE_STYLES = {
    "ch3l3": Style("#0072B2", "o"),
    "random": Style("#D55E00", "s"),
    "paths": Style("#E69F00", "^", (4, 1.5)),
    "static": Style("#000000", "D", (1, 1)),
    "narrow_dense": Style("#7F7F7F", "h", (4, 1, 1, 1)),
    "dense": Style("#AA4499", "*", (2, 1)),
}
# Figs. 4 and 5 of Sulyok et al. have these hues: green, grey and red; purple and light blue. None is that of a rule.
PERTURBATION_STYLES = {
    "random_pruning": Style("#009E73", "o"),
    "weight_order": Style("#7F7F7F", "s"),
    "reverse_weight_order": Style("#882255", "^"),
    "weight_shuffling": Style("#762A83", "D"),
    "weight_noise": Style("#56B4E9", "v"),
}
WIDEST_LEGEND = 6  # rules that fit in one line above two columns of a journal
OTHER_STYLES = (
    Style("#CC79A7", "v", (5, 1.5, 1, 1.5)),
    Style("#999933", "P", (3, 1, 1, 1, 1, 1)),
    Style("#44AA99", "X", (2, 1)),
    Style("#8C510A", "<", (6, 2)),
    Style("#332288", ">", (1, 2)),
)


def rule_styles(rules: Iterable[str]) -> dict[str, Style]:
    """The style of each rule, in the order of the rules."""
    return _styles(rules, RULE_STYLES)


def perturbation_styles(perturbations: Iterable[str]) -> dict[str, Style]:
    """The style of each perturbation, in the order of the perturbations."""
    return _styles(perturbations, PERTURBATION_STYLES)


def _styles(names: Iterable[str], known: dict[str, Style]) -> dict[str, Style]:
    """Those of the study always look the same. Others take further styles in alphabetical order, so that figures of
    the same names agree with each other."""
    names = list(dict.fromkeys(names))
    others = sorted(set(names) - set(known))
    styles = known | {name: OTHER_STYLES[index % len(OTHER_STYLES)] for index, name in enumerate(others)}
    return {name: styles[name] for name in names}


def draw_bands(axis: Axes, bands: pd.DataFrame, x: str, y: str = "median", *, markers: bool = False) -> None:
    """A line (column `y`) and a band (`lower` to `upper`) over `x` for each value of `rule`, the first on top."""
    styles = rule_styles(bands["rule"])
    below_first = list(reversed(styles))
    for rule in below_first:
        curve = bands[bands["rule"] == rule]
        axis.fill_between(curve[x], curve["lower"], curve["upper"], color=styles[rule].colour, alpha=0.2, linewidth=0)
    seaborn.lineplot(
        bands,
        x=x,
        y=y,
        hue="rule",
        style="rule",
        hue_order=below_first,
        style_order=below_first,
        palette={rule: style.colour for rule, style in styles.items()},
        dashes={rule: style.dashes for rule, style in styles.items()},
        markers={rule: style.marker for rule, style in styles.items()} if markers else False,
        estimator=None,
        legend=False,
        ax=axis,
    )
    axis.set(xlabel="", ylabel="")


def networks_phrase(table: pd.DataFrame) -> str:
    """`10 networks`, or `32 networks (CH3-L3, random), 10 (static)` where rules differ: columns rule and networks."""
    counts = table.groupby("rule", sort=False)["networks"]
    if counts.nunique().max() > 1 or table["networks"].nunique() == 1:
        return count_phrase(table["networks"], "network")
    rules: dict[int, list[str]] = {}
    for rule, count in counts.first().items():
        rules.setdefault(count, []).append(rule_name(rule))
    (count, names), *others = rules.items()
    first = f"{count_phrase(pd.Series([count]), 'network')} ({', '.join(names)})"
    return ", ".join([first, *(f"{count} ({', '.join(names)})" for count, names in others)])


def rule_legend(
    figure: Figure,
    rules: Iterable[str],
    note: str,
    *,
    title: str = "Regrowth rule",
    markers: bool = False,
    lines: bool = True,
    markersize: float | None = None,
) -> None:
    """One legend for the whole figure, above the panels; `note` says what line and band are, and of how many."""
    edge = {"markersize": markersize, "markeredgecolor": "white", "markeredgewidth": 0.3}
    handles = []
    for rule, style in rule_styles(rules).items():
        marker = style.marker if markers or not lines else None
        line = ((0, style.dashes) if style.dashes else "-") if lines else ""
        handles.append(Line2D([], [], color=style.colour, linestyle=line, marker=marker, label=rule_name(rule), **edge))
    figure.legend(
        handles=handles,
        loc="outside upper center",
        ncols=len(handles) if len(handles) <= WIDEST_LEGEND else -(-len(handles) // 2),
        title=f"{title}; {note}",
        handlelength=2.6,
    )
