"""Trains and tests classifiers on the same random splits of one table."""

import time
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, balanced_accuracy_score, log_loss
from sklearn.model_selection import train_test_split

from study.classifiers import EstimatorFactory, model_size
from study.files import UnusableFile

SCORES = ("accuracy", "balanced_accuracy", "log_loss", "rules", "ranges", "error")


def split_rows(target: np.ndarray, test_size: float, split: int) -> tuple[np.ndarray, np.ndarray]:
    """Row positions of the training and the test part of one split, stratified by class; the same for every method.

    Raises UnusableFile, with one sentence, where a part would be smaller than the number of classes.
    """
    try:
        return train_test_split(np.arange(len(target)), test_size=test_size, stratify=target, random_state=split)
    except ValueError as error:
        raise UnusableFile(
            f"{len(target)} rows of {len(np.unique(target))} classes cannot be split with test size {test_size:g}"
            f" ({error}): choose another test size."
        ) from None


def evaluate(
    features: pd.DataFrame, target: pd.Series, factories: Mapping[str, EstimatorFactory], splits: int, test_size: float
) -> tuple[list[dict], list[dict]]:
    """Scores and timings of every method on splits 0..splits-1: two lists of rows, the same order in both.

    A method that fails on a split keeps its row, with the message as `error`; a missing package is raised. Scores:
    classifier, split, accuracy, balanced_accuracy (mean recall of the classes), log_loss (NaN for methods without
    probabilities), rules and ranges (of methods that are made of them, see `model_size`), error. Timings: classifier,
    split, fit_seconds, predict_seconds. Each method is fitted once before the splits, so that loading of libraries is
    not timed.
    """
    _, codes = np.unique(target, return_inverse=True)  # some libraries want classes 0, 1, ...
    scores, timings = [], []
    for name, factory in factories.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # library defaults are kept, converged or not
            for split in range(splits):
                train, test = split_rows(codes, test_size, split)
                parts = features.iloc[train], codes[train], features.iloc[test], codes[test]
                if split == 0:
                    _attempt(factory, split, parts)
                score, timing = _attempt(factory, split, parts)
                key = {"classifier": name, "split": split}
                scores.append(key | dict.fromkeys(SCORES) | score)
                timings.append(key | {"fit_seconds": np.nan, "predict_seconds": np.nan} | timing)
    return scores, timings


def _attempt(factory: EstimatorFactory, seed: int, parts: tuple) -> tuple[dict, dict]:
    """Fits and tests one method once; what went wrong as the score `error`."""
    train_features, train_codes, test_features, test_codes = parts
    try:
        estimator = factory(seed)
        start = time.perf_counter()
        estimator.fit(train_features, train_codes)
        fitted = time.perf_counter()
        predicted = estimator.predict(test_features)
        finished = time.perf_counter()
        score = {
            "accuracy": accuracy_score(test_codes, predicted),
            "balanced_accuracy": balanced_accuracy_score(test_codes, predicted),
        }
        if hasattr(estimator, "predict_proba"):
            score["log_loss"] = log_loss(test_codes, estimator.predict_proba(test_features), labels=estimator.classes_)
    except ImportError:  # of the installation, not of the method: recorded, it would pass for a result
        raise
    except Exception as error:  # whatever a method raises is a result, and no reason to lose the others
        return {"error": f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"}, {}
    return score | model_size(estimator), {"fit_seconds": fitted - start, "predict_seconds": finished - fitted}
