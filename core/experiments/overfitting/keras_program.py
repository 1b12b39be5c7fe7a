"""Overfitting, in Keras"""

import json

from core.experiments.overfitting.config import OverfittingConfig
from core.keras.keras_program import make_optimizer, penalty
from core.keras.text import KerasRun, code, differs, impossible, section

run = KerasRun("overfitting", OverfittingConfig())
config = run.config

if run.varies("points") or run.varies("degree") or run.varies("patience"):
    impossible(
        "Points, features or early stopping were changed while it went on. Keras' fit takes its data and its callbacks once, and a Dense"
        " layer its number of inputs."
    )
if config.patience:
    differs("Early stopping: Keras tests after each update, PyTorch here before it, so Keras may stop one epoch earlier.")

keras = section("Backend")
section("Seed")
y, y_test = section("Data")
if config.basis == "network":
    # Initial weights: made by PyTorch, so that both begin at the same place. This model is used for nothing else.
    model = code("Model")
    weights = [parameter.detach().numpy().T for parameter in model.parameters()]  # PyTorch keeps (out, in), Keras (in, out)
else:
    X, X_test = section("Features")
callbacks, losses = section("Callbacks")
if config.patience:
    callbacks.append(
        keras.callbacks.EarlyStopping(monitor="val_" + run.reported, mode="min", patience=config.patience, restore_best_weights=True)
    )


def used(X):
    return X if config.basis == "network" else X[:, : config.degree + 1]


if config.basis == "network":
    # Model: the same layers.
    if run.penalised:
        decay = keras.regularizers.L2(config.weight_decay / 2)  # its gradient is weight_decay · w, which PyTorch's optimizer adds by itself
    model = keras.Sequential([])
    model.add(keras.Input((1,)))
    model.add(keras.layers.Dense(config.units, activation="tanh", kernel_regularizer=penalty(), bias_regularizer=penalty()))
    model.add(keras.layers.Dense(1, kernel_regularizer=penalty(), bias_regularizer=penalty()))
    model.set_weights(weights)
else:
    # Model: a layer of one unit without a bias: X @ kernel.
    if run.penalised:
        decay = keras.regularizers.L2(config.weight_decay / 2)  # its gradient is weight_decay · w, which PyTorch's optimizer adds by itself
    model = keras.Sequential([])
    model.add(keras.Input((config.degree + 1,)))
    model.add(keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros", kernel_regularizer=penalty()))

# Compile: a loss and an optimizer are handed over. Nothing is computed yet, and no loop is to be seen.
if run.penalised:
    data_loss = keras.metrics.MeanSquaredError(name="data_loss")  # the loss without the penalty
model.compile(
    loss=keras.losses.MeanSquaredError(),  #:loss
    optimizer=make_optimizer(config),  #:step
    metrics=[data_loss] if run.penalised else None,
)

# Fit: the whole loop: forward, loss, backward, update, again and again. In there Keras calls loss.backward(), too.
history = model.fit(  #:backward
    used(X[: config.points]), y[: config.points, None], batch_size=config.points, shuffle=False,
    validation_data=(used(X_test), y_test[:, None]), validation_batch_size=len(y_test),
    epochs=config.epochs, verbose=0, callbacks=callbacks,
)  # fmt: skip

# Result: with all digits, to be compared.
losses = history.history[run.reported]
print("losses:", json.dumps(losses))
print("loss:", losses[-1])
