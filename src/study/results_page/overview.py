"""Blocks of the page about the whole study: how it was made, what came out, and what depends on settings."""

from collections.abc import Mapping
from itertools import compress, starmap
from typing import Any

from study.claims.arms import as_stated_in_arms, setting_text, stated
from study.claims.claim import ROBUSTNESS
from study.claims.ledger import CONTRADICTED, NOT_RUN, OUTCOMES, SUPPORTED, UNDECIDED
from study.claims.report import SIGNS, effect_text, outcome_counts, sign_table
from study.plots.labels import DATASET_NAMES, dataset_name, rule_name
from study.provenance.packing import TRAINING
from study.results.summary import markdown_table
from study.results.tables import in_order
from study.results_page.recorded import Recorded, lacks_data, own_caution

SWEEPS = "perturb.py"
SHARED_TESTS = (
    "Where the paper states things that exclude each other, each counts: `noise-results` and `noise-discussion` are "
    "opposite regions of one effect, and `final-accuracy` and `final-accuracy-discussion` are the same test, but on "
    "KMNIST."
)


def study(recorded: Recorded) -> str:
    about = recorded.about
    hours = about["cpu_hours"]
    counts = outcome_counts(recorded.ledger)
    rules = sorted({rule for numbers in about["networks"].values() for rule in numbers})
    networks = [
        [dataset_name(dataset), *(str(numbers.get(rule, 0)) for rule in rules)] for dataset, numbers in _by_set(about)
    ]
    noted = [
        ["trained", f"{about['started'][:16]} to {about['ended'][:16]} (UTC)"],
        ["CPU hours", f"{hours['all']:.2f}, of which training {hours.get(TRAINING, 0):.2f}"],
        ["processor", ", ".join(about["processors"])],
        ["commit", "; ".join(starmap(_commit, about["commits"].items()))],
        ["versions", ", ".join(f"{name} {' and '.join(found)}" for name, found in about["packages"].items())],
    ]
    tables = [(["networks", *map(rule_name, rules)], networks), (["", ""], noted), (["claims of", *OUTCOMES], counts)]
    return "\n\n".join(starmap(markdown_table, tables))


def signs(recorded: Recorded) -> str:
    """The page of signs, but for statements and image sets of which the study measured nothing."""
    datasets, rows = sign_table(recorded.ledger)
    measured = [any(cells[column].mark for _, _, cells in rows) for column in range(len(datasets))]
    table = [
        [f"{effect} (`{claim}`)", *map(str, compress(cells, measured))]
        for claim, effect, cells in rows
        if any(cell.mark for cell in cells)
    ]
    header = ["", *compress(datasets, measured)]
    return f"{networks_text(recorded.about)}\n\n{markdown_table(header, table)}\n\n{SIGNS}"


def readme(recorded: Recorded) -> str:
    """What came out in four figures with the number of networks, in words, and on the page of signs."""
    study = recorded.archive.study
    figures = {
        "fig3_learning_curves": "Test accuracy against epochs (Fig. 3)",
        "fig4_link_removal": "Test accuracy against the fraction of links removed (Fig. 4)",
        "fig5_shuffling_and_noise": "Test accuracy under shuffling of weights and under noise (Fig. 5)",
        "fig6_weight_magnitudes": "Density of the weight magnitudes (Fig. 6)",
    }
    cells = [f"[![{text}](figures/{study}/{name}.png)](figures/{study}/{name}.png)" for name, text in figures.items()]
    caption = f"*{'. '.join(figures.values())}. {networks_text(recorded.about)}*"
    summary = "<details>\n<summary>Page of signs: every statement, with effects and intervals</summary>"
    parts = [
        markdown_table(cells[:2], [cells[2:]]),
        caption,
        in_short(recorded),
        summary,
        signs(recorded),
        "</details>",
    ]
    return "\n\n".join(parts)


def in_short(recorded: Recorded) -> str:
    """The statements of Sulyok et al. that came out supported and contradicted, with the image sets."""
    ledger = recorded.ledger[recorded.ledger["paper"] == ROBUSTNESS]
    arms = as_stated_in_arms(recorded.all_arms)
    alike = arms.index[(arms["as_stated"] == 0) | (arms["as_stated"] == arms["arms"])]
    contradicted = ledger["outcome"] == CONTRADICTED
    exceptions = (" (" + ledger["case"] + ")").where(contradicted & ledger["case"].astype(bool), "").fillna("")
    cases = ledger[["statement", "claim", "data"]].itertuples(index=False, name=None)
    names = [
        f"{dataset_name(case[-1])}{exception}{' †' * (case in alike)}"
        for case, exception in zip(cases, exceptions, strict=True)
    ]
    ledger = ledger.assign(on=names)
    parts = []
    for outcome in (SUPPORTED, CONTRADICTED):
        found = ledger[ledger["outcome"] == outcome].groupby("statement", sort=False)["on"]
        items = [f"- {statement.rstrip('.')}: {', '.join(on)}" for statement, on in found]
        parts += [f"{outcome.capitalize()}:\n\n" + "\n".join(items)] if items else []
    counts = ledger["outcome"].value_counts().reindex([SUPPORTED, CONTRADICTED, UNDECIDED], fill_value=0)
    parts.append(f"Undecided with these networks: {counts[UNDECIDED]} of {counts.sum()} cases.")
    if exceptions.any():
        parts.append("In brackets: of several effects of which the paper says the same, the one that is against it.")
    if len(alike):
        parts.append(
            "† Our effect lies on the same side, as stated or not, under each of the "
            f"{len(recorded.arms)} other settings of training in which that can be tested "
            "([what depends on settings](docs/results.md#what-depends-on-settings))."
        )
    return "\n\n".join(parts)


def verdicts(recorded: Recorded) -> str:
    """What came out how, claim by claim, of Sulyok et al."""
    ledger = recorded.ledger
    absent = list(map(dataset_name, dict.fromkeys(ledger.loc[lacks_data(ledger), "data"])))
    ledger = ledger[(ledger["paper"] == ROBUSTNESS) & ~lacks_data(ledger) & ledger["region"].notna()]
    parts = []
    for outcome in (CONTRADICTED, UNDECIDED, SUPPORTED, NOT_RUN):
        found = ledger[ledger["outcome"] == outcome]
        rows = [
            [
                f"{rows.iloc[0]['statement']} (`{claim}`) {own_caution(rows.iloc[0]['caution'])}".strip(),
                "; ".join(map(_on, rows.to_dict("records"))),
            ]
            for claim, rows in found.groupby("claim", sort=False)
        ]
        parts += [f"**{outcome.capitalize()}**", markdown_table(["", ""], rows)] if rows else []
    parts.append(SHARED_TESTS)
    parts += [f"No data in this study: {', '.join(absent)}."] if absent else []
    return "\n\n".join(parts)


def settings(recorded: Recorded) -> str:
    """Which statements hold under how many settings of training."""
    multiverse, ledgers = recorded.multiverse, recorded.arms
    if not ledgers:
        return "Not run in this study."
    run = [ledger["arm"].iloc[0] for ledger in ledgers]
    tested = stated(recorded.all_arms)
    datasets = in_order(tested["data"])
    by_arm = tested.groupby(["arm", "data"])["as_stated"].agg(["sum", "size"])
    changed = [
        [
            f"`{arm}`",
            ", ".join(starmap(setting_text, multiverse["arms"][arm].items())) if arm in run else "nothing",
            *("{} of {}".format(*by_arm.loc[(arm, data)]) if (arm, data) in by_arm.index else "" for data in datasets),
        ]
        for arm in in_order(tested["arm"])
    ]
    counts = as_stated_in_arms(recorded.all_arms).reset_index()
    networks = recorded.about["networks_under_other_settings"]
    parts = [
        f"Networks: {multiverse['networks']} of each rule on each image set in each arm, {networks} in all; "
        "those of the study itself are the arm `main`.",
        "Of the cases below, our effect lies as stated in so many:",
        markdown_table(["arm", "what differs from the study's own setting", *map(dataset_name, datasets)], changed),
    ]
    every, none = counts["as_stated"] == counts["arms"], counts["as_stated"] == 0
    kinds = {"As stated in every arm": every, "As stated in no arm": none, "As stated in some arms": ~every & ~none}
    for title, chosen in kinds.items():
        rows = []
        for (statement, claim), found in counts[chosen].groupby(["statement", "claim"], sort=False):
            cells = {row["data"]: f"{row['as_stated']} of {row['arms']}" for row in found.to_dict("records")}
            rows.append([f"{statement} (`{claim}`)", *(cells.get(data, "") for data in datasets)])
        parts += [f"**{title}**", markdown_table(["", *map(dataset_name, datasets)], rows)] if rows else []
    left = [arm for arm in multiverse["arms"] if arm not in run]
    parts += [f"Not run yet: {', '.join(f'`{arm}`' for arm in left)}."] if left else []
    return "\n\n".join(parts)


def networks_text(about: Mapping[str, Any]) -> str:
    """`Networks trained: 6 of CH3-L3, 6 of random on MNIST and on Fashion-MNIST; 2 of …`."""
    alike: dict[str, list[str]] = {}
    for dataset, rules in _by_set(about):
        numbers = ", ".join(f"{number} of {rule_name(rule)}" for rule, number in rules.items())
        alike.setdefault(numbers, []).append(dataset_name(dataset))
    parts = [f"{numbers} on {' and on '.join(names)}" for numbers, names in alike.items()]
    return f"Networks trained: {'; '.join(parts)}."


def _on(row: dict) -> str:
    """`MNIST: 0.012 [0.010, 0.014]`, or what the study lacks."""
    return f"{dataset_name(row['data'])}: {row['needs'] if row['outcome'] == NOT_RUN else effect_text(row)}"


def _by_set(about: Mapping[str, Any]) -> list[tuple[str, Mapping[str, int]]]:
    """Numbers of networks by rule, the image sets of the papers first, in their order."""
    order = [*DATASET_NAMES, *about["networks"]]
    return sorted(about["networks"].items(), key=lambda item: order.index(item[0]))


def _commit(commit: str, scripts: list[str]) -> str:
    """`0123456789ab (train.py, perturb.py, 20 more scripts)`."""
    named = [name for name in (TRAINING, SWEEPS) if name in scripts]
    more = len(scripts) - len(named)
    if more:
        named.append(f"{more} {'more ' * bool(named)}script{'s' * (more > 1)}")
    return f"`{commit[:12]}`{commit[40:]} ({', '.join(named)})"
