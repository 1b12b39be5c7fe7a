"""Linear regression in Keras: one `Dense(1)`."""

from core.experiments.linear_regression.script import FIRST_STEP, Run, script
from core.keras import Counterpart
from core.keras.statements import (
    Parts,
    batch_size_changed,
    differences,
    keras_script,
    one_batch,
    penalty,
    regularizer,
    same_data,
    weights_section,
)
from core.script import Script, Section, Translate
from core.script.source_text import lines, noted

_LOSSES = {
    "mse": ("keras.losses.MeanSquaredError()", 'keras.metrics.MeanSquaredError(name="data_loss")'),
    "l1": ("keras.losses.MeanAbsoluteError()", 'keras.metrics.MeanAbsoluteError(name="data_loss")'),
    "huber": ("keras.losses.Huber()", 'keras.metrics.MeanMetricWrapper(keras.losses.huber, name="data_loss")'),
}


def counterpart(run: Run, _: Translate) -> Counterpart:
    """The run in Keras."""
    whole = one_batch(run, run.config.rows)
    if run.varies("batch_size") and not whole:
        return Counterpart(None, batch_size_changed(_))
    loss, metric = _LOSSES[run.config.loss]
    rows = "x, y, batch_size=len(x), shuffle=False," if whole else f"x, y, batch_size={run.config.batch_size},"
    ours = script(run, _)
    data, weights = same_data(ours.section("Data")), _weights(run, ours, _)
    title = _("Linear regression in Keras")
    parts = Parts(title, data, weights, _model(run, _), loss, metric, (rows,), measured=not whole, last_row=True, result=_line(ours))
    found = differences(run, not whole, _)
    if run.config.dtype == "float64":
        found.insert(0, _("float64: PyTorch stops with an error. Keras turns the data into float32 without a word and goes on."))
    return Counterpart(keras_script(run, FIRST_STEP, parts, _), differences=tuple(found))


def _weights(run: Run, ours: Script, _: Translate) -> Section:
    by_hand = "weights = [W.detach().numpy(), b.detach().numpy()]"
    of_module = noted(
        "weights = [parameter.detach().numpy().T for parameter in model.parameters()]",
        _("PyTorch keeps (out, in), Keras (in, out)"),
    )
    return weights_section(ours.section("Model"), by_hand if run.config.formulation == "tensors" else of_module, _)


def _model(run: Run, _: Translate) -> Section:
    layer = f"keras.layers.Dense(1{penalty(run, 'kernel', 'bias')})"
    made = f"model = keras.Sequential([\n    keras.Input((1,)),\n    {layer},\n])"
    return Section(_("Model"), _("a layer of one unit: x @ kernel + bias."), lines(regularizer(run, _), made, "model.set_weights(weights)"))


def _line(ours: Script) -> str:
    """W and b, as the PyTorch script prints them."""
    *printed, _loss = ours.section("Result").code.split("\n")
    return lines(noted("W, b = model.get_weights()", "(1, 1), (1,)"), *printed)
