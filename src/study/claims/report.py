"""The ledger as text to be read, and the list of what it tests."""

from collections.abc import Iterable

import pandas as pd

from study.claims.claim import PAPER_DATASETS, PAPERS, ROBUSTNESS, Claim
from study.claims.ledger import CLAIMS, NOT_RUN, OUTCOMES, SIGNIFICANCE
from study.plots.labels import dataset_name, rule_name

EXPLANATION = f"""\
A claim is tested as an effect that must lie in a region, stated with it. *Supported*: the effect lies inside. \
*Contradicted*: it lies outside. *Undecided*: this number of networks or tables cannot tell; the interval says what is \
still possible. *Not run*: this study lacks what the claim needs. On data that the paper does not have, an outcome \
says how far the claim carries, not whether the paper is right.

An outcome needs p < {SIGNIFICANCE:g} after Holm's correction for all tests of the same paper. Intervals are 95 %, \
each for itself."""


def ledger_text(ledger: pd.DataFrame, claims: Iterable[Claim] = CLAIMS) -> str:
    """The ledger as Markdown: a summary, then for each paper its claims and how they came out."""
    lines = ["# Claims", "", EXPLANATION, "", _table(["", *OUTCOMES], outcome_counts(ledger))]
    for paper, title in PAPERS.items():
        rows = ledger[ledger["paper"] == paper]
        if rows.empty:
            continue
        lines += ["", f"## {title}"]
        for claim in claims:
            found = rows[rows["claim"] == claim.id]
            if found.empty:
                continue
            lines += ["", f"**{claim.statement}** ({claim.where}; `{claim.id}`)", ""]
            if claim.region:
                lines += [f"Tested: {claim.effect}; {claim.region}.", ""]
            lines.append(_outcomes(claim, found))
    return "\n".join(lines) + "\n"


def claims_text(claims: Iterable[Claim] = CLAIMS) -> str:
    """What is claimed where, and how it is tested: one Markdown table a paper."""
    lines = []
    for paper, title in PAPERS.items():
        header = ["claim", "where", "statement", "measured", "holds if it is", "on"]
        rows = [
            [f"`{claim.id}`", claim.where, claim.statement, claim.effect, claim.region or "(no test)", _on(claim)]
            for claim in claims
            if claim.paper == paper
        ]
        lines += [f"### {title}", "", _table(header, rows), ""]
    return "\n".join(lines)


def outcome_counts(ledger: pd.DataFrame) -> list[list[str]]:
    """How many claims of each paper came out how: one row a paper, its name and a number for each of `OUTCOMES`."""
    counts = pd.crosstab(ledger["paper"], ledger["outcome"]).reindex(columns=OUTCOMES, fill_value=0)
    return [[paper, *map(str, counts.loc[paper])] for paper in PAPERS if paper in counts.index]


def _outcomes(claim: Claim, rows: pd.DataFrame) -> str:
    """The outcomes of one claim; what was not run as plain sentences."""
    tested = [
        [
            data_name(claim, row["data"]),
            f"**{row['outcome']}**",
            effect_text(row),
            row["sample"],
            p_text(row["p_adjusted"]),
        ]
        for row in rows.to_dict("records")
        if row["outcome"] != NOT_RUN
    ]
    header = ["on", "outcome", "effect [95 % interval]", "sample", "adjusted p"]
    missing = [
        f"- {dataset_name(row['data'])}: **{NOT_RUN}**, {row['needs']}"
        for row in rows.to_dict("records")
        if row["outcome"] == NOT_RUN
    ]
    parts = ([_table(header, tested)] if tested else []) + (["\n".join(missing)] if missing else [])
    return "\n\n".join(parts)


def data_name(claim: Claim, name: str) -> str:
    """The data of an outcome, marked where they are not among the paper's own."""
    foreign = claim.paper == ROBUSTNESS and not claim.over and name not in PAPER_DATASETS
    return dataset_name(name) + (" (not in the paper)" if foreign else "")


def effect_text(row: dict) -> str:
    """`0.0139 [-0.226, 0.254] (random)`: effect, interval, and the rule that decided where there are several."""
    interval = f"[{row['lower']:.3g}, {row['upper']:.3g}]".replace("inf", "∞")
    rule = f" ({rule_name(row['rule'])})" if isinstance(row["rule"], str) else ""
    return f"{row['effect']:.3g} {interval}{rule}"


def p_text(value: float) -> str:
    """`0.034`; very small ones as `< 0.0001`."""
    return f"{value:.2g}" if value >= 0.0001 else "< 0.0001"


def _on(claim: Claim) -> str:
    """The data that a claim is tested on."""
    if claim.over:
        return claim.over
    if claim.datasets:
        return ", ".join(map(dataset_name, claim.datasets))
    without = f" but {', '.join(map(dataset_name, claim.except_datasets))}" if claim.except_datasets else ""
    return f"each image set{without}"


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |" for cells in lines)
