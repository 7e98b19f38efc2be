from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from study.classifiers import CLASSIFIERS
from study.configuration import module_names, problems

ROOT = Path(__file__).parents[2]
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
DEFAULT = yaml.safe_load((ROOT / "config/config.yaml").read_text())
ABSENT = object()


def changed(changes: dict) -> dict:
    """The default configuration with some keys, named by their dotted paths, changed or taken away."""
    config = deepcopy(DEFAULT)
    for path, value in changes.items():
        *parents, key = path.split(".")
        place = config
        for parent in parents:
            place = place[parent]
        if value is ABSENT:
            del place[key]
        else:
            place[key] = value
    return config


def test_the_schema_is_a_valid_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda path: path.name)
def test_every_configuration_that_we_ship_is_valid(path):
    assert problems(yaml.safe_load(path.read_text()), SCHEMA, ROOT) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"robustness.network.density": 0}, "robustness.network.density must be greater than 0; found 0."),
        ({"robustness.network.density": 1.5}, "robustness.network.density must be at most 1; found 1.5."),
        ({"robustness.training.zeta": 1}, "robustness.training.zeta must be less than 1; found 1."),
        ({"robustness.training.epochs": "ten"}, "robustness.training.epochs must be a whole number; found 'ten'."),
        ({"robustness.training.seeds": 3.0}, "robustness.training.seeds must be a whole number; found 3.0."),
        ({"robustness.training.seeds": 0}, "robustness.training.seeds must be at least 1; found 0."),
        (
            {"robustness.training.learning_rate": "1e-2"},
            "robustness.training.learning_rate must be a number; found '1e-2'.",
        ),
        (
            {"robustness.training.remove_disconnected": "yes"},
            "robustness.training.remove_disconnected must be true or false; found 'yes'.",
        ),
        (
            {"robustness.training.learning_rate_schedule": "cosine"},
            "robustness.training.learning_rate_schedule must be one of linear, constant; found 'cosine'.",
        ),
        (
            {"robustness.regrowth_rules": ["ch3l3", "rigl"]},
            "robustness.regrowth_rules[1] must be one of ch3l3, paths, random, static; found 'rigl'.",
        ),
        (
            {"robustness.regrowth_rules": ["static"]},
            "robustness.regrowth_rules must have a rule besides static, whose networks have no updates to be timed.",
        ),
        (
            {"robustness.datasets": ["digits", "digit"]},
            "robustness.datasets[1] must be one of digits, mnist, fashion_mnist, kmnist, emnist_letters, "
            "or be described in data.image_sets; found 'digit'.",
        ),
        (
            {"data.image_sets": {"mine": {"train_images": "a.gz"}}},
            "data.image_sets.mine must have either npz or all of train_images, train_labels, test_images, test_labels; "
            "found train_images.",
        ),
        (
            {"data.image_sets": {"mnist": {"npz": "a.npz"}}},
            "data.image_sets.mnist: choose another name, as mnist is an image set that the study knows.",
        ),
        ({"robustness.regrowth_rules": []}, "robustness.regrowth_rules must have at least 1 entries; found 0."),
        (
            {"robustness.datasets": ["digits", "digits"]},
            "robustness.datasets names something twice; found ['digits', 'digits'].",
        ),
        (
            {"robustness.drawings.network.dataset": "mnist"},
            "robustness.drawings.network.dataset must be one of robustness.datasets, digits; found 'mnist'.",
        ),
        (
            {"robustness.perturbations.levels.weight_noise": [0, -1]},
            "robustness.perturbations.levels.weight_noise[1] must be at least 0; found -1.",
        ),
        ({"robustness.perturbations.levels.weight_noise": ABSENT}, "levels.weight_noise is missing."),
        ({"robustness.perturbations.levels.rust": [0]}, "robustness.perturbations.levels must be one of "),
        ({"robustness.network.densty": 0.1}, "robustness.network.densty is no key; did you mean density?"),
        ({"robustness.network.colour": "red"}, "robustness.network.colour is no key."),
        ({"robustness.training.zeta": ABSENT}, "robustness.training.zeta is missing."),
        ({"asonn": ABSENT}, "asonn is missing."),
        ({"asonn": None}, "asonn must be a mapping of keys; found None."),
        ({"asonn.test_size": 1}, "asonn.test_size must be less than 1; found 1."),
        ({"asonn.tables": ["irs"]}, "asonn.tables[0] must match "),
        (
            {"asonn.hypercuboids.attributes": ["a"]},
            "asonn.hypercuboids.attributes must have at least 2 entries; found 1.",
        ),
        ({"name": "my study"}, "name must match "),
        ({"data.mirror": 3}, "data.mirror must be a text or null; found 3."),
    ],
)
def test_a_wrong_value_gives_one_sentence_that_names_the_key_and_what_was_expected(changes, message):
    (found,) = problems(changed(changes), SCHEMA, ROOT)
    assert message in found


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
