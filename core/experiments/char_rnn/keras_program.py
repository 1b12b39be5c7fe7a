"""Char-RNN in Keras"""

import json

import numpy as np

from core.experiments.char_rnn.config import CharRNNConfig
from core.keras.keras_program import make_optimizer, penalty
from core.keras.text import KerasRun, code, impossible, section

run = KerasRun("char_rnn", CharRNNConfig())
config = run.config

if config.classes == 1:
    impossible("The text has only one distinct character. Keras' cross-entropy does not take a single class.")

keras = section("Backend")
section("Seed")
x, y, x_pieces, y_pieces = section("Data")
if config.in_pieces:

    def pieces():
        while True:
            yield from zip(x_pieces, y_pieces)


# Initial weights: made by PyTorch, so that both begin at the same place. This model is used for nothing else.
model = code("Model")
if config.cell == "gru":

    def in_keras_order(part):
        r, z, n = np.split(part, 3)  # the gates; Keras has z before r
        return np.concatenate([z, r, n])


weights = [model.embedding.weight.detach().numpy()] if config.encoding == "embedding" else []  # PyTorch keeps (out, in), Keras (in, out)
for parameters in model.rnn.all_weights if config.is_class else model.all_weights:
    if config.cell == "gru":
        w_ih, w_hh, b_ih, b_hh = (in_keras_order(parameter.detach().numpy()) for parameter in parameters)
        weights += [w_ih.T, w_hh.T, np.stack([b_ih, b_hh])]
    else:
        w_ih, w_hh, b_ih, b_hh = (parameter.detach().numpy() for parameter in parameters)
        weights += [np.vstack([w_ih.T, b_ih]), w_hh.T, b_hh]
if config.head == "linear":
    weights += [model.head.weight.detach().numpy().T, model.head.bias.detach().numpy()]

callbacks = section("Callbacks")
if config.in_pieces:

    class BeginningOfText(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch % len(x_pieces) == 0:  # at the beginning of the text: zeros
                for layer in self.model.layers:
                    if isinstance(layer, keras.layers.RNN):
                        layer.reset_state()

    callbacks.append(BeginningOfText())


def penalties():
    return decays if run.penalised else {}


def recurrent():
    if config.cell == "lstm":
        return keras.layers.LSTM(config.units, return_sequences=True, stateful=config.in_pieces, use_cudnn=fast(), **penalties())
    if config.cell == "gru":
        return keras.layers.GRU(config.units, return_sequences=True, stateful=config.in_pieces, use_cudnn=fast(), **penalties())
    if config.cell == "rnn_relu":
        return keras.layers.SimpleRNN(config.units, return_sequences=True, activation="relu", stateful=config.in_pieces, **penalties())
    return keras.layers.SimpleRNN(config.units, return_sequences=True, stateful=config.in_pieces, **penalties())


def fast():
    return False if config.in_pieces else "auto"


if config.encoding == "one_hot":
    # Encoding: a vector for each character, 1 at its class and 0 elsewhere.
    def one_hot(x):
        return keras.ops.one_hot(x, config.classes)


if config.cell != "gru":
    # Bias: PyTorch's cell has two biases, Keras' one: a constant 1 beside the input makes its row of the kernel the second.
    def with_one(x):
        return keras.ops.pad(x, ((0, 0), (0, 0), (0, 1)), constant_values=1.0)


# Model: class numbers in, logits out.
if run.penalised:
    decay = keras.regularizers.L2(config.weight_decay / 2)  # its gradient is weight_decay · w, which PyTorch's optimizer adds by itself
    decays = {"kernel_regularizer": decay, "recurrent_regularizer": decay, "bias_regularizer": decay}
if config.in_pieces and config.cell in ("lstm", "gru"):
    # Keras' fast path would write over a state that backward still needs: use_cudnn=False keeps off it.
    model = keras.Sequential([])
else:
    model = keras.Sequential([])
model.add(keras.Input(batch_shape=(config.batch_size, None), dtype="int64"))
if config.encoding == "one_hot":
    model.add(keras.layers.Lambda(one_hot))
else:
    model.add(keras.layers.Embedding(config.classes, config.embedding_size, embeddings_regularizer=penalty()))
for _layer in range(config.layers):
    if config.cell != "gru":
        model.add(keras.layers.Lambda(with_one))
    model.add(recurrent())
if config.head == "linear":
    model.add(keras.layers.Dense(config.classes, kernel_regularizer=penalty(), bias_regularizer=penalty()))
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
if config.in_pieces:
    history = model.fit(  #:backward
        pieces(), steps_per_epoch=1, shuffle=False,
        epochs=config.epochs, verbose=0, callbacks=callbacks,
    )  # fmt: skip
else:
    history = model.fit(  #:backward
        x, y, batch_size=len(x), shuffle=False,
        epochs=config.epochs, verbose=0, callbacks=callbacks,
    )  # fmt: skip

# Result: with all digits, to be compared.
losses = history.history[run.reported]
print("losses:", json.dumps(losses))
print("loss:", losses[-1])
