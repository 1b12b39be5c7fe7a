"""Linear regression as one script: with two tensors by hand, or with `nn.Linear(1, 1)`."""

from core.experiments.linear_regression.config import LinearRegressionConfig
from core.experiments.linear_regression.data import raw, standardization
from core.script import Recorded, Script, Section, Translate
from core.script.source_text import block, comment, lines, noted, rows_of
from core.script.statements import Batches, about, beginning, change_code, every, optimizer_section, update_code

FIRST_STEP = 0
DTYPE_ERRORS = {  # PyTorch's own words
    "tensors": "RuntimeError: expected m1 and m2 to have the same dtype, but got: double != float",
    "module": "RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float",
}
_BY_HAND = {"mse": "(({0} - {1}) ** 2).mean()", "l1": "({0} - {1}).abs().mean()", "huber": "F.huber_loss({0}, {1})"}
_MODULE = {"mse": "F.mse_loss({0}, {1})", "l1": "F.l1_loss({0}, {1})", "huber": "F.huber_loss({0}, {1})"}
_POINTS = (1.0, 2.0, 3.0)
_DIABETES_ROWS = 442
Run = Recorded[LinearRegressionConfig]


def parameter_names(run: Run) -> list[str]:
    """As in `model.state_dict()`; the tensors by hand are called as in the formula."""
    return ["W", "b"] if run.config.formulation == "tensors" else ["weight", "bias"]


def script(run: Run, _: Translate) -> Script:
    """The program of a run."""
    by_hand = run.config.formulation == "tensors"
    title = _("Linear regression by hand") if by_hand else _("Linear regression with nn.Linear")
    parameters = "[W, b]" if by_hand else "model.parameters()"
    training = _training(run, _)
    optimizer = optimizer_section(run, parameters, _)
    sections = (beginning(run, _), data_section(run, _), model_section(run, _), optimizer, training, _result(run, _))
    return Script(title, about(_), sections)


# --- data ------------------------------------------------------------------------------------------------------


def data_section(run: Run, _: Translate) -> Section:
    """x and y, a column each."""
    config = run.config
    if config.data == "points" and not scaled(config):
        return _three_points(run, _)
    code, imports = _arrays(config, _)
    code = lines(code, *(_standardized(config, name, _) for name in scaled(config)))
    as_tensor = f"torch.tensor({{0}}, dtype=torch.{config.dtype})[:, None]"
    x, y = (run.placed(as_tensor.format(name)) for name in "xy")
    code = lines(code, _dtype_note(config, _), noted(f"x = {x}", f"({row_count(config)}, 1)"), f"y = {y}")
    return Section(_("Data"), _data_prose(config, _), code, imports)


def _three_points(run: Run, _: Translate) -> Section:
    dtype = "" if run.config.dtype == "float32" else f", dtype=torch.{run.config.dtype}"
    column = run.placed(f"torch.tensor([[1.0], [2.0], [3.0]]{dtype})")
    code = lines(_dtype_note(run.config, _), noted(f"x = {column}", "(3, 1)"), f"y = {column}")
    return Section(_("Data"), _data_prose(run.config, _), code)


def _data_prose(config: LinearRegressionConfig, _: Translate) -> str:
    shape = _("x goes in, y should come out; one row for each sample.")
    match config.data:
        case "points":
            return _("three points on a line.") + " " + shape
        case "line":
            return _("points scattered about a line that we know.") + " " + shape
        case "diabetes":
            return _("the body mass index of patients, and how far diabetes has come a year later.") + " " + shape
        case "own":
            return _("your own table, x and y.") + " " + shape


def _arrays(config: LinearRegressionConfig, _: Translate) -> tuple[str, tuple[str, ...]]:
    """x and y as numpy arrays of float64, and the imports for it."""
    numpy = ("import numpy as np",)
    match config.data:
        case "points":
            return "x = np.array([1.0, 2.0, 3.0])\ny = np.array([1.0, 2.0, 3.0])", numpy
        case "line":
            return _line(config), numpy
        case "diabetes":
            bmi = noted("x = patients.data[:, 2]", _("the body mass index"))
            code = lines("patients = load_diabetes()", bmi, "y = patients.target")
            return code, ("from sklearn.datasets import load_diabetes",)
        case "own":
            rows = rows_of(f"[{x!r}, {y!r}]" for x, y in config.table)
            return f"table = np.array([\n{rows}\n])\nx, y = table[:, 0], table[:, 1]", numpy


def _line(config: LinearRegressionConfig) -> str:
    sign = "-" if config.intercept < 0 else "+"
    noise = f" + rng.normal(0.0, {config.noise!r}, {config.points})" if config.noise else ""
    return lines(
        f"rng = np.random.default_rng({config.data_seed})",
        f"x = rng.uniform(-2.0, 2.0, {config.points})",
        f"y = {config.slope!r} * x {sign} {abs(config.intercept)!r}{noise}",
    )


def scaled(config: LinearRegressionConfig) -> str:
    """Which of the data are standardized: "", "x", "y" or "xy"."""
    return "x" * config.standardize + "y" * config.standardize_y


def _standardized(config: LinearRegressionConfig, name: str, _: Translate) -> str:
    values = raw(config)["xy".index(name)]
    if standardization(values)[1]:
        measured = f"{name}_mean, {name}_std = {name}.mean(), {name}.std()"
        why = _("mean 0, and variance 1")
    else:
        largest = f"abs({name}).max()" if values.any() else "1.0"
        measured = f"{name}_mean, {name}_std = 0.0, {largest}"
        why = _("no variance that float64 can hold: divided by the largest")
    return lines(measured, noted(f"{name} = ({name} - {name}_mean) / {name}_std", why))


def row_count(config: LinearRegressionConfig) -> int:
    """The samples of the data set."""
    known = {"points": len(_POINTS), "line": config.points, "diabetes": _DIABETES_ROWS, "own": len(config.table)}
    return known[config.data]


def _dtype_note(config: LinearRegressionConfig, _: Translate) -> str:
    """What goes wrong with float64, in PyTorch's words, and the mend."""
    if config.dtype == "float32":
        return ""
    why, mend = map(comment, _float64(_), _float64(str))
    return lines(why, f"#     {DTYPE_ERRORS[config.formulation]}", mend)


def _float64(_: Translate) -> tuple[str, str]:
    return (
        _("x and y stay float64, as numpy hands them out, but the weights are float32. The first forward fails with"),
        _("The mend: dtype=torch.float32 in the two lines below."),
    )


# --- model -----------------------------------------------------------------------------------------------------


def model_section(run: Run, _: Translate) -> Section:
    """W and b, or the module that holds them."""
    if run.config.formulation == "tensors":
        prose = _("prediction = x @ W + b. PyTorch keeps account of all that is computed from W and b: they require gradients.")
        return Section(_("Model"), prose, _tensors(run))
    prose = _("nn.Linear(1, 1) holds one weight and one bias, and computes x @ weight.T + bias.")
    return Section(_("Model"), prose, _module(run), ("from torch import nn",))


def _tensors(run: Run) -> str:
    config, on_cpu = run.config, run.device == "cpu"
    if config.start == "pytorch":
        W, b = "torch.empty(1, 1).uniform_(-1, 1)", "torch.empty(1).uniform_(-1, 1)"
    elif config.start == "zeros":
        W, b = "torch.zeros(1, 1)", "torch.zeros(1)"
    else:
        W, b = f"torch.tensor([[{config.W0!r}]])", f"torch.tensor([{config.b0!r}])"
    if on_cpu and config.start != "pytorch":
        return "\n".join(f"{name} = {made[:-1]}, requires_grad=True)" for name, made in (("W", W), ("b", b)))
    return "\n".join(f"{name} = {run.placed(made)}.requires_grad_()" for name, made in (("W", W), ("b", b)))


def _module(run: Run) -> str:
    config = run.config
    made = "model = nn.Linear(1, 1)"
    moved = "" if run.device == "cpu" else "model.to(device)"
    if config.start == "pytorch":
        return lines(made, moved)
    weight, bias = (config.W0, config.b0) if config.start == "typed" else (0.0, 0.0)
    return lines(made, f"nn.init.constant_(model.weight, {weight!r})", f"nn.init.constant_(model.bias, {bias!r})", moved)


# --- training --------------------------------------------------------------------------------------------------


def _training(run: Run, _: Translate) -> Section:
    config = run.config
    batches = Batches(run, row_count(config))
    changes = change_code(run, "epoch", batches.variables, _)
    body = _all_at_once(run, changes, _) if batches.whole else _in_batches(run, batches, changes, _)
    code = batches.definition(_) + block(f"for epoch in range({run.last + 1}):", *body)
    prose = _("{n} updates. What is printed is of one moment, before the update.").format(n=run.last)
    functional = config.formulation == "module" or config.loss == "huber"
    return Section(_("Training"), prose, code, ("import torch.nn.functional as F",) if functional else ())


def _forward(run: Run, x: str) -> str:
    return f"{x} @ W + b" if run.config.formulation == "tensors" else f"model({x})"


def _loss(run: Run, prediction: str, y: str) -> str:
    losses = _BY_HAND if run.config.formulation == "tensors" else _MODULE
    return losses[run.config.loss].format(prediction, y)


def _all_at_once(run: Run, changes: str, _: Translate) -> tuple[str, ...]:
    between = (_print(run), _end(run, _), changes)
    return (update_code(f"prediction = {_forward(run, 'x')}", _loss(run, "prediction", "y"), between, _),)


def _in_batches(run: Run, batches: Batches, changes: str, _: Translate) -> tuple[str, ...]:
    whole = f"loss = {_loss(run, _forward(run, 'x'), 'y')}"
    measured = block("with torch.no_grad():", noted(whole, _("over all rows, before the updates of this epoch")))
    loss = _loss(run, "prediction", "y[rows]")
    update = update_code(f"prediction = {_forward(run, 'x[rows]')}", loss, (changes,), _, name="batch_loss")
    return measured, _print(run), _end(run, _), block(batches.loop, update)


def _print(run: Run) -> str:
    W, b = parameter_names(run) if run.config.formulation == "tensors" else ("model.weight", "model.bias")
    numbers = f"W {{{W}.item():.3f}}  b {{{b}.item():.3f}}  loss {{loss:.6f}}"
    return block(f"if epoch % {every(run)} == 0:", f'print(f"epoch {{epoch:4d}}  {numbers}")')


def _end(run: Run, _: Translate) -> str:
    why = _("the last row is only looked at")
    return block(noted(f"if epoch == {run.last} or not loss.isfinite():", why), "break")


def _result(run: Run, _: Translate) -> Section:
    W, b = parameter_names(run) if run.config.formulation == "tensors" else ("model.weight", "model.bias")
    code = lines(in_units(run, W, b, _), f'print("W:", {W}.item(), " b:", {b}.item())', 'print("loss:", loss.item())')
    return Section(_("Result"), _("with all digits, to be compared."), code)


def in_units(run: Run, W: str, b: str, _: Translate) -> str:
    """W and b as the data has them, before it was standardized."""
    if not (names := scaled(run.config)):
        return ""
    slope = f"{W}.item()" + (" * y_std" if "y" in names else "") + (" / x_std" if "x" in names else "")
    intercept = f"{b}.item()" + (" * y_std + y_mean" if "y" in names else "") + (" - W_data * x_mean" if "x" in names else "")
    return lines(
        noted(f"W_data = {slope}", _("the same line in the units of the data")),
        f"b_data = {intercept}",
        'print("in the units of the data: W:", W_data, " b:", b_data)',
    )
