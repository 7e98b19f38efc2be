"""What the scripts that read trained networks have in common: their arguments, and sweeps over all networks."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from study.data.image_sets import load_scaled
from study.provenance.record import Input
from study.results.tables import identity_of

Identity = dict[str, str | int]  # dataset, rule and seed of a network


def add_networks(parser: ArgumentParser, about: str = "trained networks") -> None:
    """Adds `networks`: files of trained networks."""
    parser.add_argument("networks", nargs="+", type=Input, metavar="NETWORK", help=about)


def add_tested_networks(parser: ArgumentParser) -> None:
    """Adds `networks`, and `--images`, whose test images they are given."""
    add_networks(parser, "trained networks; random numbers depend on the data set, rule and number in their metadata")
    parser.add_argument(
        "--images", type=Input, required=True, metavar="NPZ", help="image set; its test images are used"
    )


def identified(paths: Iterable[str], load: Callable[[str], Any]) -> Iterator[tuple[Identity, Any]]:
    """The identity of each network, and the network as `load` reads it."""
    for path in paths:
        network = load(path)
        yield identity_of(network.metadata, path), network


def sweep_networks(
    options: Namespace,
    load: Callable[[str], Any],
    levels: Mapping[str, Sequence[float]],
    sweep: Callable[..., list[dict]],
) -> list[dict]:
    """The rows of the sweeps of all networks, with identity, perturbation and chance, the accuracy of guessing.

    options  the arguments of `add_tested_networks`
    levels   of each perturbation, by name
    sweep    of (network, identity, perturbation, its levels, test images, test labels), returns rows
    """
    images = load_scaled(options.images)
    return [
        identity | {"perturbation": name, **row, "chance": 1 / images.n_classes}
        for identity, network in identified(options.networks, load)
        for name, its_levels in levels.items()
        for row in sweep(network, identity, name, its_levels, images.test_images, images.test_labels)
    ]
