"""The page of results: what the papers say, what a recorded study measured, figure by figure, as blocks of Markdown.

Every number of docs/results.md stands in one of these blocks, and `python src/write_results.py BLOCK` prints it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import compress, starmap
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, StrictUndefined

from study.claims.arms import as_stated_in_arms, setting_text
from study.claims.claim import ASONN, BEYOND, ROBUSTNESS
from study.claims.ledger import CONTRADICTED, MARKS, NO_DATA, NOT_RUN, OUTCOMES, SUPPORTED, UNDECIDED
from study.claims.report import SIGNS, effect_text, outcome_counts, p_text, sign_table
from study.data.table_groups import ALL, TABLE_GROUPS
from study.plots.labels import DATASET_NAMES, classifier_name, dataset_name, perturbation_name, rule_name
from study.provenance.archive import Archive
from study.provenance.packing import TRAINING
from study.results.classifier_scores import compare_means, is_asonn
from study.results.summary import count_phrase, markdown_table
from study.results.tables import NAMES, in_order


@dataclass(frozen=True)
class Recorded:
    """A recorded study: what was noted of it, its ledger of claims, and the tables that its figures draw."""

    archive: Archive

    @property
    def about(self) -> Mapping[str, Any]:
        return self.archive.about

    @property
    def ledger(self) -> pd.DataFrame:
        return self._table(f"results/{self.archive.study}/claims.csv")

    @property
    def arms(self) -> list[pd.DataFrame]:
        """The ledgers of claims under other settings of training, in the order of the configuration."""
        members = (f"results/{self.archive.study}/arms/{arm}/claims.csv" for arm in self.multiverse.get("arms", {}))
        return [self._table(member) for member in members if member in self.archive.sums]

    @property
    def all_arms(self) -> pd.DataFrame:
        """The ledger and those of the arms, in one table."""
        return pd.concat([self.ledger, *self.arms], ignore_index=True)

    @property
    def multiverse(self) -> Mapping[str, Any]:
        """The other settings of training, as the configuration has them; empty where it has none."""
        config = yaml.safe_load(self.archive.read(f"results/{self.archive.study}/config.yaml"))
        return config["robustness"].get("multiverse", {})

    def drawn(self, figure: str) -> pd.DataFrame:
        """The table of what a figure draws."""
        return self._table(f"figures/{self.archive.study}/{figure}.csv")

    @property
    def scores(self) -> pd.DataFrame:
        """Scores of the classifiers on every table and split."""
        folder = f"results/{self.archive.study}/asonn/"
        members = [name for name in self.archive.sums if name.startswith(folder) and name.endswith("/scores.csv")]
        return pd.concat(map(self._table, members), ignore_index=True)

    def _table(self, member: str) -> pd.DataFrame:
        options = {"keep_default_na": False, "na_values": [""]}
        return pd.read_csv(BytesIO(self.archive.read(member)), dtype=dict.fromkeys(NAMES, str), **options)


SWEEPS = "perturb.py"
BASELINE = "xgboost"  # the paper's example of the best classifiers
TEMPLATE = Path(__file__).parents[3] / "workflow/report/results.md.jinja"
Block = Callable[[Recorded], str]


def block_of(name: str, recorded: Recorded) -> str:
    """One block of the page, without its marks."""
    return BLOCKS[name](recorded).strip() + "\n"


def page_of(recorded: Recorded) -> str:
    """The whole page: the template with every block."""
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(name=recorded.archive.study, **{name: block_of(name, recorded) for name in BLOCKS})


# of the whole study


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
    alike = arms.index[(arms["as_stated"] == 0) | (arms["as_stated"] == arms["arms"])] if recorded.arms else ()
    cases = ledger[["statement", "claim", "data"]].itertuples(index=False, name=None)
    ledger = ledger.assign(on=[f"{dataset_name(case[-1])}{' †' * (case in alike)}" for case in cases])
    parts = []
    for outcome in (SUPPORTED, CONTRADICTED):
        found = ledger[ledger["outcome"] == outcome].groupby("statement", sort=False)["on"]
        items = [f"- {statement.rstrip('.')}: {', '.join(on)}" for statement, on in found]
        parts += [f"{outcome.capitalize()}:\n\n" + "\n".join(items)] if items else []
    counts = ledger["outcome"].value_counts().reindex([SUPPORTED, CONTRADICTED, UNDECIDED], fill_value=0)
    parts.append(f"Undecided with these networks: {counts[UNDECIDED]} of {counts.sum()} cases.")
    if len(alike):
        parts.append(
            f"† Our effect lies on the same side, as stated or not, under all {len(recorded.arms)} other settings of "
            "training that were tested ([what depends on settings](docs/results.md#what-depends-on-settings))."
        )
    return "\n\n".join(parts)


def verdicts(recorded: Recorded) -> str:
    """What came out how, claim by claim, of Sulyok et al."""
    ledger = recorded.ledger
    absent = list(map(dataset_name, dict.fromkeys(ledger.loc[lacks_data(ledger), "data"])))
    ledger = ledger[(ledger["paper"] == ROBUSTNESS) & ~lacks_data(ledger)]
    parts = []
    for outcome in (CONTRADICTED, UNDECIDED, SUPPORTED, NOT_RUN):
        found = ledger[ledger["outcome"] == outcome]
        rows = [
            [f"{rows.iloc[0]['statement']} (`{claim}`)", "; ".join(map(_on, rows.to_dict("records")))]
            for claim, rows in found.groupby("claim", sort=False)
        ]
        parts += [f"**{outcome.capitalize()}**", markdown_table(["", ""], rows)] if rows else []
    parts += [f"No data in this study: {', '.join(absent)}."] if absent else []
    return "\n\n".join(parts)


def _on(row: dict) -> str:
    """`MNIST: 0.012 [0.010, 0.014]`, or what the study lacks."""
    return f"{dataset_name(row['data'])}: {row['needs'] if row['outcome'] == NOT_RUN else effect_text(row)}"


# figure by figure


def fig2(recorded: Recorded) -> str:
    times = recorded.drawn("fig2_update_times")
    means = times[times["mean"].notna() & (times["stage"] == "seconds_update")].drop_duplicates(["dataset", "rule"])
    rows = [
        [dataset_name(row["dataset"]), rule_name(row["rule"]), f"{1000 * row['mean']:.1f}", f"{row['updates']:.0f}"]
        for row in means.to_dict("records")
    ]
    return _parts(recorded, ["update-cost"], ["", "rule", "mean duration of an update (ms)", "updates"], rows)


def fig3(recorded: Recorded) -> str:
    curves = recorded.drawn("fig3_learning_curves")
    curves = curves[curves["measure"] == "test_accuracy"]
    rows = []
    for (dataset, rule), curve in curves.groupby(["dataset", "rule"], sort=False):
        curve = curve.sort_values("epoch")
        last, best = curve.iloc[-1], curve.loc[curve["median"].idxmax()]
        rows.append(
            [
                dataset_name(dataset),
                rule_name(rule),
                f"{last['networks']:.0f}",
                f"{last['median']:.4f} [{last['lower']:.4f}, {last['upper']:.4f}]",
                f"{best['median']:.4f} (epoch {best['epoch']:.0f})",
            ]
        )
    claims = [
        *("early-learning", "early-maximum", "final-accuracy", "final-accuracy-kmnist", "final-accuracy-discussion"),
        *("variable-middle", "fashion-valley", "fashion-rise", "competitive-accuracy", "efficiency"),
    ]
    epochs = f"{curves['epoch'].max():.0f}"
    header = ["", "rule", "networks", f"test accuracy after epoch {epochs}: median and band", "highest median"]
    return _parts(recorded, claims, header, rows)


def fig4(recorded: Recorded) -> str:
    claims = [
        *("order-of-removals", "random-pruning", "weight-order", "weight-order-results", "weight-order-discussion"),
        *("random-pruning-minimum", "reverse-order-random", "reverse-order-plateau", "reverse-order-cliff"),
        *("reverse-order-compression", "robustness-maintained"),
    ]
    return _parts(recorded, claims, *_areas(recorded, ["random_pruning", "weight_order", "reverse_weight_order"]))


def fig5(recorded: Recorded) -> str:
    claims = [
        *("shuffling-results", "shuffling-discussion", "shuffling-starts-below", "shuffling-ends-above"),
        *("noise-results", "noise-discussion"),
    ]
    return _parts(recorded, claims, *_areas(recorded, ["weight_shuffling", "weight_noise"]))


def fig6(recorded: Recorded) -> str:
    claims = ["minimum-near-zero", "exponential-decay", "medium-weights", "large-weights", "remaining-weights"]
    densities = recorded.drawn("fig6_weight_magnitudes")
    rows = []
    wide = densities[(densities["layer"].astype(str) == "all") & (densities["bins"] == "wide")]
    for (dataset, rule), bins in wide.groupby(["dataset", "rule"], sort=False):
        links = bins["mean"] * (bins["bin_upper"] - bins["bin_lower"])
        medium = links[(bins["bin_lower"] > 0.2 - 1e-9) & (bins["bin_upper"] < 1 + 1e-9)].sum()
        large = links[bins["bin_lower"] > 1 - 1e-9].sum()
        rows.append(
            [
                dataset_name(dataset),
                rule_name(rule),
                f"{bins['networks'].max():.0f}",
                *(f"{100 * part / links.sum():.1f}" for part in (medium, large)),
            ]
        )
    header = ["", "rule", "networks", "% of weights with 0.2 ≤ |w| < 1", "% with |w| ≥ 1"]
    return _parts(recorded, claims, header, rows)


# what we add


def control(recorded: Recorded) -> str:
    return _parts(recorded, ["rewiring-pays", "narrow-dense"], *_areas(recorded, None))


def active(recorded: Recorded) -> str:
    units = recorded.drawn("active_units")
    rows = []
    for (dataset, rule), found in units.groupby(["dataset", "rule"], sort=False):
        last = found[found["epoch"] == found["epoch"].max()].sort_values("layer")
        medians = [f"{row['median']:.0f} [{row['lower']:.0f}, {row['upper']:.0f}]" for row in last.to_dict("records")]
        rows.append([dataset_name(dataset), rule_name(rule), f"{last['networks'].max():.0f}", *medians])
    layers = sorted(units["layer"].unique())
    header = ["", "rule", "networks", *(f"layer {layer}: median and band" for layer in layers)]
    return _parts(recorded, ["drained-units", "regrown-just-removed"], header, rows)


def settings(recorded: Recorded) -> str:
    """Which statements hold under how many settings of training."""
    multiverse, ledgers = recorded.multiverse, recorded.arms
    if not ledgers:
        return "Not run in this study."
    run = [ledger["arm"].iloc[0] for ledger in ledgers]
    changed = [[f"`{arm}`", ", ".join(starmap(setting_text, multiverse["arms"][arm].items()))] for arm in run]
    counts = as_stated_in_arms(recorded.all_arms).reset_index()
    datasets = in_order(counts["data"])
    networks = recorded.about["networks_under_other_settings"]
    parts = [
        f"Networks: {multiverse['networks']} of each rule on each image set in each arm, {networks} in all; "
        "those of the study itself are the arm `main`.",
        markdown_table(["arm", "what differs from the study's own setting"], changed),
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


def asonn(recorded: Recorded) -> str:
    ledger = recorded.ledger
    ours = (ledger["paper"] == BEYOND) & (ledger["data"] == ALL)
    claims = list(dict.fromkeys(ledger.loc[(ledger["paper"] == ASONN) | ours, "claim"]))
    return f"{_parts(recorded, claims, *_means(recorded.scores))}\n\n{_about_means(recorded.scores)}"


BLOCKS: dict[str, Block] = {
    block.__name__: block
    for block in (study, verdicts, signs, readme, fig2, fig3, fig4, fig5, fig6, control, active, settings, asonn)
}


def networks_text(about: Mapping[str, Any]) -> str:
    """`Networks: 6 of CH3-L3, 6 of random on MNIST and on Fashion-MNIST; 2 of …`."""
    alike: dict[str, list[str]] = {}
    for dataset, rules in _by_set(about):
        numbers = ", ".join(f"{number} of {rule_name(rule)}" for rule, number in rules.items())
        alike.setdefault(numbers, []).append(dataset_name(dataset))
    parts = [f"{numbers} on {' and on '.join(names)}" for numbers, names in alike.items()]
    return f"Networks: {'; '.join(parts)}."


def _by_set(about: Mapping[str, Any]) -> list[tuple[str, Mapping[str, int]]]:
    """Numbers of networks by rule, the image sets of the papers first, in their order."""
    order = [*DATASET_NAMES, *about["networks"]]
    return sorted(about["networks"].items(), key=lambda item: order.index(item[0]))


def _parts(recorded: Recorded, claims: list[str], header: list[str], rows: list[list[str]]) -> str:
    """What the paper says and how it came out, then the numbers."""
    return f"{_claims(recorded.ledger, claims)}\n\n{markdown_table(header, rows)}"


def _claims(ledger: pd.DataFrame, claims: list[str]) -> str:
    """One row for each claim and data set of the study."""
    rows = []
    for claim in claims:
        found = ledger[(ledger["claim"] == claim) & ~lacks_data(ledger)]
        for number, row in enumerate(found.to_dict("records")):
            quoted = isinstance(row["quote"], str)
            said = f"“{row['quote']}”" if quoted else row["statement"]
            source = "ours" if row["paper"] == BEYOND else row["where"]
            was_run = row["outcome"] != NOT_RUN
            rows.append(
                [
                    "" if number else f"{said} ({source}; `{claim}`)",
                    dataset_name(row["data"]),
                    row["region"] if isinstance(row["region"], str) else "",
                    effect_text(row) if was_run else row["needs"],
                    row["sample"] if was_run else "",
                    p_text(row["p_adjusted"]) if was_run else "",
                    f"{MARKS[row['outcome']]} {row['outcome']}",
                ]
            )
    header = ["said", "on", "claimed", "effect [95 % interval]", "sample", "adjusted p", "outcome"]
    return markdown_table(header, rows)


def lacks_data(ledger: pd.DataFrame) -> pd.Series:
    """Rows about image sets that are no part of the study."""
    return ledger["needs"].astype(str).str.startswith(NO_DATA)


def _areas(recorded: Recorded, perturbations: list[str] | None) -> tuple[list[str], list[list[str]]]:
    """Mean accuracy over the levels of each perturbation, and the difference from random regrowth."""
    areas = recorded.drawn("robustness_areas")
    rows = []
    for (dataset, perturbation, rule), found in areas.groupby(["dataset", "perturbation", "rule"], sort=False):
        if perturbations and perturbation not in perturbations:
            continue
        values = found.loc[(found["quantity"] == "area") & found["seed"].notna(), "value"]
        difference = found[found["quantity"] == "difference"].to_dict("records")
        rows.append(
            [
                dataset_name(dataset),
                perturbation_name(perturbation).title,
                rule_name(rule),
                str(len(values)),
                f"{values.mean():.4f}" + (f" ± {values.std():.4f}" if len(values) > 1 else ""),
                *(_with_interval(row) for row in difference),
                *([""] * (not difference)),
            ]
        )
    header = ["", "perturbation", "rule", "networks", "mean accuracy over the levels ± s.d.", "minus random [95 %]"]
    return header, rows


def _with_interval(row: dict) -> str:
    interval = "" if pd.isna(row["lower"]) else f" [{row['lower']:+.4f}, {row['upper']:+.4f}]"
    return f"{row['value']:+.4f}{interval}"


def _means(scores: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Means over tables of each classifier, the most accurate first."""
    found = compare_means(scores, BASELINE)
    tables = set(scores["table"])
    groups = {group: len(tables & TABLE_GROUPS.get(group, tables)) for group in (ALL, *TABLE_GROUPS) if group in found}
    rows = []
    for row in found.to_dict("records"):
        name = classifier_name(row["classifier"])
        rows.append(
            [
                f"**{name}**" if is_asonn(row["classifier"]) else name,
                f"{row['tables']}" + (f", failed on {row['failed']}" if row["failed"] else ""),
                *(_number(row[group], ".4f") for group in groups),
                *(_number(row["rank"], ".1f"), _number(row["auc"], ".3f"), _number(row["log_loss"], ".3f")),
                *(_number(row["rules"], ",.0f"), _number(row["difference"], "+.1f"), p_text(row["p_value"])),
            ]
        )
    accuracies = [f"accuracy: {group} ({count})" for group, count in groups.items()]
    difference = f"minus {classifier_name(BASELINE)}, points"
    return ["", "tables", *accuracies, "mean rank", "AUC", "log loss", "boxes or leaves", difference, "p"], rows


def _about_means(scores: pd.DataFrame) -> str:
    splits = count_phrase(scores.groupby("table")["split"].nunique(), "random split")
    return (
        f"{splits} of each of {scores['table'].nunique()} tables. Means are over splits, then over tables, without "
        "those on which a classifier failed; what was not run on all of them has none. Minus "
        f"{classifier_name(BASELINE)}: over the tables on which neither failed, with p of Wilcoxon's signed-rank test, "
        "two-sided, not corrected for the number of classifiers."
    )


def _number(value: float, form: str) -> str:
    return "" if pd.isna(value) else format(value, form)


def _commit(commit: str, scripts: list[str]) -> str:
    """`0123456789ab (train.py, perturb.py, 20 more)`."""
    named = [name for name in (TRAINING, SWEEPS) if name in scripts]
    more = len(scripts) - len(named)
    return f"`{commit[:12]}`{commit[40:]} ({', '.join(named + [f'{more} more scripts'] * (more > 0))})"
