from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from study.classifiers import CLASSIFIERS
from study.workflow.configuration import module_names, problems

ROOT = Path(__file__).parents[3]
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())


def test_the_schema_is_a_valid_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda path: path.name)
def test_every_configuration_that_we_ship_is_valid(path):
    assert problems(yaml.safe_load(path.read_text()), SCHEMA, ROOT) == []


def test_an_empty_configuration_misses_each_key_once():
    assert problems({}, SCHEMA, ROOT) == [f"{key} is missing." for key in ("name", "data", "robustness", "asonn")]


def test_a_rule_is_known_as_soon_as_its_module_exists(tmp_path):
    folder = tmp_path / "src/sparse_training/regrowth"
    folder.mkdir(parents=True)
    for name in ("__init__", "registry", "_shared", "mine"):
        (folder / f"{name}.py").touch()
    assert module_names(folder) == ["mine"]


def test_the_schema_knows_all_classifiers():
    assert set(SCHEMA["properties"]["asonn"]["properties"]["classifiers"]["items"]["enum"]) == set(CLASSIFIERS)


def keys_of(schema: dict, path: str = "") -> set[str]:
    """Dotted names of all keys that hold values, not further keys, `*` for names of users' own."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    keys = {path} if path and schema.get("additionalProperties") is not False else set()
    for key, value in schema.get("properties", {}).items():
        keys |= keys_of(value, f"{path}.{key}".lstrip("."))
    if isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema:
        keys |= keys_of(schema["additionalProperties"], f"{path}.*")
    return keys


def test_the_readme_of_the_configurations_explains_every_key_of_the_schema_and_no_other():
    lines = (ROOT / "config/README.md").read_text().splitlines()
    explained = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert explained == keys_of(SCHEMA)
