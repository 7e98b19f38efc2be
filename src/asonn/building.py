"""From a table to a range network, by any version."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.utils import check_random_state

from asonn.canonical import CanonicalForm, associate_sets
from asonn.construction import Combinations, GrowthRules, construct
from asonn.graph import AssociativeGraph
from asonn.ranges import RangeNetwork, build_network
from asonn.seed_order import order_of_seeds
from asonn.selection import choose_most, select, select_short, simplified


@dataclass(frozen=True)
class Settings:
    """What a network depends on, besides its table: the parameters of `ASONNClassifier` of the same names.

    costs: float64 (m,). nominal: bool (m,), which attributes are codes of unordered categories. orders: constructions
    from the canonical form of the table that combinations are selected from; all but the first start objects in a
    random order. 0: one construction from the table as it is, of which all are taken. least_added: see
    `asonn.selection.select_short`; None for as few combinations as represent every object.
    """

    rules: GrowthRules
    seed_order: str
    orders: int
    costs: np.ndarray
    nominal: np.ndarray
    simplify: bool
    bounds: str
    min_support: float
    max_combinations: int | None
    random_state: object
    least_added: float | None = None
    widened: bool = True
    scaled: bool = False


def build(
    table: np.ndarray, codes: np.ndarray, n_classes: int, settings: Settings, weights: np.ndarray | None = None
) -> tuple[RangeNetwork, AssociativeGraph]:
    """The network of a table; arguments as in `asonn.graph.associate`, whose graph is returned too."""
    graph = associate_sets(table, codes, n_classes, weights, settings.nominal)
    if settings.orders == 0:
        (combinations,) = _grown(graph, settings.costs, settings)
        limited = choose_most(graph, combinations, settings.max_combinations)
    else:
        form = CanonicalForm.of(graph)
        canonical = form.graph(table, codes, weights)
        parts = _grown(canonical, settings.costs[form.attributes], settings)
        least = settings.least_added
        chosen = select(canonical, parts) if least is None else select_short(canonical, parts, least)
        limited = choose_most(canonical, chosen, settings.max_combinations)
        limited = form.given(limited, canonical)
    network = build_network(
        graph,
        limited,
        settings.bounds,
        settings.min_support,
        widened=settings.widened,
        scaled=settings.scaled,
    )
    return network, graph


def middles_of(graph: AssociativeGraph, coded: Collection[int] = ()) -> np.ndarray:
    """The median of each attribute over the rows, of nominal ones the most frequent category: float64 (m,).

    NaN if all values are missing. Values that are missing in some rows are left out. coded: attributes whose values are
    codes, of which the lower median is taken, as there is nothing between them.
    """
    rows = np.diff(np.concatenate(([0], np.cumsum(graph.multiplicity[graph.value_objects])))[graph.value_starts])
    middles = np.full(graph.n_attributes, np.nan)
    for attribute, (first, last) in enumerate(pairwise(graph.offsets)):
        if first == last:
            continue
        values, counts = graph.values[first:last], rows[first:last]
        if graph.nominal[attribute]:
            middles[attribute] = values[counts.argmax()]
            continue
        sums, half = np.cumsum(counts), counts.sum() / 2
        lower, upper = (values[np.searchsorted(sums, half, side=side)] for side in ("left", "right"))
        middles[attribute] = lower if attribute in coded else 0.5 * lower + 0.5 * upper
    return middles


def seeds_of(graph: AssociativeGraph, settings: Settings, order: int = 0) -> np.ndarray:
    """The objects in the order in which they start combinations of one construction."""
    if order > 0:
        return order_of_seeds(graph, "random", np.random.RandomState(order))
    return order_of_seeds(graph, settings.seed_order, check_random_state(settings.random_state))


def _grown(graph: AssociativeGraph, costs: np.ndarray, settings: Settings) -> list[Combinations]:
    """The combinations of each construction."""
    orders = range(max(settings.orders, 1))
    parts = [construct(graph, seeds_of(graph, settings, order), costs, settings.rules) for order in orders]
    return simplified(graph, parts, settings.rules.min_discrimination) if settings.simplify else parts
