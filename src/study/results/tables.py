"""Result tables: tidy CSV in which every row says what it is a result of.

The leading columns are the identity: `dataset`, `rule` (of regrowth) and `seed` (the number of the network) where
networks were trained, `table` where classifiers were. No reader needs to know where a file lies.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from study.errors import StudyError
from study.files import read_table, write_table

NETWORK = ("dataset", "rule", "seed")  # which network: the metadata of its file, and columns of tables about it
NAMES = ("dataset", "rule", "perturbation", "table", "classifier")  # text, even where it looks like a number


def write_results(rows: pd.DataFrame | Iterable[Mapping], path: str | Path, **identity: str | int) -> None:
    """Writes rows as a tidy table, atomically, with their identity as leading columns."""
    table = pd.DataFrame(rows)
    for position, (name, value) in enumerate(identity.items()):
        table.insert(position, name, value)
    write_table(table, path)


def read_result(path: str | Path, columns: Sequence[str]) -> pd.DataFrame:
    """The named columns of one result table, which must be there and have rows."""
    try:
        table = read_table(path, dtype=dict.fromkeys(NAMES, str), keep_default_na=False, na_values=[""])
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


def read_results(paths: Iterable[str | Path], columns: Sequence[str]) -> pd.DataFrame:
    """The named columns of many result tables below each other.

    The order of the paths is kept: it is the order of panels and legends.
    """
    return pd.concat([read_result(path, columns) for path in paths], ignore_index=True)


def identity_of(metadata: Mapping[str, Any], path: str | Path) -> dict[str, str | int]:
    """dataset, rule and seed of a network, from the metadata of the file it was read from."""
    missing = [name for name in NETWORK if name not in metadata]
    if missing:
        raise StudyError(
            f"{path} does not say which network it holds: its metadata lack {', '.join(missing)}; train it again."
        )
    return {name: metadata[name] for name in NETWORK}


def in_order(column: pd.Series) -> list:
    """The distinct values of a column in the order in which they appear."""
    return list(dict.fromkeys(column))
