"""The worked examples of the slides of Horzyk et al.

Printed there are two samples to classify and the course of one construction, by numbers of object neurons. Not printed:
the 60 training rows, the rows behind the numbers ON8 to ON10, and any output of a neuron. So samples are classified by
networks trained on the other rows of iris, and the course is followed on 15 rows of iris that take it.
"""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from asonn import ASONNClassifier

READINGS = ("printed", "authors", "ours")
SAMPLES = {(4.9, 3.0, 1.4, 0.2): "setosa", (7.0, 3.2, 4.7, 1.4): "versicolor"}
LIKE_THE_SLIDES = [1, 5, 14, 23, 34, 52, 60, 78, 54, 63, 109, 122, 124, 147, 148]  # rows of iris, for ON1 to ON15


@pytest.fixture(scope="module")
def iris():
    data = load_iris(as_frame=True)
    return data.data, data.target.map(dict(enumerate(data.target_names)))


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_samples_of_the_slides_are_classified_step_by_step(iris, reading, sample):
    features, target = iris
    others = (features.to_numpy() != sample).any(axis=1)
    assert others.sum() == 149
    classifier = ASONNClassifier(reading=reading).fit(features[others], target[others])
    explanation = classifier.explain(sample)
    assert str(explanation).startswith(f"{SAMPLES[sample]}: score {explanation.score:.3f} by combination")
    assert explanation.ranges["membership"].between(0, 1).all()  # step 2
    excitement = explanation.ranges["membership"] * explanation.ranges["weight"]
    assert excitement.to_numpy() == pytest.approx(explanation.ranges["contribution"].to_numpy())
    scores = excitement.groupby(explanation.ranges["role"]).sum()  # step 3
    assert scores[["winner", "runner-up"]].tolist() == pytest.approx([explanation.score, explanation.runner_up_score])
    assert explanation.score > explanation.runner_up_score
    table = pd.DataFrame([sample], columns=features.columns)
    (outputs,) = classifier.decision_function(table)  # the class neurons
    assert outputs.max() == pytest.approx(explanation.score)
    assert classifier.predict_proba(table)[0] == pytest.approx(np.exp(outputs) / np.exp(outputs).sum())  # step 4
    assert classifier.predict(table) == [SAMPLES[sample]]


def inside(features: pd.DataFrame, steps: pd.DataFrame) -> list[int]:
    """The numbers, from 1, of the objects within the ranges after these steps of one combination."""
    bounds = steps.groupby("attribute")[["lower", "upper"]].last()
    lower, upper = (bounds.loc[features.columns, bound].to_numpy() for bound in ("lower", "upper"))
    held = ((features >= lower) & (features <= upper)).all(axis=1)
    return [int(number) + 1 for number in np.flatnonzero(held)]


def test_a_combination_grows_as_the_slides_tell_it(iris):
    features, target = (table.iloc[LIKE_THE_SLIDES].reset_index(drop=True) for table in iris)
    growth = ASONNClassifier(reading="printed").trace(features, target)
    first = growth[growth["combination"] == 0]
    assert set(first["class"]) == {"versicolor"}  # KN1
    start = first[first["event"] == "start"]
    assert (start["lower"] == start["upper"]).all()  # "initially defined by the single-value ranges"
    assert start.set_index("attribute")["lower"].to_dict() == features.iloc[8].to_dict()  # of ON9
    courses = [(first["event"][:end].iloc[-1], inside(features, first[:end])) for end in range(4, len(first) + 1)]
    joined = [course for course, before in zip(courses, [(None, []), *courses], strict=False) if course[1] != before[1]]
    assert joined[:3] == [
        ("start", [9]),
        ("pure", [9, 10]),  # "the next same-class Object Neurons (here ON10) can be added"
        ("best", [8, 9, 10]),  # "(here ON8)", by values that objects of other classes have, too
    ]
    assert set(target.iloc[[number - 1 for number in courses[-1][1]]]) == {"versicolor"}


@pytest.mark.parametrize("reading", READINGS)
def test_sixty_rows_are_represented_and_discriminated_by_a_sparse_network(iris, reading):
    features, target = iris
    rows = [50 * number + row for number in range(3) for row in range(20)]
    classifier = ASONNClassifier(reading=reading).fit(features.iloc[rows], target.iloc[rows])
    assert classifier.score(features.iloc[rows], target.iloc[rows]) == 1
    assert (classifier.combinations_["discrimination"] >= 1).all()
    assert classifier.n_combinations_ + classifier.n_ranges_ < features.iloc[rows].size
    assert classifier.score(*iris) > 0.95
