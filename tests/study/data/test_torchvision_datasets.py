"""Both ways to torchvision's data sets: as it is, and beside a torch that lacks its operators."""

import importlib
import subprocess
import sys
from types import ModuleType

import pytest

from study.data import torchvision_datasets


def test_the_data_sets_of_the_study_can_be_imported_in_a_fresh_process():
    code = (
        "from study.data.torchvision_datasets import import_torchvision_datasets as load;"
        "assert load() is load(); print(load().MNIST.__name__, load().EMNIST.__name__)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="src")
    assert result.stdout.split() == ["MNIST", "EMNIST"]


def imports(monkeypatch, *outcomes):
    """Makes importlib.import_module raise or return one outcome after the other; returns the names asked for."""
    asked, left = [], list(outcomes)

    def import_module(name):
        asked.append(name)
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(importlib, "import_module", import_module)
    return asked


def test_a_torchvision_that_imports_is_taken_as_it_is(monkeypatch):
    module = ModuleType("torchvision.datasets")
    asked = imports(monkeypatch, module)
    assert torchvision_datasets.import_torchvision_datasets() is module
    assert asked == ["torchvision.datasets"]


def test_missing_operators_are_declared_and_the_half_loaded_modules_dropped(monkeypatch):
    declared = []

    class Library:
        def __init__(self, namespace, kind):
            assert (namespace, kind) == ("torchvision", "FRAGMENT")

        def define(self, operator):
            declared.append(operator.partition("(")[0])

    torch_library = ModuleType("torch.library")
    torch_library.Library = Library
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))
    monkeypatch.setitem(sys.modules, "torch.library", torch_library)
    monkeypatch.setitem(sys.modules, "torchvision", ModuleType("torchvision"))
    monkeypatch.setitem(sys.modules, "torchvision.extension", ModuleType("torchvision.extension"))
    monkeypatch.setattr(torchvision_datasets, "_declared", [])
    module = ModuleType("torchvision.datasets")
    imports(monkeypatch, RuntimeError("operator torchvision::nms does not exist"), module)
    assert torchvision_datasets.import_torchvision_datasets() is module
    assert declared == ["nms", "qnms"]
    assert "torchvision.extension" not in sys.modules
    assert len(torchvision_datasets._declared) == 1


@pytest.mark.parametrize("error", [RuntimeError("something else"), ImportError("No module named 'torchvision'")])
def test_any_other_failure_is_passed_on(monkeypatch, error):
    imports(monkeypatch, error)
    with pytest.raises(type(error), match=str(error)):
        torchvision_datasets.import_torchvision_datasets()
