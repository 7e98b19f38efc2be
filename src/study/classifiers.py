"""The classifiers of the comparison by name: ASONN, the others, and both with searched hyperparameters.

Each has the defaults of its library and one thread. Methods that compare distances or add up weighted features get
standardised features, fitted inside the training split. Libraries are imported when a method is asked for: that is
quick to start, and those of the last three are optional.
"""

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

EstimatorFactory = Callable[[int], Any]

OPTIONAL_MODULES = {"lightgbm": "lightgbm", "figs": "imodels", "rulefit": "imodels"}
REQUIREMENTS = "envs/requirements-baselines.txt"


def _factory(path: str, *, seeded: bool = True, standardised: bool = False, **parameters: Any) -> EstimatorFactory:
    """Makes an estimator of the class at `path`; seeded: with the seed as `random_state`."""

    def make(seed: int) -> Any:
        module, _, name = path.rpartition(".")
        estimator = getattr(import_module(module), name)(**parameters, **({"random_state": seed} if seeded else {}))
        if not standardised:
            return estimator
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        return make_pipeline(StandardScaler(), estimator)

    return make


def _rulefit(seed: int) -> Any:
    """A sparse linear model of rules; it knows two classes only, so one model a class."""
    from imodels import RuleFitClassifier
    from sklearn.multiclass import OneVsRestClassifier

    return OneVsRestClassifier(RuleFitClassifier(random_state=seed))


CLASSIFIERS: dict[str, EstimatorFactory] = {
    "xgboost": _factory("xgboost.XGBClassifier", n_estimators=100, tree_method="hist", n_jobs=1),
    "random_forest": _factory("sklearn.ensemble.RandomForestClassifier", n_estimators=100, n_jobs=1),
    "decision_tree": _factory("sklearn.tree.DecisionTreeClassifier"),  # unpruned
    "k_nearest_neighbours": _factory(  # 5 of them
        "sklearn.neighbors.KNeighborsClassifier", seeded=False, standardised=True, n_jobs=1
    ),
    "naive_bayes": _factory("sklearn.naive_bayes.GaussianNB", seeded=False),
    "svm": _factory("sklearn.svm.SVC", standardised=True),  # radial kernel; scores by distance, no probabilities
    "logistic_regression": _factory("sklearn.linear_model.LogisticRegression", standardised=True),  # L2 penalty
    "mlp": _factory("sklearn.neural_network.MLPClassifier", standardised=True),  # one hidden layer of 100 units
    # A sum of functions of one and two features
    "explainable_boosting": _factory("interpret.glassbox.ExplainableBoostingClassifier", n_jobs=1),
    "lightgbm": _factory("lightgbm.LGBMClassifier", n_jobs=1, verbose=-1),  # 100 trees that grow leaf by leaf
    "figs": _factory("imodels.FIGSClassifier"),  # fast interpretable greedy-tree sums
    "rulefit": _rulefit,
}

TUNED = "_tuned"  # ends the name of a classifier whose hyperparameters are searched
FOLDS = 3
OF_ASONN = {"min_discrimination": [1, 2, 3], "min_support": [1, 2, 3]}
SEARCHES: dict[str, dict[str, list]] = {  # nine candidates each, the defaults first: it is taken where all are alike
    "asonn_printed": OF_ASONN,
    "asonn_authors": OF_ASONN,
    "asonn_v2": OF_ASONN,
    "xgboost": {"max_depth": [6, 4, 2], "learning_rate": [0.3, 0.1, 0.03]},
    "decision_tree": {"max_depth": [None, 8, 4], "min_samples_leaf": [1, 3, 10]},
    "svm": {"svc__gamma": ["scale", 0.1, 0.01], "svc__C": [1.0, 10.0, 100.0]},
}


def classifier_names(
    versions: Iterable[int], readings: Iterable[str], classifiers: Iterable[str], tuned: Iterable[str]
) -> list[str]:
    """Names in the results: of versions and readings of ASONN, of the others, and of those with a search.

    `asonn_v2` is version 2 as we read the paper; `asonn_printed` and `asonn_authors` are the other readings, which
    decide themselves when growth stops.
    """
    asonns = [f"asonn_v{version}" for version in versions] + [f"asonn_{reading}" for reading in readings]
    return [*asonns, *classifiers, *(f"{name}{TUNED}" for name in tuned)]


def factory_of(name: str, asonn: Callable[..., Any]) -> EstimatorFactory:
    """The classifier of a name, such as `xgboost`, `asonn_v2`, `asonn_printed` or `svm_tuned`. Raises KeyError.

    asonn: the class of ASONN, which the study does not know by itself.
    """
    if name.endswith(TUNED):
        untuned = name.removesuffix(TUNED)
        return partial(_searched, factory=factory_of(untuned, asonn), candidates=SEARCHES[untuned])
    if name in CLASSIFIERS:
        return CLASSIFIERS[name]
    parameters = {f"asonn_v{version}": {"version": version} for version in (1, 2, 3, 4)}
    parameters |= {f"asonn_{reading}": {"reading": reading} for reading in ("printed", "authors")}
    chosen = parameters[name]
    return lambda seed: asonn(**chosen)  # nothing in it is random


def _searched(seed: int, factory: EstimatorFactory, candidates: dict[str, list]) -> Any:
    """The candidate with the highest accuracy in cross-validation inside the training rows, fitted to all of them."""
    from sklearn.model_selection import GridSearchCV, StratifiedKFold

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    return GridSearchCV(factory(seed), candidates, scoring="accuracy", cv=folds)


def not_installed(classifiers: Iterable[str]) -> str | None:
    """One sentence that names the classifiers whose package is missing and what to do; None if none is."""
    absent = [name for name in classifiers if name in OPTIONAL_MODULES and find_spec(OPTIONAL_MODULES[name]) is None]
    if not absent:
        return None
    packages = ", ".join(dict.fromkeys(OPTIONAL_MODULES[name] for name in absent))
    return (
        f"asonn.classifiers names {', '.join(absent)}, which {'needs' if len(absent) == 1 else 'need'} {packages}: "
        f"run `python -m pip install -r {REQUIREMENTS}`, or leave the name out."
    )


def model_size(estimator: Any) -> dict[str, int]:
    """How large a fitted model is to read: `rules` (ASONN: combinations; trees: leaves of all of them), and `ranges`.

    Empty for a model that is not made of rules.
    """
    estimator = getattr(estimator, "best_estimator_", estimator)
    if hasattr(estimator, "n_combinations_"):
        return {"rules": estimator.n_combinations_, "ranges": estimator.n_ranges_}
    match type(estimator).__name__:  # the classes themselves need imports, of packages that may be absent
        case "DecisionTreeClassifier":
            return {"rules": int(estimator.get_n_leaves())}
        case "RandomForestClassifier":
            return {"rules": int(sum(tree.get_n_leaves() for tree in estimator.estimators_))}
        case "XGBClassifier":
            return {"rules": sum(tree.count("leaf=") for tree in estimator.get_booster().get_dump())}
        case "FIGSClassifier":
            return {"rules": int(estimator.complexity_ + len(estimator.trees_))}  # a tree has one leaf more than splits
    return {}
