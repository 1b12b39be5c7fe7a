"""Words in Keras"""

import json

import numpy as np

from core.experiments.words.config import WordsConfig
from core.keras.keras_program import make_optimizer, penalty
from core.keras.text import KerasRun, code, section

run = KerasRun("words", WordsConfig())
config = run.config

keras = section("Backend")
section("Seed")
section("Data")
x, y = section("Padding")

# Initial weights: made by PyTorch, so that both begin at the same place. This model is used for nothing else.
model = code("Model")
if config.cell == "gru":

    def in_keras_order(part):
        r, z, n = np.split(part, 3)  # the gates; Keras has z before r
        return np.concatenate([z, r, n])


weights = []  # PyTorch keeps (out, in), Keras (in, out)
for parameters in model.rnn.all_weights:
    if config.cell == "gru":
        w_ih, w_hh, b_ih, b_hh = (in_keras_order(parameter.detach().numpy()) for parameter in parameters)
        weights += [w_ih.T, w_hh.T, np.stack([b_ih, b_hh])]
    else:
        w_ih, w_hh, b_ih, b_hh = (parameter.detach().numpy() for parameter in parameters)
        weights += [np.vstack([w_ih.T, b_ih]), w_hh.T, b_hh]
weights += [model.head.weight.detach().numpy().T, model.head.bias.detach().numpy()]

callbacks = section("Callbacks")


def penalties():
    return decays if run.penalised else {}


def recurrent():
    if config.cell == "lstm":
        return keras.layers.LSTM(config.hidden, return_sequences=True, **penalties())
    if config.cell == "gru":
        return keras.layers.GRU(config.hidden, return_sequences=True, **penalties())
    return keras.layers.SimpleRNN(config.hidden, return_sequences=True, **penalties())


if config.cell != "gru":
    # Bias: PyTorch's cell has two biases, Keras' one: a constant 1 beside the input makes its row of the kernel the second.
    def with_one(x):
        return keras.ops.pad(x, ((0, 0), (0, 0), (0, 1)), constant_values=1.0)


# Model: Keras has no packed words. In one direction the padding behind a word changes nothing before it, so it is read along.
if run.penalised:
    decay = keras.regularizers.L2(config.weight_decay / 2)  # its gradient is weight_decay · w, which PyTorch's optimizer adds by itself
    decays = {"kernel_regularizer": decay, "recurrent_regularizer": decay, "bias_regularizer": decay}
model = keras.Sequential([])
model.add(keras.Input((None, config.characters)))
if config.cell != "gru":
    model.add(keras.layers.Lambda(with_one))
model.add(recurrent())
model.add(keras.layers.Dense(config.classes, kernel_regularizer=penalty(), bias_regularizer=penalty()))
model.set_weights(weights)


def cross_entropy():
    if config.padding == "counted":
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-100)


if run.penalised:

    def data_loss(y, logits):  # the loss without the penalty
        return cross_entropy()(y, logits)


# Compile: a loss and an optimizer are handed over. Nothing is computed yet, and no loop is to be seen.
model.compile(
    loss=cross_entropy(),  #:loss
    optimizer=make_optimizer(config),  #:step
    metrics=[data_loss] if run.penalised else None,
)

# Fit: the whole loop: forward, loss, backward, update, again and again. In there Keras calls loss.backward(), too.
history = model.fit(  #:backward
    x, y, batch_size=len(x), shuffle=False,
    epochs=config.epochs, verbose=0, callbacks=callbacks,
)  # fmt: skip

# Result: with all digits, to be compared.
losses = history.history[run.reported]
print("losses:", json.dumps(losses))
print("loss:", losses[-1])
