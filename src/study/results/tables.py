"""Reads result tables, and from their paths what they are results of."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from study.errors import StudyError
from study.files import read_table


def labels_of(path: str | Path, pattern: str) -> dict[str, str]:
    """What the end of a path says by a pattern such as `{dataset}/{rule}/{seed}/history.csv`.

    `results/demo/training/digits/ch3l3/0/history.csv` gives dataset digits, rule ch3l3, seed 0. A name in braces is one
    whole part of the path, up to the suffix.
    """
    expression = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
    match = re.search(f"(?:^|/){expression}$", Path(path).as_posix())
    if match is None:
        raise StudyError(f"{path}: the path must end in {pattern}, which says whose results these are.")
    return match.groupdict()


def read_result(path: str | Path, columns: Sequence[str]) -> pd.DataFrame:
    """The named columns of one result table, which must be there and have rows."""
    try:
        table = read_table(path)
    except FileNotFoundError:
        raise StudyError(f"{path}: no such file.") from None
    except pd.errors.EmptyDataError:
        raise StudyError(f"{path}: the file is empty.") from None
    except (pd.errors.ParserError, UnicodeDecodeError):
        raise StudyError(f"{path} is not a whole CSV table; delete it to have it made again.") from None
    missing = [column for column in columns if column not in table]
    if missing:
        raise StudyError(f"{path}: column {', '.join(missing)} is missing; the table has {', '.join(table)}.")
    if table.empty:
        raise StudyError(f"{path}: the table has no rows.")
    return table[list(columns)]


def read_results(paths: Iterable[str | Path], pattern: str, columns: Sequence[str]) -> pd.DataFrame:
    """Many result tables below each other, with what their paths say by `pattern` as leading columns.

    The order of the paths is kept: it is the order of panels and legends.
    """
    tables = []
    for path in paths:
        table = read_result(path, columns)
        for position, (label, value) in enumerate(labels_of(path, pattern).items()):
            table.insert(position, label, value)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def in_order(column: pd.Series) -> list:
    """The distinct values of a column in the order in which they appear."""
    return list(dict.fromkeys(column))
