"""What a network makes of a row: class scores, and probabilities from them.

Three forms. "best": a class scores as its best combination does, and equal scores are decided by the support; the
paper's. "vote": the combinations that hold the row add up their supports for their classes. "points": each combination
gives or takes points of every class, more of them the closer the row is, like a scorecard. Vote and points are log
odds; all become probabilities by a soft-max with a temperature, which cross-validation may choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from asonn.building import Settings, build
from asonn.canonical import CanonicalForm
from asonn.graph import AssociativeGraph, objects_table
from asonn.inference import ahead, decide, probabilities, winners
from asonn.kernels.memberships import find_closeness
from asonn.ranges import RangeNetwork

DECISIONS = ("best", "vote", "points")
FOLDS = 3
OUTSIDE = 0.3  # what the vote of the nearest combination counts for a row that none holds
INVERSE_PENALTY = 30.0  # of the logistic regression that finds the points
POINT = np.log(2.0) / 5.0  # log odds: five points double the odds
COLDEST, HOTTEST = 1 / 64, 64  # limits of the temperature
ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Points:
    """A scorecard of K combinations and c classes, in whole points; of two classes, their differences are whole.

    points: float64 (K, c); base: float64 (c,), before any combination counts. scales: float64 (m,), the unit of
    distance of each attribute: its standard deviation in the training rows, of a nominal one that of its categories'
    indicators, √(Σ p (1 - p) / 2), which for two categories is the same.
    """

    points: np.ndarray
    base: np.ndarray
    scales: np.ndarray


@dataclass(frozen=True)
class Decision:
    """form: one of `DECISIONS`; temperature: of the soft-max; prior: float64 (c,), frequencies of the classes; points:
    for the form "points"; cross_validation: mean log loss on held-out rows by form, if forms were compared."""

    form: str
    temperature: float
    prior: np.ndarray
    points: Points | None = None
    cross_validation: dict[str, float] | None = None


def scores(network: RangeNetwork, decision: Decision, rows: np.ndarray) -> np.ndarray:
    """Class scores of rows, float64 (n, c); the largest names the class. Of "best": 1 - deficit; else log odds."""
    parts = [
        _scores(network, decision, rows[first : first + ROWS_AT_ONCE]) for first in range(0, len(rows), ROWS_AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.empty((0, network.n_classes))


def predicted_probabilities(network: RangeNetwork, decision: Decision, rows: np.ndarray) -> np.ndarray:
    """The probability of each class: float64 (n, c); the largest names the predicted class."""
    if decision.form == "best":
        deficits, best, _ = winners(network, rows)
        return probabilities(network, deficits, best, decision.temperature)
    return np.exp(log_softmax(scores(network, decision, rows) / decision.temperature, axis=1))


def closeness(network: RangeNetwork, rows: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """How close rows are to combinations: float64 (n, K), 1 inside.

    exp(-Σ w d / s) with d how far the value is outside the range (1 outside a set), s the scale of the attribute;
    ranges of missing values are silent, and the other weights are renormalised.
    """
    return find_closeness(
        rows,
        network.starts,
        network.attributes,
        network.reach_lower,
        network.reach_upper,
        network.weights,
        network.set_starts,
        network.held,
        scales,
    )


def learn(
    network: RangeNetwork,
    graph: AssociativeGraph,
    forms: Sequence[str],
    temperature: float | None,
    settings: Settings,
) -> Decision:
    """The decision of a network: of several forms the one with the smallest log loss on held-out rows.

    The rows are dealt out to three folds; each is judged by a network of the two others. temperature: None for the one
    that serves held-out rows best.
    """
    if len(forms) == 1 and temperature is not None:
        return _decision(network, graph, forms[0], temperature)
    table = objects_table(graph)
    held_out = {form: [] for form in forms}
    weights = []
    for left_out in deal_out(graph):
        kept = graph.multiplicity - left_out
        tested, trained = left_out > 0, kept > 0
        if not tested.any() or not trained.any():
            continue
        part, part_graph = build(table[trained], graph.classes[trained], graph.n_classes, settings, kept[trained])
        weights.append((graph.classes[tested], left_out[tested]))
        for form in forms:
            judged = _decision(part, part_graph, form, 1.0)
            held_out[form].append(scores(part, judged, _known(part_graph, table[tested])))
    if not weights:
        return _decision(network, graph, forms[0], temperature or 1.0)
    codes, counts = (np.concatenate(parts) for parts in zip(*weights, strict=True))
    losses, temperatures = {}, {}
    for form in forms:
        found = np.concatenate(held_out[form])
        temperatures[form] = _best_temperature(found, codes, counts) if temperature is None else temperature
        losses[form] = log_loss(found / temperatures[form], codes, counts)
    form = min(forms, key=losses.__getitem__)
    decision = _decision(network, graph, form, temperatures[form])
    return replace(decision, cross_validation=losses)


def deal_out(graph: AssociativeGraph) -> np.ndarray:
    """How many rows of every object each fold holds: (3, n). Classes are dealt out one after the other.

    Does not depend on the order of rows and columns. Rows of one object are dealt out too, if their weights are whole
    numbers; else an object stays in one fold.
    """
    canonical = CanonicalForm.of(graph).graph(objects_table(graph), graph.classes, graph.multiplicity)
    order = np.random.RandomState(0).permutation(graph.n_objects)
    order = np.argsort(canonical.row_objects)[order[np.argsort(canonical.classes[order], kind="stable")]]
    dealt = np.zeros((FOLDS, graph.n_objects), dtype=graph.multiplicity.dtype)
    if np.issubdtype(dealt.dtype, np.integer):
        ends = np.cumsum(graph.multiplicity[order])
        starts = ends - graph.multiplicity[order]
        for fold in range(FOLDS):  # numbers start..end - 1 that leave the remainder `fold`
            dealt[fold, order] = (ends + FOLDS - 1 - fold) // FOLDS - (starts + FOLDS - 1 - fold) // FOLDS
    else:
        dealt[np.arange(graph.n_objects) % FOLDS, order] = graph.multiplicity[order]
    return dealt


def _known(graph: AssociativeGraph, rows: np.ndarray) -> np.ndarray:
    """The same rows, with NaN for categories that the graph has no object of."""
    rows = rows.copy()
    for attribute in np.flatnonzero(graph.nominal):
        rows[~np.isin(rows[:, attribute], graph.attribute_values(attribute)), attribute] = np.nan
    return rows


def log_loss(log_odds: np.ndarray, codes: np.ndarray, counts: np.ndarray) -> float:
    """Mean of -log p of the right class over rows: log_odds (n, c), codes (n,), counts (n,), rows each stands for."""
    right = log_softmax(log_odds, axis=1)[np.arange(len(codes)), codes]
    return float(-(counts * np.maximum(right, np.log(1e-15))).sum() / counts.sum())


def _best_temperature(log_odds: np.ndarray, codes: np.ndarray, counts: np.ndarray) -> float:
    found = minimize_scalar(
        lambda logarithm: log_loss(log_odds / np.exp(logarithm), codes, counts),
        bounds=(np.log(COLDEST), np.log(HOTTEST)),
        method="bounded",
    )
    return float(np.exp(found.x))


def _decision(network: RangeNetwork, graph: AssociativeGraph, form: str, temperature: float) -> Decision:
    rows = np.bincount(graph.classes, weights=graph.multiplicity, minlength=graph.n_classes)
    prior = (rows + 1.0) / (rows.sum() + graph.n_classes)
    points = _fit_points(network, graph, prior) if form == "points" else None
    return Decision(form, temperature, prior, points)


def _fit_points(network: RangeNetwork, graph: AssociativeGraph, prior: np.ndarray) -> Points:
    """Points of all combinations by logistic regression on the closeness of the training rows, rounded.

    A class without training rows keeps the log odds of its prior.
    """
    table = objects_table(graph)
    known = ~np.isnan(table)
    rows = np.where(known, graph.multiplicity[:, None], 0)
    total = np.maximum(rows.sum(axis=0), 1)
    values = np.where(known, table, 0.0)
    mean = (rows * (values / total)).sum(axis=0)
    scales = np.sqrt((rows * ((values - mean) ** 2 / total)).sum(axis=0))
    for attribute in np.flatnonzero(graph.nominal):
        counts = np.bincount(table[known[:, attribute], attribute].astype(int), rows[known[:, attribute], attribute])
        scales[attribute] = np.sqrt(max(1.0 - ((counts / total[attribute]) ** 2).sum(), 0.0) / 2.0)
    scales[~(scales > 0) | np.isinf(scales)] = 1.0
    present = np.unique(graph.classes)
    points, base = np.zeros((len(network.classes), graph.n_classes)), np.log(prior)
    if len(present) > 1 and len(points):
        regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=300, tol=1e-3)
        regression.fit(closeness(network, table, scales), graph.classes, sample_weight=graph.multiplicity)
        coefficients, intercepts = regression.coef_, regression.intercept_
        if len(present) == 2:
            coefficients, intercepts = (np.concatenate([-part, part]) / 2 for part in (coefficients, intercepts))
        points[:, present] = coefficients.T
        base[present] = intercepts
    unit = POINT / 2 if graph.n_classes == 2 else POINT  # of two classes, one loses what the other gains
    return Points(np.round(points / unit) * (unit / POINT), np.round(base / unit) * (unit / POINT), scales)


def _scores(network: RangeNetwork, decision: Decision, rows: np.ndarray) -> np.ndarray:
    if decision.form == "points":
        card = decision.points
        return POINT * (card.base + closeness(network, rows, card.scales) @ card.points)
    deficits, best, votes = winners(network, rows)
    if decision.form == "best":
        return ahead(1.0 - deficits, decide(network, deficits, best))
    nearest = deficits == deficits.min(axis=1, keepdims=True)
    heard = np.where(votes.any(axis=1, keepdims=True), votes, OUTSIDE * np.where(nearest, network.support[best], 0))
    return np.log(heard + decision.prior)
