"""How much work is in a job, and the memory and time that it asks for because of it.

Amounts of work are plain numbers by kind; a kind may say of what, as "update: ch3l3". `UNIT_COSTS` holds the CPU
seconds that a unit of each kind took on a core of an Intel Xeon of 2023, and `MARGIN` how many times longer jobs may
take, on slower machines and with neighbours on the same one. The forecast (`src/forecast`) measures the unit costs.

kind            one unit
"training"      an image and a link, forward and backward
"evaluation"    an image and a link, forward
"update"        a link of a network whose topology is updated after an epoch, with all else that is done once an epoch
"perturbation"  a link of a network that is perturbed once
"image perturbation"  a pixel of an image that is perturbed once
"fit"           a cell of a table and a class, for one classifier
"""

import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from study.data.sizes import IMAGE_SETS, OWN_IMAGES, ImageSize, TableSize
from study.plots.labels import MAIN_ARM
from study.workflow.configuration import number_for, specifications

UNIT_COSTS = {
    "training": 2e-10,
    "evaluation": 2e-10,
    "update": 2e-6,
    "perturbation": 2e-6,
    "image perturbation": 5e-8,
    "fit": 5e-6,
}  # CPU seconds
MARGIN = 10
START = 10  # minutes: starting Python from a slow file system, compiling kernels, loading data
OUTPUT_LINK = 0.4  # what a weight of the dense output layer costs, in links
EMPTY_TABLE = 100_000  # what a fit costs before the first row, in cells and classes
FITS_OF_SEARCH = 28  # of hyperparameters: nine candidates in three folds, and the best on all training rows
GROUP = 5  # networks that one job perturbs at most
BASE_MEMORY = 1000  # MB of a job with next to no data
BYTES_OF_DENSE_LINK = 60  # weight, gradient and velocity while it is trained, as a link before and after
BYTES_OF_PIXEL = 5  # while an image set is scaled: one as it is stored, four as float32


def network_links(units: Sequence[int], density: float, classes: int) -> float:
    """What one image costs on its way through a network, in links.

    units    of the inputs and of each hidden layer
    density  fraction of the possible links that exist between them; the output layer is dense
    """
    sparse = sum(below * above for below, above in pairwise(units))
    return density * sparse + OUTPUT_LINK * units[-1] * classes


def training_work(epochs: int, train_images: int, test_images: int, links: float, rule: str = "") -> Counter[str]:
    """Training one network: a pass over the training images, a test and a topology update each epoch."""
    images = {"training": train_images, "evaluation": test_images, _of("update", rule): 1}
    return Counter({kind: epochs * number * links for kind, number in images.items()})


def dense_work(epochs: int, images: ImageSize, links: float) -> Counter[str]:
    """Training one dense network, which has no updates."""
    return Counter({"training": epochs * images.train * links, "evaluation": epochs * images.test * links})


def perturbation_work(draws: int, test_images: int, links: float, perturbation: str = "") -> Counter[str]:
    """Perturbing networks `draws` times in all, each followed by a test."""
    return Counter({"evaluation": draws * test_images * links, _of("perturbation", perturbation): draws * links})


def image_perturbation_work(draws: int, images: ImageSize, links: float) -> Counter[str]:
    """Perturbing the test images `draws` times in all, each followed by a test."""
    return Counter(
        {"evaluation": draws * images.test * links, "image perturbation": draws * images.test * images.pixels}
    )


def classification_work(fits: int, table: TableSize, classifier: str = "") -> Counter[str]:
    """Fitting classifiers to a table and testing them, `fits` times in all."""
    return Counter({_of("fit", classifier): fits * (EMPTY_TABLE + table.rows * table.features * table.classes)})


def _of(kind: str, name: str) -> str:
    return f"{kind}: {name}" if name else kind


def unit_cost(kind: str) -> float:
    """The CPU seconds of a unit of work where nothing was measured."""
    return UNIT_COSTS[kind.partition(":")[0]]


def minutes(works: Iterable[Counter[str]]) -> int:
    """The run time of a job with these amounts of work, at most."""
    seconds = sum(unit_cost(kind) * amount for work in works for kind, amount in work.items())
    return START + math.ceil(MARGIN * seconds / 60)


def megabytes(images: ImageSize) -> int:
    """The memory of a job with this image set, at most."""
    return BASE_MEMORY + int(round(BYTES_OF_PIXEL * (images.train + images.test) * images.pixels / 10**6, -2))


def partition_limits() -> dict[str, float]:
    """The minutes that each partition of SLURM lets a job run, by name; those of the default one under "" too.

    Empty where there is no SLURM, or it does not answer.
    """
    try:
        command = ["sinfo", "--noheader", "--format=%P %l"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    limits = {}
    for name, limit in (line.split()[:2] for line in said.splitlines() if len(line.split()) >= 2):
        limits[name.rstrip("*")] = _minutes_of(limit)
        if name.endswith("*"):
            limits[""] = _minutes_of(limit)
    return limits


def _minutes_of(limit: str) -> float:
    """`2-12:00:00`, `12:00:00`, `30:00` as SLURM writes them; infinite for anything else."""
    parts = re.fullmatch(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)", limit)
    if not parts:
        return math.inf
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return days * 24 * 60 + hours * 60 + minutes + seconds / 60


def beyond_limits(requests: Iterable[tuple[str, str, float]], limits: Mapping[str, float]) -> list[str]:
    """One sentence for each rule with a job that asks for more time than its partition allows, and would never start.

    requests  rule, partition ("" for the default one) and minutes of each job
    """
    longest: dict[tuple[str, str], float] = {}
    for rule, partition, asked in requests:
        if asked > limits.get(partition, math.inf):
            longest[rule, partition] = max(asked, longest.get((rule, partition), 0))
    return [
        f"A job of {rule} asks for {asked:.0f} minutes, and the {f'partition {name}' if name else 'default partition'}"
        f" allows {limits[name]:.0f}: it would wait forever. Choose another partition, or a shorter time, at whose end"
        f" a training is resumed: --set-resources {rule}:runtime={limits[name]:.0f}."
        for (rule, name), asked in longest.items()
    ]


@dataclass(frozen=True)
class Requests:
    """What the jobs of one study ask for: functions for `resources:` in its rules.

    config  the whole configuration
    tables  sizes of tables by name

    Each attempt, counted from 1, asks for as much more: what failed may have failed for want of it.
    """

    config: Mapping[str, Any]
    tables: Mapping[str, TableSize]

    def image_memory(self, wildcards: Any, attempt: int) -> int:
        """MB of a job that reads the image set `wildcards.dataset`."""
        return attempt * megabytes(IMAGE_SETS.get(wildcards.dataset, OWN_IMAGES))

    def training_time(self, wildcards: Any, attempt: int) -> int:
        """Minutes of training one network, of the study or of one of its arms."""
        epochs = self._specifications[getattr(wildcards, "arm", MAIN_ARM)]["epochs"]
        return attempt * minutes([self._training(wildcards.dataset, epochs=epochs)])

    def dense_memory(self, wildcards: Any, attempt: int) -> int:
        """MB of training all dense networks of a data set together."""
        images, links = self._network(wildcards.dataset, **self.config["robustness"]["network"] | {"density": 1})
        networks = number_for("dense", self.config["robustness"]["training"]["seeds"])
        return attempt * (megabytes(images) + math.ceil(networks * BYTES_OF_DENSE_LINK * links / 10**6))

    def dense_time(self, wildcards: Any, attempt: int) -> int:
        """Minutes of training all dense networks of a data set together, on a CPU."""
        robustness = self.config["robustness"]
        epochs = min(robustness["controls"]["cpu_epochs"], robustness["training"]["epochs"])
        images, links = self._network(wildcards.dataset, **robustness["network"] | {"density": 1})
        networks = number_for("dense", robustness["training"]["seeds"])
        return attempt * minutes([dense_work(epochs, images, links)] * networks)

    def update_times_time(self, wildcards: Any, attempt: int) -> int:
        """Minutes of timing the updates of all rules, one network after the other."""
        robustness = self.config["robustness"]
        times = robustness["update_times"]
        networks = len(robustness["regrowth_rules"]) * (times["instances"] + 1)  # one more, which is not timed
        return attempt * minutes([self._training(wildcards.dataset, epochs=times["epochs"] + 1)] * networks)

    def stages_time(self, wildcards: Any, attempt: int) -> int:
        """Minutes of training the small network whose topology update is drawn."""
        drawn = self.config["robustness"]["drawings"]["topology_update"]
        sizes = {key: drawn[key] for key in ("hidden_sizes", "density", "epochs", "inputs")}
        return attempt * minutes([self._training(wildcards.dataset, **sizes)])

    def perturbation_time(self, wildcards: Any, attempt: int) -> int:
        """Minutes of perturbing a group of networks of the study, or all of one of its arms, in one way."""
        perturbations = self.config["robustness"]["perturbations"]
        if hasattr(wildcards, "arm"):
            networks = self.config["robustness"]["multiverse"]["networks"]
        else:
            networks = min(GROUP, number_for(wildcards.regrowth, perturbations["networks"]))
        levels = len(perturbations["levels"][wildcards.perturbation])
        draws = networks * levels * perturbations["repeats"]
        images, links = self._network(wildcards.dataset, **self.config["robustness"]["network"])
        return attempt * minutes([perturbation_work(draws, images.test, links)])

    def image_perturbation_time(self, wildcards: Any, attempt: int) -> int:
        """Minutes of giving perturbed images to a group of networks."""
        perturbations = self.config["robustness"]["image_perturbations"]
        levels = sum(map(len, perturbations["levels"].values()))
        draws = min(GROUP, perturbations["networks"]) * levels * perturbations["repeats"]
        images, links = self._network(wildcards.dataset, **self.config["robustness"]["network"])
        return attempt * minutes([image_perturbation_work(draws, images, links)])

    def classification_time(self, wildcards: Any, attempt: int) -> int:
        """Minutes of training and testing every classifier on the splits of one table."""
        asonn = self.config["asonn"]
        names = [*asonn["versions"], *asonn["readings"], *asonn["classifiers"]]
        fits = asonn["splits"] * (len(names) + FITS_OF_SEARCH * len(asonn["tuned"]))
        return attempt * minutes([classification_work(fits, self.tables[wildcards.table])])

    @cached_property
    def _specifications(self) -> dict[str, dict[str, Any]]:
        return specifications(self.config)

    def _training(self, dataset: str, **changes: Any) -> Counter[str]:
        robustness = self.config["robustness"]
        settings = {"epochs": robustness["training"]["epochs"]} | robustness["network"] | changes
        epochs = settings.pop("epochs")
        images, links = self._network(dataset, **settings)
        return training_work(epochs, images.train, images.test, links)

    @staticmethod
    def _network(
        dataset: str, hidden_sizes: Sequence[int], density: float, inputs: int | None = None
    ) -> tuple[ImageSize, float]:
        images = IMAGE_SETS.get(dataset, OWN_IMAGES)
        return images, network_links([inputs or images.pixels, *hidden_sizes], density, images.classes)
