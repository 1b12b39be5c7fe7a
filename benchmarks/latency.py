"""How long a press takes until its effect is on the screen, as the page itself hears and sees it."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from benchmarks.live_page import LOSS, STAGE, button, opened, press
from benchmarks.measure import p50_p95, say
from benchmarks.table import Figure, Results
from benchmarks.web import Served

TIMES = 12
FIRST_POINT = f"() => {LOSS}.data.at(-1).x.length > 1"
PAUSED = f"() => document.querySelector('{STAGE}').dataset.runStatus === 'paused'"
# The moment of a press as the page hears it, and of the first frame in which its effect is there.
WATCH = """(effect) => {
  let pressed = null;
  const hear = () => (pressed ??= performance.now());
  for (const kind of ["click", "change"]) document.addEventListener(kind, hear, { capture: true, once: true });
  window.seconds = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`not seen within a minute: ${effect}`)), 60_000);
    const look = () => (pressed !== null && eval(effect)() ? resolve((performance.now() - pressed) / 1000) : requestAnimationFrame(look));
    look();
  });
}"""


def latencies(browser: Browser, served: Served) -> Results:
    """Plain figures: Train, Pause, and a change of lr."""
    say("browser: from a press to its effect")
    page = opened(browser, served, 60)
    trained: list[float] = []
    paused: list[float] = []
    for _ in range(TIMES):
        trained.append(_seen(page, FIRST_POINT, lambda: press(page, "Train")))
        page.wait_for_timeout(300)
        paused.append(_seen(page, PAUSED, lambda: press(page, "Pause")))
        press(page, "Reset")
        page.wait_for_selector(f"{STAGE}[data-run-status=paused][data-step='0']")
        page.wait_for_function(f"{LOSS}.data.at(-1).x.length === 1")
        button(page, "Train").wait_for()
    press(page, "Train")
    changed = [_lr_changed(page, 0.02 + place / 1000) for place in range(TIMES)]
    press(page, "Pause")
    page.close()
    return Results(figures=[
        Figure("click on Train until the first point is drawn", p50_p95(trained)),
        Figure("click on Pause until the stage says so", p50_p95(paused)),
        Figure("change of lr until its mark is on the curve", p50_p95(changed)),
    ])  # fmt: skip


def _lr_changed(page: Page, lr: float) -> float:
    mark = f"() => ({LOSS}.layout.annotations ?? []).some((one) => one.text.includes('→ {lr:g}'))"
    field = page.get_by_role("spinbutton", name="Learning rate")

    def change() -> None:
        field.fill(f"{lr:g}")
        field.press("Enter")

    return _seen(page, mark, change)


def _seen(page: Page, effect: str, press: Callable[[], None]) -> float:
    """Seconds from the press to the first frame with its effect."""
    page.evaluate(WATCH, effect)
    press()
    return float(page.evaluate("window.seconds"))
