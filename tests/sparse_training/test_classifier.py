from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from sparse_training import METHODS, Method, SparseMLPClassifier
from sparse_training.errors import SparseTrainingError
from sparse_training.training import training_epochs

SMALL = {"hidden_layer_sizes": (64, 32), "density": 0.2, "learning_rate_init": 0.1, "max_iter": 15, "random_state": 0}


@parametrize_with_checks([SparseMLPClassifier(hidden_layer_sizes=(40,), density=0.5, max_iter=40)])
def test_the_contract_of_scikit_learn_holds(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    return train_test_split(X, np.array([f"digit {digit}" for digit in y]), random_state=0, stratify=y)


def test_digits_are_learned_and_probabilities_sum_to_one(digits):
    X, X_test, y, y_test = digits
    classifier = SparseMLPClassifier(**SMALL).fit(X, y)
    assert classifier.score(X_test, y_test) > 0.9
    probabilities = classifier.predict_proba(X_test)
    assert_allclose(probabilities.sum(axis=1), 1)
    assert_array_equal(classifier.classes_[probabilities.argmax(axis=1)], classifier.predict(X_test))
    assert_allclose(np.log(probabilities), classifier.predict_log_proba(X_test))
    assert classifier.network_.n_links == round(0.2 * 64 * 64) + round(0.2 * 64 * 32)
    assert len(classifier.loss_curve_) == classifier.n_iter_ == 15


@pytest.mark.parametrize("method", [*METHODS, "ch3l3", Method(initial_topology="watts_strogatz", regrowth="paths")])
def test_every_training_method_fits(digits, method):
    X, _, y, _ = digits
    classifier = SparseMLPClassifier(**{**SMALL, "max_iter": 4, "method": method}).fit(X[:300], y[:300])
    assert classifier.score(X[:300], y[:300]) > 0.3
    clone(classifier).fit(X[:50], y[:50])


def test_sparse_input_gives_the_network_of_dense_input(digits):
    X, _, y, _ = digits
    networks = [SparseMLPClassifier(**SMALL).fit(data, y).network_ for data in (X, scipy.sparse.csr_array(X))]
    for name, array in networks[0].to_arrays().items():
        assert_array_equal(networks[1].to_arrays()[name], array)


def test_a_refused_fit_leaves_the_classifier_as_it_was(digits):
    X, _, y, _ = digits
    classifier = SparseMLPClassifier(**SMALL | {"method": "chtss", "max_iter": 2}).fit(X, y)
    before = classifier.predict(X)
    with pytest.raises(SparseTrainingError, match="max_iter must be at least 2"):
        classifier.set_params(max_iter=1).fit(X[y != "digit 9"], y[y != "digit 9"])
    assert_array_equal(classifier.predict(X), before)


def test_early_stopping_keeps_the_network_that_was_best_on_held_out_samples(digits):
    X, X_test, y, y_test = digits
    classifier = SparseMLPClassifier(
        **{**SMALL, "max_iter": 200}, early_stopping=True, n_iter_no_change=4, validation_fraction=0.2
    ).fit(X, y)
    assert classifier.n_iter_ == len(classifier.validation_scores_) < 200
    assert classifier.best_validation_score_ == max(classifier.validation_scores_)
    assert max(classifier.validation_scores_[-4:]) <= max(classifier.validation_scores_[:-4]) + classifier.tol
    assert classifier.score(X_test, y_test) > 0.85
    classifier.set_params(early_stopping=False, max_iter=2).fit(X, y)
    assert not {"validation_scores_", "best_validation_score_"} & set(vars(classifier))


@pytest.fixture
def splits(monkeypatch):
    """The samples and labels that each early stopping has held out."""
    held_out = []

    def recorded(*arrays, **options):
        parts = train_test_split(*arrays, **options)
        held_out.append((parts[1], parts[3]))
        return parts

    monkeypatch.setattr("sparse_training.classifier.train_test_split", recorded)
    return held_out


@pytest.mark.parametrize("method", ["set", "rigl"])
def test_the_network_that_early_stopping_keeps_has_the_best_validation_score(digits, splits, method):
    X, _, y, _ = digits
    options = SMALL | {"method": method, "zeta": 0.9, "early_stopping": True, "n_iter_no_change": 2}
    classifier = SparseMLPClassifier(**options).fit(X, y)
    assert classifier.network_.accuracy(*splits[0]) == classifier.best_validation_score_


def test_a_warm_start_holds_out_the_samples_that_the_first_fit_held_out(digits, splits):
    X, _, y, _ = digits
    classifier = SparseMLPClassifier(**SMALL | {"max_iter": 2}, early_stopping=True, warm_start=True)
    classifier.fit(X, y).fit(X, y)
    assert_array_equal(splits[0][0], splits[1][0])


def test_a_warm_start_goes_on_with_the_network_and_a_cold_one_does_not(digits):
    X, _, y, _ = digits
    parameters = {**SMALL, "max_iter": 3, "learning_rate": "constant"}
    warm, cold = SparseMLPClassifier(**parameters, warm_start=True), SparseMLPClassifier(**parameters)
    losses = {classifier: [classifier.fit(X, y).loss_curve_[0] for _ in range(3)] for classifier in (warm, cold)}
    assert losses[cold][0] == losses[cold][1] == losses[cold][2] == losses[warm][0]
    assert losses[warm][2] < losses[warm][1] < 0.5 * losses[warm][0]
    with pytest.raises(ValueError, match="warm_start goes on with the classes"):
        warm.fit(X, np.arange(len(X)) % 3)


def test_a_warm_start_keeps_the_density_that_a_moving_one_has_reached(digits, monkeypatch):
    X, _, y, _ = digits
    links = []

    def recorded(*arguments, **options):
        for state, record in training_epochs(*arguments, **options):
            links.append(state.network.n_links)
            yield state, record

    monkeypatch.setattr("sparse_training.classifier.training_epochs", recorded)
    SparseMLPClassifier(**SMALL | {"method": "chtss", "max_iter": 4}, warm_start=True).fit(X, y).fit(X, y)
    assert links[0] > links[1] > links[3]
    assert set(links[3:]) == {round(0.2 * 64 * 64) + round(0.2 * 64 * 32)}


@pytest.mark.parametrize("changed", [{"hidden_layer_sizes": (64, 33)}, {"hidden_layer_sizes": (64,)}, {"density": 0.1}])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_network_that_training_goes_on_with_cannot_be_given_another_size_or_density(digits, method, changed):
    X, _, y, _ = digits
    classifier = SparseMLPClassifier(**SMALL | {"max_iter": 1}, warm_start=True).fit(X, y).set_params(**changed)
    with pytest.raises(SparseTrainingError, match=r"has hidden_layer_sizes=\(64, 32\) and density=0.2, got"):
        getattr(classifier, method)(X, y)


def calls_that_rewire(classifier, X, y, calls):
    """The numbers, from 1, of the calls of `partial_fit` after which other links exist than after the call before."""
    links = []
    for _ in range(calls):
        classifier.partial_fit(X, y, classes=np.unique(y))
        links.append(classifier.network_.sparse_layers[0].positions)
    return [call for call, (one, other) in enumerate(pairwise(links), start=2) if not np.array_equal(one, other)]


def test_partial_fits_train_rewire_and_follow_the_schedules(digits):
    X, X_test, y, y_test = digits
    classifier = SparseMLPClassifier(**{**SMALL, "max_iter": 8}, rewire_every=len(X))
    assert calls_that_rewire(classifier, X, y, 10) == [2, 3, 4, 5, 6, 7, 8]
    assert classifier.n_iter_ == 10
    assert classifier.score(X_test, y_test) > 0.85


@pytest.mark.parametrize(
    ("options", "samples", "calls"),
    [
        ({"rewire_every": 130}, 64, [4, 7, 10]),
        ({"batch_size": 5}, 64, [9]),  # 100 batches
        (
            {"batch_size": 1, "learning_rate_init": 0.001},
            200,
            [2, 3, 4, 5, 6, 7, 8, 9, 10],
        ),  # as many as in the first call
        ({"method": "static", "rewire_every": 1}, 64, []),
    ],
)
def test_partial_fit_rewires_after_so_many_samples_and_on_small_batches_not_in_every_call(
    digits, options, samples, calls
):
    X, _, y, _ = digits
    assert calls_that_rewire(SparseMLPClassifier(**SMALL | options), X[:samples], y[:samples], 10) == calls


def test_a_density_that_moves_reaches_its_last_value_in_partial_fits(digits):
    X, _, y, _ = digits
    classifier = SparseMLPClassifier(**SMALL | {"method": "chtss", "max_iter": 4, "rewire_every": 1})
    links = [classifier.partial_fit(X, y, classes=np.unique(y)).network_.n_links for _ in range(5)]
    assert links[0] > links[1] > links[3] == links[4] == round(0.2 * 64 * 64) + round(0.2 * 64 * 32)


def test_links_stay_in_partial_fits_after_a_fit_to_the_last_epoch_and_move_on_after_one_that_stopped(digits):
    X, _, y, _ = digits
    ended = SparseMLPClassifier(**SMALL | {"max_iter": 2}, rewire_every=1).fit(X, y)
    stopped = SparseMLPClassifier(**SMALL | {"max_iter": 50}, rewire_every=1, early_stopping=True, tol=1).fit(X, y)
    assert calls_that_rewire(ended, X, y, 3) == []
    assert calls_that_rewire(stopped, X, y, 3) == [2, 3]


def test_partial_fit_needs_the_classes_once_and_only_these(digits):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        SparseMLPClassifier(**SMALL).partial_fit(X, y)
    classifier = SparseMLPClassifier(**SMALL).partial_fit(X[:20], y[:20], classes=np.unique(y))
    with pytest.raises(ValueError, match=r"\['digit x'\] that are not in classes"):
        classifier.partial_fit(X[:1], ["digit x"])


def test_alpha_is_divided_by_the_samples_of_a_batch_as_in_scikit_learn(digits):
    X, _, y, _ = digits
    options = {**SMALL, "method": "static", "batch_size": 40, "max_iter": 1}  # one step from the same start
    start, without, penalised = (
        SparseMLPClassifier(**options | {"learning_rate_init": rate}, alpha=alpha).fit(X[:40], y[:40]).network_
        for rate, alpha in ((1e-12, 0), (0.1, 0), (0.1, 20))
    )
    change = without.readout_weights - penalised.readout_weights
    assert_allclose(change, 0.1 * 20 / 40 * start.readout_weights, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        *[({"hidden_layer_sizes": sizes}, "hidden_layer_sizes must be") for sizes in (8, "8", (2.5,), None, ("a",))],
        ({"hidden_layer_sizes": ()}, "with at least one hidden layer"),
        ({"hidden_layer_sizes": (8, 0)}, "^hidden_layer_sizes must be a sequence of whole numbers of at least 1"),
        ({"method": 3}, "^method must be a name or a Method, got 3"),
        ({"method": "nonsense"}, "unknown training method 'nonsense', expected one of"),
        ({"density": 0}, "density must be a number greater than 0, at most 1, got 0"),
        ({"max_iter": 0}, "^max_iter must be a whole number of at least 1"),
        ({"max_iter": "a"}, "^max_iter must be"),
        ({"learning_rate_init": 0}, "^learning_rate_init must be a number greater than 0"),
        ({"learning_rate_init": 1000, "alpha": 32}, "not finite with .*a smaller learning_rate_init may help"),
        ({"learning_rate": "adaptive"}, "^learning_rate must be one of linear, constant, got 'adaptive'"),
        ({"alpha": -1}, "alpha must be a number from 0 to 32, got -1"),
        ({"alpha": "a"}, "alpha must be a number"),
        ({"batch_size": 0}, "^batch_size must be a whole number of at least 1"),
        *[
            ({"early_stopping": True, "validation_fraction": f}, "^validation_fraction must be")
            for f in (0, 1, 2.0, "a")
        ],
        ({"method": "chtss", "max_iter": 1}, "^max_iter must be at least 2 with a method whose density moves"),
        ({"early_stopping": True, "validation_fraction": 0.01}, "^early_stopping needs samples of each class"),
        ({"early_stopping": True, "n_iter_no_change": 0}, "n_iter_no_change must be a number of at least 1"),
        ({"early_stopping": True, "tol": "x"}, "tol must be a number of at least 0"),
    ],
)
def test_options_that_make_no_sense_are_one_sentence(options, sentence):
    with pytest.raises(SparseTrainingError, match=sentence):
        SparseMLPClassifier(**SMALL | options).fit(np.eye(40), np.arange(40) % 2)


def test_an_interval_of_topology_updates_that_makes_no_sense_is_one_sentence(digits):
    X, _, y, _ = digits
    with pytest.raises(SparseTrainingError, match="rewire_every must be a number of at least 1, got 0"):
        SparseMLPClassifier(**SMALL, rewire_every=0).partial_fit(X, y, classes=np.unique(y))
