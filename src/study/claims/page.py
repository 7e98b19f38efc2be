"""The ledger as a page for a browser: complete in itself, readable without scripts, filtered with them."""

import re
from collections.abc import Iterable
from html import escape

import pandas as pd

from study.claims.claim import PAPERS, Claim
from study.claims.ledger import CLAIMS, CONTRADICTED, NOT_RUN, OUTCOMES, SUPPORTED, UNDECIDED
from study.claims.report import EXPLANATION, data_name, effect_text, outcome_counts, p_text

MARKS = {SUPPORTED: "✓", CONTRADICTED: "✗", UNDECIDED: "?", NOT_RUN: "–"}  # outcomes are told apart without colours
SUMMARY = "<!-- summary -->"  # stands before and after the summary, which the report of Snakemake shows by itself

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Claims</title>
<style>
{style}
</style>
</head>
<body>
<h1>Claims</h1>
{explanation}
{marker}
{summary}
{marker}
<form hidden>
<fieldset>
<legend>Show</legend>
{filters}
<label>with the words <input type="search" name="words"></label>
<output role="status"></output>
</fieldset>
</form>
<table id="claims">
<caption>Each claim, what was tested, and how it came out</caption>
<thead>
<tr>{header}</tr>
</thead>
{bodies}
</table>
<script>
{script}
</script>
</body>
</html>
"""

STYLE = """\
body { font: 15px/1.45 system-ui, sans-serif; color: #1e293b; max-width: 80rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { margin: 0 0 .5rem; }
p, caption { max-width: 55rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid #cbd5e1; }
thead th { position: sticky; top: 0; background: #f1f5f9; }
tbody th[scope=rowgroup] { background: #e2e8f0; }
tbody th[scope=row] { font-weight: normal; }
#claims th[scope=row] { min-width: 17rem; }
#summary th { white-space: nowrap; }
small { color: #475569; display: block; }
td.number { font-variant-numeric: tabular-nums; }
#summary td { text-align: right; }
.outcome { white-space: nowrap; border-radius: 1rem; padding: .1rem .6rem; }
.supported { background: #cfe8f7; } .contradicted { background: #fbd9c0; }
.undecided { background: #fdf3c4; } .not-run { background: #e5e7eb; }
fieldset { border: 1px solid #cbd5e1; border-radius: .5rem; display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; }
tr[hidden], tbody[hidden] { display: none; }"""

SCRIPT = """\
const form = document.forms[0];
const rows = [...document.querySelectorAll("#claims tr[data-outcome]")];
function show() {
  const words = form.elements.words.value.toLowerCase().split(/\\s+/);
  const outcomes = new Set([...form.querySelectorAll("input:checked")].map(box => box.value));
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !outcomes.has(row.dataset.outcome) || !words.every(word => text.includes(word));
  }
  for (const body of document.querySelectorAll("#claims tbody"))
    body.hidden = !body.querySelector("tr[data-outcome]:not([hidden])");
  form.querySelector("output").value = `${rows.filter(row => !row.hidden).length} of ${rows.length}`;
}
form.addEventListener("input", show);
form.addEventListener("submit", event => event.preventDefault());
form.hidden = false;
show();"""


def ledger_page(ledger: pd.DataFrame, claims: Iterable[Claim] = CLAIMS) -> str:
    """The ledger as HTML: a summary, then one row for each outcome, grouped by paper."""
    by_id = {claim.id: claim for claim in claims}
    return PAGE.format(
        style=STYLE,
        explanation="\n".join(f"<p>{_emphasised(escape(text))}</p>" for text in EXPLANATION.split("\n\n")),
        marker=SUMMARY,
        summary=_summary(ledger),
        filters="\n".join(_filter(outcome) for outcome in OUTCOMES),
        header="".join(
            f'<th scope="col">{name}</th>'
            for name in ("claim", "on", "outcome", "effect [95 % interval]", "sample", "adjusted p")
        ),
        bodies="\n".join(
            _body(title, ledger[ledger["paper"] == paper], by_id)
            for paper, title in PAPERS.items()
            if paper in set(ledger["paper"])
        ),
        script=SCRIPT,
    )


def _emphasised(text: str) -> str:
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", text)


def _summary(ledger: pd.DataFrame) -> str:
    header = "".join(f'<th scope="col">{_badge(outcome)}</th>' for outcome in OUTCOMES)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(paper)}</th>{"".join(f"<td>{count}</td>" for count in counts)}</tr>'
        for paper, *counts in outcome_counts(ledger)
    )
    return f'<table id="summary">\n<thead><tr><td></td>{header}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>'


def _filter(outcome: str) -> str:
    return f'<label><input type="checkbox" value="{outcome}" checked> {_badge(outcome)}</label>'


def _body(title: str, rows: pd.DataFrame, claims: dict[str, Claim]) -> str:
    lines = [f'<tr><th scope="rowgroup" colspan="6">{escape(title)}</th></tr>']
    lines += [_row(row, claims[row["claim"]]) for row in rows.to_dict("records")]
    return "<tbody>\n" + "\n".join(lines) + "\n</tbody>"


def _row(row: dict, claim: Claim) -> str:
    tested = f"<small>Tested: {escape(f'{claim.effect}; {claim.region}')}.</small>" if claim.region else ""
    if row["outcome"] == NOT_RUN:
        measured = f'<td colspan="3">{escape(row["needs"])}</td>'
    else:
        effect, p = escape(effect_text(row)), escape(p_text(row["p_adjusted"]))
        measured = f'<td class="number">{effect}</td><td>{escape(row["sample"])}</td><td class="number">{p}</td>'
    return (
        f'<tr data-outcome="{row["outcome"]}"><th scope="row">{escape(claim.statement)} '
        f"<small>{escape(claim.where)}; {claim.id}</small>{tested}</th>"
        f"<td>{escape(data_name(claim, row['data']))}</td><td>{_badge(row['outcome'])}</td>{measured}</tr>"
    )


def _badge(outcome: str) -> str:
    return f'<span class="outcome {outcome.replace(" ", "-")}">{MARKS[outcome]} {outcome}</span>'
