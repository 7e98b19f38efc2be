"""Writes a table that ships with scikit-learn as CSV: features, then the class by name in column `target`."""

import argparse
import re

from sklearn.datasets import load_breast_cancer, load_iris, load_wine

from study.data.classification_tables import save_classification_table
from study.provenance.record import Output, parse
from study.scripts.run import run

TABLES = {"breast_cancer": load_breast_cancer, "iris": load_iris, "wine": load_wine}


def plain_name(column: str) -> str:
    """`petal length (cm)` -> `petal_length`."""
    return re.sub(r"\W+", "_", re.sub(r"\(.*?\)", "", column).strip())


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", choices=sorted(TABLES), required=True, help="which table")
    parser.add_argument("--output", type=Output, required=True, metavar="CSV", help="table to write")
    options, record = parse(parser, arguments, __file__)
    with record:
        table = TABLES[options.table](as_frame=True)
        classes = table.target.map(dict(enumerate(table.target_names)))
        save_classification_table(table.data.rename(columns=plain_name), classes, options.output)


if __name__ == "__main__":
    run(main)
