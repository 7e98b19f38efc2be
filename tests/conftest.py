"""Settings of all tests, and how they are spread over processes."""

import os
from pathlib import Path

import joblib
import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # each process has one processor

# No deadline: the first example of a test may compile a kernel. The same examples in every run: a red test stays red.
settings.register_profile("adaptive-sparsity", deadline=None, derandomize=True)
settings.load_profile("adaptive-sparsity")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process for each processor; files that are named run in this one, as others take seconds to start."""
    if any(Path(argument.partition("::")[0]).is_file() for argument in config.args):
        return 0
    return min(joblib.cpu_count(), 8)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the tests of a file in one process, where no group is named: what they share is made once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes take the name of their argument: gzip writes the time, and every process must find the same tests."""
    return argname if isinstance(val, bytes) else None
