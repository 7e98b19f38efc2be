"""Histograms of |weight| of trained networks, one for each network and sparse layer."""

import argparse

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.measures import magnitude_density
from sparse_training.network import SparseMLP
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.arguments import positive
from study.scripts.networks import add_networks, identified
from study.scripts.run import run

MOST_BINS = 10**6


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_networks(parser)
    parser.add_argument(
        "--bin-width",
        type=positive,
        required=True,
        metavar="WIDTH",
        help="width of a bin of |weight|; bins go from 0 to the largest weight of all",
    )
    parser.add_argument(
        "--output", type=Output, required=True, metavar="CSV", help="writes one row for each network, layer and bin"
    )
    options, record = parse(parser, arguments, __file__)
    with record:
        networks = list(identified(options.networks, SparseMLP.load))
        layers = [layer for _, network in networks for layer in network.sparse_layers]
        largest = max(np.abs(layer.weights).max(initial=0) for layer in layers)
        if largest > MOST_BINS * options.bin_width:
            parser.error(f"--bin-width must be at least {largest / MOST_BINS:.1g} for weights up to {largest:.3g}.")
        bin_edges = options.bin_width * np.arange(largest // options.bin_width + 2)
        rows = [identity | row for identity, network in networks for row in magnitude_density(network, bin_edges)]
        write_results(rows, options.output)


if __name__ == "__main__":
    run(main, SparseTrainingError)
