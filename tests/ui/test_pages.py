"""The pages without a browser: what the widgets do to the run. No worker lives here; the test says what one would say."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import experiments
from core.engine import pool
from core.run.handle import Run
from core.run.messages import Rows, Update
from core.run.status import Status
from tests.ui.steered import given, live, send, stage
from tests.words import said
from ui.frame import link

Open = Callable[..., AppTest]
PAGE = "linear_regression"
NAMES = ("loss", "W", "b", "dW", "db")


def run_of(app: AppTest) -> Run:
    """The run on the page's desk."""
    run: Run = app.session_state[f"desk.{PAGE}"].run
    return run


def list_of(app: AppTest, field: str) -> Any:
    """The list of a field's choices."""
    return next(one for one in app.selectbox if str(one.key).startswith(f"{PAGE}.{field}.en."))


def unfolded(app: AppTest) -> AppTest:
    """With the settings that are folded away until they are wanted."""
    app.session_state[f"{PAGE}:more"] = True
    return app.run()


def tell(run: Run, status: Status, rows: int = 0) -> None:
    """What a worker says: the run's status, and so many rows since the last."""
    steps = np.arange(run.history.last_step + 1, run.history.last_step + 1 + rows)
    new = Rows(NAMES, steps, np.ones((rows, len(NAMES)))) if rows else None
    at = int(steps[-1]) if rows else run.step
    run.receive(Update(run.id, run.generation, 10**9, status, at, 60.0, rows=new))


@pytest.mark.parametrize("name", experiments.names())
def test_every_page_of_a_run_opens_with_its_stage_and_live_settings(open_app: Open, name: str) -> None:
    app = open_app(name)
    run: Run = app.session_state[f"desk.{name}"].run
    assert (stage(app)["held"], stage(app)["run"], stage(app)["speed"]) == (run.id, run.watch_id, run.speed)
    assert given(app, "stepwise_live_settings")["held"] == run.id
    assert "lr" in live(app)


def test_the_link_fills_the_widgets(open_app: Open) -> None:
    app = open_app(PAGE, lr="0.05", optimizer="adam", data="line", points="20", speed="max")
    assert live(app)["lr"]["value"] == 0.05
    assert list_of(app, "optimizer").value == "Adam"
    assert app.number_input(key=f"{PAGE}.points").value == 20
    run = run_of(app)
    assert (run.config.to_link(), run.speed) == ({"lr": "0.05", "optimizer": "Adam", "data": "line", "points": "20"}, None)


def test_a_refused_value_is_named_with_its_bounds_and_the_rest_is_taken(open_app: Open) -> None:
    app = open_app(PAGE, lr="99", epochs="many", seed="7")
    assert [error.value for error in app.error] == [
        "Learning rate (lr): “`99`” is not allowed. Allowed: 1e-06 … 10.",
        "Epochs: “`many`” is not a number. Allowed: 1 … 1000000.",
    ]
    assert run_of(app).config.to_link() == {"seed": "7"}


def test_fields_without_effect_are_not_shown(open_app: Open) -> None:
    app = open_app(PAGE)
    assert "Noise" not in {one.label for one in app.number_input}
    assert "momentum" not in live(app)
    list_of(app, "optimizer").set_value("Nesterov").run()
    list_of(app, "data").set_value("line").run()
    assert "Noise" in {one.label for one in app.number_input}
    assert live(app)["momentum"]["label"] == "Momentum"


def test_a_field_that_was_away_comes_back_as_it_was_set(open_app: Open) -> None:
    app = open_app(PAGE)
    list_of(app, "optimizer").set_value("Momentum").run()
    send(app, run_of(app), momentum=0.5)
    list_of(app, "optimizer").set_value("Adam").run()
    list_of(app, "optimizer").set_value("Momentum").run()
    assert live(app)["momentum"]["value"] == 0.5
    generation = run_of(app).generation
    app.switch_page("pages/home.py").run()
    app.switch_page(f"pages/{PAGE}/page.py").run()
    assert live(app)["momentum"]["value"] == 0.5
    assert (run_of(app).generation, run_of(app).config.momentum) == (generation, 0.5)


def test_train_pause_step_and_reset_reach_the_run(open_app: Open) -> None:
    app = open_app(PAGE)
    run = run_of(app)
    tell(run, Status.PAUSED, rows=1)
    send(app, run, "train")
    assert (run.status, stage(app)["status"]) == (Status.RUNNING, "running")
    tell(run, Status.RUNNING, rows=20)
    send(app, run, "pause")
    assert (run.status, stage(app)["status"], stage(app)["step"]) == (Status.PAUSED, "paused", 20)
    send(app, run, "reset")
    assert (run.generation, run.status, len(run.past)) == (1, Status.QUEUED, 1)
    assert (stage(app)["generation"], stage(app)["status"], stage(app)["step"]) == (1, "queued", 0)


def test_a_live_field_bends_a_run_that_goes_on(open_app: Open) -> None:
    app = open_app(PAGE)
    run = run_of(app)
    tell(run, Status.RUNNING, rows=20)
    send(app, run, lr=0.1)
    assert run.generation == 0
    assert live(app)["lr"]["value"] == 0.1
    assert (run.wanted_config.differences(run.config), run.config.to_link()) == ({"lr": 0.1}, {})


def test_a_structural_field_begins_a_new_run_and_the_curve_stays(open_app: Open) -> None:
    app = open_app(PAGE)
    run = run_of(app)
    tell(run, Status.RUNNING, rows=20)
    app.number_input(key=f"{PAGE}.epochs").set_value(50).run()
    assert (run.generation, run.config.to_link(), len(run.past)) == (1, {"epochs": "50"}, 1)


def test_a_live_field_of_a_run_that_has_not_begun_makes_it_anew(open_app: Open) -> None:
    app = open_app(PAGE)
    run = run_of(app)
    tell(run, Status.PAUSED, rows=1)
    send(app, run, lr=0.1)
    assert (run.generation, run.config.to_link(), run.past) == (1, {"lr": "0.1"}, ())


def test_train_after_the_end_begins_anew(open_app: Open) -> None:
    app = open_app(PAGE)
    run = run_of(app)
    tell(run, Status.DIVERGED, rows=20)
    send(app, run, "train")
    assert (run.generation, run.status) == (1, Status.RUNNING)


def test_the_speed_of_the_run_is_in_the_address(open_app: Open) -> None:
    app = open_app(PAGE)
    assert stage(app)["speeds"] == [1, 5, 20, 60, 300, None]
    run_of(app).set_speed(5.0)
    app.run()
    assert (stage(app)["speed"], "speed=5" in stage(app)["address"]) == (5.0, True)


def test_the_id_in_the_link_finds_the_run_again(open_app: Open) -> None:
    run = run_of(open_app(PAGE, lr="0.03"))
    tell(run, Status.RUNNING, rows=20)
    again = open_app(PAGE, run=run.id)
    assert run_of(again) is run
    assert live(again)["lr"]["value"] == 0.03
    assert (stage(again)["status"], stage(again)["held"]) == ("running", run.id)


def test_an_unknown_id_opens_a_run_with_the_links_settings(open_app: Open) -> None:
    app = open_app(PAGE, run="nothing-of-ours", lr="0.03")
    assert pool().find(run_of(app).id)
    assert run_of(app).config.to_link() == {"lr": "0.03"}
    assert [info.value for info in app.info] == [
        "The run in this link is no longer there. This is a new one, with the settings that the link holds."
    ]
    send(app, run_of(app), "train")
    assert not app.info, "yesterday's news"


def test_a_run_that_was_put_away_is_said_to_be(open_app: Open) -> None:
    app = open_app(PAGE, lr="0.03")
    pool().drop(run_of(app))
    app.run()
    assert run_of(app).config.to_link() == {"lr": "0.03"}
    assert [info.value for info in app.info] == [
        "The run that you had here was put away while nobody looked. This is a new one, with its settings."
    ]


def test_only_the_browser_that_began_a_run_steers_it_by_the_address(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(PAGE)
    desk = app.session_state[f"desk.{PAGE}"]
    assert desk.parameters["run"] == desk.run.watch_id
    assert not stage(open_app(PAGE, **desk.parameters))["steered"]
    monkeypatch.setattr(link, "held", lambda: ["another's", desk.run.id])
    assert stage(open_app(PAGE, **desk.parameters))["held"] == desk.run.id


def test_a_table_that_the_run_does_not_use_is_in_no_link_and_comes_back_when_it_does(open_app: Open) -> None:
    app = open_app(PAGE, data="own", table="1,7;2,9")
    assert run_of(app).config.to_link() == {"data": "own", "table": "1.0,7.0;2.0,9.0"}
    list_of(app, "data").set_value("points").run()
    assert app.session_state[f"desk.{PAGE}"].parameters.keys() == {"run"}
    assert run_of(app).config.to_link() == {}
    list_of(app, "data").set_value("own").run()
    assert run_of(app).config.to_link() == {"data": "own", "table": "1.0,7.0;2.0,9.0"}


def test_a_fault_of_a_page_is_logged_and_told_in_words(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = open_app(PAGE)
    monkeypatch.setattr("ui.bench.share.links", lambda _desk: 1 / 0)
    app.run()
    assert [error.value for error in app.error] == [
        "This page has met a fault of its own; it has been noted in the server's log. Reload the page to go on."
    ]
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()


def test_no_batch_size_is_all_rows(open_app: Open) -> None:
    app = open_app(PAGE, batch_size="2")
    send(app, run_of(app), batch_size=0)
    row = live(app)["batch_size"]
    assert (row["value"], row["zero"], row["whole"], row["stops"]) == (0, "all rows", True, [])


def test_a_changed_field_goes_back_at_one_press_and_all_of_them_at_another(open_app: Open) -> None:
    app = open_app(PAGE, start="typed", W0="3", lr="0.05", optimizer="Adam", table="1,7;2,9", data="own")
    app.button(key=f"{PAGE}.optimizer.default").click().run()
    assert (list_of(app, "optimizer").value, set(run_of(app).config.to_link())) == ("SGD", {"lr", "start", "W0", "table", "data"})
    app.button(key=f"{PAGE}:defaults").click().run()
    assert (run_of(app).config.to_link(), live(app)["lr"]["value"]) == ({}, 0.01)
    assert not [one.key for one in app.button if str(one.key).endswith("default") or str(one.key).endswith("defaults")]
    list_of(app, "data").set_value("own").run()
    assert run_of(app).config.to_link()["table"] == "1.0,7.0;2.0,9.0", "one's own is kept"


def test_a_typed_value_without_effect_comes_back_with_its_field(open_app: Open) -> None:
    app = unfolded(open_app(PAGE, start="typed", W0="3"))
    for start, link_of_run in (("zeros", {}), ("typed", {"start": "typed", "W0": "3.0"})):
        list_of(app, "start").set_value(start).run()
        assert run_of(app).config.to_link() == link_of_run
    assert app.number_input(key=f"{PAGE}.W0").value == 3.0


def test_what_is_folded_away_is_not_drawn_and_keeps_its_value(open_app: Open) -> None:
    app = open_app(PAGE)
    assert not any(str(one.key).startswith(f"{PAGE}.seed") for one in app.number_input)
    unfolded(app).number_input(key=f"{PAGE}.seed").set_value(7).run()
    app.session_state[f"{PAGE}:more"] = False
    app.run().run()
    assert run_of(app).config.to_link() == {"seed": "7"}
    assert unfolded(app).number_input(key=f"{PAGE}.seed").value == 7


def test_the_watch_link_gives_no_button_and_does_not_touch_the_run(open_app: Open) -> None:
    run = run_of(open_app(PAGE, lr="0.03"))
    tell(run, Status.RUNNING, rows=20)
    app = unfolded(open_app(PAGE, run=run.watch_id, lr="5", epochs="3"))
    assert run_of(app) is run
    assert (stage(app)["held"], stage(app)["steered"], given(app, "stepwise_live_settings")["held"]) == ("", False, "")
    assert run.id not in json.dumps([given(app, "stepwise_stage"), given(app, "stepwise_live_settings")])
    assert not [one.key for one in app.button if "default" in str(one.key)]
    assert all(one.disabled for one in (*app.number_input, *app.slider, *app.selectbox, *app.select_slider))
    assert live(app)["lr"]["value"] == 0.03
    assert (run.status, run.generation, run.wanted_config.to_link()) == (Status.RUNNING, 0, {"lr": "0.03"})


def test_panels_of_a_link_that_are_not_on_the_page_are_named(open_app: Open) -> None:
    assert not open_app(PAGE, panels="line,-loss", large="line").info
    [info] = open_app(PAGE, panels="line,-lost,[x](http://y)", large="lost").info
    assert info.value == "The link names panels that are not on this page: `lost`, `[x](http://y)`. The others stand as it says."


def test_another_tabs_change_shows_in_the_widgets(open_app: Open) -> None:
    one = open_app(PAGE)
    run = run_of(one)
    tell(run, Status.RUNNING, rows=20)
    other = open_app(PAGE, run=run.id)
    send(other, run, lr=0.07)
    one.run()
    assert live(one)["lr"]["value"] == 0.07
    assert run.generation == 0


def test_another_language_keeps_the_run_and_the_settings(open_app: Open) -> None:
    app = open_app(PAGE, lr="0.03")
    run = run_of(app)
    tell(run, Status.RUNNING, rows=20)
    app.segmented_control(key="shell.language").set_value("ko").run()
    assert run_of(app) is run
    assert live(app)["lr"]["value"] == 0.03
    assert stage(app)["labels"]["pause"] == said("Pause")


def test_leaving_the_page_keeps_run_and_settings(open_app: Open) -> None:
    app = open_app(PAGE)
    app.number_input(key=f"{PAGE}.epochs").set_value(77).run()
    run = run_of(app)
    app.switch_page("pages/home.py").run()
    app.switch_page(f"pages/{PAGE}/page.py").run()
    assert run_of(app) is run
    assert app.number_input(key=f"{PAGE}.epochs").value == 77
    assert run.generation == 1


def files_of(app: AppTest) -> list[str]:
    """Where the links to the files lead, under the tab of the code; "" for one that leads nowhere."""
    app.session_state[f"{PAGE}:tabs"] = "Code"
    app.run()
    [links] = [one.proto.body for one in app.get("html") if "/files/" in one.proto.body]
    return [found[1] if found else "" for found in (re.search(r'href="([^"]*)"', one) for one in links.split("</a>")[:-1])]


def test_parameters_are_offered_once_a_worker_has_the_run(open_app: Open) -> None:
    app = open_app(PAGE)
    run = run_of(app)
    assert run.status is Status.QUEUED
    [*made, pt, safetensors] = files_of(app)
    assert (pt, safetensors) == ("", "")
    assert [link.partition("/runs/")[2] for link in made] == [
        f"{run.watch_id}/files/{form}?lang=en" for form in ("py", "ipynb", "csv", "json", "tfevents")
    ]
    tell(run, Status.PAUSED)
    assert all(files_of(app))


def test_who_watches_is_given_links_that_do_not_control(open_app: Open) -> None:
    run = run_of(open_app(PAGE))
    tell(run, Status.PAUSED)
    links = files_of(open_app(PAGE, run=run.watch_id))
    assert links
    assert all(run.watch_id in link and run.id not in link for link in links)
