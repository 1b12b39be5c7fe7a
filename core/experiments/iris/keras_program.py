"""Iris in Keras"""

import json

from core.experiments.iris.config import IrisConfig
from core.keras.keras_program import activation, make_optimizer, penalty
from core.keras.text import KerasRun, code, differs, section

run = KerasRun("iris", IrisConfig())
config = run.config

if config.hidden and run.first_used("dropout"):
    differs("Dropout: each library draws at random, by its own numbers, which outputs it drops.")

keras = section("Backend")
section("Seed")
x, y, x_test, y_test = section("Data")

# Initial weights: made by PyTorch, so that both begin at the same place. This model is used for nothing else.
model = code("Model")
weights = [parameter.detach().numpy().T for parameter in model.parameters()]  # PyTorch keeps (out, in), Keras (in, out)


# Measurement: the loss over all rows at once, with the weights as they are.
def loss_now():
    return model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)[run.reported]


callbacks, losses = section("Callbacks")


# Model: the same layers. The last one gives logits: the loss is told so.
if run.penalised:
    decay = keras.regularizers.L2(config.weight_decay / 2)  # its gradient is weight_decay · w, which PyTorch's optimizer adds by itself
model = keras.Sequential([])
model.add(keras.Input((len(config.chosen),)))
for units in config.hidden:
    model.add(keras.layers.Dense(units, activation=activation(), kernel_regularizer=penalty(), bias_regularizer=penalty()))
    if run.first_used("dropout"):
        model.add(keras.layers.Dropout(run.first_used("dropout")))
model.add(keras.layers.Dense(config.kinds, kernel_regularizer=penalty(), bias_regularizer=penalty()))
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
        x, y, batch_size=len(x) if run.in_one_batch else config.batch_size, shuffle=not run.in_one_batch,
        validation_data=(x_test, y_test) if config.test_share else None,
        validation_batch_size=len(x_test) if config.test_share else None,
        epochs=config.epochs, verbose=0, callbacks=callbacks,
    )  # fmt: skip

# Result: with all digits, to be compared.
if run.in_one_batch:
    losses = history.history[run.reported]
print("losses:", json.dumps(losses))
print("loss:", losses[-1])
