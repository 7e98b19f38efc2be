"""Memory and disk that a job takes, from its command."""

import math
from collections.abc import Mapping
from pathlib import Path

from forecast.data_sizes import COMPRESSION, DataSizes
from forecast.work import Layout, group_of
from study.workflow.jobs import Job

BLOCK = 4096  # bytes; the least that a file takes on most file systems
BYTES_OF_PIXEL = 5  # while an image set is scaled: one as it is stored, four as float32
BYTES_OF_LINK = 12  # source, target, weight
SMALL_FILE = 16e3  # bytes of tables, records and texts without a formula of their own
FIGURE_FILE = 250e3  # of a figure, in each of its three formats
NETWORK_DRAWING = 650e3  # of each network in Fig. 1, in each format: thousands of single lines
LOG_AND_BENCHMARK = 2 * BLOCK


def memory_of(job: Job, sizes: DataSizes, bases: Mapping[str, float]) -> float:
    """MiB of a job at most: what its script takes with next to no data, and its images.

    bases: script, or group of scripts, -> MiB. Raises UnknownSize.
    """
    command = job.command
    base = bases.get(command.script, bases.get(group_of(command.script), 0))
    if command.script in ("convert_images.py", "import_images.py"):
        path = command.value("output")
    elif "images" in command.options:
        path = command.value("images")
    else:
        return base
    return base + BYTES_OF_PIXEL * sizes.images(path).pixels / 2**20


def disk_of(job: Job, sizes: DataSizes, networks: Mapping[str, Layout]) -> float:
    """Bytes that the outputs of a job take, its log and its benchmark record included. Raises UnknownSize."""
    if not job.command.script:
        return 0
    files = (math.ceil(_bytes_of(Path(output), job, sizes, networks) / BLOCK) * BLOCK for output in job.outputs)
    return sum(files) + LOG_AND_BENCHMARK


def _bytes_of(output: Path, job: Job, sizes: DataSizes, networks: Mapping[str, Layout]) -> float:
    command = job.command
    if output.suffix == ".json":
        return BLOCK
    match command.script:
        case "train.py" if output.suffix == ".npz":
            layout = networks[command.value("images")]
            biases = sum(layout.units[1:])
            return BYTES_OF_LINK * layout.links + 4 * (layout.readout + biases)
        case "train.py":
            layers = len(command.options["hidden-sizes"])
            row = {"history": 35, "timings": 85, "topology": 50 * layers}.get(output.stem, 85)
            return command.number("epochs") * row
        case "time_updates.py":
            return 60 * command.number("epochs") * command.number("instances") * len(command.options["rules"])
        case "perturb.py":
            return 60 * len(command.options[""]) * len(command.options["levels"]) * command.number("repeats")
        case "evaluate_classifiers.py":
            methods = len(command.options["versions"]) + len(command.options["classifiers"])
            return 100 * methods * command.number("splits")
        case "convert_images.py" | "import_images.py" | "prepare_digits.py":
            return COMPRESSION * sizes.images(str(output)).pixels
        case "download_images.py":
            return sizes.download_bytes(command.value("dataset"))
        case "download_table.py":
            table = sizes.table(str(output))
            return 4 * table.rows * (table.features + 1)
        case "figure_network.py":
            return NETWORK_DRAWING * len(command.options[""])
        case script if script.startswith("figure_"):
            return FIGURE_FILE
    return SMALL_FILE


def download_of(job: Job, sizes: DataSizes) -> float:
    """Bytes that a job asks of the network. Raises UnknownSize."""
    match job.command.script:
        case "download_images.py":
            return sizes.download_bytes(job.command.value("dataset"))
        case "download_table.py":
            table = sizes.table(job.command.value("output"))
            return table.rows * (table.features + 1)
    return 0
