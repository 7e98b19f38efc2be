"""Settings are said once, in the library: scripts, schema, README and records follow."""

import json
import shutil
from argparse import ArgumentParser
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import yaml

import write_schema
from sparse_training.settings import SweepSettings, TrainingSettings, setting
from study.provenance.record import parse
from study.scripts.arguments import add_settings, settings_of
from study.workflow.configuration import check

ROOT = Path(__file__).parents[2]
FILES = (write_schema.SCHEMA, write_schema.README)


@dataclass(frozen=True)
class MoreSettings(TrainingSettings):
    """Those of today and one more."""

    label_smoothing: float = setting(
        "fraction of each label spread over all classes",
        default=0.1,
        unit="fraction",
        source="a test",
        minimum=0,
        exclusiveMaximum=1,
    )


@pytest.fixture
def repository(tmp_path) -> Path:
    """A folder with copies of the files that are written, and what a check of a configuration reads."""
    for path in (*FILES, "config/pmlb_tables.csv", "config/config.yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    shutil.copytree(ROOT / "src/sparse_training", tmp_path / "src/sparse_training")
    return tmp_path


def test_schema_and_readme_are_up_to_date(repository):
    write_schema.main(["--repository", str(repository)])
    for path in FILES:
        assert (repository / path).read_text() == (ROOT / path).read_text(), "run `python src/write_schema.py`"


def test_a_new_setting_is_one_field_and_is_seen_in_schema_readme_and_arguments(repository, monkeypatch):
    monkeypatch.setitem(write_schema.SETTINGS, "TrainingSettings", MoreSettings)
    write_schema.main(["--repository", str(repository)])
    readme = (repository / write_schema.README).read_text()
    assert (
        "| `robustness.training.label_smoothing` | fraction of each label spread over all classes; "
        "default `0.1` (a test) |\n" in readme
    )
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    assert check(config, folder=repository) == []
    assert config["robustness"]["training"]["label_smoothing"] == 0.1
    config["robustness"]["training"]["label_smoothing"] = 1
    assert check(config, folder=repository) == ["robustness.training.label_smoothing must be less than 1; found 1."]


def test_a_setting_reaches_the_record(tmp_path):
    parser = ArgumentParser()
    add_settings(parser, MoreSettings)
    arguments = ["--epochs", "3", "--label-smoothing", "0.2", "--record", str(tmp_path / "record.json")]
    options, record = parse(parser, arguments, __file__)
    assert settings_of(options, MoreSettings) == MoreSettings(epochs=3, label_smoothing=0.2)
    record.write()
    recorded = json.loads((tmp_path / "record.json").read_text())["arguments"]
    assert {field.name for field in fields(MoreSettings)} <= recorded.keys()
    assert recorded["label_smoothing"] == 0.2


@pytest.mark.parametrize("settings", [TrainingSettings, SweepSettings])
def test_every_setting_is_an_argument_with_its_default_and_its_meaning(settings):
    parser = ArgumentParser()
    add_settings(parser, settings)
    required = ["--epochs", "3"] if settings is TrainingSettings else []
    assert settings_of(parser.parse_args(required), settings) == settings(**({"epochs": 3} if required else {}))
    text = " ".join(parser.format_help().split())
    for field in fields(settings):
        assert f"--{field.name.replace('_', '-')}" in text
        assert field.metadata["meaning"].replace("`", "") in text


def test_keys_that_a_configuration_leaves_out_take_their_defaults():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    training = config["robustness"]["training"]
    for key in ("zeta", "momentum", "remove_disconnected"):
        del training[key]
    assert check(config, folder=ROOT) == []
    assert (training["zeta"], training["momentum"], training["remove_disconnected"]) == (0.3, 0.9, True)
    assert "pruning" not in training


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("sigmoid(until=0.8)", None),
        ("sine", "robustness.training.density_schedule must be one of constant, cosine, cubic, linear, sigmoid; …"),
    ],
)
def test_a_part_of_a_method_is_a_module_with_or_without_options(value, message):
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    config["robustness"]["training"]["density_schedule"] = value
    found = check(config, folder=ROOT)
    assert found == [] if message is None else found[0].startswith(message.removesuffix("…"))


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda path: path.name)
def test_editors_find_the_schema_of_every_configuration(path):
    line = path.read_text().splitlines()[0]
    assert line == "# yaml-language-server: $schema=../workflow/schemas/config.schema.yaml"
    assert (path.parent / line.rpartition("=")[2]).is_file()
