"""One topology update taken apart, link by link, so that it can be drawn (Sulyok et al. 2026, Fig. 7)."""

import numpy as np

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseLayer, SparseMLP
from sparse_training.randomness import Stream, generator
from sparse_training.reachability import links_on_paths
from sparse_training.regrowth.registry import REGROWTH_RULES
from sparse_training.settings import TrainingSettings
from sparse_training.topology import keep_strongest, update_topology


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
