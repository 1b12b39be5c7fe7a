"""The char-RNN's training against plain PyTorch loops, bit for bit; its config, its facts, its findings."""

import json
import math
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.experiments.char_rnn import config as char_rnn_config
from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.facts import counted, facts, frequency_loss
from core.experiments.char_rnn.findings import LEARNS, findings
from core.experiments.char_rnn.texts import BUILT_IN
from core.experiments.char_rnn.watch import CharRNN
from core.program.pieces import whole
from core.program.trainer import Trainer
from core.run.history import History
from core.settings.config import ConfigError
from core.settings.limits import limits

CPU = torch.device("cpu")
PUBLISHED = [0.8237056, 0.8161395, 0.8306711, 0.8278245, 0.8150309]
CELLS = {"rnn_tanh": nn.RNN, "rnn_relu": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def trained(config: CharRNNConfig) -> tuple[Trainer, list[dict[str, float]]]:
    trainer = Trainer(CharRNN, config, CPU)
    with trainer.stream():
        rows = [row for _, row in trainer]
    return trainer, rows


def plain(
    seed: int, text: str, steps: int, *, cell: str = "rnn_tanh", hidden: int = 0, layers: int = 1, embedding: int = 0,
    length: int = 10_000, batch: int = 1, clip: float = 0.0, lr: float = 0.1, lr_from: dict[int, float] | None = None,
) -> list[float]:  # fmt: skip
    """The loop as a person writes it, for the tests below to compare with; `hidden` 0 means outputs as logits."""
    torch.manual_seed(seed)
    alphabet = sorted(set(text))
    C = len(alphabet)
    ids = torch.tensor([alphabet.index(character) for character in text])
    columns = (len(ids) - 1) // batch
    x, y = ids[: batch * columns].view(batch, columns), ids[1 : batch * columns + 1].view(batch, columns)
    table = nn.Embedding(C, embedding) if embedding else None
    options = {"nonlinearity": "relu"} if cell == "rnn_relu" else {}
    rnn = CELLS[cell](embedding or C, hidden or C, layers, batch_first=True, **options)
    head = nn.Linear(hidden, C) if hidden else None
    modules = [module for module in (table, rnn, head) if module is not None]
    parameters = [parameter for module in modules for parameter in module.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=lr)
    losses: list[float] = []
    while True:
        state = None
        for start in range(0, columns, length):
            if len(losses) == steps:
                return losses
            piece = x[:, start : start + length]
            features = table(piece) if table is not None else F.one_hot(piece, C).float()
            outputs, state = rnn(features, state)
            logits = head(outputs) if head is not None else outputs
            loss = nn.CrossEntropyLoss()(logits.reshape(-1, C), y[:, start : start + length].reshape(-1))
            optimizer.zero_grad()
            loss.backward()
            losses.append(loss.item())
            for group in optimizer.param_groups:
                group["lr"] = (lr_from or {}).get(len(losses), group["lr"])
            if clip:
                nn.utils.clip_grad_norm_(parameters, clip)
            optimizer.step()
            state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()


@pytest.mark.parametrize("seed", range(5))
def test_defaults_learn_if_you_want_you(seed: int) -> None:
    config = CharRNNConfig(seed=seed)
    trainer = Trainer(CharRNN, config, CPU)
    with trainer.stream():
        rows = [next(trainer)[1] for _ in range(49)]
        text = trainer.experiment.views["text"]
        row = next(trainer)[1]
    losses = [row["loss"] for row in rows] + [row["loss"]]
    assert losses == plain(seed, " if you want you", 50)
    assert row["loss"] == pytest.approx(PUBLISHED[seed], abs=5e-7)
    assert row["accuracy"] == 1.0
    assert text()["predicted_text"] == "if you want you"
    assert (trainer.step, trainer.outcome) == (50, "finished")


@pytest.mark.parametrize(
    ("fields", "by_hand"),
    [
        ({"cell": "rnn_relu"}, {"cell": "rnn_relu"}),
        ({"cell": "lstm"}, {"cell": "lstm"}),
        ({"cell": "gru", "layers": 2}, {"cell": "gru", "layers": 2}),
        ({"cell": "lstm", "head": "linear", "hidden": 20, "layers": 2}, {"cell": "lstm", "hidden": 20, "layers": 2}),
        ({"encoding": "embedding", "embedding_size": 7}, {"embedding": 7}),
        ({"head": "linear", "hidden": 16, "clip": 0.3}, {"hidden": 16, "clip": 0.3}),
    ],
)
def test_settings_equal_the_plain_loop(fields: dict[str, Any], by_hand: dict[str, Any]) -> None:
    config = CharRNNConfig(seed=3, epochs=12, **fields)
    _, rows = trained(config)
    assert [row["loss"] for row in rows] == plain(3, " if you want you", 12, **by_hand)


@pytest.mark.parametrize("cell", ["rnn_tanh", "lstm", "gru"])
@pytest.mark.parametrize(("batch", "at_once"), [(1, True), (3, True), (3, False)])
def test_longer_texts_carry_the_state_on(cell: str, batch: int, at_once: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(char_rnn_config, "ENCODED_AT_ONCE", 1_000_000 if at_once else 0)
    text = "the cat sat on the mat and the rat sat on the cat. " * 2
    fields: dict[str, Any] = {"cell": cell, "batch_size": batch, "sequence_length": 10, "lr": 0.01, "epochs": 25}
    config = CharRNNConfig(text="own", own_text=text, head="linear", hidden=12, **fields)
    _, rows = trained(config)
    by_hand = plain(0, text, 25, cell=cell, hidden=12, batch=batch, length=10, lr=0.01)
    assert [row["loss"] for row in rows] == by_hand


def test_changes_while_it_runs_act_on_the_next_update() -> None:
    trainer = Trainer(CharRNN, CharRNNConfig(epochs=20), CPU)
    losses = []
    with trainer.stream():
        for step, row in trainer:
            losses.append(row["loss"])
            if step == 7:
                trainer.change("lr", 0.01)
    assert losses == plain(0, " if you want you", 20, lr_from={7: 0.01})
    assert losses[7] != plain(0, " if you want you", 20)[7]


def test_clipping_bounds_the_gradient_that_is_used_but_not_the_one_that_is_shown() -> None:
    trainer = Trainer(CharRNN, CharRNNConfig(optimizer="SGD", lr=1.0, epochs=3), CPU)
    with trainer.stream():
        _, row = next(trainer)
        trainer.change("clip", 0.05)
        before = [p.detach().clone() for p in trainer.experiment.network.parameters()]  # type: ignore[attr-defined]
        next(trainer)
        after = list(trainer.experiment.network.parameters())  # type: ignore[attr-defined]
    moved = math.sqrt(sum(float(((b - a).detach() ** 2).sum()) for a, b in zip(after, before, strict=True)))
    assert row["grad_norm"] > 0.05
    assert moved == pytest.approx(0.05, rel=1e-4)


def test_watching_everything_changes_nothing() -> None:
    config = CharRNNConfig(cell="lstm", head="linear", hidden=8, epochs=15)
    trainer = Trainer(CharRNN, config, CPU)
    watched = []
    for step in range(15):
        with trainer.stream():
            watched.append(next(trainer)[1]["loss"])
        state = torch.get_rng_state()
        gradients = [p.grad.clone() for p in trainer.experiment.network.parameters()]  # type: ignore[attr-defined]
        for name in trainer.experiment.views:
            whole(trainer.experiment.views[name]())
        if step < 14:  # after the last row the update has been made
            kept = [p.grad for p in trainer.experiment.network.parameters()]  # type: ignore[attr-defined]
            assert all(torch.equal(a, b) for a, b in zip(gradients, kept, strict=True))
        assert torch.equal(state, torch.get_rng_state())
    assert watched == [row["loss"] for row in trained(config)[1]]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("head", ["none", "linear"])
@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_parameters_and_shapes_are_the_modules_own(cell: Any, head: Any, encoding: Any) -> None:
    config = CharRNNConfig(cell=cell, head=head, encoding=encoding, layers=2, hidden=24, text="hello")
    experiment = CharRNN(config, CPU)
    assert config.parameters == sum(p.numel() for p in experiment.network.parameters())
    shapes = {entry["name"]: entry["size"] for entry in facts(config)["shapes"]}
    x = experiment.names["ids"][None, :-1]
    features = experiment.network.encode(x)
    outputs, _ = experiment.network.read(x)
    assert shapes[encoding] == list(features.shape)
    assert shapes["outputs"] == list(outputs.shape)
    assert shapes["logits"] == list(experiment.network(x)[0].reshape(-1, 4).shape)


def test_facts_of_the_default_text() -> None:
    known = facts(CharRNNConfig())
    assert (known["text"]["length"], known["text"]["classes"]) == (16, 10)
    assert known["shapes"][1]["size"] == [1, 15, 10]
    assert known["loss_uniform"] == pytest.approx(math.log(10))
    counts = np.unique(list("if you want you"), return_counts=True)[1] / 15
    assert known["loss_by_frequency"] == pytest.approx(float(-(counts * np.log(counts)).sum()))
    assert known["parameters"] == 220
    assert known["units"] == {"size": 10, "code": "one_for_each_character"}
    json.dumps(known)


def test_guessing_by_frequency_costs_nothing_on_one_letter() -> None:
    assert frequency_loss(counted("aaaa")) == 0.0
    assert frequency_loss(counted("abab")) == pytest.approx(math.log(2))


def test_outputs_as_logits_have_a_floor() -> None:
    best = torch.full((1, 10), -1.0).index_fill_(1, torch.tensor([3]), 1.0)
    floor = F.cross_entropy(best, torch.tensor([3])).item()
    assert facts(CharRNNConfig())["loss_floor"] == pytest.approx(floor)
    assert floor < min(PUBLISHED)
    assert facts(CharRNNConfig(head="linear"))["loss_floor"] == 0.0


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"text": "own", "own_text": ""}, "own_text", "text_too_short"),
        ({"text": "own", "own_text": "가"}, "own_text", "text_too_short"),
        ({"text": "hello", "batch_size": 5}, "batch_size", "batch_exceeds_text"),
        ({"cell": "lstm", "head": "linear", "hidden": 512, "layers": 3}, "hidden", "model_too_large"),
        ({"text": "own", "own_text": "a" * 2_000_001}, "own_text", "string_too_long"),
        ({"hidden": 1}, "hidden", "greater_than_equal"),
        ({"clip": -1}, "clip", "greater_than_equal"),
        ({"cell": "transformer"}, "cell", "literal_error"),
    ],
)
def test_impossible_settings_are_refused_with_a_code(fields: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        CharRNNConfig.checked(fields)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]


def test_an_iteration_that_would_not_fit_is_refused() -> None:
    fields = {"text": "own", "own_text": "ab" * 300_000, "batch_size": 256, "sequence_length": 1024, "cell": "lstm"}
    with pytest.raises(ConfigError) as refused:
        CharRNNConfig.checked({**fields, "head": "linear", "hidden": 256})
    assert refused.value.problems[0].code == "iteration_too_large"


def test_a_text_is_cut_into_no_more_sequences_than_there_is_memory_for() -> None:
    long = {"text": "own", "own_text": "ab" * 500_000}
    with pytest.raises(ConfigError) as refused:
        CharRNNConfig.checked({**long, "sequence_length": 19})
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("sequence_length", "too_many_pieces")]
    assert CharRNNConfig.checked({**long, "sequence_length": 20}).pieces == limits().text_pieces
    assert CharRNNConfig.checked({**long, "sequence_length": 2, "batch_size": 10}).pieces == limits().text_pieces


def test_the_link_brings_the_config_back() -> None:
    config = CharRNNConfig(text="own", own_text="안녕 & <b>?", alphabet="jamo", cell="gru", clip=0.5, seed=7)
    assert CharRNNConfig.from_link(config.to_link()) == config
    assert CharRNNConfig().to_link() == {}


def test_findings_follow_the_numbers() -> None:
    config = CharRNNConfig()
    history, known = History(), facts(config)
    names = ("loss", "accuracy", "grad_norm")
    assert findings(config, "queued", history, known) == ()
    history.extend(names, np.arange(1, 41), np.tile([2.4, 0.1, 0.2], (40, 1)))
    assert [found.code for found in findings(config, "running", history, known)] == ["no_better_than_frequency"]
    history.extend(names, np.array([41, 42]), np.array([[2.0, 0.5, 50.0], [0.8, 1.0, 0.2]]))
    codes = [found.code for found in findings(config, "running", history, known)]
    assert codes == ["gradient_exploded", "spelled", "outputs_bounded", "better_than_frequency"]
    assert findings(config, "diverged", history, known)[0].remedy == {"lr": 0.01, "clip": 1.0}


def test_a_text_in_pieces_is_spelled_once_every_piece_is() -> None:
    config = CharRNNConfig(text="own", own_text="abcdefgh" * 3, sequence_length=8)
    history, known = History(), facts(config)
    assert known["iterations_per_pass"] == 3
    names, row = ("loss", "accuracy", "grad_norm"), [1.0, 1.0, 0.2]
    for step in (1, 2, 3):
        assert "spelled" not in [found.code for found in findings(config, "running", history, known)]
        history.extend(names, np.array([step]), np.array([row]))
    assert "spelled" in [found.code for found in findings(config, "running", history, known)]


def test_a_gradient_beyond_float32_has_exploded() -> None:
    history, known = History(), facts(CharRNNConfig())
    history.extend(("loss", "accuracy", "grad_norm"), np.arange(1, 31), np.array([[2.0, 0.1, 0.2]] * 29 + [[2.0, 0.1, math.inf]]))
    found = findings(CharRNNConfig(), "running", history, known)[0]
    assert found.code == "gradient_exploded"
    assert 1e38 < float(found.values["norm"]) < math.inf


def test_a_network_of_too_many_characters_is_blamed_on_what_is_set() -> None:
    text = "".join(chr(0xAC00 + 7 * index) for index in range(1300))
    with pytest.raises(ConfigError) as caught:
        CharRNNConfig.checked({"text": "own", "own_text": text, "cell": "lstm"})
    [problem] = caught.value.problems
    assert (problem.field, problem.value, problem.code, problem.remedy) == ("head", "none", "model_needs_head", {"head": "linear"})
    assert CharRNNConfig.checked({"text": "own", "own_text": text, "cell": "lstm", **problem.remedy}).parameters < 200_000
    with pytest.raises(ConfigError) as caught:  # a linear layer would not do
        CharRNNConfig.checked({"text": "own", "own_text": text, "cell": "lstm", "hidden": 512, "layers": 3})
    assert [(problem.field, problem.value, problem.code) for problem in caught.value.problems] == [("cell", "lstm", "model_too_large")]
    with pytest.raises(ConfigError) as caught:
        CharRNNConfig.checked({"text": "own", "own_text": text, "batch_size": 1, "sequence_length": 1024, "head": "linear",
                               "hidden": 512, "layers": 3, "cell": "lstm"})  # fmt: skip
    assert caught.value.problems[0].field in ("hidden", "sequence_length")


def taught(**fields: Any) -> tuple[dict[str, float], dict[str, dict[str, Any]]]:
    """The last row of a run, and what is offered by each finding in the end."""
    config = CharRNNConfig.checked(fields)
    trainer, rows = trained(config)
    history = History()
    history.extend(tuple(rows[0]), np.arange(1, len(rows) + 1), np.array([list(row.values()) for row in rows]))
    found = findings(config, trainer.outcome or "", history, trainer.experiment.facts())
    return rows[-1], {finding.code: finding.remedy for finding in found}


@pytest.mark.parametrize("text", BUILT_IN)
def test_each_built_in_text_is_learned_with_the_settings_that_are_offered(text: str) -> None:
    _, told = taught(**{**LEARNS, "text": text})
    assert "spelled" in told
    assert not {"can_be_learned", "hardly_better_than_frequency"} & told.keys()


@pytest.mark.parametrize("text", ["korean", "english"])
def test_a_network_that_always_says_the_commonest_character_is_not_praised(text: str) -> None:
    row, told = taught(text=text)
    assert row["accuracy"] < 0.3
    assert list(told) == ["hardly_better_than_frequency", "can_be_learned"]
    assert taught(**{"text": text, **told["can_be_learned"]})[0]["accuracy"] == 1.0


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("diverged", {"cell": "lstm", "lr": 7.0, "weight_decay": 1.0, "optimizer": "SGD", "text": "english", "epochs": 120}),
        ("outputs_bounded", {}),
        ("can_be_learned", {"text": "own", "own_text": "0123456789" * 30, "lr": 1e-5}),
        ("can_be_learned", {"text": "korean", "alphabet": "jamo", "lr": 3.0}),
    ],
)
def test_what_is_offered_helps(code: str, fields: dict[str, Any]) -> None:
    before, told = taught(**fields)
    after, _ = taught(**{**fields, **told[code]})
    assert np.isfinite(after["loss"])
    assert not np.isfinite(before["loss"]) or after["loss"] < before["loss"]
