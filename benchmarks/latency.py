"""How long a press takes until its effect is on the screen, as the page itself hears and sees it."""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Browser, Page

from benchmarks.live_page import LOSS, STAGE, opened, press
from benchmarks.measure import p50_p95, say
from benchmarks.table import Figure, Results
from benchmarks.web import Served

TIMES = 24
FIRST_POINT = f"() => {LOSS}.data.at(-1).x.length > 1"
PAUSED = f"() => document.querySelector('{STAGE}').dataset.runStatus === 'paused'"
SHOWN = "() => document.querySelector('.sw-run-main').dataset.verb === 'train'"
LAST_POINT = f"{LOSS}.data.at(-1).x.at(-1)"
# In the drawing, or laid over it until it is drawn.
MARKS = f"({LOSS}.layout.shapes ?? []).filter(({{ xref }}) => xref === 'x').map(({{ x1 }}) => x1)"
LAST_MARK = f"Math.max(-1, {LOSS}.querySelector('.sw-mark')?.dataset.step ?? -1, ...{MARKS})"
RATE = "Learning rate (lr)"
# The moment of a press or a move as the page hears it, and of the first frame in which its effect is there.
WATCH = """([kind, effect]) => {
  let heard = null;
  document.addEventListener(kind, () => (heard ??= performance.now()), { capture: true, once: true });
  window.seconds = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`not seen within a minute: ${effect}`)), 60_000);
    const look = () => (heard !== null && eval(effect)() ? resolve((performance.now() - heard) / 1000) : requestAnimationFrame(look));
    look();
  });
}"""


def latencies(browser: Browser, served: Served) -> Results:
    """From the hand to the screen: Train, Pause, Step, and lr as a slider that is dragged and as a number that is typed."""
    say("browser: from a press to its effect")
    page = opened(browser, served, 60)
    trained, paused, shown, stepped = ([] for _ in range(4))
    for _ in range(TIMES):
        trained.append(_seen(page, "click", FIRST_POINT, lambda: press(page, "Train")))
        page.wait_for_timeout(300)
        paused.append(_seen(page, "click", PAUSED, lambda: press(page, "Pause")))
        stepped.append(_seen(page, "click", _after(page, LAST_POINT), lambda: press(page, "Step")))
        press(page, "Train")
        page.wait_for_selector(f"{STAGE}[data-run-status=running]")
        shown.append(_seen(page, "click", SHOWN, lambda: press(page, "Pause")))
        press(page, "Reset")
        page.wait_for_selector(f"{STAGE}[data-run-status=paused][data-step='0']")
        page.wait_for_function(f"{LOSS}.data.at(-1).x.length === 1")
    press(page, "Train")
    page.wait_for_selector(f"{STAGE}[data-run-status=running]")
    typed = [_typed(page, 0.02 + place / 1000) for place in range(TIMES)]
    dragged = _dragged(page)
    press(page, "Pause")
    page.close()
    return Results(figures=[
        Figure("click on Train until the first point is drawn", p50_p95(trained)),
        Figure("click on Pause until the button shows it", p50_p95(shown)),
        Figure("click on Pause until the run is held and the stage says so", p50_p95(paused)),
        Figure("click on Step until its point is drawn", p50_p95(stepped)),
        Figure("lr typed until its mark is on the curve", p50_p95(typed)),
        Figure("lr dragged, from a move of the slider until its mark is on the curve", p50_p95(dragged)),
    ])  # fmt: skip


def _typed(page: Page, lr: float) -> float:
    page.wait_for_timeout(300)
    field = page.get_by_role("spinbutton", name=RATE)
    field.click(click_count=3)
    page.keyboard.type(f"{lr:g}")
    return _seen(page, "change", _after(page, LAST_MARK), lambda: page.keyboard.press("Enter"))


def _dragged(page: Page) -> list[float]:
    box = page.get_by_role("slider", name=RATE).bounding_box()
    assert box
    y, times = box["y"] + box["height"] / 2, []
    page.mouse.move(box["x"] + 0.3 * box["width"], y)
    page.mouse.down()
    for place in range(1, TIMES + 1):
        page.wait_for_timeout(300)
        x = box["x"] + (0.3 + 0.015 * place) * box["width"]
        times.append(_seen(page, "input", _after(page, LAST_MARK), partial(page.mouse.move, x, y)))
    page.mouse.up()
    return times


def _after(page: Page, number: str) -> str:
    """True once this number is larger than it is now."""
    return f"() => {number} > {page.evaluate(number)}"


def _seen(page: Page, kind: str, effect: str, press: Callable[[], None]) -> float:
    """Seconds from the event of this kind to the first frame with its effect."""
    page.evaluate(WATCH, [kind, effect])
    press()
    return float(page.evaluate("window.seconds"))
