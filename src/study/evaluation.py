"""Trains and tests classifiers on the same random splits of one table."""

import time
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, balanced_accuracy_score, log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, train_test_split

from study.classifiers import EstimatorFactory, model_size
from study.errors import StudyError

SCORES = (
    "accuracy", "balanced_accuracy", "auc", "log_loss", "training_accuracy", "rules", "ranges", "training_values",
    "error",
)  # fmt: skip
WARM_UP_ROWS = 5  # of each class


def split_rows(target: np.ndarray, test_size: float, split: int) -> tuple[np.ndarray, np.ndarray]:
    """Row positions of the training and the test part of one split, stratified by class; the same for every method.

    Raises StudyError, with one sentence, where a part would be smaller than the number of classes.
    """
    try:
        return train_test_split(np.arange(len(target)), test_size=test_size, stratify=target, random_state=split)
    except ValueError as error:
        raise StudyError(
            f"{len(target)} rows of {len(np.unique(target))} classes cannot be split with test size {test_size:g}"
            f" ({error}): choose another test size."
        ) from None


def evaluate(
    features: pd.DataFrame, target: pd.Series, factories: Mapping[str, EstimatorFactory], splits: int, test_size: float
) -> tuple[list[dict], list[dict]]:
    """Scores and timings of every method on splits 0..splits-1: two lists of rows, the same order in both.

    A method that fails on a split keeps its row, with the message as `error`; a missing package is raised. Scores:
    classifier, split, accuracy, balanced_accuracy (mean recall of the classes), auc (see `mean_auc`), log_loss (NaN for
    methods without probabilities), training_accuracy (on the training rows that no row of another class equals in all
    values), rules and ranges (of methods that are made of them, see `model_size`), training_values (training rows times
    features), error. Timings: classifier, split, fit_seconds, predict_seconds. Each method is fitted to a few rows
    before the splits, without a search, so that loading of libraries is not timed.
    """
    _, codes = np.unique(target, return_inverse=True)  # some libraries want classes 0, 1, ...
    scores, timings = [], []
    for name, factory in factories.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # library defaults are kept, converged or not
            warnings.filterwarnings("ignore", "The least populated class", UserWarning)  # in folds of a search
            warnings.filterwarnings("ignore", "For multiclass we cannot", UserWarning)  # explain pairs of features
            for split in range(splits):
                train, test = split_rows(codes, test_size, split)
                if split == 0:
                    few = train[pd.Series(codes[train]).groupby(codes[train]).cumcount() < WARM_UP_ROWS]
                    _attempt(_without_search(factory), split, features, codes, few, few)
                score, timing = _attempt(factory, split, features, codes, train, test)
                key = {"classifier": name, "split": split}
                scores.append(key | dict.fromkeys(SCORES) | {"training_values": features.iloc[train].size} | score)
                timings.append(key | {"fit_seconds": np.nan, "predict_seconds": np.nan} | timing)
    return scores, timings


def unambiguous_rows(features: pd.DataFrame, codes: np.ndarray) -> np.ndarray:
    """Which rows no row of another class equals in all values: bool (n,)."""
    values = features.groupby(list(features.columns), dropna=False).ngroup().to_numpy()
    pairs = np.unique(np.column_stack([values, codes]), axis=0)
    return np.bincount(pairs[:, 0])[values] == 1


def mean_auc(target: np.ndarray, scores: np.ndarray, classes: np.ndarray) -> float:
    """Area under the ROC curve of each class against the rest, averaged over the classes that occur among the rows.

    target (n,); scores (n, classes), or (n,) of the second of two classes. NaN where all rows are of one class.
    """
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    present = [position for position, label in enumerate(classes) if 0 < (target == label).sum() < len(target)]
    return float(np.mean([roc_auc_score(target == classes[k], scores[:, k]) for k in present])) if present else np.nan


def _without_search(factory: EstimatorFactory) -> EstimatorFactory:
    """The same method; of a search, what it fits many times."""

    def untuned(seed: int) -> BaseEstimator:
        estimator = factory(seed)
        return estimator.estimator if isinstance(estimator, GridSearchCV) else estimator

    return untuned


def _attempt(
    factory: EstimatorFactory,
    seed: int,
    features: pd.DataFrame,
    codes: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> tuple[dict, dict]:
    """Fits one method to some rows and tests it on others; what went wrong as the score `error`."""
    train_features, test_features = features.iloc[train], features.iloc[test]
    try:
        estimator = factory(seed)
        start = time.perf_counter()
        estimator.fit(train_features, codes[train])
        fitted = time.perf_counter()
        predicted = estimator.predict(test_features)
        finished = time.perf_counter()
        score = {
            "accuracy": accuracy_score(codes[test], predicted),
            "balanced_accuracy": balanced_accuracy_score(codes[test], predicted),
        }
        unambiguous = unambiguous_rows(train_features, codes[train])
        if unambiguous.any():
            learned = estimator.predict(train_features[unambiguous])
            score["training_accuracy"] = accuracy_score(codes[train][unambiguous], learned)
        if hasattr(estimator, "predict_proba"):
            probabilities = estimator.predict_proba(test_features)
            score["log_loss"] = log_loss(codes[test], probabilities, labels=estimator.classes_)
            score["auc"] = mean_auc(codes[test], probabilities, estimator.classes_)
        elif hasattr(estimator, "decision_function"):
            score["auc"] = mean_auc(codes[test], estimator.decision_function(test_features), estimator.classes_)
    except ImportError:  # of the installation, not of the method: recorded, it would pass for a result
        raise
    except Exception as error:  # whatever a method raises is a result, and no reason to lose the others
        return {"error": f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"}, {}
    return score | model_size(estimator), {"fit_seconds": fitted - start, "predict_seconds": finished - fitted}
