"""Classes in the plane in a browser: how often regions can be drawn, and how many epochs a second are trained and shown."""

import json
import time
from typing import Any

import torch
from playwright.sync_api import Browser, Page

from benchmarks.live_page import STAGE, press
from benchmarks.measure import say
from benchmarks.table import Results, Row
from benchmarks.web import Served
from core.experiments.plane.config import PlaneConfig
from core.experiments.plane.watch import PlaneClassifier
from core.program.trainer import Trainer
from ui.frame.palette import palette

SECONDS, TIMES = 8.0, 200
PLAYGROUND = 60  # epochs a second of TensorFlow Playground: one in each frame
SHOWN = {"width": 1920, "height": 1080}
FOUR = PlaneConfig(data="blobs", classes=4, epochs=60)
# The panel's own module draws the same picture again and again, with nothing of the stage around it.
DRAW = """async ([picture, facts, palette, times]) => {
  const url = performance.getEntriesByType("resource").map(({ name }) => name).find((name) => name.includes("panel_regions.js"));
  const [{ create }, { readTheme }] = await Promise.all([import(url), import(url.replace("panel_regions", "theme"))]);
  const frame = document.querySelector("[data-panel=regions]").cloneNode(false);
  frame.innerHTML = "<div class=sw-head></div>";
  Object.assign(frame.style, { width: "600px", height: "450px", position: "fixed", left: 0, top: 0, zIndex: 1e6 });
  document.querySelector("[data-panel=regions]").parentNode.append(frame);
  const words = new Proxy({}, { get: () => "" });
  const spec = { id: "measured", title: "", names: {}, unit: "", reference: "", draws: "", view: "regions", planes: "planes", words };
  const still = { memory: {}, projector: false, steered: false, draw: (one) => one(), retarget() {} };
  const context = { ...still, allViews: { facts }, theme: readTheme(frame, palette) };
  const panel = create(frame, spec, context);
  panel.views({ facts });
  panel.views({ "regions:x1,x2": picture });
  await new Promise(requestAnimationFrame);
  const canvas = panel.canvas.getContext("2d");
  const began = performance.now();
  for (let time = 0; time < times; time++) {
    panel.draw();
    canvas.getImageData(0, 0, 1, 1); // what was asked of the canvas is done, not only noted
  }
  const seconds = (performance.now() - began) / 1000;
  frame.remove();
  return times / seconds;
}"""
FRAMES = """(seconds) => new Promise((resolve) => {
  const step = () => Number(document.querySelector(".stepwise-stage").dataset.step);
  const canvas = document.querySelector("[data-panel=regions] canvas");
  let [frames, pictures] = [0, 0];
  new MutationObserver((seen) => (pictures += seen.length)).observe(canvas, { attributes: true, attributeFilter: ["data-wrong"] });
  const [began, first] = [performance.now(), step()];
  const frame = () => {
    frames += 1;
    const passed = (performance.now() - began) / 1000;
    if (passed < seconds) return requestAnimationFrame(frame);
    resolve([frames / passed, pictures / passed, (step() - first) / passed]);
  };
  requestAnimationFrame(frame);
})"""


def plane(browser: Browser, served: Served) -> Results:
    """Rows about drawing, and about a run at full speed that is watched whole."""
    say("browser: classes in the plane")
    page = browser.new_page(viewport=SHOWN)  # type: ignore[arg-type]  # its own keys
    page.set_default_timeout(60_000)
    page.goto(f"{served.url}plane?lang=en&speed=max&epochs=1000000&data=blobs&classes=4")
    page.wait_for_selector("[data-panel=regions] canvas[data-wrong]")
    drawings, pictures = _drawings(page)
    frames, shown, epochs = _trained(page)
    page.close()
    drawn = "with 200 points, 600 × 450 px; software rendering"
    made = "one thread; they are sent at most ten times a second"
    trained = f"{epochs:,.0f} epochs/s against {PLAYGROUND}; the regions are drawn {shown:.1f} times a second"
    return Results([
        Row("drawings of regions a second, 100 × 100 cells of 4 classes", "–", drawings, "≥", 30, drawn),
        Row("pictures of regions a second that a worker can make", "–", pictures, "≥", 10, made),
        Row("epochs trained and shown a second, all watched", "TensorFlow Playground, one a frame", epochs / PLAYGROUND, "≥", 50, trained),
        Row("frames a second meanwhile", "–", frames, "≥", 30, "1920 × 1080, software rendering"),
    ])  # fmt: skip


def _drawings(page: Page) -> tuple[float, float]:
    """Drawings a second in the browser, and pictures a second in a worker."""
    trainer = Trainer(PlaneClassifier, FOUR, torch.device("cpu"))
    with trainer.stream():
        for _ in trainer:
            pass
    view, made = trainer.experiment.views["regions"], list[Any]()
    torch.set_num_threads(1)
    began = time.perf_counter()
    while time.perf_counter() < began + 1:
        made.append(json.dumps(view()))
    pictures = len(made) / (time.perf_counter() - began)
    drawn = page.evaluate(DRAW, [json.loads(made[-1]), dict(trainer.experiment.facts()), palette(), TIMES])
    return float(drawn), pictures


def _trained(page: Page) -> tuple[float, float, float]:
    """Frames, drawings of the regions, and epochs a second of a run at full speed."""
    press(page, "Train")
    page.wait_for_function(f"Number(document.querySelector('{STAGE}').dataset.step) > 1000")
    frames, pictures, epochs = page.evaluate(FRAMES, SECONDS)
    press(page, "Pause")
    return frames, pictures, epochs
