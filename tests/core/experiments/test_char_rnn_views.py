"""What is watched: pictures against the network's numbers, cells against PyTorch's, samples against chance."""

import json
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.stats import chisquare
from torch import Tensor, nn

from core.experiments.char_rnn import views
from core.experiments.char_rnn.config import CharRNNConfig
from core.experiments.char_rnn.sampling import Sampling, generator, write
from core.experiments.char_rnn.stepping import Stepper
from core.experiments.char_rnn.view_names import Continuation
from core.experiments.char_rnn.watch import CharRNN
from core.program.pieces import whole
from core.program.trainer import Trainer

CPU = torch.device("cpu")


def trained(**fields: Any) -> Any:
    trainer = Trainer(CharRNN, CharRNNConfig(**fields), CPU)
    with trainer.stream():
        for _ in trainer:
            pass
    return trainer.experiment


@pytest.mark.parametrize(
    ("cell", "kind", "options"),
    [
        ("rnn_tanh", nn.RNNCell, {"nonlinearity": "tanh"}),
        ("rnn_relu", nn.RNNCell, {"nonlinearity": "relu"}),
        ("lstm", nn.LSTMCell, {}),
        ("gru", nn.GRUCell, {}),
    ],
)
def test_each_cell_is_the_same_step_again_and_again(cell: Any, kind: Any, options: dict[str, Any]) -> None:
    torch.manual_seed(0)
    network = CharRNN(CharRNNConfig(cell=cell), CPU).network
    step = kind(10, 10, **options)
    weights = network.rnn.state_dict()
    step.load_state_dict({name.removesuffix("_l0"): value for name, value in weights.items()})
    x = torch.arange(10)[None]
    outputs, _ = network.read(x)
    state: Any = None
    for t in range(10):
        state = step(F.one_hot(x[:, t], 10).float(), state)
        h = state[0] if isinstance(state, tuple) else state
        torch.testing.assert_close(outputs[:, t], h)


@pytest.mark.parametrize("fields", [
    {"cell": "rnn_tanh"}, {"cell": "rnn_relu", "layers": 2, "head": "linear", "hidden": 7}, {"cell": "gru", "head": "linear", "hidden": 9},
    {"cell": "lstm", "layers": 3, "head": "linear", "hidden": 6, "encoding": "embedding", "embedding_size": 5},
])  # fmt: skip
def test_one_character_after_the_other_gives_what_the_whole_text_gives(fields: dict[str, Any]) -> None:
    network = CharRNN(CharRNNConfig(**fields), CPU).network
    characters = torch.arange(40) % 10
    with torch.no_grad():
        whole = network(characters[None])[0][0]
    stepper = Stepper(network)
    for place, character in enumerate(characters.tolist()):
        np.testing.assert_allclose(stepper.read(character), whole[place].numpy(), atol=1e-5)


def test_text_agrees_with_the_row_of_the_same_moment() -> None:
    trainer = Trainer(CharRNN, CharRNNConfig(epochs=30), CPU)
    with trainer.stream():
        row = [next(trainer)[1] for _ in range(20)][-1]
    view = trainer.experiment.views["text"]()
    assert sum(view["right"]) / 15 == row["accuracy"]
    mean = -Tensor(view["probability"]).log().mean().item()
    assert mean == pytest.approx(row["loss"], abs=1e-3)
    assert view["given"][:3] == ["␣", "i", "f"]
    assert view["true"][:2] == ["i", "f"]
    assert view["true_text"] == "if you want you"


@pytest.mark.parametrize(("asked", "begins"), [(0, 0), (50, 50), (10**6, -96)])
def test_both_texts_are_those_of_the_positions_shown(asked: int, begins: int) -> None:
    experiment = trained(text="english", epochs=1)
    view, whole = experiment.views[f"text:{asked}"](), experiment.views["text:0"]()
    assert view["positions"] == len(whole["predicted"]) == 197
    for name in ("true", "predicted"):
        shown = whole[name][begins:][: view["room"]]
        assert view[f"{name}_text"] == "".join(shown).replace("␣", " ").replace("⏎", "\n")


def test_heat_maps_are_rows_by_positions() -> None:
    experiment = trained(text="iris", head="linear", hidden=70, epochs=4, lr=0.01, sequence_length=32)
    map_ = experiment.views["probabilities:50"]()
    assert map_["offset"] == 50
    assert map_["classes"] == 75
    assert len(map_["probability"]) == len(map_["characters"]) == 64
    assert all(len(row) == 48 for row in map_["probability"])
    assert sum(row[7] for row in map_["probability"]) == pytest.approx(1, abs=0.1)  # 64 of 75 rows
    text = experiment.views["text:50"]()
    by_map = [map_["probability"][row][t] for t, row in enumerate(map_["true_row"])]
    assert by_map == pytest.approx(text["probability"][:48], abs=2e-4)
    hidden = experiment.views["hidden"]()
    assert hidden["units"] == 70
    assert len(hidden["hidden"]) == 64


def test_windows_move_and_stay_full() -> None:
    experiment = trained(text="iris", epochs=2)
    end = experiment.views["text:100000000"]()
    assert end["offset"] == end["positions"] - 240
    assert len(end["true"]) == 240
    early, late = experiment.views["text:0"](), experiment.views["text:100"]()
    assert early["true"][100:] == late["true"][: 240 - 100]
    assert early["probability"][100:] == pytest.approx(late["probability"][:140], abs=2e-4)


def test_a_large_alphabet_shows_its_likeliest_rows_and_all_true_ones() -> None:
    text = "".join(chr(0xAC00 + 7 * k) for k in range(300))
    experiment = trained(text="own", own_text=text, head="linear", epochs=2)
    map_ = experiment.views["probabilities"]()
    assert len(map_["characters"]) == 64
    assert map_["classes"] == 300
    assert [map_["characters"][row] for row in map_["true_row"]] == map_["true"]
    assert len(json.dumps(map_)) < 60_000


@pytest.mark.parametrize("cell", ["rnn_tanh", "lstm", "gru"])
def test_unrolled_steps_follow_each_other(cell: Any) -> None:
    experiment = trained(cell=cell, layers=2, epochs=3)
    views = experiment.views
    first, second = views["unrolled"](), views["unrolled:1"]()
    assert not any(map(any, first["before"]["h"]))
    assert second["before"] == first["after"]
    assert first["x"].index(1.0) == first["given_index"]
    assert second["given"] == first["true"] == "i"
    assert sum(second["probability"]) == pytest.approx(1, abs=1e-3)
    assert second["weights"] == first["weights"]
    logits, _ = experiment.network(experiment.names["ids"][None, :-1])
    assert second["logits"] == pytest.approx(logits[0, 1].tolist(), abs=1e-3)


def test_tanh_step_by_hand_from_the_picture() -> None:
    views = trained(epochs=10).views
    step = views["unrolled:4"]()
    w = {name: Tensor(value) for name, value in step["weights"].items()}
    experiment = trained(epochs=10)
    bias = experiment.network.rnn.bias_ih_l0 + experiment.network.rnn.bias_hh_l0
    before, x = Tensor(step["before"]["h"][0]), Tensor(step["x"])
    h = torch.tanh(w["rnn.weight_ih_l0"] @ x + w["rnn.weight_hh_l0"] @ before + bias)
    assert h.tolist() == pytest.approx(step["after"]["h"][0], abs=1e-2)


def test_gradient_through_time_of_a_tanh_cell_by_the_chain_rule() -> None:
    experiment = trained(epochs=5)
    view = experiment.views["gradient_through_time:9"]()
    hidden, _ = experiment.network.read(experiment.names["ids"][None, :-1])
    h = hidden[0, :10].detach()
    gradient = h[9].softmax(0) - F.one_hot(experiment.names["y"][0, 9], 10)  # of cross-entropy, the outputs being logits
    expected = [gradient.norm().item()]
    for t in range(9, 0, -1):
        gradient = experiment.network.rnn.weight_hh_l0.T @ ((1 - h[t] ** 2) * gradient)
        expected.insert(0, gradient.norm().item())
    assert view["norm"]["h"] == pytest.approx(expected, rel=1e-4)
    assert "c" not in view["norm"]


def test_gradient_reaches_further_back_in_an_lstm_that_keeps_its_cell() -> None:
    texts: dict[str, Any] = {"text": "own", "own_text": "abcdefgh" * 8, "head": "linear", "hidden": 16}
    norms = {}
    for cell in ("rnn_tanh", "lstm"):
        experiment = CharRNN(CharRNNConfig(cell=cell, **texts), CPU)
        with torch.no_grad():
            for name, weight in experiment.network.rnn.named_parameters():
                weight.copy_(weight.sign() * 0.02 if "weight" in name else torch.zeros_like(weight))
            if cell == "lstm":
                experiment.network.rnn.get_parameter("bias_ih_l0")[16:32] = 6.0  # the forget gate open: c is kept
        view = experiment.views["gradient_through_time:40"]()
        norms[cell] = view["norm"]["c" if cell == "lstm" else "h"]
    assert norms["rnn_tanh"][0] < 1e-6 * norms["rnn_tanh"][-1]
    assert norms["lstm"][0] > 0.5 * norms["lstm"][-2]


@pytest.mark.parametrize("cell", ["lstm", "rnn_tanh"])
def test_a_large_network_reads_in_pieces_as_it_was_when_it_began(cell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(CharRNN, CharRNNConfig(text="english", cell=cell, head="linear", epochs=200), CPU)
    at_once = whole(trainer.experiment.views["unit:3"]())
    trainer.experiment._reader.at(-1)  # type: ignore[attr-defined]  # nothing is known of it any more
    monkeypatch.setattr(views, "PRODUCTS_AT_ONCE", 10_000)
    steps: list[int] = []
    with trainer.stream():
        found = whole(trainer.experiment.views["unit:3"](), lambda: steps.append(next(trainer)[0]))
    assert len(steps) > 5
    assert found["characters"] == at_once["characters"]
    np.testing.assert_allclose(found["mean"], at_once["mean"], atol=2e-3)


def test_a_unit_is_driven_by_characters() -> None:
    experiment = trained(epochs=5)
    unit = whole(experiment.views["unit:3"]())
    hidden, _ = experiment.network.read(experiment.names["ids"][None, :-1])
    spaces = (experiment.names["ids"][:-1] == 0).nonzero()[:, 0]
    mean = dict(zip(unit["characters"], unit["mean"], strict=True))
    assert mean["␣"] == pytest.approx(hidden[0, spaces, 3].mean().item(), abs=1e-3)
    assert unit["mean"] == sorted(unit["mean"], reverse=True)
    assert sum(unit["count"]) == 15


def test_sampling_follows_the_probabilities() -> None:
    logits = torch.tensor([2.0, 1.0, 0.5, 0.0, -1.0])
    for sampling in (Sampling(), Sampling(temperature=0.5), Sampling(temperature=3.0), Sampling("top_k", 1.5, 3)):
        distribution = torch.from_numpy(sampling.distribution(logits.numpy()))
        draws = torch.multinomial(distribution, 20_000, replacement=True, generator=generator(0, 1))
        counts = torch.bincount(draws, minlength=5)
        kept = distribution > 0
        assert counts[~kept].sum() == 0
        assert chisquare(counts[kept], 20_000 * distribution[kept]).pvalue > 0.001
    assert Sampling(temperature=0.5).distribution(logits.numpy()).tolist() == pytest.approx((logits * 2).softmax(0).tolist())
    assert Sampling("greedy").distribution(logits.numpy()).tolist() == [1, 0, 0, 0, 0]
    assert Sampling("top_k", 1.0, 2).distribution(logits.numpy())[2:].sum() == 0


def test_written_characters_follow_the_network() -> None:
    experiment = trained(epochs=8)
    with torch.no_grad():
        expected = experiment.network(torch.tensor([[0]]))[0][0, -1].double().softmax(0)
    counts = torch.zeros(10)
    for number in range(3000):
        (choice,) = whole(write(experiment.network, [0], 1, Sampling(), generator(1, number)))
        counts[choice.chosen] += 1
    assert chisquare(counts, 3000 * expected).pvalue > 0.001


def test_a_sample_is_fixed_by_seed_and_iteration() -> None:
    trainer = Trainer(CharRNN, CharRNNConfig(epochs=30, sample_length=20), CPU)
    other = Trainer(CharRNN, CharRNNConfig(epochs=30, sample_length=20), CPU)
    samples = []
    for run in (trainer, other):
        with run.stream():
            for _ in range(10):
                next(run)
            whole(run.experiment.remember(run.step))
            samples.append(whole(run.experiment.views["sample"]()))
    assert samples[0] == samples[1]
    assert samples[0]["iteration"] == 9
    assert len(samples[0]["text"]) == 21
    with trainer.stream():
        next(trainer)
    trainer.change("temperature", 0.2)
    later = whole(trainer.experiment.views["sample"]())
    assert later["temperature"] == 0.2
    assert later["earlier"] == [{key: value for key, value in samples[0].items() if key != "earlier"}]


@pytest.mark.parametrize("name", ["sample", Continuation(prompt="you", length=30).name()])
@pytest.mark.parametrize("fields", [{}, {"cell": "lstm", "head": "linear", "encoding": "embedding", "hidden": 12}])
def test_what_is_written_in_pieces_is_of_the_moment_in_which_it_was_begun(name: str, fields: dict[str, Any]) -> None:
    trainer, twin = (Trainer(CharRNN, CharRNNConfig(epochs=60, sample_length=40, **fields), CPU) for _ in range(2))
    for run in (trainer, twin):
        with run.stream():
            for _ in range(10):
                next(run)
    steps: list[int] = []
    with trainer.stream():
        found = whole(trainer.experiment.views[name](), lambda: steps.append(next(trainer)[0]))
    assert len(steps) >= 30, "a piece is one character"
    assert found == whole(twin.experiment.views[name]())
    assert found != whole(trainer.experiment.views[name]()), "meanwhile it has learned"


def test_a_sample_that_is_being_written_is_shown_and_then_that_of_the_present_moment() -> None:
    trainer = Trainer(CharRNN, CharRNNConfig(epochs=60, sample_length=40), CPU)
    experiment, expected = (
        trainer.experiment,
        whole(Trainer(CharRNN, CharRNNConfig(epochs=60, sample_length=40), CPU).experiment.views["sample"]()),
    )
    kept = experiment.remember(0)  # how it began
    next(kept)  # type: ignore[arg-type]
    with trainer.stream():
        for _ in range(10):
            next(trainer)
    assert whole(experiment.views["sample"]()) == expected
    assert experiment.behind, "it is to be drawn again"
    whole(kept)
    whole(experiment.remember(10))
    assert whole(experiment.views["sample"]())["iteration"] == 9
    assert not experiment.behind


def test_greedy_continuation_spells_what_was_learned() -> None:
    experiment = trained(epochs=100)
    view = whole(experiment.views[Continuation(prompt="if", way="greedy", length=13).name()]())
    # " if you want you" was learned from its beginning; a prompt may start anywhere
    assert view["text"].startswith("if you")
    assert all(step["probability"] == 1.0 and len(step["candidates"]) == 1 for step in view["steps"])


def test_continuation_names_what_it_cannot_read() -> None:
    experiment = trained(epochs=5)
    asked = Continuation(prompt="q, if=&:🙂", way="top_k", top_k=3, length=5, draw=2)
    assert "," not in asked.name()
    view = whole(experiment.views[asked.name()]())
    assert view["unknown"] == ["&", ",", ":", "=", "q", "🙂"]
    assert view["text"].startswith(" if")
    assert len(view["steps"]) == 5
    for step in view["steps"]:
        assert len(step["candidates"]) == 3
        assert sum(p for _, p in step["candidates"]) == pytest.approx(1, abs=1e-3)
    assert view == whole(experiment.views[asked.name()]())


def test_korean_by_jamo_is_written_in_syllables() -> None:
    experiment = trained(text="own", own_text="나는 한글을 배운다", alphabet="jamo", head="linear", hidden=32, epochs=120, lr=0.02)
    view = experiment.views["text"]()
    assert view["predicted_text"] == view["true_text"]
    assert view["true_text"].endswith("는 한글을 배운다")
    greedy = whole(experiment.views[Continuation(prompt="나", way="greedy", length=24).name()]())
    assert greedy["text"].startswith("나는 한글을 배운다")


WAYS = ("length=0", "way=beam", "temperature=nan", "x=1", "top_k=0", "prompt=" + "a" * 201)


@pytest.mark.parametrize("name", ["nothing", "text:-1", "text:abc", "text:²", *(f"continuation:{way}" for way in WAYS)])
def test_unreadable_names_are_no_views(name: str) -> None:
    views = CharRNN(CharRNNConfig(), CPU).views
    assert name not in views
    with pytest.raises(KeyError):
        views[name]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_diverged_network_can_still_be_looked_at() -> None:
    experiment = CharRNN(CharRNNConfig(cell="lstm", head="linear"), CPU)
    with torch.no_grad():
        for parameter in experiment.network.parameters():
            parameter.fill_(float("nan"))
    for name in experiment.views:
        json.dumps(whole(experiment.views[name]()), allow_nan=False)
    assert whole(experiment.views["sample"]())["text"] == " "


def test_shapes_are_those_of_the_latest_iteration() -> None:
    trainer = Trainer(CharRNN, CharRNNConfig(text="english", batch_size=2, sequence_length=64, epochs=4), CPU)
    columns = trainer.experiment.config.columns
    for length in (64, columns - 64, 64):
        next(trainer)
        (logits,) = [entry for entry in trainer.experiment.views["shapes"]() if entry["name"] == "logits"]
        assert logits["size"] == [2 * length, trainer.experiment.config.classes]
