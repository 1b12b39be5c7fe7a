"""The iris network in other libraries, full batch, with a callback an epoch where there is one. Each is measured if it is there.

They are no requirements of Stepwise: requirements-bench.txt has them, each on the torch that Stepwise uses.
"""

import importlib.util
import logging
import os
import warnings
from typing import Any, NamedTuple

from benchmarks.loops import Loop

EPOCHS = 500


class Peer(NamedTuple):
    """A library: what is measured of it, the module that must be there, and the function here that makes its loop."""

    name: str
    module: str
    loop: str


PEERS = (
    Peer("Keras 3 fit on the torch backend, a callback an epoch", "keras", "keras"),
    Peer("Lightning Trainer.fit", "lightning", "lightning"),
    Peer("skorch partial_fit", "skorch", "skorch"),
    Peer("scikit-learn MLPClassifier (numpy, no torch)", "sklearn", "mlp"),
)


def installed(module: str) -> bool:
    """Whether it can be imported; it is not imported here."""
    return importlib.util.find_spec(module) is not None


def _flowers() -> tuple[Any, Any]:
    from sklearn.datasets import load_iris

    flowers = load_iris()
    return flowers.data.astype("float32"), flowers.target.astype("int64")


def keras() -> Loop:
    """`fit` with a callback an epoch."""
    os.environ |= {"KERAS_BACKEND": "torch", "KERAS_TORCH_DEVICE": "cpu"}
    library: Any = importlib.import_module("keras")
    x, y = _flowers()
    layers = [library.layers.Dense(10, activation="relu"), library.layers.Dense(3)]
    model = library.Sequential([library.Input((4,)), *layers])
    loss = library.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(library.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    seen: list[float] = []
    watch = library.callbacks.LambdaCallback(on_epoch_end=lambda _, logs: seen.append(logs["loss"]))
    model.fit(x, y, batch_size=150, epochs=2, verbose=0)

    def loop(steps: int) -> float:
        model.fit(x, y, batch_size=150, epochs=steps, verbose=0, shuffle=False, callbacks=[watch])
        return seen[-1]

    return loop


def lightning() -> Loop:
    """A LightningModule and a Trainer without logger, checkpoints and progress bar."""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    library: Any = importlib.import_module("lightning")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)  # it says on standard output what it has found
    x, y = map(torch.from_numpy, _flowers())

    class Classifier(library.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 3))
            self.last = 0.0

        def training_step(self, batch: Any, _: int) -> Any:
            loss = nn.functional.cross_entropy(self.model(batch[0]), batch[1])
            self.last = loss.item()
            return loss

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=0.01)

    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    data, classifier = DataLoader(TensorDataset(x, y), batch_size=150), Classifier()

    def loop(steps: int) -> float:
        warnings.simplefilter("ignore")  # about workers and loggers that are not wanted here
        library.Trainer(max_epochs=steps, accelerator="cpu", **quiet).fit(classifier, data)
        return classifier.last

    return loop


def skorch() -> Loop:
    """A NeuralNetClassifier without validation and without the table it prints."""
    import torch
    from torch import nn

    library: Any = importlib.import_module("skorch")
    x, y = _flowers()
    model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 3))
    settings = {"criterion": nn.CrossEntropyLoss, "optimizer": torch.optim.Adam, "lr": 0.01, "batch_size": 150}
    net = library.NeuralNetClassifier(model, train_split=None, verbose=0, **settings)
    net.initialize()

    def loop(steps: int) -> float:
        net.partial_fit(x, y, epochs=steps)
        return float(net.history[-1]["train_loss"])

    return loop


def mlp() -> Loop:
    """scikit-learn's MLPClassifier: numpy, not torch."""
    from sklearn.neural_network import MLPClassifier

    x, y = _flowers()

    def loop(steps: int) -> float:
        warnings.simplefilter("ignore")  # that it has not converged is what was asked for
        model = MLPClassifier((10,), learning_rate_init=0.01, batch_size=150, max_iter=steps, n_iter_no_change=steps, tol=0)
        return float(model.fit(x, y).loss_)

    return loop
