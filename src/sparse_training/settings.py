"""The settings of a training run, their defaults and limits."""

from dataclasses import dataclass, fields

from sparse_training.errors import SparseTrainingError

LEARNING_RATE_SCHEDULES = ("linear", "constant")
REGROWN_WEIGHTS = ("redraw", "keep")
NEW_WEIGHTS = ("normal", "zero")


@dataclass(frozen=True)
class TrainingSettings:
    """What a training run depends on, besides network, data, training method and seed.

    The paper states zeta as a fixed fraction and nothing of the optimiser; the defaults follow the published code of
    its reference [28] (Zhang et al. 2024).

    epochs                  passes over the training set, at least 1
    batch_size              samples of a step; the last one of an epoch may have fewer, its gradient is the mean over
                            its own samples
    learning_rate           of the first epoch
    learning_rate_schedule  "linear": falls to 1 % over the first 90 % of the epochs, then stays; "constant"
    momentum                velocity kept from step to step, in [0, 1)
    weight_decay            L2 penalty on all parameters, as torch.optim.SGD adds it to the gradient
    zeta                    fraction of each layer's links that is pruned after an epoch, in [0, 1)
    remove_disconnected     whether an update also removes links on no path from an input to the output layer
    regrown_weight          weight of a link removed and regrown at once: "redraw" (as any new link) or "keep"
    density                 of the network at the end of training, in (0, 1]; for density schedules that move
    update_after_last_epoch whether a topology update follows the last epoch too. Sulyok et al. 2026 update "between"
                            epochs, but speak of "new links inserted in the final epoch"
    merge_bias              whether the constant output of units that no input reaches is added to the biases of the
                            next layer when their links are removed, as Sulyok et al. 2026 (section 4.3) say it
                            "should"; by default it is lost

    The others replace parts of the training method, and are None where the method stays as it is: `Method`.
    """

    epochs: int
    batch_size: int = 32
    learning_rate: float = 0.025
    learning_rate_schedule: str = "linear"
    momentum: float = 0.9
    weight_decay: float = 0.0
    zeta: float = 0.3
    remove_disconnected: bool = True
    regrown_weight: str = "redraw"
    density: float | None = None
    update_after_last_epoch: bool = False
    merge_bias: bool = False
    initial_topology: str | None = None
    pruning: str | None = None
    regrowth: str | None = None
    zeta_schedule: str | None = None
    density_schedule: str | None = None
    initial_density: float | None = None
    new_weights: str | None = None

    def __post_init__(self) -> None:
        limits = {
            "epochs": (isinstance(self.epochs, int) and self.epochs >= 1, "a whole number of at least 1"),
            "batch_size": (isinstance(self.batch_size, int) and self.batch_size >= 1, "a whole number of at least 1"),
            "learning_rate": (self.learning_rate > 0, "positive"),
            "learning_rate_schedule": (
                self.learning_rate_schedule in LEARNING_RATE_SCHEDULES,
                f"one of {', '.join(LEARNING_RATE_SCHEDULES)}",
            ),
            "momentum": (0 <= self.momentum < 1, "in [0, 1)"),
            "weight_decay": (self.weight_decay >= 0, "at least 0"),
            "zeta": (0 <= self.zeta < 1, "in [0, 1)"),
            "remove_disconnected": (isinstance(self.remove_disconnected, bool), "true or false"),
            "regrown_weight": (self.regrown_weight in REGROWN_WEIGHTS, f"one of {', '.join(REGROWN_WEIGHTS)}"),
            "density": (self.density is None or 0 < self.density <= 1, "in (0, 1]"),
            "update_after_last_epoch": (isinstance(self.update_after_last_epoch, bool), "true or false"),
            "merge_bias": (isinstance(self.merge_bias, bool), "true or false"),
            "initial_density": (self.initial_density is None or 0 < self.initial_density <= 1, "in (0, 1]"),
            "new_weights": (
                self.new_weights is None or self.new_weights in NEW_WEIGHTS,
                f"one of {', '.join(NEW_WEIGHTS)}",
            ),
        }
        for name in ("initial_topology", "pruning", "regrowth", "zeta_schedule", "density_schedule"):
            value = getattr(self, name)
            limits[name] = (value is None or isinstance(value, str), "a name, such as those that the registries list")
        assert limits.keys() == {field.name for field in fields(self)}
        for name, (holds, expected) in limits.items():
            if not holds:
                raise SparseTrainingError(f"{name} must be {expected}, got {getattr(self, name)!r}")

    def learning_rate_of(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 1."""
        if self.learning_rate_schedule == "constant":
            return self.learning_rate
        falling_epochs = max(1, int(0.9 * self.epochs))
        return self.learning_rate * (1 - 0.99 * min(1.0, (epoch - 1) / falling_epochs))
