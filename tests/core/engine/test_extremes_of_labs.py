"""What one visitor can make a worker do by a question of a lab: every piece of it is bounded, in time and in memory, and so is the answer.

What is asked is drawn at the bounds of the small languages, and the dearest that is known is an example. `--hypothesis-profile=search`
draws many.
"""

import pickle
import random
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine.answers import OF_NONE, Errand, answer
from core.labs.modules.broken import CASES
from core.labs.modules.chain import LAYERS, MOST_LAYERS
from core.labs.reading import LONGEST_CHAIN, LONGEST_PROGRAM
from core.labs.sequences.timing_plan import CELLS, SHARES
from core.labs.sequences.ways import ORDERS
from core.labs.tensors.grammar import MOST_LINES
from core.run.messages import Answer, Ask
from tests.core.engine.meter import Bound, Meter

FEW = settings().derandomize  # in the suite: what is drawn is the same each time, and few are
BOUNDS = {  # two to four times what the dearest that is known takes: what reads much memory takes twice as long beside another that does
    "piece": Bound(20, 150),
    "refused": Bound(2, 30),  # before anything is computed
}
LARGEST_ANSWER = 2_000_000  # bytes as they go to the web process, which keeps some hundred answers
Question = tuple[str, Mapping[str, Any]]


def asked(meter: Meter, question: str, **arguments: Any) -> Answer:
    """The answer of a worker, each piece of it within its bound."""
    ask = Ask("", question, arguments)
    found = meter.bounded("piece", lambda: answer(ask, None, time.perf_counter), question)
    while isinstance(found, Errand) and not found.answer:
        meter.bounded("piece", lambda errand=found: errand.turn(0.0), f"{question} {arguments}")  # type: ignore[misc]
    told = found.answer if isinstance(found, Errand) else found
    assert told
    assert len(pickle.dumps(told)) <= LARGEST_ANSWER, question
    return told


@pytest.fixture(scope="module", autouse=True)
def _warm() -> Iterator[None]:
    """What a first question imports is no question's; and a warning of torch is none of a test here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for question, arguments in {**dict(FIXED), **dict(TYPED)}.items():
            found = answer(Ask("", question, arguments), None, time.perf_counter)
            while isinstance(found, Errand) and not found.answer:
                found.turn(1.0)
        yield


def by_hand(program: str) -> dict[str, Any]:
    return {"program": program, "x": [1.5] * 8, "backwards": 2}


# --- what is chosen ----------------------------------------------------------------------------------------------------

WIDE = "\n".join("".join(chr(0xAC00 + (20 * row + place) % 40) for place in range(20)) for row in range(8))  # words, the most that are read
READ = [{"words": WIDE, "cell": cell, "order": order} for cell in CELLS[-1 if FEW else 0 :] for order in ORDERS]
FIXED: list[Question] = [
    *(("broken", {"case": case}) for case in CASES),
    ("wrong_line", {}),
    *(("tensor_questions", {"seed": seed}) for seed in range(3 if FEW else 300)),
    *((question, read) for question in ("sequences", "sequence_mistakes") for read in READ),
    *(("sequence_timing", {"cell": cell, "share": share}) for cell in CELLS[-1 if FEW else 0 :] for share in SHARES[:: 4 if FEW else 1]),
]


def test_each_question_with_a_choice_is_bounded_whatever_is_chosen() -> None:
    meter = Meter(BOUNDS)
    for question, arguments in FIXED:
        assert not asked(meter, question, **arguments).refusal
    files = {"tensorboard"}  # with those of a run
    assert {question for question, _ in [*FIXED, *TYPED]} | files == OF_NONE.keys(), "a new question has its extremes here"


# --- what is typed: the dearest that is known --------------------------------------------------------------------------

STRETCHED = "a = torch.ones(1, 512, 1)\nd = torch.ones(512, 2)\n"
TENSORS = [
    STRETCHED + "\n".join(f"{name} = a.squeeze()+d.view(2,512)+d.max()" for name in "efghijklmn"),  # notes with repairs, tried out
    "\n".join(f"{name} = torch.rand(1000)" for name in "abcdefghijklmnop"),  # printed
    f"x = torch.ones(1)\na = [{', '.join('x' * 100)}]\n" + "\n".join(f"{name} = [a]" for name in "bcdefghijklmn"),
    "a = torch.rand(1024)\n" + "\n".join(f"{name} = a.view(2, 512)" for name in "bcdefgh") + "\na += 1" * 8,  # seen by all others
    f"a = torch.rand(1024, requires_grad=True)\nb = {'+'.join(['a*a'] * 37)}",
    f"a = torch.ones(1024, 1)\nb = torch.ones(1024)\nc = {'+'.join(['F.mse_loss(a,b)'] * 36)}",
    "x = torch.ones(1000)\n" + "\n".join(f"{name} = [{','.join(before * 9)}]" for before, name in pairwise("xabcdefghijklmno")),
    "a = torch.ones(1024, 1)\nb = a @ a.T",
    "a = torch.ones(2, 512)\nb = torch.zeros(1024)\nc = a[b.long()]",
    f"a = torch.ones(8)\nb = np.array([{','.join('a' * 120)}])",
]
BY_HAND = [
    "y = (" + " * ".join("x" * 39) + ").sum()",
    "\n".join(f"{name} = {before} / {before} + {before}" for before, name in pairwise("xabcdefghijk")) + "\ny = k.sum()",
    "y = " + "exp(" * 38 + "x" + ")" * 38,
]
CHAINS: list[tuple[str, str]] = [
    ("Conv2d(64, 64, 3)", "1, 64, 105, 105"),
    ("Conv2d(1, 12, 30, dilation=5)", "1, 1, 320, 320"),
    ("Conv3d(1, 12, 8, dilation=2)", "1, 1, 50, 50, 50"),
    ("Conv1d(1, 13, 1600)", "1, 1, 20000"),
    ("Conv2d(1, 1, 3, padding=900)", "1, 1, 3, 3"),
    ("Conv2d(1000, 1, 43)", "1, 1000, 43, 43"),
    ("AvgPool2d(100, stride=1)", "1, 1, 169, 169"),
    ("MaxPool2d(100, stride=1)", "1, 1, 169, 169"),
    ("AvgPool2d(100, stride=1)", "1, 1, 400, 400"),
    ("Linear(2236, 2235)\nLinear(2235, 2236)", "70, 2236"),
    ("\n".join(["Softmax(1)"] * MOST_LAYERS), "1, 1, 2200, 2200"),
    ("MaxPool1d(600, stride=60)", "1, 1, 4900000"),
    ("AdaptiveAvgPool2d(100)", "1, 1, 5000000"),
    ("Conv1d(1, 1, 1, stride=100)", "1, 1, 5000000"),
    ("Linear(30000, 30000, device='cpu')", "1, 30000"),
    ("Conv2d(1, 1, 3, padding=20000, stride=20000, padding_mode='replicate')", "1, 1, 1000, 1000"),
]
TYPED: list[Question] = [
    *(("autograd", by_hand(program)) for program in BY_HAND),
    *(("tensors", {"program": program}) for program in TENSORS),
    *(("chain", {"chain": chain, "shape": shape}) for chain, shape in CHAINS),
]


def test_the_dearest_that_is_known_to_be_typed_is_bounded() -> None:
    meter = Meter(BOUNDS)
    for question, arguments in TYPED:
        assert not asked(meter, question, **arguments).refusal, arguments


# --- what is typed: drawn ----------------------------------------------------------------------------------------------

SHAPES = ("1024", "1024, 1", "1, 1024", "2, 512", "32, 32", "1, 512, 1", "4, 4, 4, 4, 4", "1", "0")
EXPRESSIONS = (
    "torch.ones({shape})", "torch.rand({shape})", "torch.zeros({shape}, requires_grad=True)", "torch.arange(1024.)", "np.ones(({shape},))",
    "{a} + {b}", "{a} * {b} - {c}", "{a} @ {b}", "F.mse_loss({a}, {b})", "{a}.max({b})", "{a}.eq({b})", "[{a}, {b}, {c}]", "({a}, {b})",
    "torch.cat([{a}, {b}, {c}])", "torch.stack([{a}, {b}])", "torch.tensor({a})", "np.array([{a}, {b}])", "torch.tensor([{a}, {b}])",
    "{a}.squeeze()", "{a}.view({shape})", "{a}.repeat({shape})", "{a}.expand({shape})", "{a}.max()", "{a}.max(dim=0)", "{a}.topk(1)",
    "{a}[{b}]", "{a}[{b}.long()]", "{a}[None]", "-{a}.T", "{a}.numpy()", "torch.full(({shape},), {a})", "torch.zeros({a})", "{a}.item()",
)  # fmt: skip
CHANGES = ("{a} += {b}", "{a}[0] = {b}", "{a}.add_({b})", "{a}.mul_({b})", "{a} @= {b}")


def program_of_tensors(draw: random.Random) -> Question:
    """As many lines as are read, each with some of the names above, at the largest sizes."""
    lines = [f"a = torch.ones({draw.choice(SHAPES)})", f"b = torch.rand({draw.choice(SHAPES)})"]
    names = "ab"
    for name in "cdefghijklmnop"[: MOST_LINES - 2]:
        written = draw.choice((*(f"{name} = {one}" for one in EXPRESSIONS), *CHANGES))
        a, b, c = (draw.choice(names) for _ in range(3))
        lines.append(written.format(a=a, b=b, c=c, shape=draw.choice(SHAPES)))
        names += name if written.startswith(f"{name} =") else ""
    return "tensors", {"program": "\n".join(lines)}


FORMS = ("exp({})", "-{}", "{} ** 3", "{} / {}", "{} * x", "2 / {}", "relu({})", "{} ** {}")


def program_by_hand(draw: random.Random) -> Question:
    """About as many operations as are read, in many lines or in few."""
    lines, names = list[str](), ["x"]
    for line in range(draw.randint(1, 12)):
        written = draw.choice(names)
        for _ in range(3):
            written = "(" + draw.choice(FORMS).replace("{}", written) + ")"
        lines.append(f"r{line} = {written}")
        names.append(f"r{line}")
    return "autograd", by_hand("\n".join([*lines, f"y = {names[-1]}.sum()"]))


ONES = ("1", "2", "3", "16", "30", "100", "1000", "1000000")
NUMBERS = (*ONES, "0", "-1", "(1, 300)", "(300, 1)", "'same'", "'cpu'", "True", "None")
NAMED = ("stride", "padding", "dilation", "groups", "padding_mode", "ceil_mode", "kernel_size", "device")
FILLED = {
    1: ("1, 1, 5000000", "1, 100, 20000", "2, 3, 8"), 2: ("1, 1, 2200, 2200", "1, 100, 200, 200", "2, 3, 8, 8", "1, 1, 1, 1"),
    3: ("1, 1, 170, 170, 170", "1, 16, 50, 50, 50"),
}  # fmt: skip


def chain_of_layers(draw: random.Random) -> Question:
    """Layers that mostly fit a shape that is as large as one may be, or small."""
    rank = draw.choice((1, 2, 2, 2, 3))
    shape = draw.choice(FILLED[rank])
    lines, channels = list[str](), shape.split(", ")[1]
    for _ in range(draw.randint(1, 4)):
        kind = draw.choice((f"Conv{rank}d", f"Conv{rank}d", f"MaxPool{rank}d", f"AvgPool{rank}d", *LAYERS))
        places = {"C": [channels, draw.choice(ONES)], "L": [draw.choice(ONES)]}.get(kind[0], [])
        window = [draw.choice(ONES)] if kind[-1] == "d" else []
        named = {draw.choice(NAMED): draw.choice((*ONES, *NUMBERS)) for _ in range(draw.choice((0, 1, 1, 2)))}
        lines.append(f"{kind}({', '.join([*places, *window, *(f'{key}={value}' for key, value in named.items())])})")
        channels = places[-1] if kind[0] == "C" else channels
    return "chain", {"chain": "\n".join(lines), "shape": shape}


@pytest.mark.parametrize("drawn", [program_of_tensors, program_by_hand, chain_of_layers])
def test_whatever_is_typed_is_bounded(drawn: Callable[[random.Random], Question]) -> None:
    meter = Meter(BOUNDS)

    @settings(max_examples=20 if FEW else 3000, report_multiple_bugs=False)
    @given(st.integers(0, 2**32))
    def bounded(seed: int) -> None:
        question, arguments = drawn(random.Random(seed))  # noqa: S311 - tests, not secrets
        told = asked(meter, question, **arguments)
        assert not told.refusal or told.refusal.startswith("ProgramError"), (arguments, told.refusal)

    bounded()


# --- what is refused ---------------------------------------------------------------------------------------------------

HUGE = 100_000 if FEW else 10_000_000  # characters
REFUSED: list[tuple[str, Callable[[], Mapping[str, Any]]]] = [
    ("tensors", lambda: {"program": "a" * HUGE}),
    ("tensors", lambda: {"program": "\n" * HUGE}),
    ("tensors", lambda: {"program": "a = " + "(" * (LONGEST_PROGRAM - 9)}),
    ("tensors", lambda: {"program": "a = " + "-" * (LONGEST_PROGRAM - 9) + "1"}),
    ("tensors", lambda: {"program": "a = " + "[" * 170 + "]" * 170}),
    ("autograd", lambda: by_hand("a" * HUGE)),
    ("autograd", lambda: by_hand("y = " + "-" * (LONGEST_PROGRAM - 9) + "x")),
    ("autograd", lambda: by_hand("y = x * 9 ** 9 ** 9 ** 9")),
    ("sequences", lambda: {"words": "a" + "\n" * HUGE, "cell": "rnn", "order": "free"}),
    ("sequence_mistakes", lambda: {"words": "a" * HUGE, "cell": "rnn", "order": "free"}),
    ("chain", lambda: {"chain": "ReLU()\n" * HUGE, "shape": "1"}),
    ("chain", lambda: {"chain": "ReLU(" + "-" * (LONGEST_CHAIN - 9) + "1)", "shape": "1"}),
    ("chain", lambda: {"chain": "ReLU()", "shape": "1" * HUGE}),
]


def test_what_is_refused_is_refused_at_once() -> None:
    meter = Meter(BOUNDS)
    for question, arguments in REFUSED:
        ask = Ask("", question, arguments())
        found = meter.bounded("refused", lambda: answer(ask, None, time.perf_counter), question)  # noqa: B023 - called at once
        if isinstance(found, Errand):
            meter.bounded("refused", lambda: found.turn(1.0), question)  # noqa: B023
        told = found.answer if isinstance(found, Errand) else found
        assert told
        assert told.refusal.startswith("ProgramError") or told.value["refused"], question
