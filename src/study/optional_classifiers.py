"""Explainable classifiers that the default installation lacks, and the sentence that says what to install."""

from collections.abc import Iterable
from importlib.util import find_spec

RIVAL_MODULES = {"explainable_boosting": "interpret", "figs": "imodels", "rulefit": "imodels"}
RIVAL_REQUIREMENTS = "envs/requirements-rivals.txt"


def not_installed(classifiers: Iterable[str]) -> str | None:
    """One sentence that names the classifiers whose package is missing and what to do; None if none is."""
    absent = [name for name in classifiers if name in RIVAL_MODULES and find_spec(RIVAL_MODULES[name]) is None]
    if not absent:
        return None
    packages = ", ".join(dict.fromkeys(RIVAL_MODULES[name] for name in absent))
    return (
        f"asonn.classifiers names {', '.join(absent)}, which {'needs' if len(absent) == 1 else 'need'} {packages}: "
        f"run `python -m pip install -r {RIVAL_REQUIREMENTS}`, or leave the name out."
    )
