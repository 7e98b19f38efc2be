"""What a study measured: its result tables, and numbers of each network and table taken from them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from study.plots.labels import dataset_name, perturbation_name, rule_name
from study.results.sweeps import areas_under_curves, robustness_curves
from study.results.tables import in_order

EARLY = (2, 10)  # epochs; before the first update, at the end of epoch 1, the rules are the same
SMOOTHING = 5  # epochs of the running median in which a valley is sought
FIRST_EPOCH_OF_VALLEY = 10  # what an accuracy does while it still climbs is no valley


class NotMeasured(Exception):
    """A study lacks what a claim needs; the message says what, and begins with `needs`."""


@dataclass(frozen=True)
class Measured:
    """Result tables of one study, empty where it has none. Columns as the scripts write them, labels in front.

    histories: dataset, rule, seed, epoch, test_accuracy
    topologies: dataset, rule, seed, epoch, layer, regrown, regrown_just_removed, active_units
    update_times: dataset, rule, seed, seconds_update
    sweeps: dataset, rule, perturbation, seed, level, repeat, accuracy
    weights: dataset, rule, seed, bin_lower, bin_upper, links
    scores: table, classifier, split, accuracy, training_accuracy, rules
    """

    histories: pd.DataFrame
    topologies: pd.DataFrame
    update_times: pd.DataFrame
    sweeps: pd.DataFrame
    weights: pd.DataFrame
    scores: pd.DataFrame

    @property
    def datasets(self) -> list[str]:
        """The image sets of the study."""
        tables = self.histories, self.topologies, self.update_times, self.sweeps, self.weights
        return in_order(pd.concat([table["dataset"] for table in tables]))

    def early_accuracy(self, dataset: str, rule: str) -> np.ndarray:
        """Mean test accuracy of each network over the epochs `EARLY`."""
        curves = self._curves(dataset, rule)
        early = curves[curves.index.to_series().between(*EARLY)]
        if early.empty:
            raise NotMeasured(f"needs epoch {EARLY[0]}")
        return early.mean().to_numpy()

    def final_accuracy(self, dataset: str, rule: str) -> np.ndarray:
        """Test accuracy of each network after the last epoch."""
        return self._curves(dataset, rule).iloc[-1].to_numpy()

    def valley_depth(self, dataset: str, rule: str) -> np.ndarray:
        """How far test accuracy of each network falls below what it was before and what it is again later."""
        curves = self._curves(dataset, rule)
        smooth = curves.rolling(SMOOTHING, center=True).median().dropna()
        smooth = smooth[smooth.index >= FIRST_EPOCH_OF_VALLEY]
        if len(smooth) < 3:
            raise NotMeasured(f"needs at least {FIRST_EPOCH_OF_VALLEY + SMOOTHING} epochs")
        before, after = smooth.cummax(), smooth[::-1].cummax()[::-1]
        return (np.minimum(before, after) - smooth).max().to_numpy()

    def update_seconds(self, dataset: str, rule: str) -> np.ndarray:
        """Median duration of an update of each timed network."""
        times = _chosen(self.update_times, f"times of updates by {rule_name(rule)}", dataset=dataset, rule=rule)
        return _several(times.groupby("seed")["seconds_update"].median(), "timed network")

    def active_units(self, dataset: str, rule: str) -> np.ndarray:
        """Units with incoming links after the last update of each network, as mean of a layer."""
        return _several(self._last_update(dataset, rule).groupby("seed")["active_units"].mean())

    def regrown_just_removed(self, dataset: str, rule: str) -> np.ndarray:
        """Share of the links that the last update of each network regrew which it had just removed."""
        last = self._last_update(dataset, rule)
        last = last.assign(same=last["regrown"] * last["regrown_just_removed"])
        sums = last.groupby("seed")[["same", "regrown"]].sum()
        return _several(sums["same"] / sums["regrown"])

    def area(self, dataset: str, rule: str, perturbation: str) -> np.ndarray:
        """Mean accuracy of each network over the levels of a sweep."""
        sweep = self._sweep(dataset, rule, perturbation)
        if sweep["level"].nunique() < 2:
            raise NotMeasured(f"needs two or more levels of {perturbation_name(perturbation).title}")
        return _several(areas_under_curves(sweep)["value"])

    def level_of_collapse(self, dataset: str, rule: str, perturbation: str) -> np.ndarray:
        """The level at which a sweep has taken from each network nine tenths of all the accuracy that it takes."""
        return self._levels(dataset, rule, perturbation, lambda whole, least: least + 0.1 * (whole - least))

    def level_of_first_loss(self, dataset: str, rule: str, perturbation: str, loss: float) -> np.ndarray:
        """The level at which each network has lost so much of its accuracy."""
        return self._levels(dataset, rule, perturbation, lambda whole, least: whole - loss)

    def _levels(
        self, dataset: str, rule: str, perturbation: str, threshold: Callable[[float, float], float]
    ) -> np.ndarray:
        """The first level of each network at a threshold, which depends on its whole and its least accuracy."""
        name = perturbation_name(perturbation).title
        curves = robustness_curves(self._sweep(dataset, rule, perturbation))
        if curves["level"].min() > 0:
            raise NotMeasured(f"needs level 0 of {name}")
        levels = []
        for _, curve in curves.groupby("seed"):
            level, accuracy = curve["level"].to_numpy(), curve["accuracy"].to_numpy()
            wanted = threshold(accuracy[0], accuracy.min())
            if accuracy.min() > wanted:
                raise NotMeasured(f"needs higher levels of {name}: accuracy has hardly fallen")
            levels.append(_first_crossing(level, accuracy, wanted))
        return _several(levels)

    def share_of_weights(self, dataset: str, rule: str, low: float, high: float = np.inf) -> np.ndarray:
        """Share of the sparse links of each network with low <= |weight| < high."""
        bins = _chosen(self.weights, f"weights of {rule_name(rule)} networks", dataset=dataset, rule=rule)
        for edge in (low, high):
            crossed = (bins["bin_lower"] < edge - 1e-9) & (bins["bin_upper"] > edge + 1e-9)
            if crossed.any():
                raise NotMeasured(f"needs bins of |weight| with an edge at {edge:g}")
        inside = (bins["bin_lower"] > low - 1e-9) & (bins["bin_upper"] < high + 1e-9)
        links = bins.assign(inside=bins["links"].where(inside, 0)).groupby("seed")[["inside", "links"]].sum()
        return _several(links["inside"] / links["links"])

    def table_means(self, column: str) -> pd.DataFrame:
        """Mean of a score over the splits, one row a table, one column a classifier; missing where all failed."""
        if self.scores.empty:
            raise NotMeasured("needs scores of classifiers")
        return self.scores.pivot_table(values=column, index="table", columns="classifier", dropna=False)

    def classifiers(self, column: str, *names: str) -> pd.DataFrame:
        """`table_means` of these classifiers on the tables where none of them failed."""
        means = self.table_means(column)
        if missing := [name for name in names if name not in means]:
            raise NotMeasured(f"needs the classifier {' and '.join(missing)}")
        means = means[list(names)].dropna()
        if len(means) < 2:
            raise NotMeasured("needs two or more tables on which none of the classifiers failed")
        return means

    def _curves(self, dataset: str, rule: str) -> pd.DataFrame:
        """Test accuracy, one row an epoch, one column a network."""
        chosen = _chosen(self.histories, f"learning curves of {rule_name(rule)} networks", dataset=dataset, rule=rule)
        curves = chosen.pivot(index="epoch", columns="seed", values="test_accuracy")
        _several(curves.columns)
        return curves

    def _last_update(self, dataset: str, rule: str) -> pd.DataFrame:
        records = _chosen(self.topologies, f"topology of {rule_name(rule)} networks", dataset=dataset, rule=rule)
        updates = records[records["regrown"] > 0]
        if updates.empty:
            raise NotMeasured(f"needs an update of {rule_name(rule)} networks")
        return updates[updates["epoch"] == updates["epoch"].max()]

    def _sweep(self, dataset: str, rule: str, perturbation: str) -> pd.DataFrame:
        kind = f"the sweep of {rule_name(rule)} networks, {perturbation_name(perturbation).title}"
        return _chosen(self.sweeps, kind, dataset=dataset, rule=rule, perturbation=perturbation)


def _chosen(table: pd.DataFrame, kind: str, *, dataset: str, **labels: str) -> pd.DataFrame:
    mask = table["dataset"] == dataset
    for column, value in labels.items():
        mask &= table[column] == value
    if not mask.any():
        raise NotMeasured(f"needs {kind} on {dataset_name(dataset)}")
    return table[mask]


def _several(values, noun: str = "network") -> np.ndarray:
    """The values as an array, of two or more: one has no scatter."""
    values = np.asarray(values)
    if len(values) < 2:
        raise NotMeasured(f"needs two or more {noun}s of each rule")
    return values


def _first_crossing(level: np.ndarray, accuracy: np.ndarray, threshold: float) -> float:
    """The level at which accuracy, joined by straight lines, first comes down to the threshold, which it reaches."""
    right = int(np.argmax(accuracy <= threshold))
    if right == 0:
        return float(level[0])
    left = right - 1
    share = (accuracy[left] - threshold) / (accuracy[left] - accuracy[right])
    return float(level[left] + share * (level[right] - level[left]))
