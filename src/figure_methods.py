"""Draws the test accuracy of training methods against the links, active units and time that they take."""

from argparse import ArgumentParser

import pandas as pd
from matplotlib.figure import Figure

from study.plots.rules import rule_legend, rule_styles
from study.plots.style import light_grid, panels, title_rows
from study.provenance.record import Input
from study.results.summary import count_phrase
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
                    markersize=5,
                    markeredgecolor="white",
                    markeredgewidth=0.3,
                    elinewidth=0.8,
                )
            if cost in LOGARITHMIC:
                axis.set_xscale("log")
        row[0].set_ylabel("test accuracy")
    for axis, label in zip(axes[-1], COSTS.values(), strict=True):
        axis.set_xlabel(label)
    title_rows(axes, datasets)
    note = f"mean and standard deviation of {count_phrase(methods['networks'], 'network')}, after the last epoch"
    rule_legend(figure, methods["rule"], note, title="Training method", lines=False)
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
    draw_figure(
        parser,
        arguments,
        __file__,
        lambda options: draw(*(read_results(getattr(options, name), columns) for name, columns in TABLES.items())),
    )


if __name__ == "__main__":
    run(main)
