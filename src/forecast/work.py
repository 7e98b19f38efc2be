"""The work in a job: amounts of a few kinds of work, each of which has one price on one machine.

This is the whole cost model. What a job computes is read off its command; the prices (`forecast.unit_costs`) are CPU
seconds for one unit of each kind.

kind                        one unit
"start: <group>"            starting a script of that group: interpreter, imports, compiled kernels from the cache
"load"                      a pixel of an image set, read and scaled
"convert"                   a pixel of an image set, written
"training, batch <size>"    an image and a link, forward and backward, with its share of a step
"evaluation"                an image and a link, forward
"update: <rule>"            a link of a network whose topology is updated
"damage: <perturbation>"    a link of a network that is damaged once, and searched for paths
"fit: <classifier>"         a table of 1 row, 1 feature, 1 class, by the power law of the classifier
"figure"                    a figure, drawn and saved

Start-up and whatever else a job does once is in its "start".
"""

import math
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from forecast.data_sizes import DataSizes, ImageSize, UnknownSize
from study.workflow.jobs import Command

TRAINING_SCRIPTS = ("train.py", "perturb.py", "time_updates.py", "topology_stages.py")
CLASSIFIER_SCRIPTS = ("evaluate_classifiers.py", "find_hypercuboids.py", "explain_asonn.py")

# exponents of rows, features and classes in the time of fitting and predicting, rounded from 18 tables of PMLB
POWERS = {
    "asonn_v1": (1.3, 1.3, 0.6),
    "asonn_v2": (1.2, 1.3, 0.8),
    "asonn_v3": (1.2, 1.3, 0.8),
    "decision_tree": (0.4, 0.5, 0.3),
    "k_nearest_neighbours": (0.5, 0.4, 0.2),
    "logistic_regression": (0.2, 0.3, 0.8),
    "mlp": (0.9, 0.1, 0.0),
    "naive_bayes": (0.2, 0.1, 0.2),
    "random_forest": (0.4, 0.2, 0.2),
    "svm": (1.7, 0.3, 0.0),
    "xgboost": (0.2, 0.5, 1.5),
}
OTHER_POWERS = (0.5, 0.5, 0.5)
READOUT_WEIGHT = 0.4  # what a weight of the dense readout costs, in links: training with 10 and with 26 classes


def group_of(script: str) -> str:
    """Scripts that import the same: "training", "classifiers", "figure" or "tables" (all others)."""
    if script in TRAINING_SCRIPTS:
        return "training"
    if script in CLASSIFIER_SCRIPTS:
        return "classifiers"
    return "figure" if script.startswith("figure_") else "tables"


@dataclass(frozen=True)
class Layout:
    """A network: units of each layer from the inputs to the readout's classes, share of links in the sparse layers."""

    units: tuple[int, ...]
    density: float

    @classmethod
    def of(cls, command: Command, images: ImageSize) -> "Layout":
        """The network that a training script makes."""
        inputs = int(command.number("inputs")) if "inputs" in command.options else images.inputs
        hidden = tuple(int(units) for units in command.numbers("hidden-sizes"))
        return cls((inputs, *hidden, images.classes), command.number("density"))

    @property
    def links(self) -> float:
        """Links of the sparse layers."""
        return sum(self.density * below * above for below, above in zip(self.units[:-2], self.units[1:-1], strict=True))

    @property
    def readout(self) -> float:
        """Weights of the dense readout."""
        return self.units[-2] * self.units[-1]

    @property
    def load(self) -> float:
        """What an image costs on its way through the network, in links."""
        return self.links + READOUT_WEIGHT * self.readout


def work_in(command: Command, sizes: DataSizes, networks: dict[str, Layout], epochs_done: int = 0) -> Counter[str]:
    """Amounts of work by kind.

    networks     layout of the networks trained on each image set (by its path), for jobs that only read them
    epochs_done  of a training that will go on from a checkpoint

    Raises UnknownSize for data of unknown size, KeyError and ValueError for a command that is not as expected.
    """
    work = Counter({f"start: {group_of(command.script)}": 1})
    match command.script:
        case "train.py":
            images = sizes.images(command.value("images"))
            epochs = int(command.number("epochs"))
            work["load"] += images.pixels
            work += _training(command, images, command.value("rule"), epochs - epochs_done, 1)
        case "time_updates.py":
            images = sizes.images(command.value("images"))
            for rule in command.options["rules"]:
                work += _training(command, images, rule, 2, 1)
                work += _training(command, images, rule, int(command.number("epochs")) + 1, command.number("instances"))
            work["load"] += images.pixels
        case "topology_stages.py":
            images = sizes.images(command.value("images"))
            work["load"] += images.pixels
            work += _training(command, images, command.value("rule"), int(command.number("epochs")), 1)
        case "perturb.py":
            images = sizes.images(command.value("images"))
            layout = networks[command.value("images")]
            draws = len(command.options[""]) * len(command.options["levels"]) * command.number("repeats")
            work["load"] += images.pixels
            work["evaluation"] += draws * images.test * layout.load
            work[f"damage: {command.value('perturbation')}"] += draws * layout.links
        case "evaluate_classifiers.py":
            table = sizes.table(command.options[""][0])
            names = [f"asonn_v{version}" for version in command.options["versions"]] + command.options["classifiers"]
            for name in names:
                work[f"fit: {name}"] += command.number("splits") * fit_amount(
                    name, table.rows, table.features, table.classes
                )
        case "find_hypercuboids.py" | "explain_asonn.py":
            table = sizes.table(command.options[""][0])
            work["fit: asonn_v2"] += fit_amount("asonn_v2", table.rows, table.features, table.classes)
        case "convert_images.py" | "import_images.py" | "prepare_digits.py":
            work["convert"] += sizes.images(command.value("output")).pixels
        case script if script.startswith("figure_"):
            work["figure"] += 1
            del work["start: figure"]
    return work


def _training(command: Command, images: ImageSize, rule: str, epochs: int, networks: float) -> Counter[str]:
    layout = Layout.of(command, images)
    updates = max(epochs - 1, 0) if rule != "static" else 0
    return Counter(
        {
            f"training, batch {int(command.number('batch-size'))}": networks * epochs * images.train * layout.load,
            "evaluation": networks * epochs * images.test * layout.load,
            f"update: {rule}": networks * updates * layout.links,
        }
    )


def fit_amount(classifier: str, rows: float, features: float, classes: float) -> float:
    """Units of work in fitting a classifier to a table, and in asking it for the rest of the rows."""
    powers = POWERS.get(classifier, OTHER_POWERS)
    return math.prod(size**power for size, power in zip((rows, features, classes), powers, strict=True))


def layouts(commands: Sequence[Command], sizes: DataSizes) -> dict[str, Layout]:
    """The layout of the networks that are trained on each image set of known size, by the path of the set."""
    found = {}
    for command in commands:
        if command.script == "train.py":
            with suppress(UnknownSize, KeyError, ValueError):
                path = command.value("images")
                found[path] = Layout.of(command, sizes.images(path))
    return found
