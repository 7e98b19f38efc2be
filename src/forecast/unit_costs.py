"""What one unit of each kind of work costs on this machine, learnt from a calibration and from earlier jobs.

A job's CPU seconds are the sum over kinds of amount × price (`forecast.work`). A calibration measures each price
alone, in seconds; how far a price in a real run may be from it is `DOUBT`. Records of earlier jobs then correct the
prices: linear Bayesian regression with the calibration as prior. A price on which the records say nothing keeps its
calibrated value and its doubt; one on which they say much forgets the calibration. So records of small jobs do not
pretend to know what large ones cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

# relative standard deviations of calibrated prices
DOUBT = {
    "start": 0.2,
    "load": 0.3,
    "convert": 0.5,
    "training": 0.15,
    "evaluation": 0.2,
    "update": 0.5,  # paths become more or fewer in the course of a training
    "damage": 0.3,
    "fit": 0.5,  # tables differ in more than their size
    "figure": 0.4,
}
LEAST_SCATTER = 0.05  # of one job about what its work should cost: the same job, run again, does not repeat better
DEFAULT_SCATTER = 0.1  # where there are too few records to tell
FEW = 5
ROUNDS = 5
DEVIATIONS_OF_MEDIAN = 1.48  # standard deviation of normal errors, in medians of their size
OUTLYING = 4  # deviations; a job that compiled the kernels, or was suspended, tells nothing of the others


@dataclass(frozen=True)
class Observation:
    """An earlier job: the work in it, and the CPU seconds that it took."""

    work: Mapping[str, float]
    cpu_seconds: float


@dataclass(frozen=True)
class Prices:
    """CPU seconds for a unit of each kind of work.

    kinds       (n,) names
    price       (n,) CPU seconds
    covariance  (n, n) of the errors of `price`
    scatter     relative standard deviation of single jobs from what their work costs
    """

    kinds: tuple[str, ...]
    price: np.ndarray
    covariance: np.ndarray
    scatter: float

    def seconds(self, work: Mapping[str, float]) -> float:
        """CPU seconds of some work. Raises KeyError for work of an unknown kind."""
        return float(self._amounts(work) @ self.price)

    def doubt(self, work: Mapping[str, float]) -> float:
        """Relative standard deviation of that, of jobs that all err alike; the cautious assumption."""
        amounts = self._amounts(work)
        seconds = amounts @ self.price
        if seconds <= 0:
            return 0.0
        return float(np.sqrt(amounts @ self.covariance @ amounts / seconds**2 + self.scatter**2))

    def _amounts(self, work: Mapping[str, float]) -> np.ndarray:
        return _row(work, self.kinds)


def learn_prices(calibrated: Mapping[str, float], observations: Sequence[Observation] = ()) -> Prices:
    """Prices from a calibration and from earlier jobs; jobs with work that was not calibrated are left out.

    calibrated: kind -> CPU seconds for a unit, all positive.
    """
    kinds = tuple(calibrated)
    if not kinds:
        return Prices((), np.empty(0), np.empty((0, 0)), DEFAULT_SCATTER)
    prior = np.array([calibrated[kind] for kind in kinds])
    doubt = np.array([DOUBT[kind.partition(":")[0].partition(",")[0]] for kind in kinds])
    usable = [one for one in observations if set(one.work) <= set(kinds) and one.cpu_seconds > 0]
    # in units of the prior: x = price / prior; each row says share-weighted x = 1
    rows = np.array([_row(one.work, kinds) * prior / one.cpu_seconds for one in usable]).reshape(-1, len(kinds))
    scatter, counted = DEFAULT_SCATTER, np.ones(len(rows), bool)
    for _ in range(ROUNDS):  # the scatter decides how much the records count, and is known only once they have counted
        design = np.vstack([rows[counted] / scatter, np.diag(1 / doubt)])
        target = np.concatenate([np.full(counted.sum(), 1 / scatter), 1 / doubt])
        ratio, _ = nnls(design, target)
        if len(rows) >= FEW:
            errors = np.abs(rows @ ratio - 1)
            scatter = max(LEAST_SCATTER, DEVIATIONS_OF_MEDIAN * float(np.median(errors)))
            counted = errors <= OUTLYING * scatter
    covariance = np.linalg.inv(design.T @ design) * np.outer(prior, prior)
    return Prices(kinds, ratio * prior, covariance, scatter)


def _row(work: Mapping[str, float], kinds: Sequence[str]) -> np.ndarray:
    places = {kind: place for place, kind in enumerate(kinds)}
    row = np.zeros(len(kinds))
    for kind, amount in work.items():
        row[places[kind]] += amount
    return row
