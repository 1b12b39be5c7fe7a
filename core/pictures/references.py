"""What scikit-learn's own classifiers reach on the same samples: the lines to measure up to."""

import warnings
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from core.pictures.samples import Samples
from core.program.pieces import Pieces, in_pieces
from core.settings.classifier import ClassifierConfig

_ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic", "gelu": "relu", "none": "identity"}
Scores = dict[str, float | None]


def mlp(config: ClassifierConfig) -> MLPClassifier:
    """The same layers in scikit-learn, which has no GELU: ReLU stands in. Fitted with L-BFGS, which it recommends for small data."""
    return MLPClassifier(
        config.hidden, activation=_ACTIVATIONS[config.activation], solver="lbfgs", max_iter=300, random_state=config.seed,
    )  # fmt: skip


def logistic_regression(penalised: bool) -> LogisticRegression:
    """A linear classifier: with scikit-learn's own L2 penalty, or without one, as a linear layer is trained."""
    return LogisticRegression(max_iter=1000) if penalised else LogisticRegression(C=float("inf"), max_iter=5000, tol=1e-8)


def fitted(models: Mapping[str, Any], samples: Samples) -> Pieces[Mapping[str, Any]]:
    """The models, fitted to the training samples; costs about 0.1 s, of many samples and a large network 2 s."""
    x = samples.x.cpu().numpy()
    for model in models.values():
        yield from in_pieces(partial(_fit, model, x[samples.train], samples.labels[samples.train]))
    return models


def _fit(model: Any, x: Any, labels: Any) -> None:
    with warnings.catch_warnings(), threadpool_limits(1):  # other runs share these processors
        warnings.simplefilter("ignore", ConvergenceWarning)  # what it reaches at max_iter is the reference
        model.fit(x, labels)


def scores(model: Any, samples: Samples) -> Scores:
    """`accuracy`, `loss`, `test_accuracy` and `test_loss` of a fitted model; None without test samples."""
    x, found = samples.x.cpu().numpy(), Scores()
    for prefix, rows in (("", samples.train), ("test_", samples.test)):
        told, labels = x[rows], samples.labels[rows]
        found[f"{prefix}accuracy"] = float(model.score(told, labels)) if len(rows) else None
        found[f"{prefix}loss"] = _loss(model, told, labels) if len(rows) else None
    return found


def chances(model: Any, x: NDArray[np.float32], classes: int) -> NDArray[np.float64]:
    """The probabilities (B, C) that a fitted model gives each class; 0 for one that it was never told of."""
    found = np.zeros((len(x), classes))
    found[:, model.classes_] = model.predict_proba(x)
    return found


def _loss(model: Any, x: Any, labels: Any) -> float | None:
    """Cross-entropy; None where there are labels that the model was never told of."""
    known = set(labels) <= set(model.classes_)
    return float(log_loss(labels, model.predict_proba(x), labels=model.classes_)) if known else None
