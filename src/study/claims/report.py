"""The ledger to be read: as text, as a page for a browser, and the list of what it tests."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from study.claims.arms import ARMS, arm_table
from study.claims.claim import PAPER_DATASETS, PAPERS, ROBUSTNESS, Claim
from study.claims.ledger import (
    CLAIMS,
    CONTRADICTED,
    MARKS,
    NO_DATA,
    NOT_CLAIMED,
    NOT_RUN,
    OUTCOMES,
    SIGNIFICANCE,
    SUPPORTED,
    UNDECIDED,
)
from study.plots.labels import dataset_name
from study.results.summary import markdown_table
from study.results.tables import in_order

TEMPLATE = Path(__file__).parents[3] / "workflow/report/claims.html.jinja"

SIGNS = f"""\
Each cell has what the paper states of a data set, how that came out, and our effect with its 95 % interval. Stated is \
the sign of a difference (a ratio: of its logarithm), = for one within a margin, or a bound. {MARKS[SUPPORTED]} \
supported, {MARKS[CONTRADICTED]} contradicted, {MARKS[UNDECIDED]} undecided, {MARKS[NOT_CLAIMED]} measured where the \
paper states nothing."""

EXPLANATION = f"""\
A claim is tested as an effect that must lie in a region, stated with it. *Supported*: the effect lies inside. \
*Contradicted*: it lies outside. *Undecided*: this number of networks or tables cannot tell; the interval says what is \
still possible. *Not claimed*: measured on data of which the paper does not say this. *Not run*: this study lacks what \
the claim needs. On data that the paper does not have, an outcome says how far the claim carries, not whether the \
paper is right.

An outcome needs p < {SIGNIFICANCE:g} after Holm's correction for all tests of the same paper. Intervals are 95 %, \
each for itself."""


class SignCell(NamedTuple):
    """What a paper states of a data set, how that came out, and what was measured; empty where nothing is stated."""

    stated: str = ""
    outcome: str = ""
    measured: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.stated, self.mark, self.measured) if part)

    @property
    def mark(self) -> str:
        return "" if self.outcome in ("", NOT_RUN) else MARKS[self.outcome]


def ledger_text(ledger: pd.DataFrame, arms: Sequence[pd.DataFrame] = ()) -> str:
    """The ledger as Markdown: signs, a summary, then for each paper its claims and how they came out.

    arms : ledgers under other settings, to be shown beside this one.
    """
    datasets, signs = sign_table(ledger)
    lines = ["# Claims", ""]
    if signs:
        rows = [[f"{effect} (`{claim}`)", *map(str, cells)] for claim, effect, cells in signs]
        table = markdown_table(["", *datasets], rows)
        lines += [f"## Signs stated by {ROBUSTNESS}, and ours", "", table, "", SIGNS, ""]
    lines += [
        "## How the claims came out",
        "",
        EXPLANATION,
        "",
        markdown_table(["", *OUTCOMES], outcome_counts(ledger)),
    ]
    header, rows, notes = arm_table(ledger, arms)
    if rows:
        lines += ["", "## Under other settings", "", ARMS, "", markdown_table(header, rows)]
    for paper, title in PAPERS.items():
        rows = ledger[ledger["paper"] == paper]
        lines += ["", f"## {title}"] if len(rows) else []
        for claim in CLAIMS:
            if len(found := rows[rows["claim"] == claim.id]):
                lines += ["", f"**{claim.statement}** ({claim.where}; `{claim.id}`)", ""]
                lines += [f"> {claim.quote}", ""] if claim.quote else []
                lines += [f"Tested: {claim.effect}; {_regions(claim)}.", ""]
                lines += [f"*{claim.caution}*", ""] if claim.caution else []
                if claim.id in notes:
                    lines += [f"[Under other settings](#under-other-settings): {notes[claim.id]}", ""]
                lines.append(_outcomes(claim, found))
    return "\n".join(lines) + "\n"


def ledger_page(ledger: pd.DataFrame, arms: Sequence[pd.DataFrame] = (), template: Path = TEMPLATE) -> str:
    """The ledger as HTML, complete in itself, readable without scripts and filtered with them; arms likewise."""
    header, arm_rows, notes = arm_table(ledger, arms)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    datasets, signs = sign_table(ledger)
    papers = {title: [] for paper, title in PAPERS.items() if paper in set(ledger["paper"])}
    for claim in CLAIMS:
        rows = ledger[ledger["claim"] == claim.id].to_dict("records")
        texts = [
            row | {"on": data_name(claim, row["data"]), "text": effect_text(row), "p_text": p_text(row["p_adjusted"])}
            for row in rows
        ]
        if rows:
            papers[PAPERS[claim.paper]].append((claim, _regions(claim), texts))
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        marks=MARKS,
        not_run=NOT_RUN,
        paper=ROBUSTNESS,
        explanation=[
            Markup(re.sub(r"\*(.+?)\*", r"<em>\1</em>", str(escape(text)))) for text in EXPLANATION.split("\n\n")
        ],
        datasets=datasets,
        signs=signs,
        sign_explanation=SIGNS,
        counts=outcome_counts(ledger),
        papers=papers,
        arm_explanation=ARMS,
        arm_header=header,
        arm_rows=arm_rows,
        arm_notes=notes,
    )


def claims_text() -> str:
    """What is claimed where, and how it is tested: one Markdown table a paper."""
    lines = []
    for paper, title in PAPERS.items():
        rows = [
            [f"`{claim.id}`", claim.where, claim.quote, claim.statement, claim.effect, _regions(claim), claim.caution]
            for claim in CLAIMS
            if claim.paper == paper
        ]
        header = ["claim", "where", "source", "statement", "measured", "holds if it is", "caution"]
        lines += [f"### {title}", "", markdown_table(header, rows), ""]
    return "\n".join(lines)


def sign_table(ledger: pd.DataFrame) -> tuple[list[str], list[tuple[str, str, list[SignCell]]]]:
    """Names of the image sets; for each claim of Sulyok et al. its name, what is measured, and a cell an image set."""
    image_sets = _image_sets(ledger)
    rows = ledger[(ledger["paper"] == ROBUSTNESS) & ledger["data"].isin(image_sets)]
    cells = {(row["claim"], row["data"]): _sign_cell(row) for row in rows.to_dict("records")}
    effects = dict(zip(rows["claim"], rows["measured"], strict=True))
    return list(map(dataset_name, image_sets)), [
        (claim, effect, [cells.get((claim, data), SignCell()) for data in image_sets])
        for claim, effect in effects.items()
    ]


def _image_sets(ledger: pd.DataFrame) -> list[str]:
    """The paper's, then others."""
    by_set = ~ledger["claim"].isin([claim.id for claim in CLAIMS if claim.over])
    return in_order(pd.Series([*PAPER_DATASETS, *ledger.loc[by_set & (ledger["paper"] == ROBUSTNESS), "data"]]))


def _sign_cell(row: dict) -> SignCell:
    if row["outcome"] == NOT_RUN:
        measured = "not run: data" if row["needs"].startswith(NO_DATA) else "not run"
    else:
        measured = _interval(row, digits=2)
    return SignCell(row["sign"] if isinstance(row["sign"], str) else "", row["outcome"], measured)


def outcome_counts(ledger: pd.DataFrame) -> list[list[str]]:
    """How many claims of each paper came out how: one row a paper, its name and a number for each of `OUTCOMES`."""
    counts = pd.crosstab(ledger["paper"], ledger["outcome"]).reindex(columns=OUTCOMES, fill_value=0)
    return [[paper, *map(str, counts.loc[paper])] for paper in PAPERS if paper in counts.index]


def _outcomes(claim: Claim, rows: pd.DataFrame) -> str:
    """The outcomes of one claim; what was not run as plain sentences."""
    was_run = rows["outcome"] != NOT_RUN
    tested = [
        [
            data_name(claim, row["data"]),
            str(claim.region_on(row["data"]) or ""),
            f"**{row['outcome']}**",
            effect_text(row),
            row["sample"],
            p_text(row["p_adjusted"]),
        ]
        for row in rows[was_run].to_dict("records")
    ]
    header = ["on", "claimed", "outcome", "effect [95 % interval]", "sample", "adjusted p"]
    missing = [
        f"- {', '.join(map(dataset_name, data))}: **{NOT_RUN}**, {needs}"
        for needs, data in rows[~was_run].groupby("needs", sort=False)["data"]
    ]
    parts = ([markdown_table(header, tested)] if tested else []) + (["\n".join(missing)] if missing else [])
    return "\n\n".join(parts)


def data_name(claim: Claim, name: str) -> str:
    """The data of an outcome, marked where they are not among the paper's own."""
    foreign = claim.paper == ROBUSTNESS and not claim.over and name not in PAPER_DATASETS
    return dataset_name(name) + (" (not in the paper)" if foreign else "")


def effect_text(row: dict) -> str:
    """`0.0139 [-0.226, 0.254] (random)`: effect, interval, and the case that decided where there are several."""
    return _interval(row) + (f" ({row['case']})" if isinstance(row["case"], str) else "")


def _interval(row: dict, digits: int = 3) -> str:
    effect, lower, upper = (f"{row[name]:.{digits}g}" for name in ("effect", "lower", "upper"))
    return f"{effect} [{lower}, {upper}]".replace("inf", "∞")


def p_text(value: float) -> str:
    """`0.034`; very small ones as `< 0.0001`; nothing where there is no test."""
    return "" if pd.isna(value) else f"{value:.2g}" if value >= 0.0001 else "< 0.0001"


def _regions(claim: Claim) -> str:
    """`above 0`, or `above 0 (MNIST, KMNIST), below 0 (EMNIST letters)`, or `above 0 (all but KMNIST)`."""
    named = {}
    for dataset, region in claim.on.items():
        named.setdefault(str(region or ""), []).append(dataset_name(dataset))
    without = named.pop("", [])
    others = [f"{claim.region}" + (f" (all but {', '.join(without)})" if without else "")] if claim.region else []
    return ", ".join(others + [f"{region} ({', '.join(datasets)})" for region, datasets in named.items()])
