"""Where and with what a script runs: revision of the code, versions, processor. Read without importing any of it."""

import os
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None

ASKED = "ADAPTIVE_SPARSITY_ASKED"  # variable of jobs: when their run was asked for, in ISO format
REPOSITORY = Path(__file__).resolve().parents[3]
COUNTED = (".", ":(exclude)figures", ":(exclude)recorded")
PACKAGES = (
    "snakemake",
    "numpy",
    "numba",
    "scipy",
    "pandas",
    "scikit-learn",
    "xgboost",
    "xgboost-cpu",
    "matplotlib",
    "seaborn",
    "torch",
    "torchvision",
)


def circumstances() -> dict:
    """`git`, `python`, `packages`, `processor`, `platform`, `threads`, as JSON can hold them."""
    threads = os.environ.get("OMP_NUM_THREADS", "")
    return {
        "git": revision(REPOSITORY),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "processor": _processor(),
        "platform": platform.platform(),
        "threads": int(threads) if threads.isdecimal() else None,
    }


def consumption() -> dict[str, float | None]:
    """What this process has used since it began: `cpu_seconds` and, in MiB, `peak_memory` (None on Windows)."""
    cpu_seconds = round(time.process_time(), 3)
    if resource is None:
        return {"cpu_seconds": cpu_seconds, "peak_memory": None}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 2**20 if sys.platform == "darwin" else 2**10  # of a peak: bytes there, KiB elsewhere
    return {"cpu_seconds": cpu_seconds, "peak_memory": round(peak / unit, 1)}


def revision(folder: Path) -> dict | None:
    """The commit of a working tree and whether anything in it differs from it; None where git has nothing to say.

    Files that git ignores do not count, nor the figures of a recorded study, which runs make; other new ones do.
    """
    if not (folder / ".git").exists():
        return None
    command = ["git", "--no-optional-locks", "status", "--porcelain=v2", "--branch", "--", *COUNTED]
    try:
        lines = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return None
    (commit,) = (line.removeprefix("# branch.oid ") for line in lines if line.startswith("# branch.oid "))
    return {"commit": commit, "dirty": any(not line.startswith("#") for line in lines)}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
