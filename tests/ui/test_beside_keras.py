"""The tab "Keras beside PyTorch" without a browser, with Keras and without; no Keras runs here, the test says what it would find."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import experiments
from core.keras.process import REQUIREMENT, PlacesTakenError
from core.run.change import Change
from core.run.handle import Run
from core.run.messages import Rows, Update
from core.run.status import Status
from tests.ui.steered import send
from tests.words import said
from ui.bench import keras_curve

Open = Callable[..., AppTest]
PAGE = "linear_regression"
NAMES = ("loss", "W", "b", "dW", "db")
TITLE = "Keras beside PyTorch"


@dataclass
class Process:
    """In place of a `KerasProcess`."""

    source: str
    state: str = "running"
    losses: tuple[float, ...] = ()
    error: str = ""
    age: float = 3.2
    closed: bool = field(default=False)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """The processes that were started; Keras is there."""
    found: list[Process] = []

    def start(source: str) -> Process:
        found.append(Process(source))
        return found[-1]

    monkeypatch.setattr(keras_curve, "installed", lambda: True)
    monkeypatch.setattr(keras_curve, "KerasProcess", start)
    return found


def run_of(app: AppTest, page: str = PAGE) -> Run:
    run: Run = app.session_state[f"desk.{page}"].run
    return run


def tell(run: Run, losses: list[float], changes: tuple[Change, ...] = ()) -> None:
    """What a worker says: these losses from step 0."""
    table = np.array([[loss, 0.0, 0.0, 0.0, 0.0] for loss in losses]).reshape(len(losses), len(NAMES))
    new = Rows(NAMES, np.arange(len(losses)), table)
    run.receive(Update(run.id, run.generation, 10**9, Status.PAUSED, len(losses) - 1, 60.0, rows=new, changes=changes))


def opened(open_app: Open, page: str = PAGE, language: str = "en", **parameters: str) -> AppTest:
    """The page with the tab open."""
    app = open_app(page, lang=language, **parameters)
    app.session_state[f"{page}:tabs"] = said(TITLE, language)
    app.run()
    assert not app.exception
    return app


def programs(app: AppTest) -> str:
    """The HTML of the two programs."""
    bodies: list[str] = [one.proto.body for one in app.get("html")]
    return next(body for body in bodies if "sw-beside-programs" in body)


def press(app: AppTest, page: str = PAGE) -> AppTest:
    app.button(key=f"{page}:keras").click().run()
    assert not app.exception
    return app


def charts(app: AppTest) -> list[Any]:
    return list(app.get("plotly_chart"))


@pytest.mark.parametrize("page", experiments.names())
def test_both_programs_with_their_phases(open_app: Open, page: str) -> None:
    html = programs(opened(open_app, page))
    pytorch, keras = html.split("</figure>")[:2]
    assert [pytorch.count(f'data-phase="{phase}"') for phase in ("loss", "gradient", "update")] == [1, 2, 2]
    assert [keras.count(f'data-phase="{phase}"') for phase in ("loss", "gradient", "update")] == [1, 1, 1]
    assert "loss.backward()" in pytorch
    assert "model.fit(" in keras
    assert html.count('tabindex="0"') == 2


def test_what_is_written_is_no_html(open_app: Open) -> None:
    html = programs(opened(open_app, "iris", test_share="0.3", patience="3"))
    assert "if test_loss &lt; lowest:" in html


def test_without_keras_the_page_says_how_to_get_it(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_curve, "installed", lambda: False)
    app = opened(open_app)
    assert f"python -m pip install {REQUIREMENT}" in [one.value for one in app.code]
    assert f"{PAGE}:keras" not in {one.key for one in app.button}
    assert "model.fit(" in programs(app)


def test_the_program_that_runs_is_the_one_that_is_shown(open_app: Open, started: list[Process]) -> None:
    app = press(opened(open_app, lr="0.02"))
    assert started[0].source.rstrip("\n") in [one.value for one in app.code]
    assert "learning_rate=0.02" in started[0].source
    assert app.button(key=f"{PAGE}:keras").disabled
    assert any("3 s" in one.value for one in app.caption)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_equal_curves_coincide(open_app: Open, started: list[Process], language: str) -> None:
    app = press(opened(open_app, language=language))
    tell(run_of(app), [4.0, 2.0, 1.0])
    started[0].state, started[0].losses = "done", (4.0, 2.0, 1.0, 0.5)
    app.run()
    sentence = said("**They coincide.** All {n} losses are equal, to the last bit.", language).format(n=3)
    assert sentence in [one.value for one in app.markdown]
    [chart] = charts(app)
    assert '"Keras"' in chart.proto.spec
    assert '"dash":"dash"' in chart.proto.spec


@pytest.mark.parametrize(
    ("losses", "parameters", "words"),
    [
        ((4.0, 2.00001, 1.0), {}, "**They coincide.** Of 3 losses the largest difference is 5e-06 of the loss, at step 1"),
        ((4.0, 2.00001, 1.0), {"optimizer": "RMSprop"}, "Keras also does something otherwise"),
        ((4.0, 2.2, 1.0), {}, "**They begin alike and then part**, by up to 10 %"),
        ((4.0, 2.2, 1.0), {"optimizer": "RMSprop"}, "**They differ**, by up to 10 %"),
    ],
)
def test_the_difference_in_words(
    open_app: Open, started: list[Process], losses: tuple[float, ...], parameters: dict[str, str], words: str
) -> None:
    app = press(opened(open_app, **parameters))
    tell(run_of(app), [4.0, 2.0, 1.0])
    started[0].state, started[0].losses = "done", losses
    app.run()
    assert any(one.value.startswith(words) for one in app.markdown)
    assert any(one.value.startswith("- RMSprop") for one in app.markdown) == ("optimizer" in parameters)


def test_before_the_run_has_begun_keras_curve_stands_alone(open_app: Open, started: list[Process]) -> None:
    app = press(opened(open_app))
    started[0].state, started[0].losses = "done", (4.0, float("nan"), float("inf"))
    app.run()
    assert not app.exception
    assert any("no curve yet" in one.value for one in app.markdown)
    assert len(charts(app)) == 1


def test_other_settings_take_the_curve_away_and_end_the_process(open_app: Open, started: list[Process]) -> None:
    app = press(opened(open_app))
    send(app, run_of(app), lr=0.05)
    assert started[0].closed
    assert not app.button(key=f"{PAGE}:keras").disabled
    press(app)
    assert "learning_rate=0.05" in started[1].source


def test_failures_are_said(open_app: Open, started: list[Process]) -> None:
    app = press(opened(open_app))
    started[0].state, started[0].error = "failed", "ValueError: of Keras"
    assert "ValueError: of Keras" in [one.value for one in app.run().code]
    started[0].state = "too_slow"
    assert any("Choose fewer epochs" in one.value for one in app.run().warning)


def test_where_all_places_are_taken_one_is_told_to_wait(open_app: Open, started: list[Process], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str) -> Process:
        raise PlacesTakenError

    app = opened(open_app)
    monkeypatch.setattr(keras_curve, "KerasProcess", refuse)
    assert any("Try again" in one.value for one in press(app).warning)
    assert started == []


def test_what_keras_cannot_do_is_said_instead_of_a_curve(open_app: Open, started: list[Process]) -> None:
    app = opened(open_app, data="line", points="30")
    tell(run_of(app), [4.0, 2.0, 1.0], (Change(1, "batch_size", 0, 8),))
    app.run()
    assert any("one batch size for all of its epochs" in one.value for one in app.info)
    assert "model.fit(" not in programs(app)
    assert f"{PAGE}:keras" not in {one.key for one in app.button}
    assert started == []
