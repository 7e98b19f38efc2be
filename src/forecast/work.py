"""How much work is in a job, read off its command: amounts by kind (`study.workflow.resources`), and memory."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from sparse_training.errors import SparseTrainingError
from sparse_training.methods.registry import Method
from sparse_training.network import SparseMLP
from sparse_training.schedules.registry import SCHEDULES
from sparse_training.settings import TrainingSettings
from study.classifiers import classifier_names
from study.data.image_sets import ImageSet
from study.data.sizes import IMAGE_SETS, ImageSize, TableSize, table_sizes
from study.data.user_images import from_idx, from_npz
from study.errors import StudyError
from study.workflow.code_digest import SOURCE_FOLDER
from study.workflow.jobs import Command, Job
from study.workflow.resources import (
    BYTES_OF_PIXEL,
    classification_work,
    dense_work,
    image_perturbation_work,
    network_links,
    perturbation_work,
    training_work,
)

# CPU seconds and MiB of each script with next to no data, on a core of an AMD EPYC
STARTS = {
    "check_claims.py": (1.1, 140),
    "convert_images.py": (0.6, 160),
    "download_images.py": (0.6, 80),
    "download_table.py": (1.1, 160),
    "evaluate_classifiers.py": (1.9, 285),
    "explain_asonn.py": (1.7, 270),
    "find_hypercuboids.py": (1.9, 270),
    "import_images.py": (0.6, 160),
    "perturb.py": (0.7, 195),
    "perturb_images.py": (0.9, 210),
    "prepare_digits.py": (1.4, 160),
    "prepare_table.py": (1.1, 157),
    "save_configuration.py": (0.3, 72),
    "time_updates.py": (0.7, 200),
    "topology_stages.py": (0.7, 198),
    "train.py": (0.7, 200),
    "train_dense.py": (2.0, 400),
    "weigh_feature_costs.py": (1.9, 270),
    "weight_magnitudes.py": (0.5, 137),
}
NAMED = ("versions", "readings", "classifiers", "tuned")  # arguments that name classifiers
FIGURE = (2.2, 200)  # of each script figure_….py
SECONDS_OF_PIXEL = {"loaded": 6e-9, "stored": 8e-8}  # of an image set, on the same core
START = "start"  # the kind of work that is counted in CPU seconds of that core: starts, images read and written


class UnknownWork(Exception):
    """Nothing says how much work is in a job; the message says what is not known."""


class Layout(NamedTuple):
    """Units of the inputs and of each hidden layer, fraction of the possible links between them, classes."""

    units: tuple[int, ...]
    density: float
    classes: int

    @property
    def links(self) -> float:
        """What an image costs on its way through the network, in links."""
        return network_links(*self)


class Sizes:
    """Sizes of data sets and networks by their paths, of those too that one of the jobs will make."""

    def __init__(self, jobs: Iterable[Job]):
        self._makers = {output: job.command for job in jobs if job.command for output in job.outputs}
        self._tables = table_sizes(SOURCE_FOLDER.parent / "config/pmlb_tables.csv")

    @cache  # noqa: B019 (one object a program)
    def images(self, path: str) -> ImageSize:
        """Of an image set; one of the user's own is read. Raises UnknownWork."""
        if known := IMAGE_SETS.get(Path(path).stem):
            return known
        options = self._makers[path].arguments if path in self._makers else {}
        try:
            if "idx" in options:
                images = from_idx(*map(Path, options["idx"]))
            else:
                images = from_npz(Path(*options["npz"])) if "npz" in options else ImageSet.load(path)
        except (StudyError, OSError):
            raise UnknownWork(f"the size of {path}") from None
        return ImageSize(len(images.train_labels), len(images.test_labels), images.n_inputs, images.n_classes)

    def table(self, path: str) -> TableSize:
        """Of a table, by its name. Raises UnknownWork."""
        name = Path(path).with_suffix("").as_posix().rpartition("tables/")[2]
        if name not in self._tables:
            raise UnknownWork(f"the size of {path}")
        return self._tables[name]

    @cache  # noqa: B019
    def network(self, path: str) -> Layout:
        """Of a network by the job that will train it, or as it lies there. Raises UnknownWork."""
        if path in self._makers:
            return self.trained_by(self._makers[path])
        try:
            network = SparseMLP.load(path)
        except (SparseTrainingError, OSError):
            raise UnknownWork(f"the size of {path}") from None
        units = (network.n_inputs, *(layer.n_out for layer in network.sparse_layers))
        return Layout(units, network.n_links / network_links(units, 1, 0), network.n_classes)

    def trained_by(self, command: Command) -> Layout:
        """Of the network that the command of a script makes."""
        images = self.images(command.value("images"))
        inputs = int(command.value("inputs") or images.pixels)
        return Layout(
            (inputs, *map(int, command.arguments["hidden_sizes"])), float(command.value("density")), images.classes
        )


def start_of(script: str) -> tuple[float, float]:
    """CPU seconds and MiB of a script with next to no data. Raises UnknownWork for a script that is not known."""
    if script not in STARTS and not script.startswith("figure_"):
        raise UnknownWork(f"{script}, which is not in src/forecast/work.py")
    return STARTS.get(script, FIGURE)


def work_in(command: Command, sizes: Sizes, epochs_done: int = 0) -> Counter[str]:
    """Amounts of work by kind. Raises UnknownWork.

    epochs_done : of a training that will go on from a checkpoint.
    """
    work = Counter({START: start_of(command.script)[0]})
    options, value = command.arguments, command.value
    try:
        if path := value("images"):
            images = sizes.images(path)
            work[START] += SECONDS_OF_PIXEL["loaded"] * (images.train + images.test) * images.pixels
        match command.script:
            case "train.py" | "topology_stages.py":
                work += _training(command, sizes, value("rule"), int(value("epochs")), epochs_done)
            case "train_dense.py":
                units = [images.pixels, *map(int, options["hidden_sizes"])]
                links = network_links(units, 1, images.classes)
                epochs = min(int(value("epochs")), int(value("cpu_epochs")))
                for _ in options["seeds"]:
                    work += dense_work(max(epochs - epochs_done, 0), images, links)
            case "time_updates.py":
                epochs = int(value("epochs")) + 1
                for rule in options["rules"]:
                    work += _training(command, sizes, rule, 2)
                    for _ in range(int(value("instances"))):
                        work += _training(command, sizes, rule, epochs)
            case "perturb.py":
                draws = len(options["levels"]) * int(value("repeats"))
                for network in options[""]:
                    links = sizes.network(network).links
                    work += perturbation_work(draws, images.test, links, value("perturbation"))
            case "perturb_images.py":
                levels = sum(not word[0].isalpha() for word in options["perturbations"])  # the others are names
                draws = levels * int(value("repeats"))
                for network in options[""]:
                    work += image_perturbation_work(draws, images, sizes.network(network).links)
            case "evaluate_classifiers.py":
                names = classifier_names(*(options.get(key, ()) for key in NAMED))
                fits = int(value("splits")) + 1  # each is fitted to a few rows before the splits
                for name in names:
                    work += classification_work(fits, sizes.table(value("")), name)
            case "weigh_feature_costs.py":
                fits = 2 * int(value("splits"))
                for name in classifier_names([2], options.get("readings", ()), [], []):
                    work += classification_work(fits, sizes.table(value("")), name)
            case "find_hypercuboids.py" | "explain_asonn.py":
                work += classification_work(1, sizes.table(value("")), value("classifier") or "asonn_v2")
            case "convert_images.py" | "import_images.py" | "prepare_digits.py":
                images = sizes.images(value("output"))
                work[START] += SECONDS_OF_PIXEL["stored"] * (images.train + images.test) * images.pixels
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownWork(f"an argument of {command.script} ({error})") from None
    return work


def _training(command: Command, sizes: Sizes, rule: str, epochs: int, epochs_done: int = 0) -> Counter[str]:
    """Of one network by one method. An update counts by the links at the end; all else by the mean over the epochs."""
    images, layout = sizes.images(command.value("images")), sizes.trained_by(command)
    initial = command.value("initial_density")
    settings = TrainingSettings(
        epochs=epochs,
        density=layout.density,
        density_schedule=command.value("density_schedule"),
        initial_density=initial and float(initial),
    )
    work = training_work(epochs - epochs_done, images.train, images.test, layout.links, rule)
    method = Method.of(rule, settings)
    if method.density_schedule != "constant" and epochs_done < epochs:
        schedule = SCHEDULES.resolve(method.density_schedule)
        moved = mean(schedule(epoch / max(1, epochs - 1)) for epoch in range(epochs_done, epochs))
        density = method.initial_density + (layout.density - method.initial_density) * moved
        for kind in ("training", "evaluation"):
            work[kind] *= layout._replace(density=density).links / layout.links
    return work


def memory_of(command: Command, sizes: Sizes) -> float:
    """MiB that a job takes at most: what its script takes with next to no data, and its images. Raises UnknownWork."""
    path = command.value("images" if "images" in command.arguments else "output") or ""
    pixels = 0
    if "images" in command.arguments or command.script in ("convert_images.py", "import_images.py"):
        images = sizes.images(path)
        pixels = (images.train + images.test) * images.pixels
    return start_of(command.script)[1] + BYTES_OF_PIXEL * pixels / 2**20
