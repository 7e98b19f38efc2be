"""Training of dense networks by PyTorch, several at once: the control without sparsity.

The kernels of this library store each link with its ends, which does not pay for a network that has all of them. All
networks of a call pass through the same batched matrix products (`torch.bmm`), so that a GPU, which one network leaves
idle, is filled by many. The same code runs on a CPU.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from torch.nn import functional

from sparse_training.engine import as_finite_images, as_labels
from sparse_training.errors import SparseTrainingError
from sparse_training.measures import active_units
from sparse_training.network import SparseMLP
from sparse_training.randomness import Stream, as_seed_sequence, generator
from sparse_training.settings import TrainingSettings
from sparse_training.training import EpochRecord

TESTED_AT_ONCE = 1000  # images of a batch of the test


@dataclass(frozen=True)
class DenseRun:
    """A training of dense networks, up to the last epoch of its records.

    weights     of each layer, the output layer last: float32 (networks, n_out, n_in)
    biases      likewise (networks, n_out, 1)
    velocities  of the weights, then of the biases, in the same shapes
    records     for each network, its epochs so far
    """

    weights: list[torch.Tensor]
    biases: list[torch.Tensor]
    velocities: list[torch.Tensor]
    records: list[list[EpochRecord]]

    @classmethod
    def start(cls, networks: Sequence[SparseMLP], device: torch.device) -> "DenseRun":
        """Before the first epoch: nothing moves yet."""
        weights = [[*(layer.to_dense() for layer in one.sparse_layers), one.readout_weights] for one in networks]
        biases = [
            [*(layer.bias[:, None] for layer in one.sparse_layers), one.readout_bias[:, None]] for one in networks
        ]
        weights, biases = (
            [torch.tensor(np.stack(layer), device=device) for layer in zip(*values, strict=True)]
            for values in (weights, biases)
        )
        return cls(weights, biases, [torch.zeros_like(each) for each in (*weights, *biases)], [[] for _ in networks])

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return len(self.records[0])

    def copy(self) -> "DenseRun":
        """The same run with tensors and records of its own, which further epochs can change."""
        tensors = (
            [tensor.detach().clone() for tensor in part] for part in (self.weights, self.biases, self.velocities)
        )
        return DenseRun(*tensors, [list(epochs) for epochs in self.records])

    def to_arrays(self) -> dict[str, np.ndarray]:
        """All but the records as named arrays of their own, for storage."""
        return {"epoch": np.array(self.epoch)} | {
            f"{name}_{number}": tensor.detach().cpu().numpy().copy()
            for name in ("weights", "biases", "velocities")
            for number, tensor in enumerate(getattr(self, name))
        }

    def rows(self) -> dict[str, list]:
        """The records as lists and numbers, for storage."""
        return {"records": [[asdict(record) for record in epochs] for epochs in self.records]}

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, np.ndarray], rows: Mapping[str, list], device: str | None = None
    ) -> "DenseRun":
        """The run of `to_arrays` and `rows`, on a device of PyTorch; `default_device()` unless told otherwise."""
        device = device or default_device()

        def part(name: str) -> list[torch.Tensor]:
            count = sum(key.startswith(f"{name}_") for key in arrays)
            return [torch.tensor(arrays[f"{name}_{number}"], device=device) for number in range(count)]

        records = [[EpochRecord(**record) for record in epochs] for epochs in rows["records"]]
        return cls(part("weights"), part("biases"), part("velocities"), records)


def default_device() -> str:
    """`cuda` where PyTorch has such a device, else `cpu`."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def train_dense(
    networks: Sequence[SparseMLP],
    train_images: np.ndarray,
    train_labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    *,
    settings: TrainingSettings,
    seeds: Sequence[np.random.SeedSequence | int],
    device: str | None = None,
    resume_from: DenseRun | None = None,
    after_epoch: Callable[[DenseRun], None] | None = None,
) -> tuple[list[SparseMLP], list[list[EpochRecord]]]:
    """Trains dense networks of the same sizes; returns them, and for each network the records of its epochs.

    networks     all pairs of units linked (initial topology `complete`); they stay as they are
    seeds        one for each network: of its order of samples, as in `training.train`
    settings     epochs, batch_size, learning_rate, learning_rate_schedule, momentum and weight_decay count
    device       of PyTorch; `default_device()` unless told otherwise
    resume_from  goes on from this run, on its device, as if it had never stopped, instead of from `networks`; the run
                 itself stays as it is
    after_epoch  is called after each epoch with the run so far, a copy of its own; what it raises ends the training

    Other arguments and the steps are those of `training.train` with the method `static`, to float32 rounding. The
    seconds of an epoch are those of all networks together, divided by their number.
    """
    if not networks or len(seeds) != len(networks):
        raise SparseTrainingError(f"seeds must be one for each network; got {len(seeds)} for {len(networks)} networks")
    first = networks[0]
    if len({(*(layer.shape for layer in one.sparse_layers), one.n_classes) for one in networks}) > 1:
        raise SparseTrainingError("train_dense takes networks of the same sizes: train others in a call of their own")
    if any(layer.n_links < layer.n_in * layer.n_out for network in networks for layer in network.sparse_layers):
        raise SparseTrainingError("train_dense takes networks with all pairs linked: initial_topology='complete'")
    run = resume_from.copy() if resume_from else DenseRun.start(networks, torch.device(device or default_device()))
    device = run.weights[0].device
    seeds = [as_seed_sequence(seed) for seed in seeds]
    arrays = [as_finite_images(images, first.n_inputs) for images in (train_images, test_images)]
    classes = [
        as_labels(labels, len(images), first.n_classes)
        for labels, images in zip((train_labels, test_labels), arrays, strict=True)
    ]
    (images, labels), (tested, answers) = (
        (torch.from_numpy(pixels).to(device), torch.from_numpy(truth).to(device))
        for pixels, truth in zip(arrays, classes, strict=True)
    )
    parameters = [tensor.requires_grad_() for tensor in (*run.weights, *run.biases)]
    optimiser = torch.optim.SGD(
        parameters, lr=settings.learning_rate, momentum=settings.momentum, weight_decay=settings.weight_decay
    )
    for parameter, velocity in zip(parameters, run.velocities, strict=True):
        optimiser.state[parameter]["momentum_buffer"] = velocity  # which the optimiser changes in place
    for epoch in range(run.epoch + 1, settings.epochs + 1):
        begin = time.perf_counter()
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate_of(epoch)
        order = [generator(seed, Stream.SHUFFLING, epoch).permutation(len(labels)) for seed in seeds]
        order = torch.tensor(np.array(order)).to(device)
        losses = _epoch(run.weights, run.biases, optimiser, images, labels, order, settings)
        if not np.isfinite(losses).all():
            raise SparseTrainingError(
                f"the training loss of epoch {epoch} is not finite with {settings}; a smaller learning_rate may help"
            )
        trained = time.perf_counter()
        accuracies = _accuracies(run.weights, run.biases, tested, answers)
        evaluated = time.perf_counter()
        seconds = {
            "seconds_training": (trained - begin) / len(networks),
            "seconds_scoring": 0.0,
            "seconds_update": 0.0,
            "seconds_evaluation": (evaluated - trained) / len(networks),
        }
        for network, loss, accuracy, epochs in zip(
            networks, losses.tolist(), accuracies.tolist(), run.records, strict=True
        ):
            record = EpochRecord(
                history={"epoch": epoch, "training_loss": loss, "test_accuracy": accuracy},
                topology=[
                    _unchanged(epoch, number, layer) for number, layer in enumerate(network.sparse_layers, start=1)
                ],
                timings={"epoch": epoch, **seconds},
            )
            epochs.append(record)
        if after_epoch:
            after_epoch(run.copy())
    return _trained(networks, run.weights, run.biases), run.records


def _logits(weights: list[torch.Tensor], biases: list[torch.Tensor], columns: torch.Tensor) -> torch.Tensor:
    """(networks, n_classes, samples) for images (networks, n_inputs, samples)."""
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        columns = torch.baddbmm(bias, weight, columns).relu()
    return torch.baddbmm(biases[-1], weights[-1], columns)


def _epoch(
    weights: list[torch.Tensor],
    biases: list[torch.Tensor],
    optimiser: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    order: torch.Tensor,
    settings: TrainingSettings,
) -> np.ndarray:
    """One pass over the samples in the order (networks, samples) of each network; their mean losses (networks,)."""
    total = torch.zeros(len(order), dtype=torch.float64, device=images.device)
    for batch in order.split(settings.batch_size, dim=1):
        optimiser.zero_grad()
        logits = _logits(weights, biases, images[batch].transpose(1, 2))
        losses = functional.cross_entropy(logits, labels[batch], reduction="none").sum(dim=1)
        (losses.sum() / batch.shape[1]).backward()  # the networks share no parameter: each gets its own gradient
        optimiser.step()
        total += losses.detach()
    return (total / order.shape[1]).cpu().numpy()


@torch.no_grad()
def _accuracies(
    weights: list[torch.Tensor], biases: list[torch.Tensor], images: torch.Tensor, labels: torch.Tensor
) -> np.ndarray:
    """Fraction of the images that each network classifies as their labels say, (networks,)."""
    right = torch.zeros(len(weights[0]), dtype=torch.int64, device=images.device)
    for first in range(0, len(images), TESTED_AT_ONCE):
        part = slice(first, first + TESTED_AT_ONCE)
        columns = images[part].T.expand(len(right), -1, -1)
        right += (_logits(weights, biases, columns).argmax(dim=1) == labels[part]).sum(dim=1)
    return right.cpu().numpy() / len(images)


def _unchanged(epoch: int, number: int, layer) -> dict:
    """The row of `TrainingRun.topology` of a layer that no update touched and that has all links."""
    nothing = ("removed_by_magnitude", "removed_off_path", "regrown", "regrown_just_removed", "ties", "shortfall")
    row = {"epoch": epoch, "layer": number, "links": layer.n_links} | dict.fromkeys(nothing, 0)
    return row | {"active_units": active_units(layer), "explored": 1.0}


def _trained(networks: Sequence[SparseMLP], weights: list[torch.Tensor], biases: list[torch.Tensor]) -> list[SparseMLP]:
    """The networks with the weights and biases of the tensors."""
    weights, biases = ([tensor.detach().cpu().numpy() for tensor in tensors] for tensors in (weights, biases))
    trained = []
    for index, network in enumerate(networks):
        layers = tuple(
            replace(
                layer, weights=weight[index].T.ravel(), bias=bias[index, :, 0].copy()
            )  # links go by source, then target
            for layer, weight, bias in zip(network.sparse_layers, weights, biases, strict=False)
        )
        readout = {"readout_weights": weights[-1][index].copy(), "readout_bias": biases[-1][index, :, 0].copy()}
        trained.append(replace(network, sparse_layers=layers, **readout))
    return trained
