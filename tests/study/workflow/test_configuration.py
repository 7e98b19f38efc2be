"""Configurations: those that we ship, and what is said of others."""

import json
import math
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests import configurations

from study.classifiers import CLASSIFIERS
from study.errors import StudyError
from study.workflow.configuration import (
    check,
    module_names,
    named_configuration,
    number_for,
    specifications,
    varied_settings,
)

ROOT = Path(__file__).parents[3]
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
DEFAULT = yaml.safe_load((ROOT / "config/config.yaml").read_text())
KNOWN = DEFAULT["robustness"]["perturbations"]["levels"]
ABSENT = object()
NETWORKS = {"ch3l3": 3, "random": 3, "paths": 2, "static": 2}
TRAINING, LEVELS, DRAWINGS = "robustness.training", "robustness.perturbations.levels", "robustness.drawings"


def changed(key: str, value: object) -> dict:
    """The default configuration with another value of one key."""
    config = deepcopy(DEFAULT)
    if ".multiverse" in key:
        config["robustness"]["multiverse"] = deepcopy(MULTIVERSE)
    *parents, name = key.split(".")
    place = config
    for parent in parents:
        place = place[parent]
    if value is ABSENT:
        del place[name]
    else:
        place[name] = value
    return config


def test_the_schema_is_a_valid_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", configurations.PATHS, ids=lambda path: path.name)
def test_every_configuration_that_we_ship_is_valid(path):
    assert check(configurations.read(path), [path], ROOT) == []


# key, its value, and parts of what is said
CASES = [
    ("robustness.network.densty", 0.1, "not a known key", "did you mean density?"),
    ("robustness.colour", "red", "not a known key."),
    ("robustness.7", 0, "not a known key."),
    (f"{TRAINING}.epochs", ABSENT, "missing"),
    ("asonn", ABSENT, "missing"),
    ("asonn", None, "a mapping of keys", "found None"),
    (f"{LEVELS}.weight_noise", ABSENT, "missing"),
    (LEVELS, KNOWN | {"rust": [0, 1]}, "a name in", "one of random_pruning, ", "found 'rust'"),
    (LEVELS, KNOWN | {7: [0, 1]}, "a name in", "a text", "found 7"),
    (f"{TRAINING}.epochs", "ten", "a whole number", "found 'ten'"),
    (f"{TRAINING}.epochs", "010", "a whole number", "found '010'"),
    (f"{TRAINING}.epochs", 2.5, "a whole number", "found 2.5"),
    (f"{TRAINING}.zeta", math.nan, "a number", "found nan"),
    (f"{TRAINING}.zeta", math.inf, "a number", "found inf"),
    (f"{TRAINING}.remove_disconnected", "yes", "true or false", "found 'yes'"),
    (f"{TRAINING}.learning_rate_schedule", "cosine", "one of linear, constant", "found 'cosine'"),
    ("robustness.datasets", "digits", "a list", "found 'digits'"),
    (f"{TRAINING}.seeds", 0, "at least 1", "found 0"),
    (f"{TRAINING}.seeds", 100_000, "at most 1000", "found 100000"),
    (f"{TRAINING}.batch_size", 10**25, "at most 1000000", "found 1"),
    ("robustness.network.hidden_sizes", [10**7], "[0] must be at most 100000", "found 10000000"),
    ("robustness.weight_magnitudes.bin_width", 1e-12, "at least 0.0001", "found 1e-12"),
    ("robustness.network.density", 0, "greater than 0", "found 0"),
    (f"{TRAINING}.zeta", 1, "less than 1", "found 1"),
    (f"{LEVELS}.weight_order", [0, 2], "[1] must be at most 1", "found 2"),
    (f"{LEVELS}.weight_noise", [0], "at least 2 entries", "found 1"),
    (f"{LEVELS}.weight_noise", [0, 1, 1], "duplicates", "found [0, 1, 1]"),
    ("asonn.hypercuboids.attributes", ["a", "b", "c"], "at most 2 entries", "found 3"),
    ("asonn.hypercuboids.attributes", ["--growth", "a"], "[0]", "begin with -", "found '--growth'"),
    ("asonn.versions", [9], "[0] must be one of 1, 2, ", "found 9"),
    ("asonn.classifiers", ["svn"], "[0] must be one of xgboost, ", "found 'svn'"),
    ("asonn.tables", ["irs"], "[0] must be one of the tables in config/pmlb_tables.csv", "did you mean iris?"),
    ("asonn.tables", ["pmlb/glas"], "found 'pmlb/glas'", "did you mean pmlb/glass?"),
    ("robustness.regrowth_rules", ["ch3l3", "rug"], "[1] must be one of ", "random, ", "found 'rug'"),
    ("robustness.regrowth_rules", ["static"], "a rule besides static"),
    ("robustness.datasets", ["digits", "digit"], "[1] must be one of digits, mnist, ", "data.image_sets"),
    ("name", "my/study", "letters, digits, _, - and .", "found 'my/study'"),
    ("name", "..", "a letter or digit first", "found '..'"),
    ("name", "demo\n", "letters, digits", "found 'demo\\n'"),
    ("name", "n" * 101, "at most 100 characters", "found 101"),
    ("data.mirror", 3, "a text or null", "found 3"),
    ("data.mirror", "", "a text without control characters", "found ''"),
    ("data.mirror", "a\0b", "a text without control characters", "found 'a\\x00b'"),
    ("data.image_sets", {"mine": {"train_images": "a.gz"}}, ".mine must have either npz or all of train_images, "),
    ("data.image_sets", {"mnist": {"npz": "a.npz"}}, ".mnist", "choose another name"),
    ("data.image_sets", {"MNIST": {"npz": "config/config.yaml"}}, ".MNIST", "choose another name, as mnist is an"),
    ("data.image_sets", {"mine": {"npz": "{a}.npz"}}, ".mine.npz", "without control characters, braces"),
    ("data.image_sets", {"a" * 101: {"npz": "a.npz"}}, "a name in", "at most 100 characters"),
    (f"{TRAINING}.seeds", "many", "a whole number or a mapping of keys", "found 'many'"),
    (f"{TRAINING}.seeds", {"ch3l3": 3}, "one for each of ch3l3, random, paths, static", "found {'ch3l3': 3}"),
    (f"{TRAINING}.seeds", {"ch3l4": 3}, "a name in", "must be one of ", "found 'ch3l4'"),
    ("robustness.perturbations.networks", NETWORKS | {"static": 0}, ".static must be at least 1", "found 0"),
    ("robustness.perturbations.networks", NETWORKS | {"set": 2}, "one for each of ch3l3, random, ", "'set': 2"),
    ("data.leave_out", ["mnist"], "[0] must be one of robustness.datasets, digits", "found 'mnist'"),
    (f"{DRAWINGS}.network.dataset", "mnist", "one of robustness.datasets, digits", "found 'mnist'"),
    (f"{DRAWINGS}.topology_update.regrowth_rule", "static", "a rule besides static"),
    (f"{DRAWINGS}.topology_update.regrowth_rule", "narrow_dense", "a rule besides narrow_dense"),
    (f"{DRAWINGS}.topology_update.inputs", 65, "at most 64, the pixels of an image of digits", "found 65"),
]


MULTIVERSE = {"networks": 2, "arms": {"heavy": {"momentum": 0.5}}}
CASES += [
    (f"robustness.multiverse.{key}", value, *parts)
    for key, value, *parts in [
        ("networks", 1, "at least 2", "found 1"),
        ("arms", None, "a mapping of keys", "found None"),
        ("arms.heavy", 3, "a mapping of keys", "found 3"),
        ("arms.heavy.momentun", 0.5, "not a known key", "did you mean momentum?"),
        ("arms.heavy.seeds", 5, "not a known key"),
        ("arms.heavy.momentum", 2, "less than 1", "found 2"),
        ("arms.heavy.remove_disconnected", "yes", "true or false", "found 'yes'"),
        ("arms.heavy.learning_rate_schedule", "cosine", "one of linear, constant", "found 'cosine'"),
        ("arms", {"a/b": {}}, "a name in", "letters, digits, _, - and .", "found 'a/b'"),
        ("arms", {"..": {}}, "a name in", "a letter or digit first", "found '..'"),
        ("arms.main", {}, "choose another name"),
        ("arms.Main", {}, "choose another name", "as main is the study's own setting"),
        ("arms", {"heavy": {}, "Heavy": {}}, "choose another name than Heavy", "that of heavy"),
        ("datasets", ["mnist"], "[0] must be one of robustness.datasets, digits", "found 'mnist'"),
        ("regrowth_rules", ["random"], "must have ch3l3 and random", "found random"),
        ("regrowth_rules", ["set"], "[0] must be one of robustness.regrowth_rules, ch3l3, ", "found 'set'"),
        ("leave_out", ["havy"], "[0] must be one of robustness.multiverse.arms, heavy", "found 'havy'"),
    ]
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {', '.join(case[2:])}")
def test_what_is_wrong_is_one_sentence(case):
    key, value, *parts = case
    (sentence,) = check(changed(key, value), [], ROOT)
    for part in (key, *parts):
        assert part in sentence


def test_image_sets_of_names_that_differ_in_case_alone_are_refused():
    own = {"npz": str(ROOT / "config/config.yaml")}
    assert check(changed("data.image_sets", {"mine": own, "Mine": own}), [], ROOT) == [
        "data.image_sets: choose another name than Mine, whose folder some systems take for that of mine."
    ]


def test_a_configuration_is_found_by_the_name_in_it_if_it_is_a_text_and_no_other_has_it(tmp_path):
    for number, name in enumerate(["one", "two", "2024", "two"]):
        (tmp_path / f"{number}.yaml").write_text(f"name: {name}\n")
    assert named_configuration("one", tmp_path) == tmp_path / "0.yaml"
    with pytest.raises(StudyError, match=r"1\.yaml and .*3\.yaml are both named two: choose by --configfile\."):
        named_configuration("two", tmp_path)
    with pytest.raises(StudyError, match=r"is named 2024; there are one, two\. Try --configfile"):
        named_configuration("2024", tmp_path)


def test_data_sets_that_are_left_out_leave_others_and_none_that_is_drawn():
    config = changed("data.leave_out", ["digits"])
    assert check(config, [], ROOT) == [
        "data.leave_out must leave one of robustness.datasets to be run; found ['digits']."
    ]
    config["robustness"]["datasets"] = ["digits", "mnist"]
    which = "must be one of robustness.datasets without data.leave_out, mnist; found 'digits'."
    assert check(config, [], ROOT) == [f"{DRAWINGS}.{name}.dataset {which}" for name in ("network", "topology_update")]
    config["data"]["leave_out"] = ["mnist"]
    assert check(config, [], ROOT) == []


def test_a_rule_may_have_fewer_networks_than_others():
    config = changed("robustness.perturbations.networks", NETWORKS)
    assert check(config, [], ROOT) == []
    assert [number_for(rule, numbers) for rule in NETWORKS for numbers in (NETWORKS, 7)] == [3, 7, 3, 7, 2, 7, 2, 7]


def test_an_arm_is_the_setting_of_the_study_but_for_what_it_names_and_equal_ones_are_one():
    arms = {"heavy": {"momentum": 0.5}, "same": {"momentum": 0.9}, "none": {}, "again": {"momentum": 0.5, "zeta": 0.3}}
    config = changed("robustness.multiverse.arms", arms | {"kept": {"regrown_weight": "keep", "zeta": 0.1}})
    assert check(config, [], ROOT) == []
    found = specifications(config)
    assert list(found) == ["main", "heavy", "kept"]
    network = DEFAULT["robustness"]["network"]
    assert found["main"].items() >= network.items()
    assert "seeds" not in found["main"]
    assert found["heavy"] == found["main"] | {"momentum": 0.5}
    assert varied_settings(config) == {
        "main": {"momentum": 0.9, "zeta": 0.3, "regrown_weight": "redraw"},
        "heavy": {"momentum": 0.5, "zeta": 0.3, "regrown_weight": "redraw"},
        "kept": {"momentum": 0.9, "zeta": 0.1, "regrown_weight": "keep"},
    }
    assert list(specifications(DEFAULT)) == ["main"]
    config["robustness"]["multiverse"]["leave_out"] = ["heavy"]
    assert check(config, [], ROOT) == []
    assert list(specifications(config)) == ["main", "again", "kept"]


def test_the_order_in_which_an_arm_names_settings_makes_no_difference():
    def settings(**arm: object) -> list[tuple[str, object]]:
        return list(specifications(changed("robustness.multiverse.arms", {"one": arm}))["one"].items())

    methods = {"pruning": "magnitude", "initial_topology": "uniform", "momentum": 0.1}
    assert settings(**methods) == settings(**dict(reversed(methods.items())))


def test_an_arm_of_a_study_without_any_of_its_data_sets_is_one_sentence():
    config = changed("robustness.multiverse.datasets", ["digits"])
    config["robustness"]["datasets"] = ["digits", "mnist"]
    config["data"]["leave_out"] = ["digits"]
    for drawing in config["robustness"]["drawings"].values():
        drawing["dataset"] = "mnist"
    assert check(config, [], ROOT) == ["robustness.multiverse.datasets must have one that is run, of mnist."]


def test_all_that_is_wrong_is_said_at_once():
    assert check(changed(f"{TRAINING}.epochs", ABSENT) | {"name": 3}, [], ROOT) == [
        "name must be a text; found 3.",
        f"{TRAINING}.epochs is missing.",
    ]


def test_an_empty_configuration_misses_each_key_once():
    assert check({}, [], ROOT) == [f"{key} is missing." for key in ("name", "data", "robustness", "asonn")]


def test_an_own_image_set_must_be_there_even_if_it_was_taken_in_before(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resources/images").mkdir(parents=True)
    (tmp_path / "resources/images/mine.npz").touch()
    config = changed("data.image_sets", {"mine": {"npz": "mine.npz"}, "long": {"npz": "n" * 999}})
    absent = "must be a file, its path from"
    assert check(config, [], ROOT) == [
        f"data.image_sets.mine.npz {absent} {tmp_path}; found 'mine.npz'.",
        f"data.image_sets.long.npz {absent} {tmp_path}; found '{'n' * 199}….",
    ]
    (tmp_path / "mine.npz").touch()
    assert len(check(config, [], ROOT)) == 1


def test_texts_of_numbers_are_numbers_as_on_the_command_line():
    def texts(value):
        match value:
            case dict():
                return {key: texts(value) for key, value in value.items()}
            case list():
                return list(map(texts, value))
        return value if isinstance(value, str) else json.dumps(value)

    config = texts(DEFAULT)
    assert check(config, [], ROOT) == []
    expected = deepcopy(DEFAULT)
    check(expected, [], ROOT)
    assert config == expected


def test_a_number_has_one_form():
    config = changed(f"{TRAINING}.weight_decay", 0.0)
    config["robustness"]["perturbations"]["levels"]["weight_noise"] = [0.0, 0.5, 1.0]
    config["robustness"]["training"]["epochs"] = 5.0
    assert check(config, [], ROOT) == []
    assert repr(config["robustness"]["training"]["weight_decay"]) == "0"
    assert repr(config["robustness"]["training"]["epochs"]) == "5"
    assert repr(config["robustness"]["perturbations"]["levels"]["weight_noise"]) == "[0, 0.5, 1]"


def test_the_order_of_keys_makes_no_difference_but_to_perturbations():
    def turned(value):
        return {key: turned(value[key]) for key in reversed(value)} if isinstance(value, dict) else value

    config, expected = turned(DEFAULT), deepcopy(DEFAULT)
    assert check(config, [], ROOT) == check(expected, [], ROOT) == []
    levels = config["robustness"]["perturbations"]["levels"]
    assert list(levels) == list(reversed(KNOWN))
    for section in ("perturbations", "image_perturbations"):
        robustness = config["robustness"]
        robustness[section]["levels"] = dict(reversed(robustness[section]["levels"].items()))
    assert json.dumps(config) == json.dumps(expected)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: a\nb: {name: c, d: 1}\nname: e\n", "name is given twice, in lines 1 and 3."),
        ("b: {d: 1,\n d: 2}\n", "b.d is given twice, in lines 1 and 2."),
        ('{"b": {"d": 1,\n\t"d": 2}}', "d is given twice."),
        ("b: {epochs: 010}\n", "b.epochs is 8 to YAML, not 010; write it without leading zeros and colons."),
        ("b: [0, 1:30]\n", "b is 90 to YAML, not 1:30; write it without leading zeros and colons."),
        ("b: ['010', 0.5, 1e3, 0, -1, 1_000, 2026-01-01]\n", None),
        ('{\n\t"b": [0, 0.10]\n}', None),
    ],
)
def test_what_a_file_says_twice_or_to_yaml_alone_is_refused(text, sentence, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    found = check(deepcopy(DEFAULT), [path], ROOT)
    assert found == ([f"{path}: {sentence}"] if sentence else [])


def test_of_a_larger_workflow_only_our_part_of_its_configuration_is_checked(tmp_path):
    (tmp_path / "mine.yaml").write_text("walltime: 12:30:00\nours: {name: a, name: b, robustness: {epochs: 010}}\n")
    found = check(deepcopy(DEFAULT), [tmp_path / "mine.yaml"], ROOT)
    assert [sentence.partition(": ")[2].partition(" is ")[0] for sentence in found] == ["name", "robustness.epochs"]


def test_a_rule_is_known_as_soon_as_its_module_exists(tmp_path):
    folder = tmp_path / "src/sparse_training/regrowth"
    folder.mkdir(parents=True)
    for name in ("__init__", "registry", "_shared", "mine", "my rule", "a(b", "$(touch PWNED)", "a.b", "-x"):
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
    named = schema.get("additionalProperties")
    if isinstance(named, dict) and "properties" in named and "properties" not in schema:
        keys |= keys_of(named, f"{path}.*")
    return keys


def test_the_readme_of_the_configurations_explains_every_key_of_the_schema_and_no_other():
    lines = (ROOT / "config/README.md").read_text().splitlines()
    explained = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert explained == keys_of(SCHEMA)
