"""Writes what follows from the settings of the library: their part of the schema of the configuration, and from the
whole schema the tables in config/README.md.

Run it after a change of src/sparse_training/settings.py or of workflow/schemas/config.schema.yaml.
"""

import argparse
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from textwrap import indent

import yaml

from sparse_training.settings import SweepSettings, TrainingSettings, kind_of
from study.files import atomic_path
from study.results.summary import fill_blocks
from study.scripts.run import run

REPOSITORY = Path(__file__).resolve().parents[1]
SCHEMA, README = Path("workflow/schemas/config.schema.yaml"), Path("config/README.md")
SETTINGS = {cls.__name__: cls for cls in (TrainingSettings, SweepSettings)}
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}
MADE = re.compile(r"^( *)# made by src/write_schema\.py from (\w+)( without (\w+))?:\n.*?^ *# end\n", re.M | re.S)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--repository", type=Path, default=REPOSITORY, metavar="FOLDER", help="whose files to write (default: this one)"
    )
    options = parser.parse_args(arguments)
    schema = with_settings((options.repository / SCHEMA).read_text(encoding="utf-8"))
    readme = with_tables((options.repository / README).read_text(encoding="utf-8"), yaml.safe_load(schema))
    for path, text in ((SCHEMA, schema), (README, readme)):
        with atomic_path(options.repository / path) as temporary:
            temporary.write_text(text, encoding="utf-8")


def with_settings(schema: str) -> str:
    """The text of the schema with the properties of settings as the library states them, between its marks."""

    def block(match: re.Match) -> str:
        first, *_, last = match[0].splitlines(keepends=True)
        lines = (f"{field.name}: {_property(field)}" for field in fields(SETTINGS[match[2]]) if field.name != match[4])
        return first + indent("".join(lines), match[1]) + last

    return MADE.sub(block, schema)


def _property(field: Field) -> str:
    """The JSON schema of one setting, in one line."""
    limits = dict(field.metadata["limits"])
    if "enum" in limits:
        limits["enum"] = list(limits["enum"])
    if "partOf" in limits:
        limits["partOf"] = f"src/sparse_training/{limits['partOf']}"
    default = {} if field.default in (MISSING, None) else {"default": field.default}
    source = {"$comment": field.metadata["source"]} if field.metadata["source"] else {}
    content = {"description": field.metadata["meaning"], "type": TYPES[kind_of(field)]} | limits | default | source
    return yaml.safe_dump(content, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1000)


def with_tables(readme: str, schema: dict) -> str:
    """The text of the README with a table of each section of the configuration, between its marks."""

    def table(section: str) -> str:
        rows = "".join(f"| `{key}` | {text} |\n" for key, text in described_keys(schema["properties"], section))
        return f"| key | meaning |\n| --- | --- |\n{rows}"

    return fill_blocks(readme, Path(__file__).name, table)


def described_keys(properties: dict, section: str | None = None, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key that the schema describes, dotted, `*` for names of users' own; with its description and default."""
    for name, content in properties.items():
        if section and name != section:
            continue
        key = f"{path}{name}"
        if "description" in content:
            yield key, content["description"] + _default(content)
        yield from described_keys(content.get("properties", {}), path=f"{key}.")
        if isinstance(further := content.get("additionalProperties"), dict):
            yield from described_keys(further.get("properties", {}), path=f"{key}.*.")


def _default(content: dict) -> str:
    """`; default 0.3 (where it comes from)`."""
    source = content.get("$comment", "")
    if "default" not in content:
        return f"; default: {source}" if source else ""
    return f"; default `{str(content['default']).lower()}`" + (f" ({source})" if source else "")


if __name__ == "__main__":
    run(main)
