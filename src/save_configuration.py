"""Writes the configuration of a study as YAML, so that it lies beside the results that it made."""

import argparse
import json

import yaml

from study.files import atomic_path
from study.provenance.record import Output, parse
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configuration", type=json.loads, metavar="JSON", help="the whole configuration")
    parser.add_argument("--output", type=Output, required=True, metavar="YAML", help="writes the configuration")
    options, record = parse(parser, arguments, __file__)
    with record, atomic_path(options.output) as temporary:
        temporary.write_text(yaml.safe_dump(options.configuration, sort_keys=False))


if __name__ == "__main__":
    run(main)
