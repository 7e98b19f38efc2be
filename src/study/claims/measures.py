"""What a study measured: its result tables, and numbers of each network and table taken from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from study.claims.hypothesis_tests import in_held_out
from study.data.table_groups import ALL, TABLE_GROUPS, by_origin
from study.plots.labels import dataset_name, perturbation_name, rule_name
from study.results.sweeps import SWEEP
from study.results.tables import NETWORK, read_results

WITHIN = 0.01  # of accuracy: what lies closer is the same "within a short margin"
SMOOTHING = 9  # epochs of a running median or mean
FIRST_EPOCH_OF_VALLEY = 10  # what an accuracy does while it still climbs is no valley
VALLEY = 0.002  # of accuracy: what falls and rises by less is no valley
NEAR_ZERO = 0.2  # |weight| below the medium ones
NARROW = 0.02  # bins of |weight|: in wider ones the minimum near 0 and the maximum after it are one


class NotMeasured(Exception):
    """A study lacks what a claim needs; the message says what, and begins with `needs`."""


class ResultTable(NamedTuple):
    """One kind of result table: what it holds, and the columns that are read."""

    content: str
    columns: list[str]


RESULT_TABLES = {
    "histories": ResultTable("learning curves", [*NETWORK, "epoch", "test_accuracy"]),
    "topologies": ResultTable(
        "records of topology updates",
        [*NETWORK, "epoch", "layer", "regrown", "regrown_just_removed", "active_units"],
    ),
    "update_times": ResultTable("durations of topology updates", [*NETWORK, "seconds_update"]),
    "sweeps": ResultTable("sweeps of perturbations", SWEEP),
    "weights": ResultTable("histograms of |weight|", [*NETWORK, "layer", "bin_lower", "bin_upper", "links"]),
    "scores": ResultTable(
        "scores of classifiers on tables",
        [
            *("table", "classifier", "split", "accuracy", "balanced_accuracy", "auc", "log_loss", "training_accuracy"),
            *("rules", "ranges", "training_values"),
        ],
    ),
    "fit_times": ResultTable("durations of fits of classifiers", ["table", "classifier", "split", "fit_seconds"]),
    "feature_costs": ResultTable(
        "costs of the features that ASONN uses", ["table", "classifier", "split", "cost_unknown", "cost_known"]
    ),
}


@dataclass(frozen=True)
class Measured:
    """Result tables of one study, the kinds of `RESULT_TABLES`: no rows where it has none.

    Methods of a data set and a rule give one number for each network, float (networks,), of two networks or more.
    """

    histories: pd.DataFrame
    topologies: pd.DataFrame
    update_times: pd.DataFrame
    sweeps: pd.DataFrame
    weights: pd.DataFrame
    scores: pd.DataFrame
    fit_times: pd.DataFrame
    feature_costs: pd.DataFrame

    @classmethod
    def read(cls, paths: Mapping[str, Sequence[Path]]) -> "Measured":
        """All tables of each kind below each other."""
        return cls(
            **{
                kind: read_results(paths[kind], table.columns)
                if paths.get(kind)
                else pd.DataFrame(columns=table.columns)
                for kind, table in RESULT_TABLES.items()
            }
        )

    @cached_property
    def _parts(self) -> dict[str, dict[tuple[str, str], pd.DataFrame]]:
        """The rows of each kind about networks by data set and rule: they are asked for again and again."""
        tables = {kind: table for kind, table in vars(self).items() if "dataset" in table}
        return {kind: dict(iter(table.groupby(["dataset", "rule"], sort=False))) for kind, table in tables.items()}

    @property
    def datasets(self) -> list[str]:
        """The image sets of the study."""
        return list(dict.fromkeys(dataset for parts in self._parts.values() for dataset, _ in parts))

    # learning curves

    def final_accuracy(self, dataset: str, rule: str) -> np.ndarray:
        """Test accuracy after the last epoch."""
        return self._curves(dataset, rule, epochs=1).iloc[-1].to_numpy()

    def epochs(self, dataset: str, rule: str) -> int:
        """For how many epochs the networks were trained."""
        return len(self._curves(dataset, rule, epochs=1))

    def best_accuracy(self, dataset: str, rule: str) -> np.ndarray:
        """The highest running median of test accuracy: a single epoch may be high by chance."""
        return _running_median(self._curves(dataset, rule)).max().to_numpy()

    def epochs_to_limit(self, dataset: str, rule: str) -> np.ndarray:
        """Epochs until the running median of test accuracy is within `WITHIN` of the last 2 % of the epochs."""
        curves = self._curves(dataset, rule)
        return _epochs_to(curves, curves.tail(max(1, round(0.02 * len(curves)))).median() - WITHIN)

    def epochs_to_best(self, dataset: str, rule: str) -> np.ndarray:
        """Epochs until the running median of test accuracy is within `WITHIN` of its highest."""
        curves = self._curves(dataset, rule)
        return _epochs_to(curves, _running_median(curves).max() - WITHIN)

    def additional_variability(self, dataset: str, rule: str) -> np.ndarray:
        """How far two networks are apart in the middle third of the logarithmic epoch axis, minus in the last third.

        Float (pairs), mean distances in test accuracy; each network is in one pair at most. Distances to a curve of
        all networks would depend on each other: of two networks they are the same.
        """
        curves = self._curves(dataset, rule)
        pairs = curves.shape[1] // 2
        distance = (curves.iloc[:, : 2 * pairs : 2] - curves.iloc[:, 1 : 2 * pairs : 2].to_numpy()).abs()
        third = np.log(distance.index) / np.log(distance.index.max())
        middle, last = distance[(third >= 1 / 3) & (third < 2 / 3)], distance[third >= 2 / 3]
        return _several(middle.mean() - last.mean(), "pairs of networks")

    def valley(self, dataset: str, rule: str) -> np.ndarray:
        """Test accuracy (running mean) at the local maximum, minimum and later maximum of the other networks' mean.

        Float (networks, 3).
        """
        return in_held_out(self._smooth_curves(dataset, rule), find_valley)

    def later_fall(self, dataset: str, rule: str) -> np.ndarray:
        """The deepest fall of test accuracy, likewise, after the minimum of `valley`, if the mean has a valley.

        Without one, that minimum is one of noise, at another epoch for each network, and falls count from
        `FIRST_EPOCH_OF_VALLEY` on.
        """
        before, bottom, after = self.valley(dataset, rule).mean(axis=0)
        find = find_later_fall if min(before, after) - bottom > VALLEY else find_fall
        ends = in_held_out(self._smooth_curves(dataset, rule), find)
        return ends[:, 0] - ends[:, 1]

    # topology updates

    def update_seconds(self, dataset: str, rule: str) -> np.ndarray:
        """Mean duration of an update of each timed network."""
        times = self._rows("update_times", f"times of updates by {rule_name(rule)}", dataset, rule)
        return _several(times.groupby("seed")["seconds_update"].mean(), "timed networks")

    def active_units(self, dataset: str, rule: str) -> np.ndarray:
        """Units with incoming links after the last update, as mean of a layer."""
        return _several(self._last_update(dataset, rule).groupby("seed")["active_units"].mean())

    def regrown_just_removed(self, dataset: str, rule: str) -> np.ndarray:
        """Fraction of the links regrown by the last update that it had just removed."""
        last = self._last_update(dataset, rule)
        last = last.assign(same=last["regrown"] * last["regrown_just_removed"])
        sums = last.groupby("seed")[["same", "regrown"]].sum()
        return _several(sums["same"] / sums["regrown"])

    # perturbations

    def area(self, dataset: str, rule: str, perturbation: str, low: float = 0, high: float = 1) -> np.ndarray:
        """Mean accuracy over the levels from `low` to `high`, joined by straight lines."""
        return self._areas(dataset, rule, perturbation, low, high).to_numpy()

    def difference_of_areas(
        self, dataset: str, rule: str, ours: str, theirs: str, low: float = 0, high: float = 1
    ) -> np.ndarray:
        """Mean accuracy of the same network under one perturbation minus that under another."""
        areas = (self._areas(dataset, rule, perturbation, low, high) for perturbation in (ours, theirs))
        return _several(next(areas).sub(next(areas)).dropna())

    def accuracy_lost(self, dataset: str, rule: str, perturbation: str, level: float) -> np.ndarray:
        """Accuracy at level 0 minus accuracy at a level."""
        curves = self._sweep_curves(dataset, rule, perturbation, 0, level)
        return np.array([curve.iloc[0] - np.interp(level, curves.columns, curve) for _, curve in curves.iterrows()])

    def accuracy_left(self, dataset: str, rule: str, perturbation: str, level: float) -> np.ndarray:
        """What is left at a level of the accuracy that level 1 takes: 1 at level 0, 0 at level 1.

        At level 1 of a removal no link is left, and the accuracy is that of guessing.
        """
        all_of_it = self.accuracy_lost(dataset, rule, perturbation, 1)
        if all_of_it.min() <= 0:
            raise NotMeasured(f"needs {rule_name(rule)} networks that are all more accurate than guessing")
        return 1 - self.accuracy_lost(dataset, rule, perturbation, level) / all_of_it

    def part_left(self, dataset: str, rule: str, perturbation: str, level: float) -> np.ndarray:
        """What is left at a level of the accuracy above guessing: 1 at level 0, about 0 where nothing is."""
        curves = self._sweep_curves(dataset, rule, perturbation, 0, level)
        above = curves.sub(self._rows("sweeps", "sweeps", dataset, rule)["chance"].iloc[0])
        if above.iloc[:, 0].min() <= 0:
            raise NotMeasured(f"needs {rule_name(rule)} networks that are all more accurate than guessing")
        return np.array([np.interp(level, above.columns, curve) / curve.iloc[0] for _, curve in above.iterrows()])

    # weights

    def fraction_of_weights(self, dataset: str, rule: str, low: float, high: float = np.inf) -> np.ndarray:
        """Fraction of the sparse links with low <= |weight| < high."""
        bins = self._bins(dataset, rule)
        for edge in (low, high):
            crossed = (bins["bin_lower"] < edge - 1e-9) & (bins["bin_upper"] > edge + 1e-9)
            if crossed.any():
                raise NotMeasured(f"needs bins of |weight| with an edge at {edge:g}")
        inside = (bins["bin_lower"] > low - 1e-9) & (bins["bin_upper"] < high + 1e-9)
        links = bins.assign(inside=bins["links"].where(inside, 0)).groupby("seed")[["inside", "links"]].sum()
        return _several(links["inside"] / links["links"])

    def weights_near_zero(self, dataset: str, rule: str) -> np.ndarray:
        """Links in the bins of |weight| where the other networks' mean has its minimum, a maximum before, one after it.

        Float (networks, 3): before, minimum, after; bins below `NEAR_ZERO`, half a link added to each.
        """
        bins = self._bins(dataset, rule)
        if (bins["bin_upper"] - bins["bin_lower"]).max() > NARROW + 1e-9:
            raise NotMeasured(f"needs bins of |weight| of {NARROW:g} or less")
        links = bins[bins["bin_lower"] < NEAR_ZERO - 1e-9].pivot_table(
            values="links", index="seed", columns="bin_lower", aggfunc="sum", fill_value=0
        )
        return in_held_out(_several(links) + 0.5, find_narrow_minimum)

    def remaining_weight(self, dataset: str, rule: str, removed: float) -> np.ndarray:
        """Mean |weight| of the links that are left when a fraction of each layer is removed, smallest first.

        From the histograms: a weight counts as the middle of its bin.
        """
        bins = self._bins(dataset, rule).sort_values("bin_lower", kind="stable")
        layers = bins.groupby(["seed", "layer"])["links"]
        to_remove = removed * layers.transform("sum") - (layers.cumsum() - bins["links"])  # by this bin and later ones
        left = bins["links"] - np.clip(to_remove, 0, bins["links"])
        bins = bins.assign(left=left, sum=left * (bins["bin_lower"] + bins["bin_upper"]) / 2)
        sums = bins.groupby("seed")[["left", "sum"]].sum()
        return _several(sums["sum"] / sums["left"])

    # classifiers

    def table_means(self, column: str, group: str = ALL) -> pd.DataFrame:
        """Mean of a score over splits, one row a table of a group, one column a classifier; missing if all failed."""
        kind, scores = ("fit times", self.fit_times) if column == "fit_seconds" else ("scores", self.scores)
        if scores.empty:
            raise NotMeasured(f"needs {kind} of classifiers")
        means = scores.pivot_table(values=column, index="table", columns="classifier", dropna=False)
        return means if group == ALL else means[means.index.isin(TABLE_GROUPS[group])]

    def classifiers(self, column: str, *names: str, group: str = ALL) -> pd.DataFrame:
        """`table_means` of these classifiers on the tables of a group where none of them failed.

        One row an origin: the mean of the tables with mostly the same rows, which are no independent samples.
        """
        means = self.table_means(column, group)
        if missing := [name for name in names if name not in means]:
            raise NotMeasured(f"needs the classifier {' and '.join(missing)}")
        means = by_origin(means[list(names)].dropna())
        if len(means) < 2:
            tables = "tables" if group == ALL else f"of {group}"
            raise NotMeasured(f"needs two or more {tables} on which none of the classifiers failed")
        return means

    # rows of the tables

    def _curves(self, dataset: str, rule: str, epochs: int = SMOOTHING) -> pd.DataFrame:
        """Test accuracy, one row an epoch, one column a network; of so many epochs or more."""
        chosen = self._rows("histories", f"learning curves of {rule_name(rule)} networks", dataset, rule)
        curves = chosen.pivot(index="epoch", columns="seed", values="test_accuracy")
        _several(curves.columns)
        if len(curves) < epochs:
            raise NotMeasured(f"needs at least {epochs} epochs")
        return curves

    def _smooth_curves(self, dataset: str, rule: str) -> np.ndarray:
        """Running mean of test accuracy, (networks, epochs), from `FIRST_EPOCH_OF_VALLEY` on."""
        curves = self._curves(dataset, rule, epochs=FIRST_EPOCH_OF_VALLEY + SMOOTHING)
        smooth = curves.rolling(SMOOTHING, center=True).mean().dropna()
        return smooth[smooth.index >= FIRST_EPOCH_OF_VALLEY].to_numpy().T

    def _last_update(self, dataset: str, rule: str) -> pd.DataFrame:
        records = self._rows("topologies", f"topology of {rule_name(rule)} networks", dataset, rule)
        updates = records[records["regrown"] > 0]
        if updates.empty:
            raise NotMeasured(f"needs an update of {rule_name(rule)} networks")
        return updates[updates["epoch"] == updates["epoch"].max()]

    def _sweep_curves(self, dataset: str, rule: str, perturbation: str, low: float, high: float) -> pd.DataFrame:
        """Accuracy, repeats averaged, one row a network, one column a level, with levels `low` and `high` or beyond."""
        name = perturbation_name(perturbation).title
        content = f"the sweep of {rule_name(rule)} networks, {name}"
        sweeps = self._rows("sweeps", content, dataset, rule)
        sweep = sweeps[sweeps["perturbation"] == perturbation]
        if sweep.empty:
            raise NotMeasured(f"needs {content} on {dataset_name(dataset)}")
        curves = sweep.pivot_table(values="accuracy", index="seed", columns="level", aggfunc="mean").dropna(axis=1)
        if curves.empty or curves.columns[0] > low or curves.columns[-1] < high:
            raise NotMeasured(f"needs levels from {low:g} to {high:g} of {name}")
        _several(curves)
        return curves

    def _areas(self, dataset: str, rule: str, perturbation: str, low: float, high: float) -> pd.Series:
        curves = self._sweep_curves(dataset, rule, perturbation, low, high)
        levels = curves.columns.to_numpy(float)
        at = np.array([low, *levels[(levels > low) & (levels < high)], high])
        return curves.apply(lambda curve: np.trapezoid(np.interp(at, levels, curve), at) / (high - low), axis="columns")

    def _bins(self, dataset: str, rule: str) -> pd.DataFrame:
        return self._rows("weights", f"weights of {rule_name(rule)} networks", dataset, rule)

    def _rows(self, kind: str, content: str, dataset: str, rule: str) -> pd.DataFrame:
        if (rows := self._parts[kind].get((dataset, rule))) is None:
            raise NotMeasured(f"needs {content} on {dataset_name(dataset)}")
        return rows


def find_valley(curve: np.ndarray) -> tuple[int, int, int]:
    """Local maximum, minimum and later maximum of the deepest valley of a curve; the minimum is not the last point."""
    before, after = np.maximum.accumulate(curve), np.maximum.accumulate(curve[::-1])[::-1]
    bottom = int(np.argmax(np.minimum(before, after) - curve))
    return int(np.argmax(curve[: bottom + 1])), bottom, bottom + int(np.argmax(curve[bottom:]))


def find_later_fall(curve: np.ndarray) -> tuple[int, int]:
    """Begin and end of the deepest fall after the minimum of `find_valley`."""
    start = find_valley(curve)[1]
    begin, end = find_fall(curve[start:])
    return start + begin, start + end


def find_fall(curve: np.ndarray) -> tuple[int, int]:
    """Begin and end of the deepest fall of a curve."""
    end = int(np.argmax(np.maximum.accumulate(curve) - curve))
    return int(np.argmax(curve[: end + 1])), end


def find_narrow_minimum(density: np.ndarray) -> tuple[int, int, int]:
    """The maximum before, the minimum, and the maximum after it, for the greatest rise of a density."""
    after = np.maximum.accumulate(density[::-1])[::-1]
    bottom = int(np.argmax(after / density))
    return int(np.argmax(density[: bottom + 1])), bottom, bottom + int(np.argmax(density[bottom:]))


def _running_median(curves: pd.DataFrame) -> pd.DataFrame:
    return curves.rolling(SMOOTHING, center=True, min_periods=1).median()


def _epochs_to(curves: pd.DataFrame, accuracy: pd.Series) -> np.ndarray:
    """The first epoch at which the running median of each network reaches an accuracy, or the last epoch."""
    reached = _running_median(curves) >= accuracy
    reached.iloc[-1] = True
    return reached.idxmax().to_numpy(float)


def _several(values, noun: str = "networks") -> np.ndarray:
    """The values as an array, of two or more: one has no scatter."""
    values = np.asarray(values)
    if len(values) < 2:
        raise NotMeasured(f"needs two or more {noun} of each rule")
    return values
