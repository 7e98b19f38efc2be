"""A table in a form that does not depend on the order of its columns, their signs, and the names of the classes.

Whatever chooses the first of equals or draws at random does the same in this form, in every writing of a table.
Columns, their directions and classes are told apart by hashes of what they contain, refined like the colours of
Weisfeiler and Leman's test for isomorphic graphs; only what the table itself cannot tell apart keeps its given order.
"""

from dataclasses import dataclass, replace

import numpy as np

from asonn.construction import Combinations
from asonn.graph import MISSING, AssociativeGraph, associate

ROUNDS = 3


@dataclass(frozen=True)
class Colours:
    """Hashes that tell apart what a graph is made of, whatever its order.

    columns: uint64 (m,). flipped: bool (m,), whether a column has the smaller hash when it is negated. slots: uint64
    (v,), of values. classes: uint64 (c,).
    """

    columns: np.ndarray
    flipped: np.ndarray
    slots: np.ndarray
    classes: np.ndarray

    @classmethod
    def of(cls, graph: AssociativeGraph) -> "Colours":
        """Those of a graph; objects are told apart by what they contain, and it by the objects that contain it."""
        last = np.diff(graph.offsets) - 1
        known = graph.ranks != MISSING
        columns = np.zeros(graph.n_attributes, dtype=np.uint64)
        classes = np.zeros(graph.n_classes, dtype=np.uint64)
        slots = np.zeros(len(graph.values), dtype=np.uint64)
        flipped = np.zeros(graph.n_attributes, dtype=bool)
        symmetrical = np.ones(graph.n_attributes, dtype=bool)
        for _ in range(ROUNDS):
            ranks = np.where(flipped, last - graph.ranks, graph.ranks)
            ranks = np.where(symmetrical, np.minimum(ranks, last - ranks), ranks).astype(np.uint64)
            for attribute in np.flatnonzero(graph.nominal):
                categories = slots[graph.offsets[attribute] : graph.offsets[attribute + 1]]
                ranks[known[:, attribute], attribute] = categories[graph.ranks[known[:, attribute], attribute]]
            cells = np.where(known, _mixed(ranks + _mixed(columns)), np.uint64(0))
            objects = _mixed(cells.sum(axis=1) + classes[graph.classes])
            objects *= _mixed(graph.multiplicity.astype(np.float64).view(np.uint64))
            classes = np.zeros(graph.n_classes, dtype=np.uint64)
            np.add.at(classes, graph.classes, objects)
            classes = _mixed(classes)
            sums = np.concatenate(([np.uint64(0)], np.cumsum(objects[graph.value_objects])))[graph.value_starts]
            slots = _mixed(np.diff(sums))
            for attribute in range(graph.n_attributes):
                values = slots[graph.offsets[attribute] : graph.offsets[attribute + 1]]
                if graph.nominal[attribute]:
                    columns[attribute] = _mixed(values).sum(dtype=np.uint64)
                    continue
                places = _mixed(np.arange(len(values), dtype=np.uint64))
                upward, downward = ((places * ordered).sum(dtype=np.uint64) for ordered in (values, values[::-1]))
                flipped[attribute], symmetrical[attribute] = downward < upward, downward == upward
                columns[attribute] = min(upward, downward)
        return cls(columns, flipped & ~graph.nominal, slots, classes)


def associate_sets(
    table: np.ndarray, classes: np.ndarray, n_classes: int, weights: np.ndarray | None, nominal: np.ndarray
) -> AssociativeGraph:
    """The graph of a table with unordered categories, whose codes may be given in any order; the first four arguments
    as in `asonn.graph.associate`.

    nominal: bool (m,), which columns are codes of unordered categories. The ranks of their values are in the order of
    the values' colours, so that nothing that follows depends on the codes.
    """
    graph = associate(table, classes, n_classes, weights)
    if not nominal.any():
        return graph
    slots = Colours.of(replace(graph, nominal=nominal)).slots
    ordered, values = table.copy(), []
    for attribute in range(graph.n_attributes):
        codes = graph.attribute_values(attribute)
        if nominal[attribute]:
            order = np.argsort(slots[graph.offsets[attribute] : graph.offsets[attribute + 1]], kind="stable")
            known = ~np.isnan(table[:, attribute])
            ordered[known, attribute] = np.argsort(order)[np.searchsorted(codes, table[known, attribute])]
            codes = codes[order]
        values.append(codes)
    ranked = associate(ordered, classes, n_classes, weights)
    return replace(ranked, values=np.concatenate(values), nominal=nominal)


@dataclass(frozen=True)
class CanonicalForm:
    """How a table is turned into its canonical form.

    source: the graph of the table. attributes: int64 (m,), which column of the table comes k-th; flipped: bool (m,),
    whether it is negated. classes: int64 (c,), which class of the table comes k-th.
    """

    source: AssociativeGraph
    attributes: np.ndarray
    flipped: np.ndarray
    classes: np.ndarray

    @classmethod
    def of(cls, graph: AssociativeGraph) -> "CanonicalForm":
        """That of the graph's table."""
        colours = Colours.of(graph)
        attributes = np.argsort(colours.columns, kind="stable")
        return cls(graph, attributes, colours.flipped[attributes], np.argsort(colours.classes, kind="stable"))

    def graph(self, table: np.ndarray, codes: np.ndarray, weights: np.ndarray | None = None) -> AssociativeGraph:
        """The graph of a table in this form; arguments as in `associate`."""
        signs = np.where(self.flipped, -1.0, 1.0)
        classes = np.argsort(self.classes)[codes]
        nominal = self.source.nominal[self.attributes]
        return associate_sets(table[:, self.attributes] * signs, classes, len(self.classes), weights, nominal)

    def given(self, combinations: Combinations, graph: AssociativeGraph) -> Combinations:
        """Combinations of the canonical graph as ranks and classes of the given table; the objects stay canonical."""
        last = (np.diff(graph.offsets) - 1).astype(np.int32)
        low, high = np.empty_like(combinations.low), np.empty_like(combinations.high)
        low[:, self.attributes] = np.where(self.flipped, last - combinations.high, combinations.low)
        high[:, self.attributes] = np.where(self.flipped, last - combinations.low, combinations.high)
        sets = np.empty_like(combinations.sets)
        starts = self.source.set_starts[self.attributes]
        for place in np.flatnonzero(graph.nominal):  # the categories are in the same order in both
            size = last[place] + 1
            there = slice(graph.set_starts[place], graph.set_starts[place] + size)
            sets[:, starts[place] : starts[place] + size] = combinations.sets[:, there]
        return replace(combinations, low=low, high=high, sets=sets, classes=self.classes[combinations.classes])


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Numbers of 64 bits, each changed beyond recognition (the finaliser of SplitMix64)."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
