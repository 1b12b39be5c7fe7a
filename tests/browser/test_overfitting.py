"""Overfitting in a real Chromium: it begins, it is mended while it trains, and the studies beside it are computed while it is held."""

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from core.experiments.overfitting.config import OverfittingConfig
from core.experiments.overfitting.watch import Overfitting
from core.program.trainer import Trainer
from core.run.change import Change
from tests.browser.visitors import PLOT, Visitors, curve, marks, press, read_note, traces, until_drawn, until_quiet, until_status

pytestmark = pytest.mark.browser


def remedy(page: Page, finding: str) -> None:
    """Press what stands beside a finding."""
    read_note(page)
    page.locator(f"li[data-finding={finding}] button").click()


def test_a_run_that_overfits_is_mended_three_ways(visit: Visitors) -> None:
    plan = [Change(200, "points", 20, 200), Change(300, "degree", 15, 8), Change(400, "weight_decay", 0.0, 0.001)]
    trainer = Trainer(Overfitting, OverfittingConfig(degree=15, epochs=600), torch.device("cpu"), plan)
    with trainer.stream():
        rows = [row for _, row in trainer]
    done = ",".join(f"{change.step}:{change.field}={change.new}" for change in plan)
    page = visit(f"overfitting?speed=max&degree=15&epochs=600&replay={done},600:loss={rows[-1]['loss']!r}")
    until_status(page, "finished")
    until_drawn(page, 600)
    assert curve(page, "loss", "test loss")[1] == pytest.approx([row["test_loss"] for row in rows], rel=1e-6)
    assert [step for _, step in marks(page)] == [200, 300, 400]
    read_note(page)
    expect(page.locator("li[data-finding=at_the_noise]")).to_be_visible()
    traces(page, "curve")  # in sight
    page.wait_for_function(f"{PLOT.format('curve')}?.data?.some((trace) => trace.name === 'the curve' && trace.y?.length)")
    drawn = {trace["name"]: trace for trace in traces(page, "curve")}
    assert drawn["the curve"]["y"] == pytest.approx(trainer.experiment.views["curve"]()["y"], abs=1e-6)
    assert len(drawn["training points"]["x"]) == 200


def test_where_it_begins_is_said_and_a_press_bends_the_run(visit: Visitors) -> None:
    page = visit("overfitting?speed=300&degree=15&epochs=100000")
    press(page, "Train")
    said = page.locator("li[data-finding=overfitting]")
    expect(said).to_contain_text("Overfitting begins at epoch 17")
    page.get_by_role("radio", name="한국어").click()
    expect(said).to_contain_text("에폭 17부터 과적합입니다")
    until_quiet(page)
    remedy(page, "more_data")
    expect(said).to_have_count(0)
    page.wait_for_function(f"{PLOT.format('curve')}?.data?.some((trace) => trace.x?.length === 200)")
    assert [label for label, _ in marks(page)] != []


def test_double_descent_is_computed_beside_a_run_that_is_held_and_a_degree_that_there_is_not_is_refused(visit: Visitors) -> None:
    page = visit("overfitting?study=double_descent&degree=50")
    expect(page.get_by_text("0 … 40")).to_be_visible()
    panel = PLOT.format("study")
    page.locator("[data-panel=study]").scroll_into_view_if_needed()
    page.wait_for_function(f"{panel}?.data?.some((trace) => trace.x?.length === 23)", timeout=30_000)
    found = {trace["name"]: trace for trace in traces(page, "study")}["test error"]
    tests = dict(zip(found["x"], found["y"], strict=True))
    assert int(found["x"][np.argmax(found["y"])]) == 20
    assert tests[1000] < 1.2 * tests[6] < tests[4]
