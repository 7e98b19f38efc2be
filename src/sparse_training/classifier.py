"""The scikit-learn estimator."""

import re
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from numbers import Integral, Real

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted, validate_data

from sparse_training.checks import check_option
from sparse_training.errors import SparseTrainingError
from sparse_training.gradients import Gradients
from sparse_training.methods.registry import Method
from sparse_training.randomness import Stream, generator
from sparse_training.schedules.registry import SCHEDULES
from sparse_training.settings import TrainingSettings
from sparse_training.topology import update_topology
from sparse_training.training import TrainingState, initial_network, training_epochs

PARAMETERS = {  # of the classifier, by the names of the settings
    "epochs": "max_iter",
    "learning_rate": "learning_rate_init",
    "learning_rate_schedule": "learning_rate",
}
CONSTANT_DENSITY = {"density_schedule": "constant", "initial_density": None}


class SparseMLPClassifier(ClassifierMixin, BaseEstimator):
    """Multilayer perceptron whose hidden layers are sparse, and rewired between epochs, from start to end.

    Hidden units are rectified linear, the output layer is dense with a soft-max, and the loss is the mean
    cross-entropy, by stochastic gradient descent with momentum. Parameters that `sklearn.neural_network.MLPClassifier`
    has too have its names; where the meaning is another one, their description says so. Features should have mean 0 and
    variance 1 (`StandardScaler`).

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, default=(1000, 1000)
        Units of each hidden layer.
    density : float, default=0.02
        Fraction of the possible links of the hidden layers that exist, in (0, 1]; at the end of training if the method
        moves it.
    method : str or Method, default="set"
        The training method: a name of `sparse_training.METHODS` or `sparse_training.REGROWTH_RULES`, or a composition
        of your own.
    zeta : float, default=0.3
        Fraction of each layer's links that is pruned, and regrown, after an epoch.
    alpha : float, default=0.0
        L2 penalty, at most `batch_size`. A step adds alpha / `batch_size` × parameter to the gradient, as that of
        `MLPClassifier`, but to that of biases too, and with the same divisor in a last batch of fewer samples.
    batch_size : int, default=32
        Samples of a step.
    learning_rate : {"linear", "constant"}, default="linear"
        "linear", which `MLPClassifier` does not have, falls to 1 % of `learning_rate_init` over the first 90 % of
        `max_iter` epochs.
    learning_rate_init : float, default=0.025
        Learning rate of the first epoch.
    momentum : float, default=0.9
        Fraction of the velocity kept from step to step; not Nesterov's momentum, the default of `MLPClassifier`.
    max_iter : int, default=100
        Epochs, at least 2 with a method whose density moves. Schedules of the learning rate and of the method span so
        many.
    warm_start : bool, default=False
        Whether `fit` goes on with the network of the last call, for `max_iter` further epochs. The schedules of the
        learning rate and of the pruned fraction begin again; each layer keeps as many links as it has, even if the
        method moves the density. `hidden_layer_sizes` and `density` must stay as they were.
    early_stopping : bool, default=False
        Whether to hold out `validation_fraction` of the samples, to stop when their accuracy has not improved by more
        than `tol` for `n_iter_no_change` epochs, and to keep the network that was best on them. A warm start
        on the same data holds out the same samples. A density that the method moves stays at that of the best network.
    validation_fraction : float, default=0.1
        In (0, 1); with `early_stopping` only.
    n_iter_no_change : int, default=10
        Epochs; with `early_stopping` only. Without it all `max_iter` epochs are trained, whatever the loss does.
    tol : float, default=1e-4
        Accuracy; with `early_stopping` only.
    rewire_every : int or None, default=None
        Samples that `partial_fit` trains on between two topology updates; `fit` has one after every epoch. None: as
        many as the first call had, at least 100 batches, the interval of RigL (Evci et al. 2020, 100 steps): links that
        have been trained on a few batches only are weak, and the next update would remove them again.
    random_state : int, RandomState instance or None, default=None
        Of the network, the order of samples and the topology updates. An integer: the same fit each time.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    n_features_in_, feature_names_in_ : as in every scikit-learn estimator.
    network_ : SparseMLP
        The trained network.
    n_iter_ : int
        Epochs trained by the last `fit`, and calls of `partial_fit` since.
    loss_curve_ : list of float
        Mean training loss of each of them.
    validation_scores_, best_validation_score_ : list of float, float
        Accuracies on the held-out samples of the network after each epoch and its topology update, and of `network_`;
        with `early_stopping` only.

    Notes
    -----
    Sparse input is accepted, and made dense in float32. Training needs one thread. Samples cannot be weighted: there is
    no `sample_weight`, which `MLPClassifier` takes.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sparse_training import SparseMLPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), SparseMLPClassifier(max_iter=20, random_state=0)).fit(X, y)
    >>> model.score(X, y) > 0.98
    True
    """

    def __init__(
        self,
        hidden_layer_sizes=(1000, 1000),
        *,
        density=0.02,
        method="set",
        zeta=0.3,
        alpha=0.0,
        batch_size=32,
        learning_rate="linear",
        learning_rate_init=0.025,
        momentum=0.9,
        max_iter=100,
        warm_start=False,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-4,
        rewire_every=None,
        random_state=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.density = density
        self.method = method
        self.zeta = zeta
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.momentum = momentum
        self.max_iter = max_iter
        self.warm_start = warm_start
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.rewire_every = rewire_every
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def fit(self, X, y):
        """Trains a new network, or with `warm_start` the present one, for `max_iter` epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)

        Returns
        -------
        self
        """
        goes_on = self.warm_start and hasattr(self, "network_")
        X, y = self._validated(X, y, reset=not goes_on)
        classes = unique_labels(y)
        if goes_on and not np.isin(classes, self.classes_).all():
            raise ValueError(f"warm_start goes on with the classes {self.classes_}, got {classes}: set it to False")
        self.n_iter_, self.loss_curve_ = 0, []
        if goes_on:
            self._check_unchanged()
            self._density_moves = False
        else:
            self._start(X, classes)
        self._state, self._seen = replace(self._state, epoch=0), 0
        self._runs += 1
        for measured in ("validation_scores_", "best_validation_score_"):  # of an earlier fit
            vars(self).pop(measured, None)
        y = np.searchsorted(self.classes_, y)
        if self.early_stopping:
            check_option("n_iter_no_change", self.n_iter_no_change, 1)
            check_option("tol", self.tol, 0)
            fraction = self.validation_fraction
            if not (isinstance(fraction, Real) and 0 < fraction < 1):
                raise SparseTrainingError(
                    f"validation_fraction must be a number greater than 0, less than 1, got {fraction!r}"
                )
        else:
            for state in self._epochs(X, y):
                self._state, self.network_ = state, state.network
            return self
        random_state = int(np.random.default_rng(self._entropy).integers(2**31))  # the same samples in a warm start
        try:
            X, held_out, y, held_out_y = train_test_split(
                X, y, test_size=fraction, stratify=y, random_state=random_state
            )
        except ValueError as error:
            raise SparseTrainingError(
                f"early_stopping needs samples of each class to train on and to hold out, and {len(y)} samples of "
                f"{len(classes)} classes cannot be divided so with validation_fraction={fraction}: give more samples "
                f"of the rarest class, change validation_fraction, or set early_stopping to False"
            ) from error
        self.validation_scores_, self.best_validation_score_ = [], -np.inf
        best, reference, waited = self._state, -np.inf, 0
        for state in self._epochs(X, y):
            # not the accuracy of the epoch's record, which is that before its topology update
            accuracy = state.network.accuracy(held_out, held_out_y)
            self.validation_scores_.append(accuracy)
            if accuracy > self.best_validation_score_:
                self.best_validation_score_, best = accuracy, state
            waited = 0 if accuracy > reference + self.tol else waited + 1
            reference = max(reference, accuracy)
            if waited >= self.n_iter_no_change:
                break
        self._state, self.network_ = best, best.network
        return self

    def partial_fit(self, X, y, classes=None):
        """Trains on these samples, each once, and rewires the network from time to time.

        If `rewire_every` samples or more have been trained on since the last topology update, the call begins with one,
        on its own samples: new links are trained before they predict. Each update ends an epoch of the schedules. In
        the last of their `max_iter` epochs the links stay, and so does the learning rate. A `fit` that did not stop
        early has reached that epoch; after one that did, training goes on in the epoch after that of the best network.

        Parameters
        ----------
        X, y : as in `fit`
        classes : array-like of shape (n_classes,), default=None
            All classes that any call may bring; needed in the first call.

        Returns
        -------
        self
        """
        first = not hasattr(self, "network_")
        X, y = self._validated(X, y, reset=first)
        if first:
            if classes is None:
                raise ValueError("classes must be passed on the first call to partial_fit.")
            self.n_iter_, self.loss_curve_ = 0, []
            self._start(X, unique_labels(classes))
        elif classes is not None and not np.array_equal(self.classes_, unique_labels(classes)):
            raise ValueError(f"classes={classes!r} are not those of the first call to partial_fit, {self.classes_}")
        else:
            self._check_unchanged()
        if not np.isin(y, self.classes_).all():
            raise ValueError(f"y has classes {np.setdiff1d(y, self.classes_)} that are not in classes {self.classes_}")
        if self.rewire_every is not None:
            check_option("rewire_every", self.rewire_every, 1)
        y = np.searchsorted(self.classes_, y)
        self._runs += 1
        self._state = replace(self._state, epoch=min(self._state.epoch, self.max_iter - 1))
        if self._seen >= (self.rewire_every or max(self._first_samples, 100 * self.batch_size)):
            self._rewire(X, y)
        epoch, links_stay = self._state.epoch, replace(self._method(), **CONSTANT_DENSITY, regrowth="static")
        state = next(self._epochs(X, y, links_stay))
        self._state, self.network_ = replace(state, epoch=epoch), state.network
        self._seen += len(X)
        return self

    def _rewire(self, X, y):
        """Ends an epoch of the schedules as `training_epochs` does, if it is not the last one."""
        settings, method, state, seed = self._settings(), self._method(), self._state, self._seed()
        epoch = state.epoch + 1
        if epoch >= settings.epochs:
            return
        progress, counts = epoch / (settings.epochs - 1), None
        if method.density_schedule != "constant":
            shapes = [layer.shape for layer in state.network.sparse_layers]
            counts = method.link_counts(settings, shapes, progress)
        network, momentum, _ = update_topology(
            state.network,
            state.momentum,
            method,
            generator(seed, Stream.REGROWTH, epoch),
            zeta=settings.zeta * (1 - SCHEDULES.resolve(method.zeta_schedule)(progress)),
            counts=counts,
            epoch=epoch,
            progress=progress,
            images=X,
            gradients=Gradients(state.network, X, y, seed, epoch),
        )
        self._state = replace(state, epoch=epoch, network=network, momentum=momentum)
        self._seen = 0

    def predict(self, X):
        """(n_samples,) the most probable class of each row of X."""
        best = self._logits(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        """(n_samples, n_classes) the probabilities of the classes, in the order of `classes_`."""
        return softmax(self._logits(X).astype(float), axis=1)

    def predict_log_proba(self, X):
        """(n_samples, n_classes) the logarithms of `predict_proba`."""
        return np.log(self.predict_proba(X))

    def _logits(self, X):
        check_is_fitted(self, "network_")
        X = validate_data(self, X, reset=False, accept_sparse="csr", dtype=np.float32)
        return self.network_.logits(_dense(X))

    def _validated(self, X, y, reset):
        X, y = validate_data(self, X, y, reset=reset, accept_sparse="csr", dtype=np.float32)
        check_classification_targets(y)
        return _dense(X), column_or_1d(y, warn=True)

    def _settings(self):
        with _own_names():
            settings = TrainingSettings(
                epochs=self.max_iter,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate_init,
                learning_rate_schedule=self.learning_rate,
                momentum=self.momentum,
                zeta=self.zeta,
                density=self.density,
            )
        check_option("alpha", self.alpha, 0, self.batch_size)
        return replace(settings, weight_decay=self.alpha / self.batch_size)

    def _method(self):
        if not isinstance(self.method, str | Method):
            raise SparseTrainingError(f"method must be a name or a Method, got {self.method!r}")
        method = Method.of(self.method, self._settings())
        if self._density_moves:
            return method
        return replace(method, **CONSTANT_DENSITY)

    def _hidden_sizes(self):
        sizes = self.hidden_layer_sizes
        if (
            not isinstance(sizes, Sequence | np.ndarray)
            or len(sizes) == 0
            or not all(isinstance(size, Integral) and size >= 1 for size in sizes)
        ):
            raise SparseTrainingError(
                "hidden_layer_sizes must be a sequence of whole numbers of at least 1, with at least one hidden layer, "
                f"got {sizes!r}"
            )
        return tuple(map(int, sizes))

    def _check_unchanged(self):
        """Raises `SparseTrainingError` if the network is not the one that the parameters ask for."""
        made, asked = self._made_with, (self._hidden_sizes(), self.density)
        if made != asked:
            raise SparseTrainingError(
                f"the network that training goes on with has hidden_layer_sizes={made[0]} and density={made[1]}, "
                f"got {asked[0]} and {asked[1]}: set both back, or train a new one with warm_start=False"
            )

    def _start(self, X, classes):
        self._density_moves = True
        if self._method().density_schedule != "constant" and self.max_iter < 2:
            raise SparseTrainingError(
                f"max_iter must be at least 2 with a method whose density moves, which it does between epochs; "
                f"got {self.max_iter}"
            )
        self.classes_ = classes
        self._entropy = int(check_random_state(self.random_state).randint(2**31 - 1))
        self._runs = 0
        network = initial_network(
            [X.shape[1], *self._hidden_sizes()],
            n_classes=len(classes),
            rule=self._method(),
            settings=self._settings(),
            rng=np.random.default_rng(self._seed()),
            images=X,
        )
        self._made_with = self._hidden_sizes(), self.density
        self._first_samples, self._seen = len(X), 0  # of the first call; since the last topology update of partial_fit
        self._state = TrainingState.start(network)

    def _seed(self):
        """Different for each call of `fit` and `partial_fit`."""
        return np.random.SeedSequence(self._entropy, spawn_key=(self._runs,))

    def _epochs(self, X, y, method=None):
        """Trains from the present state on, and yields the state after each epoch."""
        method, settings = method or self._method(), self._settings()
        with _own_names():
            for state, record in training_epochs(
                self._state, X, y, None, None, rule=method, settings=settings, seed=self._seed()
            ):
                self.n_iter_ += 1
                self.loss_curve_.append(record.history["training_loss"])
                yield state


@contextmanager
def _own_names():
    """Errors of the library name the parameters of the classifier in place of the settings that they stand for."""
    try:
        yield
    except SparseTrainingError as error:
        message = re.sub(r"\w+", lambda word: PARAMETERS.get(word[0], word[0]), str(error))
        raise SparseTrainingError(message) from None


def _dense(X):
    return X if isinstance(X, np.ndarray) else X.toarray()
