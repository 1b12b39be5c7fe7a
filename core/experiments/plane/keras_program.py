"""Classes in the plane, in Keras"""

import json

from core.experiments.plane.config import PlaneConfig
from core.keras.keras_program import activation, make_optimizer, penalty
from core.keras.text import KerasRun, code, differs, impossible, section

run = KerasRun("plane", PlaneConfig())
config = run.config

if run.first_used("l1"):
    impossible(
        "L1: here it is added to the gradient after backward(). Keras' fit has no place between the two; its own L1 is a part of the loss."
    )
if run.varies("table"):
    impossible("Points came or went while the run went on. Keras' fit is given its data once, so there is no program that does the same.")
if config.hidden and run.first_used("dropout"):
    differs("Dropout: each library draws at random, by its own numbers, which outputs it drops.")

keras = section("Backend")
section("Seed")
x, y, x_test, y_test = section("Data")

# Initial weights: made by PyTorch, so that both begin at the same place. This model is used for nothing else.
model, W, b = code("Model")
if config.by_hand:
    weights = [W.detach().numpy(), b.detach().numpy()]
else:
    weights = [parameter.detach().numpy().T for parameter in model.parameters()]  # PyTorch keeps (out, in), Keras (in, out)


# Measurement: the loss over all rows at once, with the weights as they are.
def loss_now():
    return model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)[run.reported]


callbacks, losses = section("Callbacks")


def loss_function():
    if config.output == "sigmoid":
        return keras.losses.BinaryCrossentropy(from_logits=True)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def data_loss_metric():
    if config.output == "sigmoid":
        return keras.metrics.BinaryCrossentropy(from_logits=True, name="data_loss")
    return keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="data_loss")


# Model: the same layers. The last one gives logits: the loss is told so.
if run.penalised:
    decay = keras.regularizers.L2(config.weight_decay / 2)  # its gradient is weight_decay · w, which PyTorch's optimizer adds by itself
model = keras.Sequential([])
model.add(keras.Input((len(config.features),)))
for units in config.hidden:
    model.add(keras.layers.Dense(units, activation=activation(), kernel_regularizer=penalty(), bias_regularizer=penalty()))
    if run.first_used("dropout"):
        model.add(keras.layers.Dropout(run.first_used("dropout")))
model.add(keras.layers.Dense(config.outputs, kernel_regularizer=penalty(), bias_regularizer=penalty()))
model.set_weights(weights)

# Compile: a loss and an optimizer are handed over. Nothing is computed yet, and no loop is to be seen.
if run.penalised:
    data_loss = data_loss_metric()  # the loss without the penalty
model.compile(
    loss=loss_function(),  #:loss
    optimizer=make_optimizer(config),  #:step
    metrics=[data_loss] if run.penalised else None,
)

# Fit: the whole loop: forward, loss, backward, update, again and again. In there Keras calls loss.backward(), too.
if config.epochs:
    history = model.fit(  #:backward
        x, y, batch_size=len(x) if run.in_one_batch else config.batch_size, shuffle=not run.in_one_batch,
        validation_data=(x_test, y_test) if config.test_rows else None,
        validation_batch_size=len(x_test) if config.test_rows else None,
        epochs=config.epochs, verbose=0, callbacks=callbacks,
    )  # fmt: skip

# Result: with all digits, to be compared.
if run.in_one_batch:
    losses = history.history[run.reported]
print("losses:", json.dumps(losses))
print("loss:", losses[-1])
