import ast
import shutil
import subprocess
from pathlib import Path

import pytest

from study.workflow.code_digest import SOURCE_FOLDER, code_digest, code_files

FILES = {
    "train.py": '"""Trains."""\nfrom library.training import train\n\ntrain()\n',
    "draw.py": "from study.style import COLOURS\n\nprint(COLOURS)\n",
    "public.py": "from library import anything\n",
    "study/__init__.py": "",
    "study/style.py": 'COLOURS = ["red"]\n',
    "library/__init__.py": "__all__ = []\n",
    "library/training.py": "from . import layers\nfrom .rules.registry import RULES\n\n"
    'def train():\n    "Doc."\n    return 1\n',
    "library/layers.py": "import numpy as np\n\nWIDTH = np.int64(3)\n",
    "library/rules/__init__.py": "",
    "library/rules/registry.py": "RULES = {}\n",
    "library/rules/clever.py": "from ..scores import score\n",
    "library/rules/simple.py": "CHOICE = 1\n",
    "library/scores.py": "def score():\n    return 2\n",
}
TARGETS = {
    "training by the clever rule": ("train.py", "library.rules.clever"),
    "training by the simple rule": ("train.py", "library.rules.simple"),
    "drawing": ("draw.py",),
    "using a public name": ("public.py",),
}

# what versions of Python parse, print or escape differently
SYNTAX = r"""
from __future__ import annotations

class Tree(Base, metaclass=Meta):
    r"Docstring."
    field: int = 0x10

    @property
    async def walk(self, /, a, *rest, b=None, **more) -> dict[str, tuple[int, ...]]:
        async with self.lock as (x, y), open(u"ä\u2028\U0001fadc") as z:
            return [v async for v in a if v not in {1, 2.50, 3e400, 4j, ..., b"\xff", True, None}]
        f"{x!r:>{y}} {z = } {{}} {'nested' + f'{x:{y}{z}}'} {x:%H:%M} {x:}" "after" f""

def choose(command):
    match command:
        case {"a": [1, *rest], **others} | Point(x=-1, y=y) if (n := len(others)) > 1:
            del rest[1:2, ::3]
        case _:
            lambda *a, k=-1: ((yield), *a)
    try:
        assert not x, "message"
    except* (A, B) as error:
        raise error from None
    print("a" 'b' "c'\"", **{**x, "y": (-1) ** 2}, sep='\n')
"""
SYNTAX_DIGEST = "86309bc7c1eb41fcf1c077ebcf669681ddc13e581d7d5369b5ed6b9c52eb1d9e"


@pytest.fixture
def digests(tmp_path):
    """Digests of all targets over the files with some of them changed, each time in a folder of its own."""
    copies = iter(range(100))

    def digests(**changed: str) -> dict[str, str]:
        folder = tmp_path / str(next(copies))
        for name, text in (FILES | changed).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return {target: code_digest(*names, folder=folder) for target, names in TARGETS.items()}

    return digests


@pytest.mark.parametrize(
    ("file", "concerned"),
    [
        ("library/rules/clever.py", {"training by the clever rule", "using a public name"}),
        ("library/scores.py", {"training by the clever rule", "using a public name"}),
        ("library/rules/simple.py", {"training by the simple rule", "using a public name"}),
        (
            "library/rules/registry.py",
            {"training by the clever rule", "training by the simple rule", "using a public name"},
        ),
        ("library/layers.py", {"training by the clever rule", "training by the simple rule", "using a public name"}),
        ("library/__init__.py", {"training by the clever rule", "training by the simple rule", "using a public name"}),
        ("train.py", {"training by the clever rule", "training by the simple rule"}),
        ("study/style.py", {"drawing"}),
        ("draw.py", {"drawing"}),
    ],
)
def test_an_edit_changes_the_digests_of_what_runs_that_code_and_of_nothing_else(digests, file, concerned):
    before, after = digests(), digests(**{file: FILES[file] + "EDITED = True\n"})
    assert {target for target in TARGETS if before[target] != after[target]} == concerned


def test_comments_docstrings_and_formatting_leave_every_digest_as_it_is(digests):
    changed = {
        "train.py": "# A comment.\nfrom library.training import (\n    train,\n)\ntrain( )\n",
        "library/training.py": "from . import layers\nfrom .rules.registry import RULES\n"
        "def train():\n    # no docstring\n    return (1)\n",
        "library/scores.py": '"""New docstring."""\n\n\ndef score():\n    """Another."""\n    return 2  # two\n',
        "study/style.py": "COLOURS = [\n    u'red',\n]\n",
    }
    assert digests(**changed) == digests()


def test_a_function_of_nothing_but_a_docstring_equals_one_that_passes(digests):
    assert digests(**{"library/scores.py": 'def score():\n    "Doc."\n'}) == digests(
        **{"library/scores.py": "def score():\n    pass\n"}
    )


def test_the_digest_of_every_kind_of_syntax_is_what_it_always_was(tmp_path):
    (tmp_path / "script.py").write_text(SYNTAX)
    assert code_digest("script.py", folder=tmp_path) == SYNTAX_DIGEST


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_every_python_gives_the_same_digests(tmp_path, version):
    program = "import sys; from study.workflow.code_digest import code_digest; print(*map(code_digest, sys.argv[1:]))"
    names = ["train.py", "estimate.py", "evaluate_classifiers.py"]
    python = shutil.which(f"python{version}")
    result = python and subprocess.run(
        [python, "-c", program, *names], cwd=SOURCE_FOLDER, capture_output=True, text=True
    )
    if not python or result.returncode == 127:  # pyenv's command for a version that is installed but not chosen
        pytest.skip(f"no Python {version} on this machine")
    assert result.stdout.split() == [*map(code_digest, names)], result.stderr


def test_what_keeps_records_counts_for_nothing(tmp_path):
    (tmp_path / "study/provenance").mkdir(parents=True)
    (tmp_path / "study/__init__.py").write_text("")
    (tmp_path / "study/provenance/__init__.py").write_text("")
    (tmp_path / "train.py").write_text("from study.provenance import environment, record\n")
    for name in ("environment", "record"):
        (tmp_path / f"study/provenance/{name}.py").write_text("import numpy\n")
    assert {path.name for path in code_files("train.py", folder=tmp_path)} == {"train.py", "__init__.py"}


def test_a_missing_script_or_module_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.py"):
        code_digest("absent.py")
    with pytest.raises(FileNotFoundError, match=r"no module sparse_training\.regrowth\.absent"):
        code_digest("train.py", "sparse_training.regrowth.absent")


@pytest.mark.parametrize(("code", "said"), [(b"\ndef f(:\n", ", line 2: "), (b"x\0", ": ")])
def test_code_that_is_no_python_is_an_error_that_names_file_and_line(tmp_path, code, said):
    (tmp_path / "train.py").write_bytes(code)
    with pytest.raises(SyntaxError, match=f"^{tmp_path}/train.py{said}"):
        code_digest("train.py", folder=tmp_path)


def test_training_depends_on_its_own_regrowth_rule_and_on_no_other():
    names = {
        path.relative_to(SOURCE_FOLDER).as_posix() for path in code_files("train.py", "sparse_training.regrowth.ch3l3")
    }
    assert "sparse_training/regrowth/ch3l3.py" in names
    assert "sparse_training/kernels/paths.py" in names
    assert "sparse_training/regrowth/random.py" not in names
    assert "study/plots/style.py" not in names
    assert not [name for name in names if name.startswith("asonn/")]


def scripts() -> list[Path]:
    return sorted(SOURCE_FOLDER.glob("*.py"))


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.name)
def test_scripts_import_from_modules_and_never_from_the_root_of_a_package(script):
    packages = {path.parent.name for path in SOURCE_FOLDER.glob("*/__init__.py")}
    tree = ast.parse(script.read_text())
    from_roots = [
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in packages
    ]
    roots = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in packages
    ]
    assert not from_roots + roots
