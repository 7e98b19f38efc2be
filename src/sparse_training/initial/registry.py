"""What an initial topology is, and the registry of all of them."""

from collections.abc import Callable, Sequence

from sparse_training.registry import Registry

INITIAL_TOPOLOGIES = Registry("sparse_training.initial", "initial topology")

Counts = Callable[[Sequence[tuple[int, int]], float], list[int]]
_COUNTS: dict[Callable, Counts] = {}


def equal_densities(shapes: Sequence[tuple[int, int]], density: float) -> list[int]:
    """round(density × n_in × n_out) links for each layer of shape (n_in, n_out)."""
    return [round(density * n_in * n_out) for n_in, n_out in shapes]


def initial_topology(name: str, counts: Counts = equal_densities) -> Callable:
    """Decorator: registers a function of (`Context`, count) that returns the positions (count,) of a layer's first
    links, ascending and unique. Options are keyword-only.

    counts  (shapes, density) → how many links each layer gets
    """

    def register(place):
        _COUNTS[place] = counts
        return INITIAL_TOPOLOGIES.register(name)(place)

    return register


def link_counts(topology: str, shapes: Sequence[tuple[int, int]], density: float) -> list[int]:
    """The links of each layer of shape (n_in, n_out) at a density of the whole network."""
    place = INITIAL_TOPOLOGIES.resolve(topology)
    return _COUNTS[getattr(place, "func", place)](shapes, density)
