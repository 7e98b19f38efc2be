"""The links between two layers of units, as plain arrays."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import scipy.sparse


@dataclass(frozen=True)
class SparseLayer:
    """The links between two layers of units, and the biases of the second one.

    sources  (n_links,) int32, unit of the previous layer, in 0..n_in - 1
    targets  (n_links,) int32, unit of the next layer, in 0..n_out - 1
    weights  (n_links,) float32
    bias     (n_out,)   float32

    Links are unique and sorted by source, then target.
    """

    sources: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    n_in: int

    @classmethod
    def empty(cls, n_in: int, n_out: int) -> "SparseLayer":
        """A layer without links, its biases zero."""
        none = np.empty(0, np.int32)
        return cls(none, none, np.empty(0, np.float32), np.zeros(n_out, np.float32), n_in)

    @property
    def n_out(self) -> int:
        return len(self.bias)

    @property
    def n_links(self) -> int:
        return len(self.weights)

    @property
    def shape(self) -> tuple[int, int]:
        """(n_in, n_out)"""
        return self.n_in, self.n_out

    @property
    def positions(self) -> np.ndarray:
        """(n_links,) int64, ascending: source × n_out + target, one number for each possible link."""
        return self.sources.astype(np.int64) * self.n_out + self.targets

    def to_dense(self) -> np.ndarray:
        """float32 (n_out, n_in): the weights, zero where there is no link."""
        dense = np.zeros((self.n_out, self.n_in), np.float32)
        dense[self.targets, self.sources] = self.weights
        return dense

    def to_scipy(self) -> "scipy.sparse.csr_array":
        """float32 (n_out, n_in): the weights, one stored entry for each link, those of weight zero too."""
        from scipy.sparse import csr_array

        return csr_array((self.weights, (self.targets, self.sources)), (self.n_out, self.n_in))

    def with_links(self, positions: np.ndarray, weights: np.ndarray) -> "SparseLayer":
        """The same layer with other links; positions (n_links,) ascending."""
        sources, targets = np.divmod(positions, self.n_out)
        return replace(
            self,
            sources=sources.astype(np.int32),
            targets=targets.astype(np.int32),
            weights=weights.astype(np.float32, copy=False),
        )

    def select(self, kept: np.ndarray) -> "SparseLayer":
        """The same layer with the links of a boolean mask (n_links,) only."""
        return replace(self, sources=self.sources[kept], targets=self.targets[kept], weights=self.weights[kept])


def stable_order(units: np.ndarray, n_units: int) -> np.ndarray:
    """(n_links,) indices that sort the units (each below n_units), equal ones in the order given."""
    narrow = np.uint16 if n_units <= 2**16 else np.uint32  # NumPy sorts 16-bit integers by radix, ten times faster
    return np.argsort(units.astype(narrow), kind="stable")


def valid_positions(positions: np.ndarray, count: int, layer: SparseLayer) -> bool:
    """Whether these are `count` pairs of units of the layer, ascending and unique."""
    if len(positions) != count or np.any(np.diff(positions) <= 0):
        return False
    return count == 0 or bool(positions[0] >= 0 and positions[-1] < layer.n_in * layer.n_out)
