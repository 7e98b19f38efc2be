"""How the magnitudes of weights are distributed (Sulyok et al. 2026, Fig. 6)."""

import numpy as np

from sparse_training.network import SparseMLP


def magnitude_density(network: SparseMLP, bin_edges: np.ndarray) -> list[dict]:
    """One row for each sparse layer and bin: layer (from 1), bin_lower, bin_upper, links, density.

    bin_edges  (n_bins + 1,) ascending, of |w|

    The density is links / (links of the layer × bin width): it integrates to 1 if no weight lies outside the bins.
    """
    bin_edges = np.asarray(bin_edges, float)
    rows = []
    for number, layer in enumerate(network.sparse_layers, start=1):
        counts, _ = np.histogram(np.abs(layer.weights), bin_edges)
        density = counts / (max(1, layer.n_links) * np.diff(bin_edges))
        rows.extend(
            {
                "layer": number,
                "bin_lower": float(lower),
                "bin_upper": float(upper),
                "links": int(links),
                "density": float(value),
            }
            for lower, upper, links, value in zip(bin_edges[:-1], bin_edges[1:], counts, density, strict=True)
        )
    return rows
