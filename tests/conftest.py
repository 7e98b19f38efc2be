"""Settings of all tests, and how they are spread over processes."""

import os
import re
from pathlib import Path

import joblib
import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

os.environ.setdefault("OMP_NUM_THREADS", "1")  # each process has one processor

# No deadline: the first example of a test may compile a kernel. The same examples in every run: a red test stays red.
settings.register_profile("adaptive-sparsity", deadline=None, derandomize=True)
settings.load_profile("adaptive-sparsity")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process for each processor; files that are named run in this one, as others take seconds to start."""
    if any(Path(argument.partition("::")[0]).is_file() for argument in config.args):
        return 0
    return min(joblib.cpu_count(), 8)


class FilesTogether(LoadScopeScheduling):
    """Keeps in one process the tests of a file, or of a folder whose tests share what takes long to make."""

    def _split_scope(self, nodeid: str) -> str:
        folder = re.match("tests/(figures|workflow)/", nodeid)
        return folder[0] if folder else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FilesTogether:
    # not --dist loadgroup: pytest-xdist 3.8.0 groups nothing with pytest 9.2
    return FilesTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest group first, so that all processes end together; groups start in the order of their tests."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/workflow/"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes take the name of their argument: gzip writes the time, and every process must find the same tests."""
    return argname if isinstance(val, bytes) else None
