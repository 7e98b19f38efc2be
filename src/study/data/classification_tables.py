"""Classification tables as the study keeps them: one CSV per table, feature columns first, last the column `target`."""

from pathlib import Path

import numpy as np
import pandas as pd

from study.errors import StudyError
from study.files import read_table, write_table

TARGET = "target"


def save_classification_table(features: pd.DataFrame, target: pd.Series, path: str | Path) -> None:
    """Writes features and classes as one CSV, atomically."""
    write_table(features.assign(**{TARGET: target.to_numpy()}), path)


def load_classification_table(path: str | Path) -> tuple[pd.DataFrame, pd.Series]:
    """Reads (features, target). Raises StudyError, with one sentence, for what is no such table."""
    try:
        table = read_table(path)
    except FileNotFoundError:
        raise StudyError(f"{path}: no such file.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise StudyError(f"{path} is not a CSV table ({str(error).strip()}).") from None
    if table.columns[-1] != TARGET or len(table.columns) < 2:
        raise StudyError(f"{path}: the columns must be features and, last, `{TARGET}`; found {', '.join(table)}.")
    if table.empty:
        raise StudyError(f"{path}: the table has no rows.")
    if table[TARGET].isna().any():
        raise StudyError(f"{path}: `{TARGET}` is empty in {table[TARGET].isna().sum()} rows.")
    rows = table[TARGET].value_counts()
    if len(rows) < 2:
        raise StudyError(f"{path}: there must be two classes or more in `{TARGET}`; found {rows.index[0]} alone.")
    if rows.min() < 2:
        raise StudyError(
            f"{path}: a class needs two rows or more, to train and to test on; {rows.idxmin()} has {rows.min()}."
        )
    infinite = [name for name, column in table.items() if column.isin([np.inf, -np.inf]).any()]
    if infinite:
        raise StudyError(f"{path}: column {', '.join(infinite)} holds infinite values; leave such cells empty.")
    return table.drop(columns=TARGET), table[TARGET]
