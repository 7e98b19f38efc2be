"""Draws the test accuracy of training methods against links, active units and time, and prints the numbers."""

from argparse import ArgumentParser, Namespace
from textwrap import fill

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from study.plots.labels import dataset_name, rule_name
from study.plots.rules import networks_phrase, rule_legend, rule_styles
from study.plots.style import label_panels, light_grid, log_axis, panels
from study.provenance.record import Input
from study.results.summary import markdown_table
from study.results.tables import in_order, read_results
from study.scripts.figure import draw_figure
from study.scripts.run import run

NETWORK = ["dataset", "rule", "seed"]
TABLES = {
    "histories": [*NETWORK, "epoch", "test_accuracy"],
    "topologies": [*NETWORK, "epoch", "layer", "links", "active_units"],
    "timings": [*NETWORK, "epoch", "seconds_training", "seconds_update"],
}
COSTS = {
    "links": "links of the hidden layers",
    "active_units": "hidden units with incoming links",
    "seconds": "seconds an epoch",
}
LOGARITHMIC = ("links", "seconds")
MARKER = 5  # points
WIDEST_LINE = 90  # characters of the legend


def compare(histories: pd.DataFrame, topologies: pd.DataFrame, timings: pd.DataFrame) -> pd.DataFrame:
    """One row for each data set and method, means over networks.

    test_accuracy, deviation  after the last epoch: mean and standard deviation
    links, active_units       of all hidden layers, after the last epoch
    seconds                   of an epoch, wall time, with its topology update and without the test
    epochs, networks          how many each was trained for, and how many there are
    """
    last = histories[histories["epoch"] == histories.groupby(NETWORK)["epoch"].transform("max")].set_index(NETWORK)
    final = topologies[topologies["epoch"] == topologies.groupby(NETWORK)["epoch"].transform("max")]
    costs = final.groupby(NETWORK)[["links", "active_units"]].sum()
    seconds = timings.assign(seconds=timings["seconds_training"] + timings["seconds_update"])
    networks = last.join(costs).join(seconds.groupby(NETWORK)["seconds"].mean())
    groups = networks.groupby(["dataset", "rule"], sort=False)
    accuracy = groups["test_accuracy"]
    return pd.DataFrame(
        {"test_accuracy": accuracy.mean(), "deviation": accuracy.std()}
        | {cost: groups[cost].mean() for cost in COSTS}
        | {"epochs": groups["epoch"].max(), "networks": groups.size()}
    ).reset_index()


def epochs_phrase(methods: pd.DataFrame) -> str:
    """`after 80 epochs`, or `after 80 epochs (dense: 20)` where some methods were trained for fewer."""
    most = methods["epochs"].max()
    fewer = methods[methods["epochs"] < most].drop_duplicates("rule")
    exceptions = ", ".join(f"{rule_name(row.rule)}: {row.epochs}" for row in fewer.itertuples())
    return f"after {most} epoch{'' if most == 1 else 's'}" + (f" ({exceptions})" if exceptions else "")


def as_text(methods: pd.DataFrame) -> str:
    """The table of what is drawn, in Markdown."""
    header = ["", "method", "networks", "epochs", "test accuracy, mean ± s.d.", *COSTS.values()]
    rows = [
        [
            dataset_name(row.dataset),
            f"`{row.rule}`",
            f"{row.networks}",
            f"{row.epochs}",
            f"{row.test_accuracy:.4f}" + (f" ± {row.deviation:.4f}" if row.networks > 1 else ""),
            f"{row.links:,.0f}",
            f"{row.active_units:,.0f}",
            f"{row.seconds:.2f}",
        ]
        for row in methods.itertuples()
    ]
    return markdown_table(header, rows)


def draw(histories: pd.DataFrame, topologies: pd.DataFrame, timings: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """One row of panels a data set, one column a cost; and the table of what is drawn."""
    methods = compare(histories, topologies, timings)
    datasets = in_order(methods["dataset"])
    styles = rule_styles(methods["rule"])
    figure, axes = panels(len(datasets), len(COSTS), sharex="col", sharey="row")
    for dataset, row in zip(datasets, axes, strict=True):
        for cost, axis in zip(COSTS, row, strict=True):
            light_grid(axis)
            for method in methods[methods["dataset"] == dataset].itertuples():
                style = styles[method.rule]
                axis.errorbar(
                    getattr(method, cost),
                    method.test_accuracy,
                    method.deviation,
                    fmt=style.marker,
                    color=style.colour,
                    markersize=MARKER,
                    markeredgecolor="white",
                    markeredgewidth=0.3,
                    elinewidth=0.8,
                )
            if cost in LOGARITHMIC:
                log_axis(axis, methods[cost].min(), methods[cost].max())
                axis.xaxis.set_major_formatter(EngFormatter(sep=""))  # 50k, 1M
        row[0].set_ylabel("test accuracy")
    label_panels(axes, datasets, xlabels=[*COSTS.values()])
    note = fill(f"mean and standard deviation of {networks_phrase(methods)}, {epochs_phrase(methods)}", WIDEST_LINE)
    rule_legend(figure, methods["rule"], note, title="Training method", lines=False, markersize=MARKER)
    return figure, methods


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(description=__doc__)
    for name, columns in TABLES.items():
        parser.add_argument(
            f"--{name}",
            nargs="+",
            type=Input,
            required=True,
            metavar="TABLE",
            help=f"of every network ({', '.join(columns)}); their order is the order of rows and legend",
        )

    def drawn(options: Namespace) -> tuple[Figure, pd.DataFrame]:
        figure, methods = draw(*(read_results(getattr(options, name), columns) for name, columns in TABLES.items()))
        print(as_text(methods))
        return figure, methods

    draw_figure(parser, arguments, __file__, drawn)


if __name__ == "__main__":
    run(main)
