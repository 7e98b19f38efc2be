"""A sparse layer as a bipartite network: the scores of its pairs, and those pairs that can be among the best.

Two ways lead to the best pairs. A walk along all paths of length 3 scores each pair, and costs time in proportion to
their number. Tables over pairs of units bound all scores from both sides at once, and leave few pairs whose order is
open; they cost time in proportion to links × units, however many paths there are. Late in training, when links gather
in few units, there are tens of millions of paths. Both ways give the same pairs with the same scores.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.kernels.paths import SMALLEST, Ends, Side, all_ends, all_scores, leading_scores
from sparse_training.kernels.tables import (
    largest,
    link_table,
    looked_up,
    lower_bounds,
    neighbour_sums,
    pair_scores,
)
from sparse_training.links import stable_order

ROUNDING = 1e-9  # far above the rounding errors of scores and their bounds in float64
# One of so many rows, or of so many entries, is looked at first, to know from where on they can matter.
SAMPLED_ROWS, SAMPLED_ENTRIES = 17, 67
TABLE_BYTES = 2**28  # the most memory that tables over pairs of units take
MOST_SHARED = np.iinfo(np.uint16).max  # what an entry of these tables can hold

Leading = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Worth:
    """What inner units are worth: a function of i(z), the neighbours shared with the far end, and of 1 + e(z).

    over_paths  the worths of z1 and z2 are multiplied and summed over paths; else those of all z1 and z2 are summed
    left        a function of its own for z2, where it is not that for z1
    """

    right: Callable[[np.ndarray, np.ndarray], np.ndarray]
    over_paths: bool
    left: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None


@dataclass(frozen=True)
class BipartiteGraph:
    """The units that have links, numbered anew on each side.

    shape                    (n_in, n_out) of the layer
    left_units, right_units  (n_left,), (n_right,) their numbers in the layer
    over_paths               as in `Worth`
    """

    shape: tuple[int, int]
    left_units: np.ndarray
    right_units: np.ndarray
    left: Side
    right: Side
    over_paths: bool

    @classmethod
    def of(cls, sources: np.ndarray, targets: np.ndarray, shape: tuple[int, int], worth: Worth) -> "BipartiteGraph":
        """The network of these links; each two arrays (n_links,) of integers within the shape."""
        sources, targets = np.asarray(sources, np.int64), np.asarray(targets, np.int64)
        n_in, n_out = shape
        if len(sources) != len(targets):
            raise SparseTrainingError(
                f"a link has one source and one target, got {len(sources)} sources and {len(targets)} targets"
            )
        if len(sources) and not (
            sources.min() >= 0 and sources.max() < n_in and targets.min() >= 0 and targets.max() < n_out
        ):
            raise SparseTrainingError(f"links must lie within the shape {tuple(shape)}")
        positions = sources * n_out + targets
        if np.any(np.diff(positions) <= 0):
            positions = np.unique(positions)
            if len(positions) != len(sources):
                raise SparseTrainingError("links must be unique")
            sources, targets = np.divmod(positions, n_out)
        by_target = stable_order(targets, n_out)
        left_units, left_degrees, left_numbers = _linked(sources, n_in)
        right_units, right_degrees, right_numbers = _linked(targets, n_out)
        left = _side(left_degrees, right_numbers, worth.left or worth.right)
        right = _side(right_degrees, left_numbers[by_target], worth.right)
        return cls((n_in, n_out), left_units, right_units, left, right, worth.over_paths)

    def all_scores(self) -> np.ndarray:
        """float64 (n_in, n_out): 0 on existing links and where no path is."""
        if not self.over_paths and self._tables_cost_less():
            found = self._sums_by_tables()[0]
        else:
            found = all_scores(self.over_paths, self.left, self.right, self._ends())
        table = np.zeros(self.shape)
        table[np.ix_(self.left_units, self.right_units)] = found
        return table

    def leading(self, count: int, slack: float) -> Leading:
        """What the `count` pairs of the highest scores are chosen from: (sure, open, scores).

        sure and open are positions in the layer, source × n_out + target.

        sure    the pairs that are among them for certain, whichever of those that tie is taken
        open    pairs for the places that are left: all whose score is at least (1 − slack) times that of the last
                place; or as many as have a positive score, where these do not fill the places
        scores  float64, those of `open`
        """
        sure, open_, scores = (self._leading_by_tables if self._tables_cost_less() else self._leading_by_paths)(
            count, slack
        )
        return self._in_layer(sure), self._in_layer(open_), scores

    def _leading_by_paths(self, count: int, slack: float) -> Leading:
        units, ends, paths = np.arange(len(self.left_units)), self._ends(), self._paths

        def leading(units: np.ndarray, count: int, bound: float) -> tuple[np.ndarray, np.ndarray]:
            return leading_scores(self.over_paths, units, count, slack, bound, self.left, self.right, ends, paths)

        rank = _rank_in_sample(count, SAMPLED_ROWS)
        few, _ = leading(units[::SAMPLED_ROWS], rank, SMALLEST)
        bound = (1 - 2 * slack) * largest(few, rank) if len(few) >= rank else SMALLEST
        scores, positions = leading(units, count, bound)
        if bound > SMALLEST and (len(scores) < count or (1 - slack) * largest(scores, count) < bound):
            scores, positions = leading(units, count, SMALLEST)
        return _NONE, positions, scores

    def _sums_by_tables(self) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
        """(n_left, n_right) the scores of pairs, or the squares of their bounds from above where paths are counted, 0
        for those that are linked; and the numbers of shared neighbours of both sides."""
        left, right, n_left, n_right = self.left, self.right, len(self.left_units), len(self.right_units)
        tables = _Memory(self._table_bytes())
        linked, linked_back = tables.take(n_left, n_right, np.uint16), tables.take(n_right, n_left, np.uint16)
        shared = tables.take(n_left, n_left, np.uint16), tables.take(n_right, n_right, np.uint16)
        link_table(left, linked)
        link_table(right, linked_back)
        neighbour_sums(left, linked_back, shared[0])
        neighbour_sums(right, linked, shared[1])
        kind = np.float32 if self.over_paths else np.float64
        over_left, sums = tables.take(n_right, n_left, kind), tables.take(n_left, n_right, kind)
        worths = (_squares(left), _squares(right)) if self.over_paths else (left.worths, right.worths)
        looked = tables.lend(n_left, n_left, kind)
        looked_up(worths[0].astype(kind), left, shared[0], looked)
        neighbour_sums(right, looked, over_left)
        looked = tables.lend(n_right, n_right, kind)
        looked_up(worths[1].astype(kind), right, shared[1], looked)
        neighbour_sums(left, looked, sums)
        (np.multiply if self.over_paths else np.add)(sums, over_left.T, out=sums)
        sums.ravel()[self._links] = 0
        return sums, shared

    def _leading_by_tables(self, count: int, slack: float) -> Leading:
        left, right, n_right = self.left, self.right, len(self.right_units)
        sums, shared = self._sums_by_tables()
        values = sums.ravel()
        if not self.over_paths:
            found, bound = _leading_entries(values, count)
            least = (1 - slack) * largest(values[found], count) if len(found) > count else 0.0
            positions = found[values[found] >= least] if least >= bound else np.flatnonzero(values >= least)
            return _NONE, positions, values[positions]

        # The values are now the squares of bounds from above.
        longest = sum(int(np.diff(side.starts).max(initial=0)) for side in (left, right))
        rounding = (longest + 8) * float(np.finfo(np.float32).eps)  # of sums of up to `longest` float32 terms
        logarithms = _logarithms(left), _logarithms(right)

        def lower(positions: np.ndarray) -> np.ndarray:
            return (1 - ROUNDING) * lower_bounds(positions, left, right, *logarithms, *shared)

        positions, seen_from = _leading_entries(values, count)
        if len(positions) <= count:
            return positions, _NONE, np.empty(0)
        below = lower(positions)
        needed_from = (1 - rounding) * largest(below, count) ** 2
        if needed_from < seen_from:
            more = np.flatnonzero((values >= needed_from) & (values < seen_from))
            positions, below = np.concatenate([positions, more]), np.concatenate([below, lower(more)])
        above = (1 + rounding) * np.sqrt(values[positions].astype(float))
        possible = above >= largest(below, count)
        positions, below, above = positions[possible], below[possible], above[possible]
        if len(positions) == count:
            return positions, _NONE, np.empty(0)
        sure = below > largest(above, count + 1)
        open_ = np.sort(positions[~sure])
        if self._beginnings[open_ // n_right].sum() > self._paths.sum():  # many ties
            return self._leading_by_paths(count, slack)
        return positions[sure], open_, pair_scores(open_, left, right, *shared)

    def _tables_cost_less(self) -> bool:
        """Whether tables take less time than a walk along all paths, and no more memory than they may.

        The weights are nanoseconds on one core with AVX-512; only their ratios matter.
        """
        most = max(np.diff(side.starts).max(initial=0) for side in (self.left, self.right))
        if self._table_bytes() > TABLE_BYTES or most > MOST_SHARED:
            return False
        n_left, n_right, n_links = len(self.left_units), len(self.right_units), len(self.left.neighbours)
        squares, pairs = n_left**2 + n_right**2, n_left * n_right
        tables = 0.1 * n_links * (n_left + n_right) + 2.8 * (squares + pairs)
        walk = (0.85 if self.over_paths else 0.3) * self._paths.sum() + 8 * self._beginnings.sum() + 1.2 * pairs
        return bool(tables < walk)

    def _table_bytes(self) -> int:
        n_left, n_right = len(self.left_units), len(self.right_units)
        counts = 2 * (n_left**2 + n_right**2 + 2 * n_left * n_right)
        entry = 4 if self.over_paths else 8
        return counts + entry * (2 * n_left * n_right + max(n_left, n_right) ** 2) + 7 * 64

    def _ends(self) -> Ends:
        """The ends of paths from right units, listed once where they fit the memory, else to be listed one by one."""
        if 16 * self._n_ends.sum() <= TABLE_BYTES:
            return all_ends(self.over_paths, self.left, self.right, self._n_ends)
        most = int(self._n_ends.max(initial=0))
        most_middles = int(np.diff(self.right.starts).max(initial=0))
        return Ends(_NONE, np.empty(most, np.uint32), np.empty(most, np.uint32), np.empty(most), np.empty(most_middles))

    @cached_property
    def _paths(self) -> np.ndarray:
        """(n_left,) how many paths of length 3 begin at each left unit, those along its own links included."""
        return _sums_around(self.left, self._n_ends)

    @property
    def _links(self) -> np.ndarray:
        """(n_links,) u × n_right + v of each link."""
        return np.repeat(np.arange(len(self.left_units)), np.diff(self.left.starts)) * len(
            self.right_units
        ) + self.left.neighbours.astype(np.int64)

    @cached_property
    def _beginnings(self) -> np.ndarray:
        """(n_left,) how many paths of length 2 begin at each left unit, those back to it included."""
        return _sums_around(self.left, np.diff(self.right.starts))

    @cached_property
    def _n_ends(self) -> np.ndarray:
        """(n_right,) how many paths of length 2 begin at each right unit, those back to it included."""
        return _sums_around(self.right, np.diff(self.left.starts))

    def _in_layer(self, positions: np.ndarray) -> np.ndarray:
        """source × n_out + target, of positions among the units that have links."""
        u, v = np.divmod(positions, max(1, len(self.right_units)))
        return self.left_units[u] * self.shape[1] + self.right_units[v]


class _Memory:
    """One allocation for many tables: the system need not find new pages for each of them in every update."""

    def __init__(self, size: int):
        self._bytes = np.empty(size, np.uint8)
        self._taken = 0

    def take(self, n: int, m: int, kind: type) -> np.ndarray:
        """An uninitialised table (n, m), which begins at a multiple of 64 bytes from the start."""
        table = self.lend(n, m, kind)
        self._taken += -(-table.nbytes // 64) * 64
        return table

    def lend(self, n: int, m: int, kind: type) -> np.ndarray:
        """A table that the next call overwrites."""
        size = n * m * np.dtype(kind).itemsize
        return self._bytes[self._taken : self._taken + size].view(kind).reshape(n, m)


_NONE = np.empty(0, np.int64)


def _linked(units: np.ndarray, n_units: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The units that have links, their degrees, and the new numbers of the given units."""
    degrees = np.bincount(units, minlength=n_units)
    linked = np.flatnonzero(degrees)
    numbers = np.empty(n_units, np.uint32)  # unsigned: no check for negative indices
    numbers[linked] = np.arange(len(linked))
    return linked, degrees[linked], numbers[units]


def _side(degrees: np.ndarray, neighbours: np.ndarray, worth: Callable) -> Side:
    starts = np.concatenate([[0], np.cumsum(degrees)])
    shared = _shared_numbers(starts)
    degree = np.repeat(degrees, degrees + 1)
    on_path = (shared > 0) & (shared < degree)  # who shares all its neighbours with v has u, too, linked to v
    return Side(starts, neighbours, np.where(on_path, worth(shared, np.maximum(degree - shared, 1)), 0.0))


def _shared_numbers(starts: np.ndarray) -> np.ndarray:
    """(n_links + n,): for each unit the numbers from 0 to its degree, of neighbours that it can share."""
    first = starts[:-1] + np.arange(len(starts) - 1)
    return np.arange(starts[-1] + len(first)) - np.repeat(first, np.diff(starts) + 1)


def _squares(side: Side) -> np.ndarray:
    """What a unit adds to Σ worth² over paths, arranged as the worths."""
    return _shared_numbers(side.starts) * side.worths**2


def _logarithms(side: Side) -> np.ndarray:
    """What a unit adds to Σ log worth over paths, arranged as the worths."""
    return _shared_numbers(side.starts) * np.log(np.where(side.worths > 0, side.worths, 1))


def _leading_entries(values: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    """Indices of more than `count` of the largest entries: all that reach a bound, and this bound.

    If no more than `count` are positive, the indices of these, and 0.
    """
    sample, rank = values[::SAMPLED_ENTRIES], _rank_in_sample(count, SAMPLED_ENTRIES)
    bound = largest(sample, rank) if rank <= len(sample) else 0.0
    found = np.flatnonzero(values >= bound) if bound > 0 else _NONE
    return (found, bound) if len(found) > count else (np.flatnonzero(values > 0), 0.0)


def _rank_in_sample(count: int, sampled: int) -> int:
    """The rank in a sample of an entry that is most likely beyond the first `count` of all, and not far beyond."""
    return 8 + int(1.3 * count / sampled)


def _sums_around(side: Side, values: np.ndarray) -> np.ndarray:
    """(n,) the sum of values (n_other,) over the neighbours of each unit, of which it has at least one."""
    return np.add.reduceat(values[side.neighbours], side.starts[:-1])
