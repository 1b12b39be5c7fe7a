"""Digits in Keras"""

import json

import torch

from core.experiments.digits.config import DigitsConfig
from core.keras.keras_program import activation, make_optimizer
from core.keras.text import KerasRun, code, differs, impossible, section

run = KerasRun("digits", DigitsConfig())
config = run.config

if run.varies("own") or run.varies("batch_size"):
    impossible(
        "Own digits came or the batch size was changed while the run went on. The batches that Keras is given are made before it"
        " begins, so there is no program that does the same."
    )
if run.first_used("dropout"):
    differs("Dropout: each library draws at random, by its own numbers, which outputs it drops.")

keras = section("Backend")
section("Seed")
x, y, x_test, y_test = section("Data")
if config.own:
    x, y = section("Own digits")

# Initial weights: made by PyTorch, so that both begin at the same place. This model is used for nothing else.
model = code("Model")
weights = []
for layer in model:
    if isinstance(layer, torch.nn.Conv2d):
        kernel = layer.weight.detach().permute(2, 3, 1, 0)  # PyTorch keeps (out, in, height, width), Keras (height, width, in, out)
        weights += [kernel.numpy(), layer.bias.detach().numpy()]
    if isinstance(layer, torch.nn.Linear):
        weights += [layer.weight.detach().numpy().T, layer.bias.detach().numpy()]  # PyTorch keeps (out, in), Keras (in, out)
if config.network == "cnn":
    # Flattened, Keras' maps come square after square, PyTorch's map after map: the last layer's rows are put in that order.
    dense = weights[-2].reshape(config.channels[-1], config.sides[-1][1], config.sides[-1][1], 10)
    weights[-2] = dense.transpose(1, 2, 0, 3).reshape(-1, 10)

# Channels: PyTorch has them before height and width, Keras behind: (N, 1, 8, 8) becomes (N, 8, 8, 1).
x = x.permute(0, 2, 3, 1)

# Batches: all of them drawn before Keras draws anything, as PyTorch draws them: so both learn from the same digits at each update.
size = min(config.batch_size, len(y))
epochs = config.epochs // (len(y) // size) + 1
orders = [torch.randperm(len(y)) for _epoch in range(epochs)]


def batches():
    for order in orders:
        for rows in order.split(size):
            if len(rows) == size:
                yield x[rows], y[rows]


callbacks = section("Callbacks")


def padding():
    return "same" if config.padding == "same" else "valid"


def penalties():
    return decays if run.penalised else {}


# Model: the same layers. The last one gives logits: the loss is told so.
if run.penalised:
    decay = keras.regularizers.L2(config.weight_decay / 2)  # its gradient is weight_decay · w, which PyTorch's optimizer adds by itself
    decays = {"kernel_regularizer": decay, "bias_regularizer": decay}
model = keras.Sequential([])
model.add(keras.Input((8, 8, 1)))
if config.network == "cnn":
    for channels in config.channels:
        model.add(keras.layers.Conv2D(channels, config.kernel, padding=padding(), activation=activation(), **penalties()))
        if config.pooling == "max":
            model.add(keras.layers.MaxPooling2D(2))
        elif config.pooling == "average":
            model.add(keras.layers.AveragePooling2D(2))
    model.add(keras.layers.Flatten())
    if run.first_used("dropout"):
        model.add(keras.layers.Dropout(run.first_used("dropout")))
else:
    model.add(keras.layers.Flatten())
    for units in config.hidden:
        model.add(keras.layers.Dense(units, activation=activation(), **penalties()))
        if run.first_used("dropout"):
            model.add(keras.layers.Dropout(run.first_used("dropout")))
model.add(keras.layers.Dense(10, **penalties()))
model.set_weights(weights)

# Compile: a loss and an optimizer are handed over. Nothing is computed yet, and no loop is to be seen.
if run.penalised:
    data_loss = keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="data_loss")  # the loss without the penalty
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),  #:loss
    optimizer=make_optimizer(config),  #:step
    metrics=[data_loss] if run.penalised else None,
)

# Fit: the whole loop: forward, loss, backward, update, again and again. In there Keras calls loss.backward(), too.
if config.epochs:
    history = model.fit(  #:backward
        batches(), steps_per_epoch=1, shuffle=False,
        epochs=config.epochs, verbose=0, callbacks=callbacks,
    )  # fmt: skip

# Result: with all digits, to be compared.
losses = history.history[run.reported]
print("losses:", json.dumps(losses))
print("loss:", losses[-1])
