"""`SparseMLPClassifier` beside scikit-learn's `MLPClassifier`: accuracy, parameters and CPU seconds of a fit.

Scanned digits of scikit-learn (75:25), and MNIST's 60,000 training and 10,000 test images if a folder holds its four
files; features standardised, one thread, as many epochs for all.

    OMP_NUM_THREADS=1 PYTHONPATH=src python benchmarks/classifier.py [FOLDER] [--wide]
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from sparse_training import SparseMLPClassifier
from study.data.idx import read_idx


def classifiers(epochs, wide):
    yield "MLPClassifier(100)", MLPClassifier(max_iter=epochs, n_iter_no_change=epochs, random_state=0)
    if wide:
        yield (
            "MLPClassifier(1000, 1000)",
            MLPClassifier((1000, 1000), max_iter=epochs, n_iter_no_change=epochs, random_state=0),
        )
    for method in ("set", "rigl", "ch3l3"):
        yield (
            f"SparseMLPClassifier(1000, 1000), {method}",
            SparseMLPClassifier(method=method, max_iter=epochs, random_state=0),
        )


def parameters(classifier):
    """How many weights and biases are trained."""
    if isinstance(classifier, MLPClassifier):
        return sum(array.size for array in classifier.coefs_ + classifier.intercepts_)
    network = classifier.network_
    biases = sum(layer.n_out for layer in network.sparse_layers) + len(network.readout_bias)
    return network.n_links + network.readout_weights.size + biases


def compare(title, epochs, data, wide):
    X, X_test, y, y_test = data
    scaler = StandardScaler().fit(X)
    X, X_test = scaler.transform(X).astype(np.float32), scaler.transform(X_test).astype(np.float32)
    print(f"\n{title}, {epochs} epochs\n\n| classifier | parameters | accuracy | CPU seconds of the fit |")
    print("| --- | --- | --- | --- |")
    for name, classifier in classifiers(epochs, wide):
        clone(classifier).set_params(max_iter=2).fit(X[:500], y[:500])  # compiles
        begin = time.process_time()
        classifier.fit(X, y)
        seconds = time.process_time() - begin
        accuracy = classifier.score(X_test, y_test)
        print(f"| {name} | {parameters(classifier):,} | {accuracy:.4f} | {seconds:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="MNIST's files, train-images-idx3-ubyte.gz and so on")
    parser.add_argument("--wide", action="store_true", help="also a dense network of the sparse one's width")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    digits = train_test_split(*load_digits(return_X_y=True), random_state=0)
    compare("Scanned digits", 100, digits, options.wide)
    if options.folder:
        X, y, X_test, y_test = (
            read_idx(options.folder / f"{part}-{kind}-ubyte.gz")
            for part in ("train", "t10k")
            for kind in ("images-idx3", "labels-idx1")
        )
        compare("MNIST", 20, (X.reshape(len(X), -1), X_test.reshape(len(X_test), -1), y, y_test), options.wide)


if __name__ == "__main__":
    main()
