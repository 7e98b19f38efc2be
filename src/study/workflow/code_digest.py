"""One digest for a script and all of our code that it runs, so that Snakemake reruns exactly what an edit concerns.

A rule names the digest of its script in `params:`; Snakemake reruns a job when a value there changes. The digest covers
the script and every module of ours that it imports, directly or through others, found in the source text without
importing anything. It is taken over the syntax tree: comments, docstrings and formatting do not count, and every Python
from 3.11 on gives the same digest.

Packages load the modules behind their public names lazily, so importing `package.module` runs `package/__init__.py` and
`package/module.py` and nothing else; that is what counts here. A module that is loaded by a name known only at run time
(a regrowth rule, a perturbation) leaves no import in the text: name it beside the script.

What only writes down what was done is left out (`RECORD_KEEPING`): no result depends on it.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

SOURCE_FOLDER = Path(__file__).resolve().parents[2]
RECORD_KEEPING = {"study/provenance/record.py", "study/provenance/environment.py"}
DOCUMENTED = {ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef}


@cache
def code_digest(script: str, *modules: str, folder: str | Path = SOURCE_FOLDER) -> str:
    """SHA-256 (hexadecimal) over a script, further modules, and all that they import from the same folder.

    Parameters
    ----------
    script : file name of a script in `folder`, such as "train.py".
    modules : dotted names of modules that the script loads by name, such as "sparse_training.regrowth.ch3l3".
    folder : where scripts and packages lie; the folder of this project's sources unless told otherwise.

    Computed once a process. Raises FileNotFoundError for a script or module that does not exist, SyntaxError for one
    that cannot be parsed.
    """
    folder = Path(folder)
    digest = hashlib.sha256()
    for path in sorted(code_files(script, *modules, folder=folder)):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\n{_parsed(path)[0]}\n".encode())
    return digest.hexdigest()


def code_files(script: str, *modules: str, folder: str | Path = SOURCE_FOLDER) -> set[Path]:
    """The files that `code_digest` covers."""
    folder = Path(folder)
    todo = [folder / script]
    for module in modules:
        files = _files_of(module, folder)
        if not files:
            raise FileNotFoundError(f"{folder} has no module {module}")
        todo += files
    found = set()
    while todo:
        path = todo.pop()
        if path not in found and path.relative_to(folder).as_posix() not in RECORD_KEEPING:
            found.add(path)
            todo += [file for name in _parsed(path)[1] for file in _imported_files(name, path, folder)]
    return found


def _imported_files(name: str, importer: Path, folder: Path) -> tuple[Path, ...]:
    """Files that run when `importer` imports `name`; `name` may end in an attribute, which is then left off."""
    if name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        package = importer.relative_to(folder).parts[:-level]
        name = ".".join((*package, name[level:])).rstrip(".")
    while "." in name:
        if files := _files_of(name, folder):
            return files
        name = name.rpartition(".")[0]
    if (folder / name).is_dir():  # a public name, loaded lazily from some module of the package: any of them may run
        return tuple(sorted((folder / name).rglob("*.py")))
    return _files_of(name, folder)  # empty for a package of somebody else


@cache
def _files_of(module: str, folder: Path) -> tuple[Path, ...]:
    """The file of a module and the `__init__` files of the packages around it; empty if it is none of ours."""
    path = folder.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_name(path.name + ".py")
    if not file.is_file():
        return ()
    parents = [parent / "__init__.py" for parent in file.relative_to(folder).parents[:-1]]
    return (file, *(folder / parent for parent in parents if folder / parent != file))


@cache
def _parsed(path: Path) -> tuple[str, tuple[str, ...]]:
    """The normal form of a file, and the names that it imports. Read once a process."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:  # the latter for a NUL, on some versions of Python
        line = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
        raise SyntaxError(f"{path}{line}: {getattr(error, 'msg', error)}") from None
    imports = []
    return _serialised(tree, imports), tuple(imports)


def _serialised(node: object, imports: list[str]) -> str:
    """A syntax tree as text: types of nodes and the fields that are set, without positions and `u` prefixes.

    Without docstrings, too, and without the empty ends of f-strings that Python 3.12.0 and 3.12.1 alone write down.
    `ast.unparse` and `ast.dump` write the same tree differently from one version of Python to the next.

    imports  takes the dotted names that are imported anywhere in the tree; relative ones begin with their dots
    """
    if not isinstance(node, ast.AST):
        return ascii(node)
    kind = type(node)
    if kind is ast.Import:
        imports += (alias.name for alias in node.names)
    elif kind is ast.ImportFrom:
        origin = f"{'.' * node.level}{node.module}." if node.module else "." * node.level
        imports += (origin + alias.name for alias in node.names)
    fields = []
    for name in kind._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            if name == "body" and kind in DOCUMENTED and ast.get_docstring(node, clean=False) is not None:
                value = value[1:] or [ast.Pass()]
            elif kind is ast.JoinedStr:
                value = [part for part in value if getattr(part, "value", None) != ""]
            if value:
                fields.append(f"{name}=[{','.join([_serialised(item, imports) for item in value])}]")
        elif value is not None and name != "kind":
            fields.append(f"{name}={_serialised(value, imports)}")
    return f"{kind.__name__}({','.join(fields)})"
