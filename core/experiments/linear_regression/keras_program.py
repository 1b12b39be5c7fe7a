"""Linear regression in Keras"""

import json

import numpy as np

from core.experiments.linear_regression.config import LinearRegressionConfig
from core.keras.keras_program import make_optimizer, penalty
from core.keras.text import KerasRun, code, differs, section

run = KerasRun("linear_regression", LinearRegressionConfig())
config = run.config

if config.dtype == "float64":
    differs("float64: PyTorch stops with an error. Keras turns the data into float32 without a word and goes on.")

keras = section("Backend")
section("Seed")
x, y = section("Data")

# Initial weights: made by PyTorch, so that both begin at the same place. This model is used for nothing else.
model, W, b = code("Model")
if config.formulation == "tensors":
    weights = [W.detach().numpy(), b.detach().numpy()]
else:
    weights = [parameter.detach().numpy().T for parameter in model.parameters()]  # PyTorch keeps (out, in), Keras (in, out)


# Measurement: the loss over all rows at once, with the weights as they are.
def loss_now():
    return model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)[run.reported]


if config.epochs:
    callbacks, losses = section("Callbacks")


def loss_function():
    if config.loss == "huber":
        return keras.losses.huber
    return keras.losses.mean_absolute_error if config.loss == "l1" else keras.losses.mean_squared_error


# Model: a layer of one unit: x @ kernel + bias.
if run.penalised:
    decay = keras.regularizers.L2(config.weight_decay / 2)  # its gradient is weight_decay · w, which PyTorch's optimizer adds by itself
model = keras.Sequential([])
model.add(keras.Input((1,)))
model.add(keras.layers.Dense(1, kernel_regularizer=penalty(), bias_regularizer=penalty()))
model.set_weights(weights)

# Compile: a loss and an optimizer are handed over. Nothing is computed yet, and no loop is to be seen.
if run.penalised:
    data_loss = keras.metrics.MeanMetricWrapper(loss_function(), name="data_loss")  # the loss without the penalty
model.compile(
    loss=loss_function(),  #:loss
    optimizer=make_optimizer(config),  #:step
    metrics=[data_loss] if run.penalised else None,
)

# Fit: the whole loop: forward, loss, backward, update, again and again. In there Keras calls loss.backward(), too.
if config.epochs:
    history = model.fit(  #:backward
        x, y, batch_size=len(x) if run.in_one_batch else config.batch_size, shuffle=not run.in_one_batch,
        epochs=config.epochs, verbose=0, callbacks=callbacks,
    )  # fmt: skip

# Result: with all digits, to be compared.
if not config.epochs:
    losses = []
elif run.in_one_batch:
    losses = history.history[run.reported]
losses.append(loss_now())  # after the last update
print("losses:", json.dumps(losses))
W, b = model.get_weights()  # (1, 1), (1,)
loss = np.float64(losses[-1])  # it has .item(), as a tensor has
code("Result")
