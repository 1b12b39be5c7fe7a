"""The char-RNN in Keras: recurrent layers in a `Sequential`; `stateful` where the state is carried on from piece to piece."""

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.script import FIRST_STEP, Run, script
from core.keras import Counterpart
from core.keras.statements import (
    Callback,
    Parts,
    callback,
    differences,
    keras_script,
    penalty,
    regularizer,
    same_data,
    weights_section,
)
from core.script import Script, Section, Translate
from core.script.source_text import block, lines, noted

_LAYERS = {"rnn_tanh": "SimpleRNN", "rnn_relu": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
_LOSS = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
_METRIC = 'keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="data_loss")'


def counterpart(run: Run, _: Translate) -> Counterpart:
    """The run in Keras."""
    if run.config.classes == 1:
        return Counterpart(None, _("The text has only one distinct character. Keras' cross-entropy does not take a single class."))
    ours = script(run, _)
    data, callbacks = _data(run, ours), _beginning_of_text(run, _)
    parts = Parts(_("Char-RNN in Keras"), data, _weights(run, ours, _), _model(run, _), _LOSS, _METRIC, _fit(run), callbacks)
    return Counterpart(keras_script(run, FIRST_STEP, parts, _), differences=tuple(differences(run, False, _)))


def _data(run: Run, ours: Script) -> Section:
    """In pieces, one batch of `fit` is one piece."""
    data = same_data(ours.section("Data"))
    if not run.config.in_pieces:
        return data
    forever = block("while True:", "yield from zip(x_pieces, y_pieces)")
    return data._replace(code=f"{data.code}\n\n\n{block('def pieces():', forever)}")


# --- initial weights ---------------------------------------------------------------------------------------------


def _weights(run: Run, ours: Script, _: Translate) -> Section:
    config = run.config
    cell = "model.rnn" if config.is_class else "model"
    split = noted("r, z, n = np.split(part, 3)", _("the gates; Keras has z before r"))
    gates = block("def in_keras_order(part):", split, "return np.concatenate([z, r, n])") if config.cell == "gru" else ""
    before = "[model.embedding.weight.detach().numpy()]" if config.encoding == "embedding" else "[]"
    head = "weights += [model.head.weight.detach().numpy().T, model.head.bias.detach().numpy()]" if config.head == "linear" else ""
    code = lines(
        f"\n\n{gates}\n\n" if gates else "",
        noted(f"weights = {before}", _("PyTorch keeps (out, in), Keras (in, out)")),
        block(f"for parameters in {cell}.all_weights:", *_converted(config)),
        head,
    )
    return weights_section(ours.section("Model"), code, _, ("import numpy as np",))


def _converted(config: CharRNNConfig) -> tuple[str, ...]:
    read = "w_ih, w_hh, b_ih, b_hh = (parameter.detach().numpy() for parameter in parameters)"
    if config.cell == "gru":
        return (
            read.replace("parameter.detach().numpy()", "in_keras_order(parameter.detach().numpy())"),
            "weights += [w_ih.T, w_hh.T, np.stack([b_ih, b_hh])]",
        )
    return read, "weights += [np.vstack([w_ih.T, b_ih]), w_hh.T, b_hh]"


# --- model -------------------------------------------------------------------------------------------------------


def _model(run: Run, _: Translate) -> Section:
    config = run.config
    layers = [f'keras.Input(batch_shape=({config.batch_size}, None), dtype="int64")', _encoding(run)]
    for _layer in range(config.layers):
        layers += [*(["keras.layers.Lambda(with_one)"] if config.cell != "gru" else []), _recurrent(run)]
    if config.head == "linear":
        layers.append(f"keras.layers.Dense({config.classes}{penalty(run, 'kernel', 'bias')})")
    made = "model = keras.Sequential([\n" + "".join(f"    {layer},\n" for layer in layers) + "])"
    prose = _("class numbers in, logits out.")
    if config.cell != "gru":
        prose += " " + _("PyTorch's cell has two biases, Keras' one: a constant 1 beside the input makes its row of the kernel the second.")
    if config.in_pieces and config.cell in ("lstm", "gru"):
        prose += " " + _("Keras' fast path would write over a state that backward still needs: use_cudnn=False keeps off it.")
    definitions = (_function("one_hot", f"keras.ops.one_hot(x, {config.classes})") if config.encoding == "one_hot" else "",
                   _function("with_one", _WITH_ONE) if config.cell != "gru" else "")  # fmt: skip
    code = "\n\n\n".join(part for part in (*definitions, lines(regularizer(run, _), made, "model.set_weights(weights)")) if part)
    return Section(_("Model"), prose, code)


_WITH_ONE = "keras.ops.pad(x, ((0, 0), (0, 0), (0, 1)), constant_values=1.0)"


def _function(name: str, returned: str) -> str:
    return block(f"def {name}(x):", f"return {returned}")


def _encoding(run: Run) -> str:
    config = run.config
    if config.encoding == "one_hot":
        return "keras.layers.Lambda(one_hot)"
    return f"keras.layers.Embedding({config.classes}, {config.embedding_size}{penalty(run, 'embeddings')})"


def _recurrent(run: Run) -> str:
    config = run.config
    arguments = [str(config.units), "return_sequences=True"]
    if config.cell == "rnn_relu":
        arguments.append('activation="relu"')
    if config.in_pieces:
        arguments.append("stateful=True")
        if config.cell in ("lstm", "gru"):
            arguments.append("use_cudnn=False")
    return f"keras.layers.{_LAYERS[config.cell]}({', '.join(arguments)}{penalty(run, 'kernel', 'recurrent', 'bias')})"


# --- fit ---------------------------------------------------------------------------------------------------------


def _fit(run: Run) -> tuple[str, ...]:
    return ("pieces(), steps_per_epoch=1, shuffle=False,",) if run.config.in_pieces else ("x, y, batch_size=len(x), shuffle=False,",)


def _beginning_of_text(run: Run, _: Translate) -> list[Callback]:
    if not run.config.in_pieces:
        return []
    head = noted("if epoch % len(x_pieces) == 0:", _("at the beginning of the text: zeros"))
    reset = block("for layer in self.model.layers:", block("if isinstance(layer, keras.layers.RNN):", "layer.reset_state()"))
    return [callback("BeginningOfText", "on_epoch_begin", block(head, reset))]
