"""Unordered categories as growth sees them: sets that take in one category after the other, in any order.

Growth knows columns, and in each two directions, downward and upward. An ordered attribute is one column. A nominal
attribute is one column for every two of its categories, with three places: below lies the one category, above it the
other, and a combination starts between them, or on its own category. A step in a direction then takes one category into
the set, and every category that an object of the class has can be the next one. Distance between categories means
nothing: δ is 1.
"""

from dataclasses import dataclass

import numpy as np

from asonn.graph import MISSING, AssociativeGraph, graph_of

NOTHING = -1  # no place between categories, as the column is an ordered attribute; or no category in a direction


@dataclass(frozen=True)
class Columns:
    """M columns of a graph.

    graph: as if the columns were attributes; an object has no value where its category is none of the column's two.
    attributes: int64 (M,), what each column is of. start: int32 (M,), the rank between two categories, `NOTHING` for
    ordered attributes. categories: int32 (2 M,), rank of the category in each direction, `NOTHING` if there is none.
    """

    graph: AssociativeGraph
    attributes: np.ndarray
    start: np.ndarray
    categories: np.ndarray

    @classmethod
    def of(cls, graph: AssociativeGraph) -> "Columns":
        """Those of a graph; its attributes, if none of them is nominal."""
        if not graph.nominal.any():
            nothing = np.full(2 * graph.n_attributes, NOTHING, dtype=np.int32)
            return cls(graph, np.arange(graph.n_attributes), nothing[: graph.n_attributes], nothing)
        columns = []  # attribute, start, categories, ranks, values, scaled values
        for attribute in range(graph.n_attributes):
            own, here = graph.attribute_values(attribute), graph.ranks[:, attribute]
            if not graph.nominal[attribute]:
                scaled = graph.unit_values[graph.offsets[attribute] : graph.offsets[attribute + 1]]
                columns.append((attribute, NOTHING, (NOTHING, NOTHING), here, own, scaled))
                continue
            for above in range(0, len(own), 2):
                below = above + 1 if above + 1 < len(own) else NOTHING
                between = int(below != NOTHING)
                column = np.full(graph.n_objects, MISSING, dtype=np.int32)
                column[here == above] = between + 1
                if between:
                    column[here == below] = 0
                places = np.linspace(0.0, 1.0, between + 2)
                columns.append((attribute, between, (below, above), column, places, places))
        attributes, start, categories, ranks, values, units = zip(*columns, strict=True)
        unfolded = graph_of(
            np.column_stack(ranks), values, units,
            classes=graph.classes, multiplicity=graph.multiplicity, n_classes=graph.n_classes,
            row_objects=graph.row_objects,
        )  # fmt: skip
        return cls(
            unfolded,
            np.array(attributes),
            np.array(start, dtype=np.int32),
            np.array(categories, dtype=np.int32).ravel(),
        )
