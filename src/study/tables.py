"""Classification tables as the study keeps them: one CSV per table, feature columns first, last the column `target`."""

from pathlib import Path

import pandas as pd

from study.files import UnusableFile, read_table, write_table

TARGET = "target"


def save_classification_table(features: pd.DataFrame, target: pd.Series, path: str | Path) -> None:
    """Writes features and classes as one CSV, atomically."""
    write_table(features.assign(**{TARGET: target.to_numpy()}), path)


def load_classification_table(path: str | Path) -> tuple[pd.DataFrame, pd.Series]:
    """Reads (features, target). Raises UnusableFile, with one sentence, for what is no such table."""
    try:
        table = read_table(path)
    except FileNotFoundError:
        raise UnusableFile(f"{path}: no such file.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise UnusableFile(f"{path} is not a CSV table ({str(error).strip()}).") from None
    if table.columns[-1] != TARGET or len(table.columns) < 2:
        raise UnusableFile(f"{path}: the columns must be features and, last, `{TARGET}`; found {', '.join(table)}.")
    if table.empty:
        raise UnusableFile(f"{path}: the table has no rows.")
    if table[TARGET].isna().any():
        raise UnusableFile(f"{path}: `{TARGET}` is empty in {table[TARGET].isna().sum()} rows.")
    return table.drop(columns=TARGET), table[TARGET]
