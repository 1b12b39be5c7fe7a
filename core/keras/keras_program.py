"""What the Keras programs of all experiments share: sections, and functions that are written out where they are called.

Where `fit` does a small thing in another way than PyTorch and can be brought to do the same, it is, and the program says so:
ε of Adam, weight decay, changes.
"""

import os

from core.keras.text import KerasRun, differs, impossible
from core.settings.config import TrainingConfig

run = KerasRun("any", TrainingConfig())
config = run.config

if not run.in_one_batch:
    if run.varies("batch_size"):
        impossible(
            "The batch size was changed while the run went on. Keras' fit takes one batch size for all of its epochs, so there is no"
            " program that does the same."
        )
    differs("Mini-batches: each library shuffles the rows in an order of its own, so every update sees other rows.")
if run.penalised and run.first_used("clip"):
    differs(
        "Clipping and weight decay: PyTorch clips the gradient of the loss, and the optimizer adds the decay afterwards."
        " Keras' penalty is a part of the loss, so both are clipped together."
    )
if config.optimizer == "RMSprop":
    differs(
        "RMSprop: PyTorch divides by √v + ε, Keras by √(v + ε). Its epsilon=1e-16 is as near as it gets, and differs"
        " where a gradient is almost zero."
    )


def activation():
    return None if config.activation == "none" else config.activation


def penalty():
    return decay if run.penalised else None


def make_optimizer(config):
    if config.optimizer == "Momentum":
        return keras.optimizers.SGD(learning_rate=config.lr, momentum=run.first_used("momentum"), global_clipnorm=run.clip)
    if config.optimizer == "Nesterov":
        return keras.optimizers.SGD(learning_rate=config.lr, momentum=run.first_used("momentum"), nesterov=True, global_clipnorm=run.clip)
    if config.optimizer == "RMSprop":
        return keras.optimizers.RMSprop(learning_rate=config.lr, rho=0.99, epsilon=1e-16, global_clipnorm=run.clip)
    if config.optimizer == "Adam":
        return keras.optimizers.Adam(learning_rate=config.lr, global_clipnorm=run.clip)
    if config.optimizer == "AdamW":
        return keras.optimizers.AdamW(learning_rate=config.lr, weight_decay=config.weight_decay, global_clipnorm=run.clip)
    return keras.optimizers.SGD(learning_rate=config.lr, weight_decay=config.weight_decay, global_clipnorm=run.clip)


# Backend: Keras computes nothing itself. Here PyTorch does it for Keras.
os.environ["KERAS_BACKEND"] = "torch"  # to be said before Keras is imported
os.environ["KERAS_TORCH_DEVICE"] = "cpu"
import keras

keras.config.set_floatx("float32")  # whatever ~/.keras/keras.json says

# Callbacks: what fit hides, and the PyTorch loop has in plain sight. Keras calls them at their time.
if not run.in_one_batch:
    losses = []

    class Measured(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            losses.append(loss_now())


if config.optimizer in ("Adam", "AdamW"):

    class Epsilon(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            update = int(self.model.optimizer.iterations) + 1
            corrected = (1 - 0.999**update) ** 0.5  # Keras adds ε before this correction, PyTorch after it
            self.model.optimizer.epsilon = 1e-8 * corrected


if run.changed:

    class Changes(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if run.begins_with_0("momentum"):
                if epoch == 0:
                    self.model.optimizer.momentum = 0.0  # until it is changed; built with 0, SGD would keep no velocities
            if run.begins_with_0("dropout"):
                if epoch == 0:
                    for layer in self.model.layers:
                        if isinstance(layer, keras.layers.Dropout):
                            layer.rate = 0.0  # until it is changed; built with 0, Dropout would have no random numbers
            for at, changes in run.changed:
                if epoch == at:
                    for field, old, new in changes:
                        if field == "lr":
                            self.model.optimizer.learning_rate = new  # changed while it ran, from {old}
                            if config.optimizer in ("Momentum", "Nesterov"):
                                for velocity in self.model.optimizer.momentums:  # they hold the old learning rate as a factor
                                    velocity.assign(velocity * new / old)
                        elif field == "momentum":
                            self.model.optimizer.momentum = new  # changed while it ran, from {old}
                        elif field == "clip":
                            self.model.optimizer.global_clipnorm = new  # changed while it ran, from {old}
                        elif field == "dropout":
                            for layer in self.model.layers:
                                if isinstance(layer, keras.layers.Dropout):
                                    layer.rate = new  # changed while it ran, from {old}
                        elif run.penalised:
                            decay.l2 = new / 2  # changed while it ran, from {old}
                        else:
                            self.model.optimizer.weight_decay = new  # changed while it ran, from {old}


callbacks = []
if not run.in_one_batch:
    callbacks.append(Measured())
if config.optimizer in ("Adam", "AdamW"):
    callbacks.append(Epsilon())
if run.changed:
    callbacks.append(Changes())
callbacks.append(keras.callbacks.TerminateOnNaN())
if run.stops_early:
    # The loop in PyTorch tests before each update, this callback after it: Keras ends one epoch earlier, with the same best weights.
    callbacks.append(
        keras.callbacks.EarlyStopping(monitor="val_" + run.reported, mode="min", patience=config.patience, restore_best_weights=True)
    )
