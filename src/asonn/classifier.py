"""The scikit-learn estimator."""

from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from asonn.columns import learn_categories, to_numbers
from asonn.construction import GrowthRules, construct, construct_with_extensions
from asonn.explanation import Explanation, explain_row
from asonn.graph import AssociativeGraph, associate, contradictory_objects
from asonn.inference import decide, probabilities, winners
from asonn.parameters import check_parameters, costs_of
from asonn.ranges import build_network
from asonn.rules import Names, box_table, combination_table, growth_table, rule_table, rule_text
from asonn.seed_order import order_of_seeds
from asonn.selection import construct_and_select


class ASONNClassifier(ClassifierMixin, BaseEstimator):
    """Associative Self-Optimizing Neural Network classifier: few hypercuboids, each one a readable rule.

    After Horzyk, Kosno, Bulanda and Starzyk, "Explainable Sparse Associative Self-Optimizing Neural Networks for
    Classification" (ICONIP 2023). Each combination (hypercuboid) grows from one training object by neighbouring
    values and keeps out every object of another class on at least `min_discrimination` attributes; combinations are
    added until each training object lies in one. The defaults follow the paper where it speaks; the parameters are
    the places where it leaves a choice; `version=3`, `feature_costs` and `min_support` go beyond it.

    Rows without contradictions and without missing values are classified as trained, always: training accuracy 1.
    The result does not depend on the order of the rows.

    Parameters
    ----------
    version : {2, 1, 3}, default=2
        The paper's two versions, which differ in when a combination stops: 1 when the best extension would break
        `min_discrimination`; 2 only when every extension would (the next best is tried). 3 is not the paper's: boxes
        of version 2 from `n_orders` orders of starting objects, and of these as few as represent every object.
    min_discrimination : int, default=1
        The least discrimination of a combination (eq. 20, 21): its number of attributes, minus the most of them on
        which an object of another class lies inside. Larger: more and smaller combinations.
    require_positive : bool, default=False
        Whether an extension also needs a positive coefficient (line 24 of the algorithm, literally). Stops growth
        early.
    seed_order : {"hardest", "easiest", "random"}, default="hardest"
        Which object starts the next combination (line 7): the one that shares the most values with objects of other
        classes, the fewest, or any.
    n_orders : int, default=10
        For version 3 only: `seed_order`, and random ones beside it, the same in every fit. Time grows in proportion.
    balance : bool, default=True
        Whether strengths of the combination's own class (eq. 5 to 17) are scaled by the ratio of the other classes'
        rows to the own class's.
    within_class : bool, default=True
        Whether a range grows only as long as objects of its own class lie ahead, on that attribute.
    normalisation : {"objects", "values", "none"}, default="objects"
        γ of the coefficient (1/γ) Σ δ² s, which the paper does not define: the number of rows beyond the bound, the
        number of values beyond it, or 1.
    distance_scale : {"attribute", "range"}, default="attribute"
        R of δ = 1 - distance / R: the range of the attribute, stretched by one mean gap so that the farthest value
        keeps some weight; or, as printed, the present width of the range itself (1 where it is 0).
    bounds : {"values", "midpoints"}, default="values"
        Where membership starts to fall (eq. 22, 23): at the outermost values of the range, or half-way to the next
        training value. Rules show the values in both cases.
    min_support : int, default=1
        Combinations that represent fewer training rows take no part in prediction. Above 1, training accuracy 1 is no
        longer certain.
    temperature : float, default=1.0
        Of the soft-max over class scores. At 1, the paper's, probabilities are nearly flat, because scores are in
        [0, 1]; it changes no prediction.
    feature_costs : array-like of shape (n_features,), mapping of names to costs, or None, default=None
        Positive costs of knowing an attribute; names left out cost 1. A coefficient is multiplied by the cost of its
        attribute (divided if negative), so that ranges of dear attributes grow first, and disappear from the rule once
        they span all values. None: all alike.
    random_state : int, RandomState instance or None, default=None
        For `seed_order="random"` only.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    n_features_in_, feature_names_in_ : as in every scikit-learn estimator.
    n_combinations_, n_ranges_ : int
        Size of the network. Ranges that span all training values of their attribute are not counted: they tell nothing.
    contradictions_ : ndarray of int
        Positions of the training rows whose values occur in another class too.
    rules_ : DataFrame
        One row a range: combination, class, attribute, lower, upper, weight, seeds, weeds, support (see `asonn.rules`).
    combinations_ : DataFrame
        One row a combination: combination, class, ranges, support, discrimination.

    Notes
    -----
    Missing values (NaN, None, NA) are in no range during training, and a combination that starts at an object has no
    range where the object has no value. At prediction the ranges of a missing value are silent: the other weights are
    renormalised. A category that training did not see counts as missing.

    Data frames may have numeric, categorical, boolean and text columns; ordered by their codes (text: sorted). One-hot
    coding is the alternative for categories without an order. Infinite values are an error.

    Time is (objects)² × attributes for the order of the seeds, then at most objects × attributes² a combination.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from asonn import ASONNClassifier
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> classifier = ASONNClassifier().fit(X, y)
    >>> classifier.score(X, y)
    1.0
    """

    def __init__(
        self,
        version=2,
        *,
        min_discrimination=1,
        require_positive=False,
        seed_order="hardest",
        n_orders=10,
        balance=True,
        within_class=True,
        normalisation="objects",
        distance_scale="attribute",
        bounds="values",
        min_support=1,
        temperature=1.0,
        feature_costs=None,
        random_state=None,
    ):
        self.version = version
        self.min_discrimination = min_discrimination
        self.require_positive = require_positive
        self.seed_order = seed_order
        self.n_orders = n_orders
        self.balance = balance
        self.within_class = within_class
        self.normalisation = normalisation
        self.distance_scale = distance_scale
        self.bounds = bounds
        self.min_support = min_support
        self.temperature = temperature
        self.feature_costs = feature_costs
        self.random_state = random_state

    def fit(self, X, y):
        """Grows the network.

        X: array-like or DataFrame of shape (n_samples, n_features); y: labels of shape (n_samples,). Returns self.
        Raises ValueError for infinite values, empty or ragged tables, continuous targets, and wrong costs.
        """
        self.__dict__.pop("rules_", None)
        graph, seeds, costs, rules = self._associate(X, y)
        if self.version == 3:
            others = [order_of_seeds(graph, "random", np.random.RandomState(k)) for k in range(1, self.n_orders)]
            combinations = construct_and_select(graph, [seeds, *others], costs, rules)
        else:
            combinations = construct(graph, seeds, costs, rules)
        self._network = build_network(graph, combinations, self.bounds, self.min_support)
        self.contradictions_ = np.flatnonzero(contradictory_objects(graph)[graph.row_objects])
        self.n_combinations_ = len(self._network.classes)
        self.n_ranges_ = len(self._network.attributes)
        return self

    def trace(self, X, y) -> pd.DataFrame:
        """What `fit` would do with this table, one extension after the other; leaves the classifier alone.

        One row a step (at the start of a combination: one an attribute): combination, class, step, event, attribute,
        lower, upper (see `asonn.rules.growth_table`). Of version 3, what it does with its first order.
        """
        traced = clone(self)
        graph, *arguments = traced._associate(X, y)
        return growth_table(graph, *construct_with_extensions(graph, *arguments), traced._names)

    def predict(self, X):
        """The class of each row: ndarray of shape (n_samples,)."""
        deficits, best = self._winners(X)
        return self.classes_[decide(self._network, deficits, best)]

    def predict_proba(self, X):
        """Soft-max of the class scores divided by `temperature`: ndarray of shape (n_samples, n_classes)."""
        deficits, best = self._winners(X)
        return probabilities(self._network, deficits, best, self.temperature)

    def explain(self, x) -> Explanation:
        """Why one row gets its class: which combination won, each range's membership and weight, and the runner-up.

        x: one row, as an array of shape (n_features,), a Series, or a table of one row. `print` shows it as text.
        """
        check_is_fitted(self)
        if isinstance(x, pd.Series):
            x = x.to_frame().T
        elif np.ndim(x) == 1:
            x = np.reshape(x, (1, -1))
        rows = self._rows(x)
        if len(rows) != 1:
            raise ValueError(f"explain takes one row, got {len(rows)}.")
        return explain_row(self._network, self._names, rows[0])

    def to_text(self) -> str:
        """All combinations as sentences, by class and support; weights in brackets."""
        check_is_fitted(self)
        return rule_text(self._network, self._names)

    def boxes(self, x_attribute: str, y_attribute: str) -> pd.DataFrame:
        """Every combination as a rectangle on two attributes, for plots (see `asonn.rules.box_table`)."""
        check_is_fitted(self)
        return box_table(self._network, self._names, x_attribute, y_attribute)

    @cached_property
    def rules_(self) -> pd.DataFrame:
        check_is_fitted(self)
        return rule_table(self._network, self._names)

    @property
    def combinations_(self) -> pd.DataFrame:
        check_is_fitted(self)
        return combination_table(self._network, self._names)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_network")

    def _associate(self, X, y) -> tuple[AssociativeGraph, np.ndarray, np.ndarray, GrowthRules]:
        """Learns names, classes and categories; returns the arguments of `construct`."""
        check_parameters(self.get_params(deep=False))
        self._categories = learn_categories(X) if isinstance(X, pd.DataFrame) else {}
        X, y = validate_data(
            self, self._numbers(X), y, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=1
        )
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        graph = associate(X, codes, len(self.classes_))
        seeds = order_of_seeds(graph, self.seed_order, check_random_state(self.random_state))
        rules = GrowthRules(
            try_next_best=self.version != 1,
            min_discrimination=int(self.min_discrimination),
            require_positive=bool(self.require_positive),
            balance=bool(self.balance),
            within_class=bool(self.within_class),
            normalisation=self.normalisation,
            distance_scale=self.distance_scale,
        )
        return graph, seeds, costs_of(self.feature_costs, self._names.attributes), rules

    @property
    def _names(self) -> Names:
        attributes = getattr(self, "feature_names_in_", None)
        if attributes is None:
            attributes = [f"x{attribute}" for attribute in range(self.n_features_in_)]
        return Names(list(attributes), self.classes_, self._categories)

    def _numbers(self, X):
        """Frames as numbers, everything else unchanged."""
        return to_numbers(X, self._categories) if isinstance(X, pd.DataFrame) and len(X.columns) else X

    def _rows(self, X) -> np.ndarray:
        return validate_data(self, self._numbers(X), reset=False, dtype=np.float64, ensure_all_finite="allow-nan")

    def _winners(self, X) -> tuple[np.ndarray, np.ndarray]:
        check_is_fitted(self)
        return winners(self._network, self._rows(X))
