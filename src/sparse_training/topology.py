"""One topology update: remove weak links and links that lead nowhere, regrow as many.

Sulyok et al. 2026, section 4.3 and Fig. 7.
"""

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.links import SparseLayer
from sparse_training.measures import links_on_paths
from sparse_training.network import SparseMLP, initial_weights
from sparse_training.randomness import Stream, generator
from sparse_training.regrowth.registry import REGROWTH_RULES, RegrowthRule
from sparse_training.settings import TrainingSettings


@dataclass(frozen=True)
class LayerUpdate:
    """What an update did to one layer, in links; `regrown_just_removed` are those that the same update had removed."""

    removed_by_magnitude: int
    removed_off_path: int
    regrown: int
    regrown_just_removed: int
    ties: int
    shortfall: int
    seconds_scoring: float

    @classmethod
    def none(cls) -> "LayerUpdate":
        """No update took place."""
        return cls(0, 0, 0, 0, 0, 0, 0.0)


def update_topology(
    network: SparseMLP,
    momentum: SparseMLP,
    rule: RegrowthRule,
    rng: np.random.Generator,
    *,
    zeta: float = 0.3,
    remove_disconnected: bool = True,
    regrown_weight: str = "redraw",
) -> tuple[SparseMLP, SparseMLP, list[LayerUpdate]]:
    """The rewired network, its momentum, and what was done to each layer.

    network, momentum    the same links; the weights of `momentum` are velocities
    zeta                 share of each layer's links that is removed for its small weight, in [0, 1)
    remove_disconnected  whether links on no path from an input to the readout are removed as well
    regrown_weight       weight of a link that is removed and regrown at once: "redraw" from N(0, 2/n_in) as for any
                         new link, or "keep" the one that it had

    Every layer ends with exactly as many links as it had. Links that survive keep weight and velocity; new ones have
    velocity zero.
    """
    kept = [keep_strongest(layer, zeta) for layer in network.sparse_layers]
    removed_by_magnitude = [
        int(layer.n_links - mask.sum()) for layer, mask in zip(network.sparse_layers, kept, strict=True)
    ]
    if remove_disconnected:
        kept = links_on_paths(network.sparse_layers, kept)
    updates, layers, velocities = [], [], []
    for layer, velocity, mask, weak in zip(
        network.sparse_layers, momentum.sparse_layers, kept, removed_by_magnitude, strict=True
    ):
        survivors = layer.select(mask)
        count = layer.n_links - survivors.n_links
        begin = time.perf_counter()
        new = rule.choose(survivors, count, rng)
        seconds = time.perf_counter() - begin
        weights = initial_weights(layer.n_in, count, rng)
        removed = layer.select(~mask)
        returning, where = _find(removed.positions, new.positions)
        if regrown_weight == "keep":
            weights[where] = removed.weights[returning]
        layers.append(_insert(survivors, new.positions, weights))
        velocities.append(_insert(velocity.select(mask), new.positions, np.zeros(count, np.float32)))
        _check_exact(layers[-1], layer)
        updates.append(LayerUpdate(weak, count - weak, count, int(returning.sum()), new.ties, new.shortfall, seconds))
    return _with_layers(network, layers), _with_layers(momentum, velocities), updates


def keep_strongest(layer: SparseLayer, zeta: float) -> np.ndarray:
    """(n_links,) bool: false for the floor(zeta × links) links of smallest |w|; of equal ones the first are dropped."""
    count = share_of(layer.n_links, zeta)
    magnitudes = np.abs(layer.weights)
    kept = np.ones(layer.n_links, bool)
    if count:
        largest_dropped = np.partition(magnitudes, count - 1)[count - 1]
        kept[magnitudes < largest_dropped] = False
        equal = np.flatnonzero(magnitudes == largest_dropped)
        kept[equal[: count - int((~kept).sum())]] = False
    return kept


def share_of(count: int, share: float) -> int:
    """floor(share × count), with products such as 0.29 × 100 = 28.999… taken as the whole number they stand for."""
    return math.floor(share * count + 1e-9)


def topology_update_stages(
    network: SparseMLP, rule: str, settings: TrainingSettings, seed: np.random.SeedSequence
) -> list[dict]:
    """The update that would follow the last epoch, one row for each link of each of its four stages.

    The columns are stage, layer (from 1), source, target, weight, event:

    before                every link of the network; event `kept`
    removed_by_magnitude  every link; event `removed_by_magnitude` or `kept`
    removed_off_path      the links that are left; event `removed_off_path` or `kept`
    regrown               every link of the updated network; event `new` or `kept`
    """
    if not REGROWTH_RULES[rule].rewires:
        raise SparseTrainingError(f"the regrowth rule {rule} has no topology update to show; choose one that rewires")
    strong = [keep_strongest(layer, settings.zeta) for layer in network.sparse_layers]
    on_path = links_on_paths(network.sparse_layers, strong) if settings.remove_disconnected else strong
    updated, _, _ = update_topology(
        network,
        network.zeros_like(),
        REGROWTH_RULES[rule],
        generator(seed, Stream.REGROWTH, settings.epochs),
        zeta=settings.zeta,
        remove_disconnected=settings.remove_disconnected,
        regrown_weight=settings.regrown_weight,
    )
    rows = []
    for number, layer in enumerate(network.sparse_layers, start=1):
        weak, off_path = ~strong[number - 1], strong[number - 1] & ~on_path[number - 1]
        left = layer.select(~weak)
        final = updated.sparse_layers[number - 1]
        survived = np.isin(final.positions, layer.positions[on_path[number - 1]])
        rows += _rows("before", number, layer, "kept", np.zeros(layer.n_links, bool))
        rows += _rows("removed_by_magnitude", number, layer, "removed_by_magnitude", weak)
        rows += _rows("removed_off_path", number, left, "removed_off_path", off_path[~weak])
        rows += _rows("regrown", number, final, "new", ~survived)
    return rows


def _find(removed: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Masks (n_removed,) and (n_new,) of the positions in both; as both ascend, the masked entries correspond."""
    return np.isin(removed, new, assume_unique=True), np.isin(new, removed, assume_unique=True)


def _insert(layer: SparseLayer, positions: np.ndarray, weights: np.ndarray) -> SparseLayer:
    positions = np.concatenate([layer.positions, positions])
    order = np.argsort(positions, kind="stable")  # two ascending runs: merged in one pass
    return layer.with_links(positions[order], np.concatenate([layer.weights, weights])[order])


def _check_exact(updated: SparseLayer, layer: SparseLayer) -> None:
    if updated.n_links != layer.n_links or np.any(np.diff(updated.positions) <= 0):
        raise AssertionError(
            f"a topology update left {updated.n_links} links or duplicates, {layer.n_links} different ones were due"
        )


def _with_layers(network: SparseMLP, layers: list[SparseLayer]) -> SparseMLP:
    return replace(network, sparse_layers=tuple(layers))


def _rows(stage: str, number: int, layer: SparseLayer, event: str, happens: np.ndarray) -> list[dict]:
    return [
        {
            "stage": stage,
            "layer": number,
            "source": int(source),
            "target": int(target),
            "weight": float(weight),
            "event": event if here else "kept",
        }
        for source, target, weight, here in zip(layer.sources, layer.targets, layer.weights, happens, strict=True)
    ]
