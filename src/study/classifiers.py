"""The classifiers that others are measured against: one registry, name -> estimator for a seed.

Each has the defaults of its library and one thread. Methods that compare distances or add up weighted attributes get
standardised attributes, fitted inside the training split. The last three are optional (see
`study.optional_classifiers`): their packages are imported when they are asked for.
"""

from collections.abc import Callable

from sklearn.base import ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

EstimatorFactory = Callable[[int], ClassifierMixin | Pipeline]


def xgboost(seed: int) -> ClassifierMixin:
    """Gradient boosting: 100 trees, histogram splits."""
    from xgboost import XGBClassifier  # a heavy import that only this method needs

    return XGBClassifier(n_estimators=100, tree_method="hist", n_jobs=1, random_state=seed)


def random_forest(seed: int) -> ClassifierMixin:
    """100 trees."""
    return RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=seed)


def decision_tree(seed: int) -> ClassifierMixin:
    """One unpruned tree."""
    return DecisionTreeClassifier(random_state=seed)


def k_nearest_neighbours(seed: int) -> Pipeline:
    """5 neighbours in standardised space; nothing random."""
    return make_pipeline(StandardScaler(), KNeighborsClassifier(n_jobs=1))


def naive_bayes(seed: int) -> ClassifierMixin:
    """Gaussian; nothing random."""
    return GaussianNB()


def svm(seed: int) -> Pipeline:
    """Radial kernel, standardised; class scores by distance, no probabilities."""
    return make_pipeline(StandardScaler(), SVC(random_state=seed))


def logistic_regression(seed: int) -> Pipeline:
    """L2 penalty, standardised."""
    return make_pipeline(StandardScaler(), LogisticRegression(random_state=seed))


def mlp(seed: int) -> Pipeline:
    """One hidden layer of 100 units, standardised."""
    return make_pipeline(StandardScaler(), MLPClassifier(random_state=seed))


def explainable_boosting(seed: int) -> ClassifierMixin:
    """Explainable boosting machine: a sum of functions of one and two attributes."""
    from interpret.glassbox import ExplainableBoostingClassifier

    return ExplainableBoostingClassifier(n_jobs=1, random_state=seed)


def figs(seed: int) -> ClassifierMixin:
    """Fast interpretable greedy-tree sums."""
    from imodels import FIGSClassifier

    return FIGSClassifier(random_state=seed)


def rulefit(seed: int) -> ClassifierMixin:
    """A sparse linear model of rules; it knows two classes only, so one model a class."""
    from imodels import RuleFitClassifier

    return OneVsRestClassifier(RuleFitClassifier(random_state=seed))


CLASSIFIERS: dict[str, EstimatorFactory] = {
    factory.__name__: factory
    for factory in (
        xgboost,
        random_forest,
        decision_tree,
        k_nearest_neighbours,
        naive_bayes,
        svm,
        logistic_regression,
        mlp,
        explainable_boosting,
        figs,
        rulefit,
    )
}


def model_size(estimator: ClassifierMixin | Pipeline) -> dict[str, int]:
    """How large a fitted model is to read: `rules` (ASONN: combinations; trees: leaves of all of them), and `ranges`.

    Empty for a model that is not made of rules.
    """
    if hasattr(estimator, "n_combinations_"):
        return {"rules": estimator.n_combinations_, "ranges": estimator.n_ranges_}
    if isinstance(estimator, DecisionTreeClassifier):
        return {"rules": int(estimator.get_n_leaves())}
    if isinstance(estimator, RandomForestClassifier):
        return {"rules": int(sum(tree.get_n_leaves() for tree in estimator.estimators_))}
    if hasattr(estimator, "get_booster"):
        return {"rules": sum(tree.count("leaf=") for tree in estimator.get_booster().get_dump())}
    if type(estimator).__name__ == "FIGSClassifier":  # not imported for those who do not have it
        return {"rules": int(estimator.complexity_ + len(estimator.trees_))}  # a tree has one leaf more than splits
    return {}
