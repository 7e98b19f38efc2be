"""Writes the configuration of a study as YAML, so that it lies beside the results that it made."""

import argparse
import json
from pathlib import Path

import yaml

from study.files import atomic_path


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configuration", type=json.loads, metavar="JSON", help="the whole configuration")
    parser.add_argument("--output", type=Path, required=True, metavar="YAML", help="writes the configuration")
    options = parser.parse_args(arguments)
    with atomic_path(options.output) as temporary:
        temporary.write_text(yaml.safe_dump(options.configuration, sort_keys=False))


if __name__ == "__main__":
    main()
