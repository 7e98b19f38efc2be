"""Columns of a data frame as numbers: categories become their codes, missing values NaN."""

from numbers import Real

import numpy as np
import pandas as pd

from asonn.errors import AsonnError


def learn_categories(frame: pd.DataFrame) -> dict[int, list]:
    """The categories of every column that is not numeric, by position, in the order of their codes.

    A categorical column keeps the order of its dtype (those that occur); a boolean one is (False, True); text is
    sorted. Raises AsonnError for columns that are none of these.
    """
    categories = {}
    for position, name in enumerate(frame.columns):
        column = frame.iloc[:, position]
        if isinstance(column.dtype, pd.CategoricalDtype):
            categories[position] = column.cat.remove_unused_categories().cat.categories.tolist()
        elif pd.api.types.is_bool_dtype(column.dtype):
            categories[position] = [False, True]
        elif pd.api.types.is_string_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype):
            known = _distinct(name, column)
            if all(isinstance(label, str | bool) for label in known):
                categories[position] = sorted(known, key=lambda label: (str(type(label)), label))
        elif not pd.api.types.is_numeric_dtype(column.dtype) or column.dtype.kind == "c":
            raise AsonnError(
                f"Column {name!r} has dtype {column.dtype}: only numbers, categories, booleans and text will do."
            )
    return categories


def find_unordered(frame: pd.DataFrame, categories: dict[int, list]) -> list[int]:
    """The columns with categories that have no order, by position: text, and categorical ones not declared ordered."""
    found = []
    for position, labels in categories.items():
        dtype = frame.dtypes.iloc[position]
        ordered = isinstance(dtype, pd.CategoricalDtype) and dtype.ordered
        if not ordered and not all(isinstance(label, bool | np.bool_) for label in labels):
            found.append(position)
    return found


def to_numbers(frame: pd.DataFrame, categories: dict[int, list]) -> pd.DataFrame:
    """The same columns as float64; a category that was not learned is NaN, like a missing value.

    Raises AsonnError if a column that should hold numbers does not, or the other way round.
    """
    numbers = {}
    for position, name in enumerate(frame.columns):
        column = frame.iloc[:, position]
        if position in categories:
            _check_kinds(name, column, categories[position])
            codes = {label: float(code) for code, label in enumerate(categories[position])}
            numbers[position] = np.array([codes.get(label, np.nan) for label in column.astype(object)])
        else:
            if column.dtype.kind in "mMc":
                raise AsonnError(f"Column {name!r} holds {column.dtype}; training saw numbers there.")
            try:
                numbers[position] = column.to_numpy(dtype=np.float64, na_value=np.nan)
            except (TypeError, ValueError) as error:
                raise AsonnError(f"Column {name!r} cannot be read as numbers: {error}") from error
    result = pd.DataFrame(numbers, index=frame.index)
    result.columns = frame.columns
    return result


def _check_kinds(name: object, column: pd.Series, labels: list) -> None:
    """Raises AsonnError if no value of a column is of a kind that its labels are of, or any is text and no label is."""
    known, found = ({_kind(value) for value in values} for values in (labels, _distinct(name, column)))
    strange = found - known
    if labels and strange and (strange == found or "text" in strange):
        kind = "text" if "text" in strange else min(strange)
        raise AsonnError(f"Column {name!r} holds {kind}; training saw {_few(labels)} there.")


def _distinct(name: object, column: pd.Series) -> list:
    """The values of a column, each once, without missing ones."""
    try:
        return column.dropna().unique().tolist()
    except TypeError:  # values that have no hash, such as lists
        kind = next(type(value).__name__ for value in column.dropna() if not _has_hash(value))
        raise AsonnError(
            f"Column {name!r} holds {kind} values: only numbers, categories, booleans and text will do."
        ) from None


def _has_hash(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _kind(value: object) -> str:
    """What a value is, for a message; booleans are numbers."""
    if isinstance(value, str):
        return "text"
    return "numbers" if isinstance(value, Real | np.bool_) else type(value).__name__


def _few(labels: list) -> str:
    """Some labels, for a message."""
    return ", ".join(map(repr, labels[:3])) + (", …" if len(labels) > 3 else "")
