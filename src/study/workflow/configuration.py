"""Checks a configuration and says what is wrong with it, one sentence a problem."""

import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

from study.data.sizes import IMAGE_SETS, table_sizes
from study.errors import StudyError
from study.plots.labels import MAIN_ARM

SCHEMA = "workflow/schemas/config.schema.yaml"
PMLB_INDEX = "config/pmlb_tables.csv"
IDX_FILES = ("train_images", "train_labels", "test_images", "test_labels")  # of a user's own image set
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
# what YAML 1.1 reads as another number than it looks like: 010 as 8, 1:30 as 90
MISLEADING_NUMBER = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")


def check(config: dict, files: Iterable[str | Path] = (), folder: str | Path = ".") -> list[str]:
    """Brings a configuration into its normal form (`normalise`), and says what is wrong with it.

    Parameters
    ----------
    config : as Snakemake read it; changed in place.
    files : those that it was read from.
    folder : the root of the repository. Files of the user's own are looked for from the working directory, as
        Snakemake does.

    Returns sentences that name the key, what was expected and what was found; none for a valid configuration.
    """
    folder = Path(folder)
    if found := [sentence for file in files for sentence in _ambiguities(Path(file))]:
        return found
    normalise(config, folder)
    found = [sentence for error in _validator(folder).iter_errors(config) for sentence in _sentences(error)]
    return list(dict.fromkeys(found)) or list(_contradictions(config)) or list(_absent(config, folder))


def normalise(config: dict, folder: str | Path = ".") -> None:
    """Brings a configuration into its normal form, in place.

    Texts become the number, true, false or null that they spell, where a text makes no sense: `--config` makes texts of
    all nested values. Fractions without decimals become whole numbers, and keys follow each other as in the schema: 0.0
    and 0 are one value, and neither a change from one to the other nor another order is a reason to compute anything
    again. The levels of perturbations keep their order, in which they are drawn. Settings that are missing take their
    defaults.
    """
    validator = _validator(Path(folder))
    for error in validator.iter_errors(config):
        if error.validator == "type" and isinstance(error.instance, str):
            try:
                value = json.loads(error.instance)
            except ValueError:
                continue
            if any(validator.is_type(value, name) for name in _types(error)):
                *parents, key = error.absolute_path
                place = config
                for parent in parents:
                    place = place[parent]
                place[key] = value
    if isinstance(config.get("data"), dict) and config["data"].get("mirror") == "null":  # the one key that takes both
        config["data"]["mirror"] = None
    _fill_in(config, validator.schema)
    _whole_numbers(config)
    _sort_keys(config, validator.schema)


def _sort_keys(values: Any, schema: dict) -> None:
    if isinstance(values, dict) and schema.get("additionalProperties") is False:
        for key in filter(values.__contains__, schema["properties"]):
            values[key] = values.pop(key)
            _sort_keys(values[key], schema["properties"][key])


def _fill_in(config: Any, schema: dict) -> None:
    """Adds the defaults that the schema states for keys that are missing."""
    for key, content in schema.get("properties", {}).items() if isinstance(config, dict) else ():
        if "default" in content:
            config.setdefault(key, content["default"])
        _fill_in(config.get(key), content)


def _whole_numbers(values: Any) -> Any:
    match values:
        case dict() | list():
            for key, value in values.items() if isinstance(values, dict) else enumerate(values):
                values[key] = _whole_numbers(value)
        case float() if values.is_integer():
            return int(values)
    return values


def number_for(rule: str, numbers: int | Mapping[str, int]) -> int:
    """How many networks of a regrowth rule, by a key that has one number for all rules or one for each.

    Of a control, which is no regrowth rule, there are as many as of the rule that has most.
    """
    return numbers if isinstance(numbers, int) else numbers.get(rule, max(numbers.values()))


def specifications(config: Mapping) -> dict[str, dict[str, Any]]:
    """The settings of network and training, `seeds` left out, under which the claims are tested, by name.

    The first is the study's own setting, `MAIN_ARM`; then come the arms of `robustness.multiverse`, each the same with
    its own values. Missing are those of `leave_out`, and an arm that equals an earlier one, which is that one.
    """
    robustness = config["robustness"]
    main = robustness["network"] | {key: value for key, value in robustness["training"].items() if key != "seeds"}
    found = {MAIN_ARM: main}
    multiverse = robustness.get("multiverse", {})
    for name, values in multiverse.get("arms", {}).items():
        settings = main | dict(sorted(values.items()))
        if name not in multiverse.get("leave_out", []) and settings not in found.values():
            found[name] = settings
    return found


def varied_settings(config: Mapping) -> dict[str, dict[str, Any]]:
    """Of each of `specifications`, the settings that are not the same in all of them; None where one has none."""
    found = specifications(config)
    keys = dict.fromkeys(key for settings in found.values() for key in settings)
    varied = [key for key in keys if any(settings.get(key) != found[MAIN_ARM].get(key) for settings in found.values())]
    return {name: {key: settings.get(key) for key in varied} for name, settings in found.items()}


def named_configuration(study: str, folder: str | Path = "config") -> Path:
    """The configuration in a folder whose study has this name. StudyError if there is none, or more than one."""
    named: dict[str, list[Path]] = {}
    for path in sorted(Path(folder).glob("*.yaml")):
        try:
            name = yaml.safe_load(path.read_text(encoding="utf-8"))["name"]
        except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError):  # no configuration of ours
            continue
        if isinstance(name, str):
            named.setdefault(name, []).append(path)
    if study not in named:
        raise StudyError(
            f"No configuration in config/ is named {study}; there are {', '.join(named)}. Try --configfile."
        )
    if len(named[study]) > 1:
        raise StudyError(f"{' and '.join(map(str, named[study]))} are both named {study}: choose by --configfile.")
    return named[study][0]


def module_names(folder: str | Path) -> list[str]:
    """Names under which the modules of a package can be asked for: all but private ones and the registry itself.

    A file that Python's `import` has no name for, such as `my rule.py`, is none.
    """
    names = (path.stem for path in Path(folder).glob("*.py"))
    return sorted(name for name in names if name.isidentifier() and name != "registry" and name[0] != "_")


@cache
def _validator(folder: Path) -> Draft202012Validator:
    """Of the schema, with its keyword `modulesOf`, and patterns that match whole texts."""

    def modules_of(validator, packages: list[str], name: Any, _) -> Iterator[ValidationError]:
        names = sorted(name for package in packages for name in module_names(folder / package))
        if validator.is_type(name, "string") and name not in names:
            yield ValidationError(f"must be one of {', '.join(names)}; found {name!r}")

    def whole_pattern(validator, pattern: str, text: Any, _) -> Iterator[ValidationError]:
        if validator.is_type(text, "string") and not re.fullmatch(pattern, text):  # `$` alone lets a line break pass
            yield ValidationError("")

    finite = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: type(value) in (int, float) and math.isfinite(value)
    )

    def part_of(validator, package: str, text: Any, schema: dict) -> Iterator[ValidationError]:
        """`name` or `name(option=value, …)`."""
        if validator.is_type(text, "string"):
            yield from modules_of(validator, [package], text.partition("(")[0], schema)

    def overrides(validator, section: str, values: Any, _) -> Iterator[ValidationError]:
        settings = schema["properties"]["robustness"]["properties"][section]["properties"]
        known = {key: content for key, content in settings.items() if key != "seeds"}
        yield from validator.descend(values, {"properties": known, "additionalProperties": False})

    keywords = {"modulesOf": modules_of, "overrides": overrides, "partOf": part_of, "pattern": whole_pattern}
    schema = yaml.safe_load((folder / SCHEMA).read_text(encoding="utf-8"))
    return validators.extend(Draft202012Validator, keywords, type_checker=finite)(schema)


def _ambiguities(path: Path) -> Iterator[str]:
    """What a configuration file says twice, or in numbers that YAML reads as others.

    Of a file of a larger workflow, which uses this one as a module, those parts alone that are configurations of ours.
    """
    text = path.read_text(encoding="utf-8")
    repeated = []

    def unique(pairs: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in pairs]
        repeated.extend(dict.fromkeys(key for key in keys if keys.count(key) > 1))

    def modules(node: yaml.Node) -> Iterator[yaml.Node]:
        for _, value in node.value if isinstance(node, yaml.MappingNode) else ():
            is_ours = isinstance(value, yaml.MappingNode) and any(key.value == "robustness" for key, _ in value.value)
            yield from [value] if is_ours else modules(value)

    def ambiguities(node: yaml.Node, parents: tuple[str, ...]) -> Iterator[str]:
        if isinstance(node, yaml.MappingNode):
            lines = {}
            for key, value in node.value:
                here, line = (*parents, str(key.value)), key.start_mark.line + 1
                if key.value in lines:
                    yield f"{path}: {'.'.join(here)} is given twice, in lines {lines[key.value]} and {line}."
                lines[key.value] = line
                yield from ambiguities(value, here)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                yield from ambiguities(value, parents)
        elif node.tag.endswith((":int", ":float")) and MISLEADING_NUMBER.fullmatch(node.value):
            key, number = ".".join(parents), yaml.safe_load(node.value)
            yield f"{path}: {key} is {number} to YAML, not {node.value}; write it without leading zeros and colons."

    try:
        json.loads(text, object_pairs_hook=unique)
    except ValueError:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        for node in [*modules(root)] or [root]:
            yield from ambiguities(node, ())
    else:
        yield from (f"{path}: {key} is given twice." for key in repeated)


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
                yield f"{_dotted([*error.absolute_path, name])} is not a known key{hint}"
        case "required":
            for name in expected:
                if name not in found:
                    yield f"{_dotted([*error.absolute_path, name])} is missing."
        case "type":
            yield f"{key} must be {' or '.join(TYPES[name] for name in _types(error))}; found {_shown(found)}."
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            yield f"{key} must be {COMPARISONS[error.validator]} {expected}; found {_shown(found)}."
        case "enum":
            yield f"{key} must be one of {', '.join(map(str, expected))}; found {_shown(found)}."
        case "minItems" | "maxItems" | "maxLength":
            unit = "characters" if error.validator == "maxLength" else "entries"
            yield f"{key} must have {COMPARISONS[error.validator[:3] + 'imum']} {expected} {unit}; found {len(found)}."
        case "uniqueItems":
            yield f"{key} contains duplicates; found {_shown(found)}."
        case "pattern":
            yield f"{key} must be {error.schema['description']}; found {_shown(found)}."
        case _:
            yield f"{key} {error.message}."


def _types(error: ValidationError) -> list[str]:
    return [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


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
        if known := _alike(name, IMAGE_SETS):
            yield f"{key}: choose another name, as {known} is an image set that the study knows."
        if set(files) not in ({"npz"}, set(IDX_FILES)):
            yield f"{key} must have either npz or all of {', '.join(IDX_FILES)}; found {', '.join(files) or 'nothing'}."
    for number, name in enumerate(datasets):
        if name not in (*IMAGE_SETS, *own):
            key, known = f"robustness.datasets[{number}]", ", ".join([*IMAGE_SETS, *own])
            yield f"{key} must be one of {known}, or be described in data.image_sets; found {name!r}."
    left_out = config["data"].get("leave_out", [])
    for number, name in enumerate(left_out):
        if name not in datasets:
            yield f"data.leave_out[{number}] must be one of robustness.datasets, {', '.join(datasets)}; found {name!r}."
    run = [name for name in datasets if name not in left_out]
    if not run:
        yield f"data.leave_out must leave one of robustness.datasets to be run; found {_shown(left_out)}."
    for drawing, values in robustness["drawings"].items():
        if run and values["dataset"] not in run:
            which = "robustness.datasets" + (" without data.leave_out" if left_out else "")
            key = f"robustness.drawings.{drawing}.dataset"
            yield f"{key} must be one of {which}, {', '.join(run)}; found {values['dataset']!r}."
    rules = robustness["regrowth_rules"]
    multiverse = robustness.get("multiverse", {})
    for key, known in (("datasets", datasets), ("regrowth_rules", rules)):
        for number, name in enumerate(multiverse.get(key, [])):
            if name not in known:
                place = f"robustness.multiverse.{key}[{number}]"
                yield f"{place} must be one of robustness.{key}, {', '.join(known)}; found {name!r}."
    compared = multiverse.get("regrowth_rules", rules)
    if multiverse and set(compared) <= set(rules) and not {"ch3l3", "random"} <= set(compared):
        yield (
            "robustness.multiverse.regrowth_rules must have ch3l3 and random, which the claims compare; "
            f"found {', '.join(compared)}."
        )
    if run and (named := set(multiverse.get("datasets", run))) <= set(datasets) and not named & set(run):
        yield f"robustness.multiverse.datasets must have one that is run, of {', '.join(run)}."
    arms = multiverse.get("arms", {})
    for number, name in enumerate(multiverse.get("leave_out", [])):
        if name not in arms:
            place = f"robustness.multiverse.leave_out[{number}]"
            yield f"{place} must be one of robustness.multiverse.arms, {', '.join(arms)}; found {name!r}."
    for name in arms:
        if _alike(name, [MAIN_ARM]):
            key = f"robustness.multiverse.arms.{name}"
            yield f"{key}: choose another name, as {MAIN_ARM} is the study's own setting."
    for key, names in {"data.image_sets": [*own], "robustness.multiverse.arms": [*arms]}.items():
        for number, name in enumerate(names):
            if other := _alike(name, names[:number]):
                yield f"{key}: choose another name than {name}, whose folder some systems take for that of {other}."
    for key, numbers in {
        "robustness.training.seeds": robustness["training"]["seeds"],
        "robustness.perturbations.networks": robustness["perturbations"]["networks"],
    }.items():
        if isinstance(numbers, dict) and set(numbers) != set(rules):
            yield f"{key} must be one number, or have one for each of {', '.join(rules)}; found {_shown(numbers)}."
    if "narrow_dense" in robustness["regrowth_rules"]:
        yield "robustness.regrowth_rules must not name narrow_dense: name it in robustness.controls.methods."
    for number, name in enumerate(datasets):
        if name in own and "narrow_dense" in robustness.get("controls", {"methods": []})["methods"]:
            yield (
                f"robustness.controls.methods cannot have narrow_dense with {name}, robustness.datasets[{number}]: "
                "its width follows from the size of the images, which is known of the study's own image sets alone."
            )
    if robustness["regrowth_rules"] == ["static"]:
        yield "robustness.regrowth_rules must have a rule besides static, whose networks have no updates to be timed."
    drawn = robustness["drawings"]["topology_update"]
    if drawn["regrowth_rule"] in ("static", "narrow_dense"):
        yield (
            f"robustness.drawings.topology_update.regrowth_rule must be a rule besides {drawn['regrowth_rule']}, "
            "whose networks have no updates to be drawn."
        )
    if drawn["dataset"] in IMAGE_SETS and drawn["inputs"] > (pixels := IMAGE_SETS[drawn["dataset"]].pixels):
        yield (
            f"robustness.drawings.topology_update.inputs must be at most {pixels}, the pixels of an image of "
            f"{drawn['dataset']}; found {drawn['inputs']}."
        )
    for name in config["asonn"]["only_on"]:
        if name not in config["asonn"]["classifiers"]:
            yield f"asonn.only_on.{name} must name one of asonn.classifiers; found {name!r}."


def _alike(name: str, names: Iterable[str]) -> str | None:
    """The first of these names whose files a system that ignores case, such as macOS, takes for those of this name."""
    return next((other for other in names if other.casefold() == name.casefold()), None)


def _absent(config: dict, folder: Path) -> Iterator[str]:
    """Files and tables that are named but do not exist. Snakemake would leave out, without a word, what needs them."""
    for name, files in config["data"].get("image_sets", {}).items():
        for kind, path in files.items():
            if not os.path.isfile(path):  # noqa: PTH113 (pathlib fails on a name that is too long)
                yield f"data.image_sets.{name}.{kind} must be a file, its path from {Path.cwd()}; found {_shown(path)}."
    asonn, known = config["asonn"], table_sizes(folder / PMLB_INDEX)
    named = {f"asonn.tables[{number}]": table for number, table in enumerate(asonn["tables"])}
    for name, tables in asonn["only_on"].items():
        named |= {f"asonn.only_on.{name}[{number}]": table for number, table in enumerate(tables)}
    named["asonn.hypercuboids.table"] = asonn["hypercuboids"]["table"]
    for key, table in named.items():
        if table not in known:
            similar = get_close_matches(table, known, n=1)
            hint = f"; did you mean {similar[0]}?" if similar else "."
            yield f"{key} must be one of the tables in {PMLB_INDEX}; found {table!r}{hint}"
