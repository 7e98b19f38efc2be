"""Checks a configuration and says what is wrong with it, one sentence a problem."""

import csv
import math
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

from study.data.image_sources import IMAGE_SOURCES

KNOWN_IMAGE_SETS = ("digits", *IMAGE_SOURCES)
PMLB_INDEX = "config/pmlb_tables.csv"
IDX_FILES = ("train_images", "train_labels", "test_images", "test_labels")  # of an image set of one's own
COMPARISONS = {
    "minimum": "at least",
    "exclusiveMinimum": "greater than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}
TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping of keys",
    "string": "a text",
}


def problems(config: dict, schema: dict, folder: str | Path = ".") -> list[str]:
    """Sentences that name the key, what was expected and what was found; none for a valid configuration.

    Parameters
    ----------
    config : the configuration as read from YAML.
    schema : a JSON schema, draft 2020-12. Its further keyword `modulesOf` lists folders, a module of
        which a text names.
    folder : the root of the repository, where the paths of `modulesOf` start and the list of tables lies. Files of the
        user's own are looked for from the working directory, as Snakemake does.
    """

    def modules_of(validator, packages: list[str], name: Any, _) -> Iterator[ValidationError]:
        names = sorted(module for package in packages for module in module_names(Path(folder) / package))
        if validator.is_type(name, "string") and name not in names:
            yield ValidationError(f"must be one of {', '.join(names)}; found {name!r}")

    checker = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: type(value) is int,  # 3.0 is none
            "number": lambda _, value: type(value) in (int, float) and math.isfinite(value),  # .nan and .inf are none
        }
    )
    validator = validators.extend(Draft202012Validator, {"modulesOf": modules_of}, type_checker=checker)(schema)
    found = [sentence for error in validator.iter_errors(config) for sentence in _sentences(error)]
    return list(dict.fromkeys(found)) or list(_contradictions(config)) or list(_absent(config, Path(folder)))


def repeated_keys(path: str | Path) -> list[str]:
    """Sentences on keys that a configuration file says twice; YAML would take the last of them without a word."""

    def repeated(node: yaml.Node, parents: tuple[str, ...]) -> Iterator[str]:
        lines = {}
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            here = (*parents, key.value)
            line = key.start_mark.line + 1
            if key.value in lines:
                yield f"{path}: {'.'.join(here)} stands in line {lines[key.value]} and in line {line}; take one away."
            lines[key.value] = line
            yield from repeated(value, here)

    return list(repeated(yaml.compose(Path(path).read_text(), Loader=yaml.SafeLoader), ()))


def module_names(folder: str | Path) -> list[str]:
    """Names under which the modules of a package can be asked for: all but private ones and the registry itself."""
    return sorted(path.stem for path in Path(folder).glob("*.py") if path.stem != "registry" and path.stem[0] != "_")


def _sentences(error: ValidationError) -> Iterator[str]:
    key, expected, found = _dotted(error.absolute_path), error.validator_value, error.instance
    if "propertyNames" in error.schema_path:
        key = f"a name in {key}"
    match error.validator:
        case "additionalProperties" if expected is False:
            known = error.schema["properties"]
            for name in sorted(map(str, set(found) - set(known))):
                similar = get_close_matches(name, known, n=1)
                hint = f"; did you mean {similar[0]}?" if similar else "."
                yield f"{_dotted([*error.absolute_path, name])} is no key{hint}"
        case "required":
            for name in expected:
                if name not in found:
                    yield f"{_dotted([*error.absolute_path, name])} is missing."
        case "type":
            names = [expected] if isinstance(expected, str) else expected
            yield f"{key} must be {' or '.join(TYPES[name] for name in names)}; found {found!r}{_hint(names, found)}."
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            yield f"{key} must be {COMPARISONS[error.validator]} {expected}; found {found!r}."
        case "enum":
            yield f"{key} must be one of {', '.join(map(str, expected))}; found {found!r}."
        case "minItems" | "maxItems":
            yield f"{key} must have {COMPARISONS[error.validator[:3] + 'imum']} {expected} entries; found {len(found)}."
        case "uniqueItems":
            yield f"{key} names something twice; found {found!r}."
        case "minLength":
            yield f"{key} must not be empty."
        case "pattern":
            yield f"{key} must be {error.schema['description']}; found {found!r}."
        case _:
            yield f"{key} {error.message}."


def _hint(expected: list[str], found: Any) -> str:
    """What to do about a text that looks like a number: YAML wants a decimal point before an exponent."""
    try:
        number = float(found) if isinstance(found, str) and {"number", "integer"} & set(expected) else math.nan
    except ValueError:
        return ""
    return f": write {number:g}, without quotes" if math.isfinite(number) else ""


def _dotted(path) -> str:
    """`robustness.regrowth_rules[2]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "the configuration"


def _contradictions(config: dict) -> Iterator[str]:
    """What a schema cannot say: values that must agree with each other."""
    robustness = config["robustness"]
    datasets = robustness["datasets"]
    own = config["data"].get("image_sets", {})
    for name, files in own.items():
        key = f"data.image_sets.{name}"
        if name in KNOWN_IMAGE_SETS:
            yield f"{key}: choose another name, as {name} is an image set that the study knows."
        if set(files) not in ({"npz"}, set(IDX_FILES)):
            yield f"{key} must have either npz or all of {', '.join(IDX_FILES)}; found {', '.join(files) or 'nothing'}."
    for number, name in enumerate(datasets):
        if name not in (*KNOWN_IMAGE_SETS, *own):
            key, known = f"robustness.datasets[{number}]", ", ".join([*KNOWN_IMAGE_SETS, *own])
            yield f"{key} must be one of {known}, or be described in data.image_sets; found {name!r}."
    for drawing, values in robustness["drawings"].items():
        if values["dataset"] not in datasets:
            key = f"robustness.drawings.{drawing}.dataset"
            yield f"{key} must be one of robustness.datasets, {', '.join(datasets)}; found {values['dataset']!r}."
    if robustness["regrowth_rules"] == ["static"]:
        yield "robustness.regrowth_rules must have a rule besides static, whose networks have no updates to be timed."
    if robustness["drawings"]["topology_update"]["regrowth_rule"] == "static":
        yield (
            "robustness.drawings.topology_update.regrowth_rule must be a rule besides static, "
            "whose networks have no updates to be drawn."
        )


def _absent(config: dict, folder: Path) -> Iterator[str]:
    """Files and tables that are named but do not exist. Snakemake would leave out, without a word, what needs them."""
    for name, files in config["data"].get("image_sets", {}).items():
        if not Path(f"resources/images/{name}.npz").exists():  # taken in already: the source may have gone
            for kind, path in files.items():
                if not Path(path).is_file():
                    yield f"data.image_sets.{name}.{kind} must be a file, its path from {Path.cwd()}; found {path!r}."
    asonn = config["asonn"]
    named = {f"asonn.tables[{number}]": table for number, table in enumerate(asonn["tables"])}
    named["asonn.hypercuboids.table"] = asonn["hypercuboids"]["table"]
    if any(table.startswith("pmlb/") for table in named.values()):
        with (folder / PMLB_INDEX).open(newline="") as index:
            known = {row["table"] for row in csv.DictReader(index)}
        for key, table in named.items():
            collection, _, name = table.rpartition("/")
            if collection and name not in known:
                similar = get_close_matches(name, known, n=1)
                hint = f"; did you mean {collection}/{similar[0]}?" if similar else "."
                yield f"{key} must be one of the tables in {PMLB_INDEX}; found {table!r}{hint}"
