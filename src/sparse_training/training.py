"""Dynamic sparse training: epochs of stochastic gradient descent, a topology update after each but the last."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from sparse_training.engine import accuracy, as_finite_images, as_labels, sgd_epoch
from sparse_training.errors import SparseTrainingError
from sparse_training.gradients import Gradients
from sparse_training.measures import active_units, explored, explored_fraction
from sparse_training.methods.registry import Method
from sparse_training.network import SparseMLP
from sparse_training.randomness import Stream, as_seed_sequence, generator
from sparse_training.schedules.registry import SCHEDULES
from sparse_training.settings import TrainingSettings
from sparse_training.topology import LayerUpdate, update_topology


@dataclass(frozen=True)
class TrainingState:
    """All that the next epoch depends on, besides data, method, settings and seed: training goes on from a stored state
    as if it had never stopped.

    epoch     epochs done
    momentum  a network with the same links whose weights and biases are the velocities
    explored  which links have existed so far, for each sparse layer: `measures.explored`
    """

    epoch: int
    network: SparseMLP
    momentum: SparseMLP
    explored: tuple[np.ndarray, ...]

    @classmethod
    def start(cls, network: SparseMLP) -> "TrainingState":
        """Before the first epoch: nothing moves yet."""
        return cls(0, network, network.zeros_like(), tuple(explored(layer) for layer in network.sparse_layers))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The state as named arrays, for storage."""
        network = {f"network_{name}": array for name, array in self.network.to_arrays().items()}
        momentum = {f"momentum_{name}": array for name, array in self.momentum.to_arrays().items()}
        tried = {f"explored_{number}": array for number, array in enumerate(self.explored, start=1)}
        return {"epoch": np.array(self.epoch)} | network | momentum | tried

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "TrainingState":
        """The state of `to_arrays`."""

        def part(prefix: str) -> SparseMLP:
            return SparseMLP.from_arrays({n.removeprefix(prefix): arrays[n] for n in arrays if n.startswith(prefix)})

        network = part("network_")
        tried = tuple(arrays[f"explored_{number}"] for number, _ in enumerate(network.sparse_layers, start=1))
        return cls(int(arrays["epoch"]), network, part("momentum_"), tried)


@dataclass(frozen=True)
class EpochRecord:
    """One epoch as rows of tidy tables: one of `history`, one a sparse layer of `topology`, one of `timings`."""

    history: dict
    topology: list[dict]
    timings: dict


@dataclass(frozen=True)
class TrainingRun:
    """A run up to the last epoch of its state: the network and the rows of all epochs so far.

    history   epoch, training_loss, test_accuracy
    topology  epoch, layer, links, removed_by_magnitude, removed_off_path, regrown, regrown_just_removed, ties,
              shortfall, active_units, explored (`measures.explored_fraction`)
    timings   epoch, seconds_training, seconds_scoring, seconds_update, seconds_evaluation
    """

    state: TrainingState
    history: list[dict] = field(default_factory=list)
    topology: list[dict] = field(default_factory=list)
    timings: list[dict] = field(default_factory=list)

    @property
    def network(self) -> SparseMLP:
        return self.state.network

    def rows(self) -> dict[str, list[dict]]:
        """The three tables by name."""
        return {"history": self.history, "topology": self.topology, "timings": self.timings}


def initial_network(
    sizes: list[int],
    *,
    n_classes: int,
    rule: str | Method,
    settings: TrainingSettings,
    rng: np.random.Generator,
    images: np.ndarray | None = None,
) -> SparseMLP:
    """The network that a training method starts from: its initial topology, at its initial density if it has one, else
    at `settings.density`.

    Arguments as for `SparseMLP.random` and `train`; `images` are the training images.
    """
    method = Method.of(rule, settings)
    method.check(settings)
    density = method.initial_density or settings.density
    if density is None:
        raise SparseTrainingError("the density of a new network must be given in its settings, in (0, 1]")
    return SparseMLP.random(
        sizes,
        n_classes=n_classes,
        density=density,
        rng=rng,
        initial_topology=method.initial_topology,
        images=images,
    )


def train(
    network: SparseMLP,
    train_images: np.ndarray,
    train_labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    *,
    rule: str | Method,
    settings: TrainingSettings,
    seed: np.random.SeedSequence | int,
    resume_from: TrainingRun | None = None,
    after_epoch: Callable[[TrainingRun], None] | None = None,
) -> TrainingRun:
    """Trains a network; the one that is given stays as it is.

    train_images, test_images  float32 (n_samples, n_inputs), scaled alike
    train_labels, test_labels  (n_samples,) integers in 0..n_classes - 1
    rule                       name of a training method (`METHODS`) or of a regrowth rule (`REGROWTH_RULES`), or a
                               `Method`; `settings` may replace parts of it
    seed                       of the order of samples and of topology updates; the same seed gives the same bytes
    resume_from                goes on from this run, as if it had never stopped, instead of from `network`
    after_epoch                is called with the run after each epoch; what it raises ends the training

    The test images are only looked at: their accuracy after each epoch, before its topology update, goes into the
    history.
    """
    run = resume_from or TrainingRun(TrainingState.start(network))
    data = (train_images, train_labels, test_images, test_labels)
    for state, record in training_epochs(run.state, *data, rule=rule, settings=settings, seed=seed):
        run = TrainingRun(
            state, [*run.history, record.history], [*run.topology, *record.topology], [*run.timings, record.timings]
        )
        if after_epoch:
            after_epoch(run)
    return run


def training_epochs(
    state: TrainingState,
    train_images: np.ndarray,
    train_labels: np.ndarray,
    test_images: np.ndarray | None,
    test_labels: np.ndarray | None,
    *,
    rule: str | Method,
    settings: TrainingSettings,
    seed: np.random.SeedSequence | int,
) -> Iterator[tuple[TrainingState, EpochRecord]]:
    """Goes on from `state` to the last epoch of the settings and yields the state after each epoch, with its record.

    The other arguments are those of `train`. Without test images, None, their accuracy is NaN.
    """
    if not isinstance(settings, TrainingSettings):
        raise SparseTrainingError(f"settings must be TrainingSettings, got {settings!r}")
    method = Method.of(rule, settings)
    method.check(settings)
    seed = as_seed_sequence(seed)
    n_inputs, n_classes = state.network.n_inputs, state.network.n_classes
    train_images = as_finite_images(train_images, n_inputs)
    train_labels = as_labels(train_labels, len(train_images), n_classes)
    if test_images is not None:
        test_images = as_finite_images(test_images, n_inputs)
        test_labels = as_labels(test_labels, len(test_images), n_classes)
    last_update = settings.epochs if settings.update_after_last_epoch else settings.epochs - 1
    counts = {}
    if method.density_schedule != "constant":
        shapes = [layer.shape for layer in state.network.sparse_layers]
        epochs = range(1, last_update + 1)
        counts = {epoch: method.link_counts(settings, shapes, epoch / last_update) for epoch in epochs}
    pruned = SCHEDULES.resolve(method.zeta_schedule)
    for epoch in range(state.epoch + 1, settings.epochs + 1):
        begin = time.perf_counter()
        order = generator(seed, Stream.SHUFFLING, epoch).permutation(len(train_labels))
        network, momentum, loss = sgd_epoch(
            state.network,
            state.momentum,
            train_images,
            train_labels,
            order,
            batch_size=settings.batch_size,
            learning_rate=settings.learning_rate_of(epoch),
            momentum_factor=settings.momentum,
            weight_decay=settings.weight_decay,
        )
        if not math.isfinite(loss):
            raise SparseTrainingError(
                f"the training loss of epoch {epoch} is not finite with {settings}; a smaller learning_rate may help"
            )
        trained = time.perf_counter()
        test_accuracy = math.nan if test_images is None else accuracy(network, test_images, test_labels)
        evaluated = time.perf_counter()
        active = [active_units(layer) for layer in network.sparse_layers]
        updates = [LayerUpdate.none() for _ in network.sparse_layers]
        if epoch <= last_update and (method.rewires or epoch in counts):
            progress = epoch / last_update
            network, momentum, updates = update_topology(
                network,
                momentum,
                method,
                generator(seed, Stream.REGROWTH, epoch),
                zeta=settings.zeta * (1 - pruned(progress)),
                counts=counts.get(epoch),
                remove_disconnected=settings.remove_disconnected,
                regrown_weight=settings.regrown_weight,
                merge_bias=settings.merge_bias,
                epoch=epoch,
                progress=progress,
                images=train_images,
                gradients=Gradients(network, train_images, train_labels, seed, epoch),
            )
        updated = time.perf_counter()
        tried = tuple(
            explored(layer, so_far) for layer, so_far in zip(network.sparse_layers, state.explored, strict=True)
        )
        state = TrainingState(epoch, network, momentum, tried)
        seconds = {
            "seconds_training": trained - begin,
            "seconds_scoring": sum(update.seconds_scoring for update in updates),
            "seconds_update": updated - evaluated,
            "seconds_evaluation": evaluated - trained,
        }
        yield (
            state,
            EpochRecord(
                history={"epoch": epoch, "training_loss": loss, "test_accuracy": test_accuracy},
                topology=[
                    {
                        "epoch": epoch,
                        "layer": number,
                        "links": layer.n_links,
                        **_counts(update),
                        "active_units": units,
                        "explored": explored_fraction(layer, so_far),
                    }
                    for number, (layer, update, units, so_far) in enumerate(
                        zip(network.sparse_layers, updates, active, tried, strict=True), start=1
                    )
                ],
                timings={"epoch": epoch, **seconds},
            ),
        )


def _counts(update: LayerUpdate) -> dict:
    counts = asdict(update)
    del counts["seconds_scoring"]
    counts["regrown_just_removed"] = update.regrown_just_removed / update.regrown if update.regrown else 0.0
    return counts
