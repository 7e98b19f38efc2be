"""Checks a configuration and says what is wrong with it, one sentence a problem."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from study.image_sources import IMAGE_SOURCES

KNOWN_IMAGE_SETS = ("digits", *IMAGE_SOURCES)
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
    schema : a JSON schema, draft 2020-12. Its further keyword `modulesOf` says that a text names a module of a folder.
    folder : where the paths of `modulesOf` start, the root of the repository.
    """

    def modules_of(validator, package: str, name: Any, _) -> Iterator[ValidationError]:
        names = module_names(Path(folder) / package)
        if validator.is_type(name, "string") and name not in names:
            yield ValidationError(f"must be one of {', '.join(names)}; found {name!r}")

    checker = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)  # 3.0 is none
    validator = validators.extend(Draft202012Validator, {"modulesOf": modules_of}, type_checker=checker)(schema)
    found = [sentence for error in validator.iter_errors(config) for sentence in _sentences(error)]
    return list(dict.fromkeys(found)) or list(_contradictions(config))


def module_names(folder: str | Path) -> list[str]:
    """Names under which the modules of a package can be asked for: all but private ones and the registry itself."""
    return sorted(path.stem for path in Path(folder).glob("*.py") if path.stem != "registry" and path.stem[0] != "_")


def _sentences(error: ValidationError) -> Iterator[str]:
    key, expected, found = _dotted(error.absolute_path), error.validator_value, error.instance
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
            yield f"{key} must be {' or '.join(TYPES[name] for name in names)}; found {found!r}."
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            yield f"{key} must be {COMPARISONS[error.validator]} {expected}; found {found!r}."
        case "enum":
            yield f"{key} must be one of {', '.join(map(str, expected))}; found {found!r}."
        case "minItems" | "maxItems":
            yield f"{key} must have {COMPARISONS[error.validator[:3] + 'imum']} {expected} entries; found {len(found)}."
        case "uniqueItems":
            yield f"{key} names something twice; found {found!r}."
        case "pattern":
            yield f"{key} must match {expected}; found {found!r}."
        case _:
            yield f"{key} {error.message}."


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
