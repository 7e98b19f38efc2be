"""The scikit-learn estimator."""

import warnings
from collections.abc import Mapping
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _num_samples, check_is_fitted, validate_data

from asonn.building import Settings, build, middles_of, seeds_of
from asonn.canonical import associate_sets
from asonn.columns import find_unordered, learn_categories, to_numbers
from asonn.construction import GrowthRules, construct_with_extensions
from asonn.decisions import learn, predicted_probabilities, scores
from asonn.errors import AsonnError
from asonn.explanation import Explanation, explain_row
from asonn.export import draw_boxes, draw_explanation, draw_rules, from_data, to_data, to_sql
from asonn.graph import associate, contradictory_objects
from asonn.parameters import check_labels, check_names, check_parameters, check_weights, costs_of, resolved
from asonn.rules import Names, box_table, combination_table, growth_table, rule_table, rule_text

LEAST_ADDED = 2  # rows that a combination of version 4 adds to what others represent


class ContradictionWarning(UserWarning):
    """Rows of different classes have the same values."""


class ASONNClassifier(ClassifierMixin, BaseEstimator):
    """Associative Self-Optimizing Neural Network classifier: few hypercuboids, each one a readable rule.

    After Horzyk, Kosno, Bulanda and Starzyk, "Explainable Sparse Associative Self-Optimizing Neural Networks for
    Classification" (ICONIP 2023). Each combination (hypercuboid, box) grows from one training object by neighbouring
    values and keeps out every object of another class on at least `min_discrimination` attributes; combinations are
    added until each training object lies in one. Versions 3 and 4 are ours; so are the parameters marked so.

    Of a table without missing values, rows without contradictions are classified as trained, always: training accuracy
    1. Given up only by version 4, `min_support` above 1, `max_combinations`, and `decision="points"`. The result does
    not depend on the order of the rows and the codes of unordered categories; that of versions 3 and 4 not on the order
    and the signs of the columns and the names of the classes either, but for what the table itself cannot tell apart.

    Parameters
    ----------
    version : {2, 1, 3, 4}, default=2
        1: a combination stops growing when its best extension would break `min_discrimination`. 2: only when every
        extension would (the next best is tried). 3, ours: boxes of version 2 from `n_orders` orders of starting
        objects, and of these as few as represent every object. 4, ours: boxes grown by directions without distance and
        simplified, of these the ones that represent many rows with few conditions, those of support 1 and 2 left out,
        heard together: as votes or as points of a scorecard, whichever serves held-out rows better, with probabilities
        calibrated on held-out rows.
    reading : {"ours", "printed", "authors"}, default="ours"
        How the paper is read, where `require_positive`, `balance`, `within_class`, `normalisation` and
        `distance_scale` are None. "printed": as the equations and line 24 stand: an extension needs a positive
        coefficient, growth stops at the first one that is refused, nothing is balanced, δ grows with the distance as
        its sign says, γ is 1, ranges may reach beyond the values of their own class, and membership of a range of one
        value is 0 outside. "authors": our reconstruction of the authors' program of September 2023: the next best
        extension is tried, δ is relative to the attribute's range and grows on the side of larger values alone, cont is
        not squared, repr is 1, γ is 1, and both Φ of eq. 25 are multiplied by the number of attributes squared. It
        differs from the program, in which q of cont is always 0, so that cont is constant, repr falls with the number
        of combinations, and the factor of Φ is the number of attributes plus one, squared; and it makes fewer
        combinations. These two decide the stop rule themselves; `version` must be 1 or 2.
        "ours": the defaults, more accurate with fewer combinations.
    min_discrimination : int, default=1
        The least discrimination of a combination (eq. 20, 21): its number of attributes, minus the most of them on
        which an object of another class lies inside. Larger: more and smaller combinations; above the number of
        features, they grow by values alone that no other class has.
    require_positive : bool, default=None
        Whether an extension also needs a positive coefficient (line 24 of the algorithm, literally). Stops growth
        early. None: as the reading has it, like the four below.
    seed_order : {"hardest", "easiest", "random"}, default="hardest"
        Which object starts the next combination (line 7): the one that shares the most values with objects of other
        classes, the fewest, or any.
    n_orders : int, default=10
        For versions 3 and 4: `seed_order`, and random ones beside it, the same in every fit. Time grows in proportion.
    balance : bool, default=None
        Ours. Whether strengths of the combination's own class (eq. 5 to 17) are scaled by the ratio of the other
        classes' rows to the own class's.
    within_class : bool, default=None
        Ours. Whether a range grows only as long as objects of its own class lie ahead, on that attribute.
    normalisation : {"objects", "values", "none"}, default=None
        γ of the coefficient (1/γ) Σ δ² s, which the paper does not define: the number of rows beyond the bound, the
        number of values beyond it, or 1.
    distance_scale : {"attribute", "range", "none", "printed", "authors"}, default=None
        R of δ = 1 - distance / R: the range of the attribute, stretched by one mean gap so that the farthest value
        keeps some weight; or the present width of the range itself (1 where it is 0); or δ = 1; "printed" and
        "authors" see `reading`. None: "none" in version 4.
    bounds : {"values", "midpoints"}, default="values"
        Where membership starts to fall (eq. 22, 23): at the outermost values of the range, or half-way to the next
        training value. Rules show the values in both cases. A range of one value is wider: membership is 1 within
        half the smallest gap of the feature, but, with "values", 0 beyond the value in the readings "printed" and
        "authors".
    min_support : int, default=None
        Combinations that represent fewer training rows take no part in prediction, but for the best of a class. None: 1
        in versions 1 to 3, 3 in version 4.
    missing : {"median", "inside"}, default="median"
        How a missing value is read, of which the paper says nothing. "median": as the median of its feature in the
        training rows (of ordered categories and booleans the lower one), of unordered categories as the most frequent
        one, in training and at prediction. "inside": in training as lying in every range, so that only known values
        keep a row out; at prediction its ranges are silent, the other weights are renormalised.
    max_combinations : int, default=None
        Ours. At most so many combinations: those that together represent the most rows.
    simplify : bool, default=None
        Ours. Whether ranges that keep nobody out are dropped from every combination. None: in version 4.
    decision : {"best", "vote", "points"}, default=None
        How combinations decide. "best", the paper's: the one with the highest score, of equal ones the best supported.
        "vote": those that hold the row add up their supports for their classes; the nearest decides if there is none.
        "points": a scorecard, points of each combination times the closeness of the row to it. None: "best" in
        versions 1 to 3; in version 4 vote or points, whichever has the smaller log loss in cross-validation.
    temperature : float or "auto", default=None
        Of the soft-max over class scores; it changes no prediction. "auto": cross-validated. None: 1, the paper's, in
        versions 1 to 3, where scores in [0, 1] make probabilities nearly flat; "auto" in version 4.
    feature_costs : array-like of shape (n_features,), mapping of names to costs, or None, default=None
        Ours. Positive costs of knowing an attribute; names left out cost 1. A coefficient is multiplied by the cost of
        its attribute (divided if negative), so that ranges of costly features grow first, and disappear from the rule
        once they span all values; with unequal costs and `within_class` None, ranges may grow beyond the values of
        their own class. None: all alike.
    units : mapping of feature names to units, default=None
        Shown behind the values in rules and explanations.
    random_state : int, RandomState instance or None, default=None
        For `seed_order="random"` only.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    n_features_in_, feature_names_in_ : as in every scikit-learn estimator.
    n_combinations_, n_ranges_ : int
        Size of the network. Ranges that span all training values of their attribute are not counted: they tell nothing.
    decision_ : str
        How combinations decide.
    cross_validation_ : dict or None
        Mean log loss on held-out rows by form of decision, if any was computed.
    temperature_ : float
    contradictions_ : ndarray of int
        Positions of the training rows whose values occur in another class too.
    feature_importances_ : ndarray of shape (n_features,)
        The weights of a feature's ranges, each times the support of its combination; normalised to 1.
    rules_ : DataFrame
        One row a range: combination, class, attribute, lower, upper, weight, seeds, weeds, support; with unordered
        categories also categories, the labels in a set (see `asonn.rules.rule_table`). Ranges of weight 0, which keep
        no row of another class out, decide nothing, and text and SQL leave them out.
    combinations_ : DataFrame
        One row a combination: combination, class, ranges, support, discrimination.

    Notes
    -----
    Missing values are NaN, None and NA (see `missing`). A category that training did not see counts as missing; a
    feature that is missing in all training rows is silent.

    Data frames may have numeric, categorical, boolean and text columns. Text, and categorical columns that are not
    declared ordered, have no order: a combination holds a set of their categories, to which growth adds one category
    after the other, any that its class has (δ is 1, as categories have no distance; membership is 1 or 0). Infinite
    values are an error. Sparse matrices are made dense.

    Time is (objects)² × attributes for the order of the seeds, then at most objects × attributes² a combination; a
    feature of c unordered categories counts as c/2 attributes there.

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
        reading="ours",
        min_discrimination=1,
        require_positive=None,
        seed_order="hardest",
        n_orders=10,
        balance=None,
        within_class=None,
        normalisation=None,
        distance_scale=None,
        bounds="values",
        min_support=None,
        missing="median",
        max_combinations=None,
        simplify=None,
        decision=None,
        temperature=None,
        feature_costs=None,
        units=None,
        random_state=None,
    ):
        self.version = version
        self.reading = reading
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
        self.missing = missing
        self.max_combinations = max_combinations
        self.simplify = simplify
        self.decision = decision
        self.temperature = temperature
        self.feature_costs = feature_costs
        self.units = units
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Grows the network.

        X: array-like, sparse matrix or DataFrame of shape (n_samples, n_features); y: labels of shape (n_samples,);
        sample_weight: (n_samples,), how many rows each row stands for. Weights that are no whole numbers, or add up to
        more than 2^53, are scaled to a mean of 1; rows of weight 0 do not count. Returns self. Raises AsonnError for
        infinite values, empty or ragged tables, continuous or missing targets, wrong costs, and parameters that are not
        what they may be. Warns of contradictory rows.
        """
        for name in ("rules_", "_decision"):
            self.__dict__.pop(name, None)
        rows, weights = check_weights(sample_weight, _num_samples(X))
        table, codes, settings = self._learn_table(X, y, rows)
        parameters = resolved(self.get_params(deep=False))
        forms = ("vote", "points") if parameters["decision"] is None else (parameters["decision"],)
        temperature = None if parameters["temperature"] == "auto" else float(parameters["temperature"])
        filled = self._filled(table[rows], codes[rows], weights, settings)
        self._network, graph = build(filled, codes[rows], len(self.classes_), settings, weights)
        if self.missing == "median" and np.isnan(self._middles).all():
            self._middles = middles_of(graph, self._categories)
        self._decision = learn(self._network, graph, forms, temperature, settings)
        if np.isnan(table[rows]).any():  # may have been filled in
            graph = associate(table[rows], codes[rows], len(self.classes_))
        self.contradictions_ = rows[contradictory_objects(graph)[graph.row_objects]]
        if len(self.contradictions_):
            warnings.warn(
                f"{len(self.contradictions_)} of {len(rows)} training rows have the same values as a row of another "
                "class (contradictions_ lists them): no classifier can tell them apart.",
                ContradictionWarning,
                stacklevel=2,
            )
        self.n_combinations_ = len(self._network.classes)
        self.n_ranges_ = len(self._network.attributes)
        return self

    def trace(self, X, y, sample_weight=None) -> pd.DataFrame:
        """How combinations grow from this table, one extension after the other; leaves the classifier alone.

        Arguments and errors as of `fit`.
        One row a step (at the start of a combination: one an attribute): combination, class, step, event, attribute,
        lower, upper (see `asonn.rules.growth_table`). What follows growth is not shown: simplification, `min_support`,
        and the choice among combinations in versions 3 and 4. Of these, one order of starting objects on the table as
        it is, where `fit` grows from several, in a form of it that does not depend on the order of rows and features.
        """
        traced = clone(self)
        rows, weights = check_weights(sample_weight, _num_samples(X))
        table, codes, settings = traced._learn_table(X, y, rows)
        table, codes = table[rows], codes[rows]
        filled = traced._filled(table, codes, weights, settings)
        graph = associate_sets(filled, codes, len(traced.classes_), weights, settings.nominal)
        grown = construct_with_extensions(graph, seeds_of(graph, settings), settings.costs, settings.rules)
        return growth_table(graph, *grown, traced._names)

    def predict(self, X):
        """The class of each row: ndarray of shape (n_samples,)."""
        check_is_fitted(self)
        return self.classes_[scores(self._network, self._decision, self._rows(X)).argmax(axis=1)]

    def predict_proba(self, X):
        """Probabilities of the classes: ndarray of shape (n_samples, n_classes)."""
        check_is_fitted(self)
        return predicted_probabilities(self._network, self._decision, self._rows(X))

    def predict_log_proba(self, X):
        """Logarithms of the probabilities: ndarray of shape (n_samples, n_classes)."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def decision_function(self, X):
        """Class scores, of which the largest wins: (n_samples, n_classes); for two classes (n_samples,), the score of
        the second less that of the first."""
        check_is_fitted(self)
        found = scores(self._network, self._decision, self._rows(X))
        return found[:, 1] - found[:, 0] if found.shape[1] == 2 else found

    def explain(self, x) -> Explanation:
        """Why one row gets its class: which combinations hold it, which won, each range's membership and weight, and
        the runner-up.

        x: one row, as an array of shape (n_features,), a Series, a mapping of feature names to values, or a table of
        one row. Without names in training, features are called x0, x1, … or 0, 1, …. `print` shows it as text. Raises
        AsonnError for other names, and for more than one row.
        """
        check_is_fitted(self)
        rows = self._rows(self._one_row(x))
        if len(rows) != 1:
            raise AsonnError(f"explain takes one row, got {len(rows)}.")
        given = self._rows(self._one_row(x), fill=False)[0]
        return explain_row(self._network, self._decision, self._names, rows[0], np.isnan(given) & ~np.isnan(rows[0]))

    def to_text(self, max_conditions=None, min_support=1) -> str:
        """All combinations as sentences, by class and support; weights in brackets, points if there are any.

        max_conditions: of each combination, the heaviest; how many are left out is said. min_support: combinations of
        fewer rows are counted, not shown.
        """
        check_is_fitted(self)
        if max_conditions is not None and max_conditions < 1:
            raise AsonnError(f"max_conditions must be at least 1, or None, got {max_conditions}.")
        return rule_text(self._network, self._names, self._decision, max_conditions, min_support)

    def boxes(self, x_attribute: str, y_attribute: str) -> pd.DataFrame:
        """Every combination as a rectangle on two attributes, for plots (see `asonn.rules.box_table`)."""
        check_is_fitted(self)
        return box_table(self._network, self._names, x_attribute, y_attribute)

    def to_dict(self) -> dict:
        """The fitted classifier as plain data, which `json` can write; `from_dict` restores it.

        Raises AsonnError for parameters and labels that are no plain data, such as a RandomState and intervals, and for
        parameters that were set after `fit` and do not go together.
        """
        check_is_fitted(self)
        parameters = self.get_params(deep=False)
        check_parameters(parameters)
        fitted = {
            "classes": (self.classes_.astype(str) if self.classes_.dtype.kind == "M" else self.classes_).tolist(),
            "classes_dtype": str(self.classes_.dtype),
            "n_features": int(self.n_features_in_),
            "feature_names": getattr(self, "feature_names_in_", []),
            "categories": [[position, labels] for position, labels in self._categories.items()],
            "unordered": list(self._unordered),
            "middles": [None if np.isnan(value) else value for value in self._middles.tolist()],
            "contradictions": self.contradictions_.tolist(),
        }
        parameters, fitted = (
            {name: _plain(name, value) for name, value in part.items()} for part in (parameters, fitted)
        )
        return {"parameters": parameters, "fitted": fitted} | to_data(self._network, self._decision)

    @classmethod
    def from_dict(cls, data: dict) -> "ASONNClassifier":
        """A fitted classifier from what `to_dict` gave. Raises AsonnError for anything else."""
        try:
            return cls._restored(data)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            raise AsonnError(f"from_dict takes what to_dict of this version gives; this is not it: {error}.") from None

    @classmethod
    def _restored(cls, data: dict) -> "ASONNClassifier":
        classifier, fitted = cls(**data["parameters"]), data["fitted"]
        check_parameters(classifier.get_params(deep=False))
        classifier._network, classifier._decision = from_data(data, fitted["n_features"])
        classifier.classes_ = np.array(fitted["classes"], dtype=fitted["classes_dtype"])
        classifier.n_features_in_ = fitted["n_features"]
        if len(classifier.classes_) != classifier._network.n_classes:
            raise ValueError("classes has another number of values than the network has classes")
        for name, shortest in (("feature_names", 0), ("middles", fitted["n_features"])):
            if len(fitted[name]) not in (shortest, fitted["n_features"]):
                raise ValueError(f"{name} has another number of values than there are features")
        labels = {position: len(known) for position, known in fitted["categories"]}
        if not labels.keys() <= set(range(fitted["n_features"])) or not set(fitted["unordered"]) <= labels.keys():
            raise ValueError("categories and unordered name features that there are not")
        for r in np.flatnonzero(classifier._network.set_starts >= 0):
            attribute = classifier._network.attributes[r]
            if not classifier._network.categories(r)[labels.get(attribute, 0) :].sum() == 0:
                raise ValueError("held has a category that there is not")
        if fitted["feature_names"]:
            classifier.feature_names_in_ = np.array(fitted["feature_names"], dtype=object)
        classifier._categories = dict(fitted["categories"])
        classifier._unordered = fitted["unordered"]
        classifier._middles = np.array(fitted["middles"], dtype=np.float64)
        classifier.contradictions_ = np.array(fitted["contradictions"], dtype=np.int64)
        classifier.n_combinations_ = len(classifier._network.classes)
        classifier.n_ranges_ = len(classifier._network.attributes)
        return classifier

    def to_sql(self) -> str:
        """A SQL query over a table `input` whose columns are the features (see `asonn.export.to_sql`)."""
        check_is_fitted(self)
        return to_sql(self._network, self._decision, self._names, self._middles)

    def plot_rules(self, axis, most=10):
        """Draws the best supported combinations on a matplotlib axis, which is returned."""
        check_is_fitted(self)
        draw_rules(axis, self._network, self._decision, self._names, most)
        return axis

    def plot_boxes(self, x_attribute: str, y_attribute: str, axis):
        """Draws all combinations as rectangles on two attributes on a matplotlib axis, which is returned."""
        draw_boxes(axis, self.boxes(x_attribute, y_attribute), self.classes_, x_attribute, y_attribute)
        return axis

    def plot_explanation(self, x, axis, most=8):
        """Draws the explanation of one row, the heaviest ranges first, on a matplotlib axis, which is returned."""
        draw_explanation(axis, self.explain(x), most)
        return axis

    @cached_property
    def rules_(self) -> pd.DataFrame:
        check_is_fitted(self)
        return rule_table(self._network, self._names)

    @property
    def combinations_(self) -> pd.DataFrame:
        check_is_fitted(self)
        return combination_table(self._network, self._names)

    @property
    def feature_importances_(self) -> np.ndarray:
        check_is_fitted(self)
        of_range = np.repeat(self._network.support, np.diff(self._network.starts)) * self._network.weights
        importances = np.bincount(self._network.attributes, weights=of_range, minlength=self.n_features_in_)
        return importances / (importances.sum() or 1.0)

    @property
    def decision_(self) -> str:
        check_is_fitted(self)
        return self._decision.form

    @property
    def temperature_(self) -> float:
        check_is_fitted(self)
        return self._decision.temperature

    @property
    def cross_validation_(self) -> dict | None:
        check_is_fitted(self)
        return self._decision.cross_validation

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.sparse = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_decision")

    def _learn_table(self, X, y, rows) -> tuple[np.ndarray, np.ndarray, Settings]:
        """Learns names, classes and, of these rows, categories; returns the table as numbers, class codes, settings."""
        check_parameters(self.get_params(deep=False))
        self._categories = learn_categories(X.iloc[rows]) if isinstance(X, pd.DataFrame) else {}
        self._unordered = find_unordered(X, self._categories) if self._categories else []
        check_labels(y)
        X, y = self._validated(X, y)
        with _clear_errors():
            check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        return _dense(X), codes, self._settings()

    def _settings(self) -> Settings:
        given = resolved(self.get_params(deep=False))
        costs = costs_of(self.feature_costs, self._names.attributes)
        check_names("units", self.units or {}, self._names.attributes)
        rules = GrowthRules(
            try_next_best={"printed": False, "authors": True}.get(self.reading, self.version != 1),
            min_discrimination=int(self.min_discrimination),
            require_positive=bool(given["require_positive"]),
            balance=bool(given["balance"]),
            within_class=bool(given["within_class"]) and (self.within_class is not None or bool((costs == 1.0).all())),
            normalisation=given["normalisation"],
            distance_scale=given["distance_scale"],
            squared=self.reading != "authors",
            count_coverage=self.reading != "authors",
        )
        return Settings(
            rules,
            self.seed_order,
            self.n_orders if self.version >= 3 else 0,
            costs,
            np.isin(np.arange(len(costs)), self._unordered),
            bool(given["simplify"]),
            self.bounds,
            given["min_support"],
            self.max_combinations,
            self.random_state,
            least_added=LEAST_ADDED if self.version == 4 else None,
            widened=self.reading == "ours",
            scaled=self.reading == "authors",
        )

    @property
    def _names(self) -> Names:
        attributes = getattr(self, "feature_names_in_", None)
        if attributes is None:
            attributes = [f"x{attribute}" for attribute in range(self.n_features_in_)]
        return Names(list(attributes), self.classes_, self._categories, dict(self.units or {}), self._unordered)

    def _validated(self, X, y="no_validation", **options):
        """scikit-learn's check of a table, and of labels if there are any."""
        options |= {"dtype": np.float64, "accept_sparse": "csr", "ensure_all_finite": "allow-nan"}
        with _clear_errors():
            return validate_data(self, self._numbers(X), y, **options)

    def _numbers(self, X):
        """Frames as numbers, and other tables too if categories were learned; all else with NaN for None and NA."""
        if not isinstance(X, pd.DataFrame):
            if isinstance(X, list | tuple):
                X = np.asarray(X, dtype=object if self._categories else None)
            if isinstance(X, np.ndarray) and X.dtype.kind == "O":
                X = np.where(pd.isna(X), np.nan, X)
            if not self._categories or np.ndim(X) != 2 or np.shape(X)[1] != self.n_features_in_:
                return X
            X = pd.DataFrame(_dense(X), columns=getattr(self, "feature_names_in_", None))
        return to_numbers(X, self._categories) if len(X.columns) else X.to_numpy(dtype=np.float64)

    def _filled(self, table, codes, weights, settings) -> np.ndarray:
        """A training table with what is read in place of its missing values; learns that, if there are any."""
        self._middles = np.full(table.shape[1], np.nan)
        if self.missing == "median" and np.isnan(table).any():
            graph = associate_sets(table, codes, len(self.classes_), weights, settings.nominal)
            self._middles = middles_of(graph, self._categories)
        return np.where(np.isnan(table), self._middles, table)

    def _rows(self, X, *, fill: bool = True) -> np.ndarray:
        """Rows to predict as numbers; fill: with what is read in place of missing values."""
        if isinstance(X, pd.DataFrame) and list(X.columns) != list(getattr(self, "feature_names_in_", X.columns)):
            with _clear_errors():
                validate_data(self, X, reset=False, skip_check_array=True)  # scikit-learn's own sentence on wrong names
        rows = _dense(self._validated(X, reset=False, order="C"))  # as kernels are compiled for
        return np.where(np.isnan(rows), self._middles, rows) if fill else rows

    def _one_row(self, x):
        """One row as a table, with the feature names if there are any; named values may be in any order."""
        names = getattr(self, "feature_names_in_", None)
        if isinstance(x, Mapping):
            x = pd.Series(x)
        if isinstance(x, pd.Series):
            if names is not None:
                x = x.reindex(names) if set(x.index) == set(names) else x
                return x.to_frame().T.infer_objects()
            known = self._names.attributes, list(range(self.n_features_in_))  # "x0", … or 0, …
            order = next((own for own in known if len(x) == len(own) and set(x.index) == set(own)), None)
            if order is None:
                raise AsonnError(
                    f"Training saw no names of features: call those of a row {known[0][0]} to {known[0][-1]}."
                )
            x = x.reindex(order).tolist()
        if issparse(x) or np.ndim(x) != 1:
            return x
        if len(x) != self.n_features_in_:
            raise AsonnError(f"explain takes a row of {self.n_features_in_} features, got {len(x)} values.")
        if names is None and not self._categories:
            return np.reshape(x, (1, -1))
        return pd.DataFrame([list(x)], columns=names)


def _plain(name: str, value: object) -> object:
    """A parameter or what was fitted, of this name, as what JSON has."""
    if isinstance(value, np.ndarray | np.generic | pd.Series | pd.Index):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {_plain(name, key): _plain(name, entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(name, entry) for entry in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise AsonnError(f"to_dict takes numbers, text and None; {name} holds {type(value).__name__}, which is neither.")


@contextmanager
def _clear_errors():
    """Makes a ValueError of scikit-learn or NumPy on a table an AsonnError, in our words where theirs do not help."""
    try:
        yield
    except AsonnError:
        raise
    except ValueError as error:
        message = str(error)
        if "could not convert string" in message:
            message = "X holds text, and is no DataFrame: give one, whose columns of text are unordered categories."
        elif "setting an array element with a sequence" in message:
            message = "X or y is ragged: every row must have the same number of values."
        elif message.startswith("Unknown label type"):
            kind = message.partition(". ")[0]
            message = f"{kind}: classes must be discrete, such as text or whole numbers."
        raise AsonnError(message) from None


def _dense(X) -> np.ndarray:
    return X.toarray() if issparse(X) else X
