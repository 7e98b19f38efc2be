"""Associative Self-Optimizing Neural Network: an explainable classifier of sparse hypercuboids.

Horzyk, Kosno, Bulanda and Starzyk, "Explainable Sparse Associative Self-Optimizing Neural Networks for Classification"
(ICONIP 2023). The estimator is `asonn.ASONNClassifier`; the modules follow the paper: `graph` (the associative graph of
values and objects), `seed_order`, `construction` (how combinations grow), `ranges` (with their weights), `inference`,
`rules` and `explanation`; `kernels` are compiled. `unfolding` (sets of unordered categories), `canonical`, `selection`
(versions 3 and 4) and most of `decisions` (vote, points, calibration) go beyond the paper. `export` makes JSON, SQL and
figures.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "classifier": ["ASONNClassifier", "ContradictionWarning"],
        "errors": ["AsonnError"],
        "explanation": ["Explanation", "explain"],
    },
)
