"""Perturbs trained networks, level by level, and records their accuracy on the test images."""

import argparse
from dataclasses import asdict

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.perturbation import sweep
from sparse_training.randomness import network_seed
from sparse_training.settings import SweepSettings
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.arguments import add_settings, settings_of
from study.scripts.networks import add_tested_networks, sweep_networks
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_tested_networks(parser)
    parser.add_argument("--perturbation", required=True, help="a module of sparse_training.perturbations")
    parser.add_argument(
        "--levels", type=float, nargs="+", required=True, metavar="LEVEL", help="levels; 0 changes nothing"
    )
    add_settings(parser, SweepSettings)
    parser.add_argument(
        "--output", type=Output, required=True, metavar="CSV", help="writes one row for each network, repeat and level"
    )
    options, record = parse(parser, arguments, __file__)
    with record:
        settings = settings_of(options, SweepSettings)
        rows = sweep_networks(
            options,
            SparseMLP.load,
            {options.perturbation: options.levels},
            lambda network, identity, *what: sweep(network, *what, seed=network_seed(**identity), **asdict(settings)),
        )
        write_results(rows, options.output)


if __name__ == "__main__":
    run(main, SparseTrainingError)
