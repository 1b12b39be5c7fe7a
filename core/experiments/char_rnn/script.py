"""The char-RNN as one script: a text, one class for each character, and at each character the next one to predict."""

import math

from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.hangul import join_jamo
from core.experiments.char_rnn.texts import DESCRIBED, source
from core.script import Recorded, Script, Section, Translate
from core.script.source_text import block, lines, literal, noted
from core.script.statements import about, beginning, change_code, every, optimizer_section, stop_if_diverged, update_code

FIRST_STEP = 1
CHUNK = 80  # characters of a text in one line
_CELLS = {"rnn_tanh": "nn.RNN", "rnn_relu": "nn.RNN", "lstm": "nn.LSTM", "gru": "nn.GRU"}
Run = Recorded[CharRNNConfig]


def parameter_names(run: Run) -> list[str]:
    """Those of a bare `nn.RNN`, or of the class that holds an embedding and a head as well."""
    config = run.config
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell = [f"{kind}_l{layer}" for layer in range(config.layers) for kind in kinds]
    if not is_class(config):
        return cell
    embedding = ["embedding.weight"] if config.encoding == "embedding" else []
    head = ["head.weight", "head.bias"] if config.head == "linear" else []
    return [*embedding, *(f"rnn.{name}" for name in cell), *head]


def script(run: Run, _: Translate) -> Script:
    """The program of a run."""
    optimizer = optimizer_section(run, "model.parameters()", _)
    sections = (beginning(run, _), data_section(run, _), model_section(run, _), optimizer, _training(run, _), _result(run, _))
    return Script(_("Char-RNN: a network that learns to spell a text"), about(_), sections)


# --- data ------------------------------------------------------------------------------------------------------


def data_section(run: Run, _: Translate) -> Section:
    """The text as x and y, (B, T) each; in pieces if it is longer than a sequence."""
    config, corpus = run.config, run.config.corpus
    text, imports = _text(config, _)
    B, T = config.batch_size, config.columns
    cut = "" if B == 1 else f"[: {B} * {T}]"
    x, y = (run.placed(f"{part}{cut}.view({B}, {T})") for part in ("ids[:-1]", "ids[1:]"))
    code = lines(
        text,
        noted("alphabet = sorted(set(text))", _("{n} characters: class k is alphabet[k]").format(n=len(corpus.alphabet))),
        "number = {character: k for k, character in enumerate(alphabet)}",
        noted("ids = torch.tensor([number[character] for character in text])", f"({len(corpus.symbols)},)"),
        noted(f"x = {x}", _("all but the last")),
        noted(f"y = {y}", _("all but the first: at each place the character that comes next")),
        _pieces(config, _),
    )
    prose = _("a text. At each character, the next one is to be predicted.")
    if B > 1:
        prose += " " + _("It is cut into {B} streams that are read side by side.").format(B=B)
    return Section(_("Data"), prose, code, imports)


def _text(config: CharRNNConfig, _: Translate) -> tuple[str, tuple[str, ...]]:
    """The text as characters or jamo, and the imports for it."""
    text = join_jamo(source(config.text, config.own_text))
    imports: tuple[str, ...] = ()
    if config.text in DESCRIBED:
        name = f"load_{config.text}"
        code, imports = f"text = {name}().DESCR", (f"from sklearn.datasets import {name}",)
    else:
        code = f"text = {_quoted(text)}"
    if text == config.corpus.symbols:
        return code, imports
    split = 'text = re.sub("[가-힣]+", lambda syllables: unicodedata.normalize("NFD", syllables[0]), text)'
    return lines(code, noted(split, _("Hangul by jamo"))), (*imports, "import re", "import unicodedata")


def _quoted(text: str) -> str:
    """A short text in one line, a longer one in lines of its own."""
    if len(text) <= CHUNK and "\n" not in text[:-1]:
        return literal(text)
    chunks = [line[at : at + CHUNK] for line in text.splitlines(keepends=True) for at in range(0, len(line), CHUNK)]
    return "(\n" + "".join(f"    {literal(chunk)}\n" for chunk in chunks) + ")"


def in_pieces(config: CharRNNConfig) -> bool:
    """Whether the text is longer than a sequence: the state is then carried on from piece to piece."""
    return config.columns > config.sequence_length


def _pieces(config: CharRNNConfig, _: Translate) -> str:
    if not in_pieces(config):
        return ""
    count, length = math.ceil(config.columns / config.sequence_length), config.sequence_length
    note = _("{n} pieces, one for each iteration").format(n=count)
    return lines(noted(f"x_pieces = x.split({length}, dim=1)", note), f"y_pieces = y.split({length}, dim=1)")


# --- model -----------------------------------------------------------------------------------------------------


def is_class(config: CharRNNConfig) -> bool:
    """Whether the model is a class of its own, not a bare recurrent layer."""
    return config.encoding == "embedding" or config.head == "linear"


def model_section(run: Run, _: Translate) -> Section:
    """A bare recurrent layer, or a class with an embedding or a head as well."""
    config = run.config
    moved = "" if run.device == "cpu" else "model.to(device)"
    if not is_class(config):
        prose = _("a recurrent layer with one hidden unit for each character: its outputs are the logits.")
        return Section(_("Model"), prose, lines(f"model = {_cell(config)}", moved), ("from torch import nn",))
    prose = _("characters in, a score for each possible next character out, and the state that is passed on.")
    code = f"{_class(config)}\n\n\n{lines('model = CharRNN()', moved)}"
    one_hot = ("import torch.nn.functional as F",) if config.encoding == "one_hot" else ()
    return Section(_("Model"), prose, code, ("from torch import nn", *one_hot))


def _cell(config: CharRNNConfig) -> str:
    arguments = [str(config.features), str(config.units)]
    if config.layers > 1:
        arguments.append(f"num_layers={config.layers}")
    if config.cell == "rnn_relu":
        arguments.append('nonlinearity="relu"')
    return f"{_CELLS[config.cell]}({', '.join([*arguments, 'batch_first=True'])})"


def _class(config: CharRNNConfig) -> str:
    embeds, has_head = config.encoding == "embedding", config.head == "linear"
    made = (
        "super().__init__()",
        f"self.embedding = nn.Embedding({config.classes}, {config.embedding_size})" if embeds else "",
        f"self.rnn = {_cell(config)}",
        f"self.head = nn.Linear({config.units}, {config.classes})" if has_head else "",
    )
    shape = "# (B, T) -> (B, T, {})"
    encoded = "self.embedding(x)" if embeds else _one_hot(config)
    computed = (
        f"outputs, state = self.rnn({encoded}, state)",
        f"return {'self.head(outputs)' if has_head else 'outputs'}, state",
    )
    forward = f"def forward(self, x, state=None):  {shape.format(config.classes)}"
    return block("class CharRNN(nn.Module):", f"{block('def __init__(self):', *made)}\n", block(forward, *computed))


def _one_hot(config: CharRNNConfig) -> str:
    return f"F.one_hot(x, {config.classes}).float()"


# --- training --------------------------------------------------------------------------------------------------


def _training(run: Run, _: Translate) -> Section:
    config = run.config
    seen = "x" if is_class(config) else _one_hot(config)
    state = ", state" if in_pieces(config) else ""
    loss = f"F.cross_entropy(logits.reshape(-1, {config.classes}), y.reshape(-1))"
    between = (_print(run), stop_if_diverged(_), change_code(run, "iteration", {"clip": "clip"}, _), _clip(run, _))
    update = update_code(f"logits, state = model({seen}{state})", loss, between, _)
    body = (*_next_piece(config, _), update, _cut_off(config, _))
    loop = block(f"for iteration in range(1, {run.last + 1}):", *body)
    before = f"clip = {config.clip!r}" if run.varies("clip") else ""
    prose = _("{n} iterations. What is printed was found before the iteration's own update.").format(n=run.last)
    imports = ("import torch.nn.functional as F", "from torch import nn")
    return Section(_("Training"), prose, lines(before, loop), imports)


def _next_piece(config: CharRNNConfig, _: Translate) -> tuple[str, ...]:
    if not in_pieces(config):
        return ()
    return (
        "piece = (iteration - 1) % len(x_pieces)",
        "x, y = x_pieces[piece], y_pieces[piece]",
        block("if piece == 0:", noted("state = None", _("at the beginning of the text: zeros"))),
    )


def _cut_off(config: CharRNNConfig, _: Translate) -> str:
    """The next piece goes on from the numbers of the state, not from its graph."""
    if not in_pieces(config):
        return ""
    cut = "tuple(part.detach() for part in state)" if config.cell == "lstm" else "state.detach()"
    return noted(f"state = {cut}", _("passed on, but no gradient goes back through it"))


def _clip(run: Run, _: Translate) -> str:
    if not any(run.values("clip")):
        return ""
    size = "clip" if run.varies("clip") else repr(run.config.clip)
    call = noted(f"nn.utils.clip_grad_norm_(model.parameters(), {size})", _("no gradient longer than this"))
    return block("if clip:", call) if run.varies("clip") else call


def _print(run: Run) -> str:
    accuracy = "accuracy = (logits.argmax(2) == y).float().mean()"
    numbers = "loss {loss:.6f}  accuracy {accuracy:.3f}"
    return block(f"if iteration % {every(run)} == 0:", accuracy, f'print(f"iteration {{iteration:4d}}  {numbers}")')


def _result(run: Run, _: Translate) -> Section:
    code = lines('print("".join(alphabet[k] for k in logits[0].argmax(1).tolist()))', 'print("loss:", loss.item())')
    prose = _("what it predicted last, after each character the next one; and the loss with all digits, to be compared.")
    if run.config.corpus.alphabet.isascii():
        return Section(_("Result"), prose, code)
    replaced = 'sys.stdout.reconfigure(errors="backslashreplace")'
    printable = block(
        noted('if hasattr(sys.stdout, "reconfigure"):', _("a notebook has every letter, a terminal or file may lack some")),
        noted(replaced, _("a letter that is lacking is printed as its number")),
    )
    return Section(_("Result"), prose, lines(printable, code), ("import sys",))
