"""The cache of compiled kernels: no edit goes unnoticed, and equal sources are compiled once wherever they lie."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from numba_vectors import compilation

SOURCE = Path(compilation.__file__).parents[1]
KERNELS = [path for path in sorted(SOURCE.rglob("*.py")) if "@compiled" in path.read_text()]


def run(folder, code, **environment):
    """What a fresh process prints that takes our packages from a folder."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "HOME": str(folder), **environment},
    ).stdout.strip()


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_all_that_numba_compiles_goes_through_the_decorator():
    assert {path.relative_to(SOURCE).parts[0] for path in KERNELS} == {"asonn", "sparse_training"}
    for path in SOURCE.rglob("*.py"):
        if "numba_vectors" not in path.parts:
            assert not any(name.split(".")[0] == "numba" for name in imported(path)), path


@pytest.mark.parametrize("path", KERNELS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_kernel_uses_nothing_of_ours_that_its_cache_does_not_know(path):
    package = path.relative_to(SOURCE).parts[0]
    assert path.parent == SOURCE / package / "kernels"
    ours = {folder.name for folder in SOURCE.iterdir() if folder.is_dir()}
    for name in imported(path):
        known = name.startswith(("numba_vectors.", f"{package}.kernels."))
        assert known or name.split(".")[0] not in ours


@pytest.mark.parametrize("path", sorted((SOURCE / "numba_vectors").glob("*.py")) + KERNELS, ids=lambda path: path.name)
def test_an_edit_of_any_compiled_module_moves_the_cache(path, tmp_path, monkeypatch):
    for name in ("numba_vectors", "asonn", "sparse_training"):
        shutil.copytree(SOURCE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compilation, "__file__", str(tmp_path / "numba_vectors" / "compilation.py"))

    def folders():
        compilation._cache_folder.cache_clear()
        packages = (tmp_path / name / "kernels" for name in ("asonn", "sparse_training"))
        return [compilation._cache_folder(package, "").removeprefix(str(package)) for package in packages]

    before = folders()
    assert folders() == before
    copy = tmp_path / path.relative_to(SOURCE)
    copy.write_text(copy.read_text() + "\nEDITED = 1\n")
    moved = [one != other for one, other in zip(before, folders(), strict=True)]
    compilation._cache_folder.cache_clear()
    assert moved == [path.parent.parent.name != "sparse_training", path.parent.parent.name != "asonn"]


def test_an_edit_of_the_vectors_changes_what_a_kernel_computes_and_a_copy_elsewhere_is_not_compiled_again(tmp_path):
    toy = tmp_path / "one" / "toy"
    toy.mkdir(parents=True)
    shutil.copytree(SOURCE / "numba_vectors", tmp_path / "one" / "numba_vectors")
    (toy / "sums.py").write_text(
        "from numba_vectors.compilation import compiled\n"
        "from numba_vectors.vectors import add, load, store\n"
        "@compiled\n"
        "def double(values):\n"
        "    store(values, 0, add(load(values, 0), load(values, 0)))\n"
        "    return values[0]\n"
    )
    code = (
        "import numpy as np; from toy.sums import double; "
        "print(double(np.full(8, 3.0)), sum(double.stats.cache_hits.values()))"
    )
    assert run(tmp_path / "one", code) == "6.0 0"
    shutil.copytree(tmp_path / "one", tmp_path / "two", copy_function=shutil.copy)  # new time stamps
    assert run(tmp_path / "two", code) == "6.0 1"
    edit(
        tmp_path / "two/numba_vectors/vectors.py",
        "builder.fadd(*arguments, flags=_CONTRACT)",
        "builder.fmul(*arguments)",
    )
    assert run(tmp_path / "two", code) == "9.0 0"


def test_an_edit_of_a_kernel_changes_what_the_next_fit_and_the_next_training_compute(tmp_path):
    for name in ("numba_vectors", "asonn", "sparse_training"):
        shutil.copytree(SOURCE / name, tmp_path / name)
    code = (
        "import numpy as np; from asonn.graph import associate; from asonn.seed_order import order_of_seeds; "
        "graph = associate(np.array([[0.0], [0.0], [1.0]]), np.array([0, 1, 1]), 2); "
        "print(order_of_seeds(graph, 'hardest', None)); "
        "from sparse_training.links import SparseLayer; from sparse_training.network import SparseMLP; "
        "network = SparseMLP((SparseLayer.empty(1, 1),), np.ones((2, 1), np.float32), np.array([0, 3], np.float32)); "
        "print(network.logits(np.zeros((20, 1), np.float32))[0])"
    )
    assert run(tmp_path, code) == "[0 1 2]\n[0. 3.]"
    edit(tmp_path / "asonn/kernels/seeds.py", "classes[j] != classes[i]", "classes[j] == classes[i]")
    edit(tmp_path / "sparse_training/kernels/forward.py", "c] = activations[", "c] = 2 * activations[")
    assert run(tmp_path, code) == "[1 2 0]\n[0. 6.]"


def test_a_cache_folder_of_the_users_choice_is_kept_to_and_no_other_cache_is_moved(tmp_path):
    code = (
        "import numba; import numpy as np; from asonn.kernels.seeds import count_shared_values; "
        "count_shared_values(np.zeros((1, 1), np.int32), np.zeros(1, np.int64), np.ones(1)); "
        "print(numba.config.CACHE_DIR, repr(numba.config.CACHE_LOCATOR_CLASSES))"
    )
    assert run(SOURCE, code, NUMBA_CACHE_DIR=str(tmp_path)) == f"{tmp_path} ''"
    assert list(tmp_path.glob("kernels-*/*.nbi"))
