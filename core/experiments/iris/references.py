"""What scikit-learn's own classifiers reach on the same flowers: the lines to measure up to."""

import warnings
from functools import lru_cache

from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from core.experiments.iris.config import IrisConfig
from core.experiments.iris.data import flowers

_ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic", "gelu": "relu", "none": "identity"}
Scores = dict[str, float | None]


def references(config: IrisConfig) -> dict[str, Scores]:
    """Accuracies of `logistic_regression` and `mlp`, each a dict of `accuracy` and `test_accuracy` (None: no test set).

    The MLP has the layers of `config`; scikit-learn has no GELU, ReLU stands in. It is fitted with L-BFGS, which
    scikit-learn recommends for small data. Costs about 0.1 s, once for each choice of data and layers.
    """
    data = ("seed", "features", "test_share", "standardize", "label_noise", "hidden", "activation")
    return _references(IrisConfig(**{name: getattr(config, name) for name in data}))


@lru_cache(maxsize=64)
def _references(config: IrisConfig) -> dict[str, Scores]:
    data = flowers(config)
    x = data.inputs(data.measured)
    models = {
        "logistic_regression": LogisticRegression(max_iter=1000),
        "mlp": MLPClassifier(
            config.hidden, activation=_ACTIVATIONS[config.activation], solver="lbfgs", max_iter=300,
            random_state=config.seed,
        ),
    }  # fmt: skip
    scores: dict[str, Scores] = {}
    for name, model in models.items():
        with warnings.catch_warnings(), threadpool_limits(1):  # other runs share these processors
            warnings.simplefilter("ignore", ConvergenceWarning)  # the accuracy at max_iter is the reference
            model.fit(x[data.train], data.labels[data.train])
        scores[name] = {
            "accuracy": float(model.score(x[data.train], data.labels[data.train])),
            "test_accuracy": float(model.score(x[data.test], data.labels[data.test])) if len(data.test) else None,
        }
    return scores
