"""One topology update: prune links, remove those that lead nowhere, regrow as many as are missing.

Sulyok et al. 2026, section 4.3 and Fig. 7.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sparse_training.context import Context
from sparse_training.errors import SparseTrainingError
from sparse_training.gradients import Gradients
from sparse_training.links import SparseLayer, valid_positions
from sparse_training.measures import links_on_paths
from sparse_training.methods.registry import Method
from sparse_training.network import SparseMLP, initial_weights
from sparse_training.pruning.registry import PRUNING_RULES
from sparse_training.randomness import Stream, generator
from sparse_training.regrowth.registry import REGROWTH_RULES, NewLinks
from sparse_training.selection import fraction_of
from sparse_training.settings import TrainingSettings


@dataclass(frozen=True)
class LayerUpdate:
    """What an update did to one layer, in links.

    removed_by_magnitude   those of the pruning rule
    removed_off_path       those on no path from an input to the output layer
    regrown_just_removed   those of the new ones that the same update had removed
    ties, shortfall        as in `NewLinks`
    """

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
    method: Method,
    rng: np.random.Generator,
    *,
    zeta: float = 0.3,
    counts: Sequence[int] | None = None,
    remove_disconnected: bool = True,
    regrown_weight: str = "redraw",
    merge_bias: bool = False,
    epoch: int = 1,
    progress: float = 0.0,
    images: np.ndarray | None = None,
    gradients: Gradients | None = None,
) -> tuple[SparseMLP, SparseMLP, list[LayerUpdate]]:
    """The rewired network, its momentum, and what was done to each layer.

    network, momentum    the same links; the weights of `momentum` are velocities
    method               its parts `pruning`, `regrowth` and `new_weights`
    zeta                 fraction of each layer's links that is pruned, in [0, 1); not checked here
    counts               a list, one for each layer: links that it has afterwards; by default as many as before
    remove_disconnected, regrown_weight, merge_bias  as in `TrainingSettings`
    epoch, progress, images, gradients               what rules may look at: `Context`

    Links that stay keep weight and velocity; new ones have velocity zero. With the regrowth rule `static` links are
    removed only where `counts` has fewer.
    """
    before = network.sparse_layers
    counts = counts or [layer.n_links for layer in before]
    contexts = [
        Context(
            layer,
            rng,
            number=number,
            layers=before,
            velocities=velocity.weights,
            epoch=epoch,
            progress=progress,
            images=images,
            source=gradients or Gradients.absent(),
        )
        for number, (layer, velocity) in enumerate(zip(before, momentum.sparse_layers, strict=True), start=1)
    ]
    pruned = [
        max(fraction_of(layer.n_links, zeta) if method.rewires else 0, layer.n_links - count)
        for layer, count in zip(before, counts, strict=True)
    ]
    kept = [_prune(method.pruning, context, count) for context, count in zip(contexts, pruned, strict=True)]
    biases = [layer.bias for layer in before]
    if remove_disconnected and method.rewires:
        on_path = links_on_paths(before, kept)
        if merge_bias:
            biases = merged_biases(before, kept, on_path)
        kept = on_path
    choose = REGROWTH_RULES.resolve(method.regrowth)
    updates, layers, velocities = [], [], []
    for context, mask, weak, bias, target in zip(contexts, kept, pruned, biases, counts, strict=True):
        layer = context.layer
        left = replace(layer.select(mask), bias=bias)
        count = target - left.n_links
        begin = time.perf_counter()
        new = (
            choose(replace(context, layer=left, velocities=context.velocities[mask]), count)
            if count
            else NewLinks.none()
        )
        seconds = time.perf_counter() - begin
        if not valid_positions(new.positions, count, left):
            raise SparseTrainingError(f"{_contract(method.regrowth, count)}, got {len(new.positions)}")
        if method.new_weights == "zero":
            weights = np.zeros(count, np.float32)
        else:
            weights = initial_weights(layer.n_in, count, rng)
        removed = layer.select(~mask)
        returning, where = _find(removed.positions, new.positions)
        if regrown_weight == "keep":
            weights[where] = removed.weights[returning]
        layers.append(_insert(left, new.positions, weights))
        if np.any(np.diff(layers[-1].positions) <= 0):
            raise SparseTrainingError(f"{_contract(method.regrowth, count)}, got some that are linked")
        velocity = momentum.sparse_layers[context.number - 1].select(mask)
        velocities.append(_insert(velocity, new.positions, np.zeros(count, np.float32)))
        off_path = layer.n_links - weak - left.n_links
        updates.append(LayerUpdate(weak, off_path, count, int(returning.sum()), new.ties, new.shortfall, seconds))
    return (
        replace(network, sparse_layers=tuple(layers)),
        replace(momentum, sparse_layers=tuple(velocities)),
        updates,
    )


def merged_biases(
    layers: Sequence[SparseLayer], kept: Sequence[np.ndarray], on_path: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """The biases (n_out,) of each layer when the links that are kept but not on a path go, and units that no input
    reaches, whose output is the constant ReLU(bias), add it times the weight to the biases of the next layer.

    What the network computes is then the same with and without those links.
    """
    biases = []
    constant = np.zeros(layers[0].n_in, np.float32)  # output of the units that no input reaches
    reached = np.ones(layers[0].n_in, bool)
    for layer, there, stays in zip(layers, kept, on_path, strict=True):
        cut = there & ~stays & ~reached[layer.sources]
        added = np.zeros(layer.n_out)
        np.add.at(added, layer.targets[cut], layer.weights[cut].astype(float) * constant[layer.sources[cut]])
        biases.append((layer.bias + added).astype(np.float32))
        reached_before, reached = reached, np.zeros(layer.n_out, bool)
        reached[layer.targets[there & reached_before[layer.sources]]] = True
        constant = np.where(reached, np.float32(0), np.maximum(biases[-1], 0))
    return biases


def topology_update_stages(
    network: SparseMLP, rule: str | Method, settings: TrainingSettings, seed: np.random.SeedSequence
) -> list[dict]:
    """The update that would follow the last epoch, one row for each link of each of its four stages.

    The columns are stage, layer (from 1), source, target, weight, event:

    before                every link of the network; event `kept`
    removed_by_magnitude  every link; event `removed_by_magnitude` or `kept`
    removed_off_path      the links that are left; event `removed_off_path` or `kept`
    regrown               every link of the updated network; event `new` or `kept`
    """
    method = Method.of(rule, settings)
    if not method.rewires:
        raise SparseTrainingError(f"the regrowth rule {rule} has no topology update to show; choose one that rewires")
    layers = network.sparse_layers
    rng = generator(seed, Stream.REGROWTH, settings.epochs)
    contexts = [Context(layer, rng, number=number, layers=layers) for number, layer in enumerate(layers, start=1)]
    strong = [_prune(method.pruning, one, fraction_of(one.layer.n_links, settings.zeta)) for one in contexts]
    on_path = links_on_paths(layers, strong) if settings.remove_disconnected else strong
    updated, _, _ = update_topology(
        network,
        network.zeros_like(),
        method,
        generator(seed, Stream.REGROWTH, settings.epochs),
        zeta=settings.zeta,
        remove_disconnected=settings.remove_disconnected,
        regrown_weight=settings.regrown_weight,
        epoch=settings.epochs,
    )
    rows = []
    for number, layer in enumerate(network.sparse_layers, start=1):
        weak, off_path = ~strong[number - 1], strong[number - 1] & ~on_path[number - 1]
        left = layer.select(~weak)
        final = updated.sparse_layers[number - 1]
        stayed = np.isin(final.positions, layer.positions[on_path[number - 1]])
        rows += _rows("before", number, layer, "kept", np.zeros(layer.n_links, bool))
        rows += _rows("removed_by_magnitude", number, layer, "removed_by_magnitude", weak)
        rows += _rows("removed_off_path", number, left, "removed_off_path", off_path[~weak])
        rows += _rows("regrown", number, final, "new", ~stayed)
    return rows


def _find(removed: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Masks (n_removed,) and (n_new,) of the positions in both; as both ascend, the masked entries correspond."""
    return np.isin(removed, new, assume_unique=True), np.isin(new, removed, assume_unique=True)


def _insert(layer: SparseLayer, positions: np.ndarray, weights: np.ndarray) -> SparseLayer:
    positions = np.concatenate([layer.positions, positions])
    order = np.argsort(positions, kind="stable")  # two ascending runs: merged in one pass
    return layer.with_links(positions[order], np.concatenate([layer.weights, weights])[order])


def _prune(rule: str, context: Context, count: int) -> np.ndarray:
    kept = PRUNING_RULES.resolve(rule)(context, count)
    if kept.shape != (context.layer.n_links,) or kept.dtype != bool or (~kept).sum() != count:
        raise SparseTrainingError(
            f"the pruning rule {rule} must return a mask of {context.layer.n_links} links, false for {count} of them"
        )
    return kept


def _contract(rule: str, count: int) -> str:
    return f"the regrowth rule {rule} must return {count} positions of pairs without a link, ascending and unique"


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
