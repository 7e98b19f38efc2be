"""What a training method is composed of, and the registry of those with a name."""

from dataclasses import dataclass, fields, replace

from sparse_training.errors import SparseTrainingError
from sparse_training.initial.registry import INITIAL_TOPOLOGIES, link_counts
from sparse_training.pruning.registry import PRUNING_RULES
from sparse_training.registry import Registry
from sparse_training.regrowth.registry import REGROWTH_RULES
from sparse_training.schedules.registry import SCHEDULES
from sparse_training.settings import NEW_WEIGHTS, TrainingSettings

METHODS = Registry("sparse_training.methods", "training method")


@dataclass(frozen=True)
class Method:
    """A composition. Each part is `name` or `name(option=value, …)`.

    initial_topology  where the first links lie, and how many each layer gets (`INITIAL_TOPOLOGIES`)
    pruning           which links an update removes (`PRUNING_RULES`)
    regrowth          where it places new ones (`REGROWTH_RULES`)
    zeta_schedule     how the pruned fraction falls from `TrainingSettings.zeta` to 0 (`SCHEDULES`)
    density_schedule  how the density moves from `initial_density` to `TrainingSettings.density` (`SCHEDULES`)
    initial_density   of the first links; None for a constant density
    new_weights       of new links: "normal", N(0, 2/n_in) as at the start, or "zero"

    The defaults are the composition of Sulyok et al. 2026 with random regrowth.
    """

    initial_topology: str = "uniform"
    pruning: str = "magnitude"
    regrowth: str = "random"
    zeta_schedule: str = "constant"
    density_schedule: str = "constant"
    initial_density: float | None = None
    new_weights: str = "normal"

    @classmethod
    def of(cls, rule: "str | Method", settings: TrainingSettings) -> "Method":
        """The method of a name, with the parts that the settings replace; no part is imported.

        rule  a name of `METHODS`, or of `REGROWTH_RULES`: the default composition with that regrowth; or a method
        """
        if isinstance(rule, str):
            rule = METHODS[rule] if rule in METHODS else cls(regrowth=_regrowth(rule))
        if not isinstance(rule, Method):
            raise SparseTrainingError(f"rule must be a name or a Method, got {rule!r}")
        own = {part.name: getattr(settings, part.name) for part in fields(cls)}
        return replace(rule, **{name: value for name, value in own.items() if value is not None})

    @property
    def rewires(self) -> bool:
        """Whether links change while the density stays."""
        return self.regrowth.partition("(")[0] != "static"

    def link_counts(self, settings: TrainingSettings, shapes: list[tuple[int, int]], progress: float) -> list[int]:
        """The links that each layer of shape (n_in, n_out) has at this progress of a density that moves.

        Raises `SparseTrainingError` if a layer would have none.
        """
        done = SCHEDULES.resolve(self.density_schedule)(progress)
        density = self.initial_density + (settings.density - self.initial_density) * done
        counts = link_counts(self.initial_topology, shapes, density)
        if min(counts) < 1:
            number = counts.index(min(counts)) + 1
            raise SparseTrainingError(
                f"the density_schedule {self.density_schedule} leaves layer {number} without a link, at a density of "
                f"{density:.2g}: choose a larger density or wider layers"
            )
        return counts

    def parts(self) -> list[tuple[Registry, str]]:
        """Each part, with the registry that it is a member of."""
        return [
            (INITIAL_TOPOLOGIES, self.initial_topology),
            (PRUNING_RULES, self.pruning),
            (REGROWTH_RULES, self.regrowth),
            (SCHEDULES, self.zeta_schedule),
            (SCHEDULES, self.density_schedule),
        ]

    def check(self, settings: TrainingSettings) -> None:
        """Raises `SparseTrainingError` where a part does not exist or does not go with the others."""
        for registry, text in self.parts():
            registry.resolve(text)
        if self.new_weights not in NEW_WEIGHTS:
            raise SparseTrainingError(f"new_weights must be one of {', '.join(NEW_WEIGHTS)}, got {self.new_weights!r}")
        if self.density_schedule == "constant":
            if self.initial_density is not None:
                moving = ", ".join(name for name in SCHEDULES if name != "constant")
                raise SparseTrainingError(
                    f"initial_density is for a density that moves: choose a density_schedule of {moving}"
                )
        elif self.initial_density is None or settings.density is None:
            raise SparseTrainingError(
                f"the density_schedule {self.density_schedule} needs initial_density and density, its first and last "
                f"values, or choose constant; got {self.initial_density} and {settings.density}"
            )
        elif not self.rewires and self.initial_density < settings.density:
            growing = ", ".join(name for name in REGROWTH_RULES if name != "static")
            raise SparseTrainingError(
                f"the density cannot grow from {self.initial_density} to {settings.density} with the regrowth rule "
                f"static, which places no links: choose one of {growing}"
            )


def _regrowth(text: str) -> str:
    if text.partition("(")[0] not in list(REGROWTH_RULES):
        raise SparseTrainingError(
            f"unknown training method {text!r}, expected one of {', '.join(METHODS)}, or a regrowth rule, one of "
            f"{', '.join(REGROWTH_RULES)}"
        )
    return text


def modules_of(rule: str, settings: TrainingSettings) -> list[str]:
    """Dotted names of the modules of a method and of its parts: the code that, besides the trainer, its networks depend
    on. None of the parts is imported."""
    parts = [(METHODS, rule), *Method.of(rule, settings).parts()]
    return sorted({module for registry, text in parts if (module := registry.module_of(text))})
