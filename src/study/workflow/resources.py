"""The memory and time that jobs ask for: generous bounds on amounts of work that the configuration tells.

Amounts of work are plain numbers by kind. `BOUNDS` holds the seconds that a unit of each kind takes at most: about ten
times what it took on a core of an Intel Xeon of 2023, for slower machines, and for neighbours on the same one. The
forecast prices the same amounts by measurement.

kind            one unit
"training"      an image and a link, forward and backward
"evaluation"    an image and a link, forward
"update"        a link of a network whose topology is updated
"perturbation"  a link of a network that is perturbed once
"fit"           a cell of a table and a class, for one classifier; a small table counts as one of SMALL_TABLE
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from study.data.sizes import ImageSize, TableSize

BOUNDS = {"training": 2e-9, "evaluation": 2e-9, "update": 2e-5, "perturbation": 2e-5, "fit": 5e-5}  # seconds
START = 10  # minutes: starting Python from a slow file system, compiling kernels, loading data
OUTPUT_LINK = 0.4  # what a weight of the dense output layer costs, in links
SMALL_TABLE = 100_000
BASE_MEMORY = 1000  # MB of a job with next to no data
BYTES_OF_PIXEL = 5  # while an image set is scaled: one as it is stored, four as float32


def network_links(units: Sequence[int], density: float, classes: int) -> float:
    """What one image costs on its way through a network, in links.

    units    of the inputs and of each hidden layer
    density  fraction of the possible links that exist between them; the output layer is dense
    """
    sparse = sum(below * above for below, above in pairwise(units))
    return density * sparse + OUTPUT_LINK * units[-1] * classes


def training_work(epochs: int, train_images: int, test_images: int, links: float) -> Counter[str]:
    """Training one network: a pass over the training images, a test and a topology update each epoch."""
    images = {"training": train_images, "evaluation": test_images, "update": 1}
    return Counter({kind: epochs * number * links for kind, number in images.items()})


def perturbation_work(draws: int, test_images: int, links: float) -> Counter[str]:
    """Perturbing networks `draws` times in all, each followed by a test."""
    return Counter({"evaluation": draws * test_images * links, "perturbation": draws * links})


def classification_work(fits: int, table: TableSize) -> Counter[str]:
    """Fitting classifiers to a table and testing them, `fits` times in all."""
    return Counter({"fit": fits * max(table.rows * table.features * table.classes, SMALL_TABLE)})


def minutes(works: Iterable[Counter[str]]) -> int:
    """The run time that a job with these amounts of work asks for."""
    seconds = sum(BOUNDS[kind] * amount for work in works for kind, amount in work.items())
    return START + math.ceil(seconds / 60)


def megabytes(images: ImageSize) -> int:
    """The memory that a job with this image set asks for."""
    return BASE_MEMORY + round(BYTES_OF_PIXEL * (images.train + images.test) * images.pixels / 10**6)
