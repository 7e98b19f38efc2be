"""Initial topologies: where the links of a new network lie.

Each is one module of this package, named as the topology, and registers one function of

    context  a `Context`: a layer without links, its number, the layers before it, the training images
    count    how many links to place

that returns their positions (count,), source × n_out + target, ascending and unique.
"""

from sparse_training.initial.registry import INITIAL_TOPOLOGIES, initial_topology

__all__ = ["INITIAL_TOPOLOGIES", "initial_topology"]
