"""Many short trainings in as many processes, as the workflow runs them, against the same trainings in one process.

The processes are `src/train.py`, one after the other; the one process loads the images once and calls the same script's
`main` for each network. CPU seconds, start-up included.

    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/one_process.py IMAGES.npz [--networks 4] [--epochs 100]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

TRAIN = Path(__file__).resolve().parents[1] / "src/train.py"
IN_ONE = "import json, sys, train\nfor words in json.loads(sys.argv[1]): train.main(words)"


def arguments(images, seed, epochs, folder):
    outputs = {"network": "npz", "history": "csv", "topology": "csv", "timings": "csv"}
    return [
        *("--images", str(images), "--dataset", images.stem, "--rule", "ch3l3", "--seed", str(seed)),
        *("--hidden-sizes", "1000", "1000", "1000", "--density", "0.01", "--epochs", str(epochs)),
        *(word for name, end in outputs.items() for word in (f"--{name}", str(folder / f"{seed}_{name}.{end}"))),
    ]


def cpu_seconds(commands):
    """Of child processes that run one after the other."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "images", type=Path, help="an image set that the workflow made, such as resources/images/digits.npz"
    )
    parser.add_argument("--networks", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tasks = [arguments(options.images, seed, options.epochs, Path(name)) for seed in range(options.networks)]
        cpu_seconds([[sys.executable, TRAIN, *tasks[0]]])  # compiles
        apart = cpu_seconds([[sys.executable, TRAIN, *task] for task in tasks])
        together = cpu_seconds([[sys.executable, "-c", IN_ONE, json.dumps(tasks)]])
    print(
        f"{options.networks} processes: {apart:.1f} s; one process: {together:.1f} s; saved: {1 - together / apart:.0%}"
    )


if __name__ == "__main__":
    main()
