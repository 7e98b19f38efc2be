"""The Penn Machine Learning Benchmarks: where their tables come from, and which of them the study uses.

`config/pmlb_tables.csv` lists every table of PMLB v1.0.1.post3 with 32–3200 rows, 3–34 features and 2–10 classes, the
limits that the ASONN paper states; which 52 of them it used is not known. Its columns: table, rows, features, classes,
smallest_class (rows of the rarest class), missing (empty cells), sha256 (of the .tsv.gz), same_origin_as (an earlier
table that holds the same rows, or rows of the same origin).
"""

import zlib
from pathlib import Path

import pandas as pd

from study.data.classification_tables import TARGET
from study.data.downloads import SourceFile
from study.errors import StudyError

COMMIT = "b7c16db7b98464782a404d75ecb305fc01922b95"
PREFIXES = (
    f"https://github.com/EpistasisLab/pmlb/raw/{COMMIT}/datasets",
    f"https://media.githubusercontent.com/media/EpistasisLab/pmlb/{COMMIT}/datasets",
)
NUMBER_OF_TABLES = 52  # as in the paper


def read_index(path: str | Path) -> pd.DataFrame:
    """The list of tables, by name. Raises StudyError, with one sentence, for what is no such list."""
    try:
        index = pd.read_csv(path)
        problem = None if {"table", "sha256"} <= {*index} else "it lacks the columns table and sha256"
        if not problem and index["table"].duplicated().any():
            problem = "it names a table twice"
    except FileNotFoundError:
        raise StudyError(f"{path}: no such file; the list of tables is config/pmlb_tables.csv.") from None
    except (OSError, ValueError) as error:
        problem = " ".join(str(error).split())
    if problem:
        raise StudyError(f"{path} is not a list of tables ({problem}); take config/pmlb_tables.csv.")
    return index.set_index("table")


def read_downloaded(path: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Features and classes of a table as PMLB stores it. Raises StudyError, with one sentence, for anything else."""
    try:
        table = pd.read_csv(path, sep="\t")
        return table.drop(columns=TARGET), table[TARGET]
    except (OSError, EOFError, ValueError, KeyError, zlib.error) as error:
        reason = " ".join(str(error).split())
        raise StudyError(
            f"{path.name} is not a table of PMLB ({reason}); the list of tables names the wrong file."
        ) from None


def choose_tables(index: pd.DataFrame, number: int = NUMBER_OF_TABLES) -> list[str]:
    """Names of the tables of a study, in alphabetical order.

    Left out are tables of the same origin as another one in the list, tables with empty cells, which several
    classifiers refuse (the paper, too, left out tables on which a method failed), and tables with a class of fewer than
    10 rows, of which a split may train on too few. Of the others those with the most rows are taken: their accuracies
    are the least noisy.
    """
    usable = index[index["same_origin_as"].isna() & (index["missing"] == 0) & (index["smallest_class"] >= 10)]
    largest = usable.sort_values("rows", ascending=False, kind="stable").head(number)
    return sorted(largest.index, key=str.lower)


def source_of(table: str, index: pd.DataFrame) -> SourceFile:
    """The file of one table at the pinned commit."""
    if table not in index.index:
        raise StudyError(f"PMLB has no table {table!r} within the limits of the study; see config/pmlb_tables.csv.")
    place = f"{table}/{table}.tsv.gz"
    return SourceFile(
        f"pmlb/{place}", tuple(f"{prefix}/{place}" for prefix in PREFIXES), f"sha256:{index.at[table, 'sha256']}"
    )
