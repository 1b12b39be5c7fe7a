"""A digit drawn on the page of digits: how long until the network has read it, and how often kernels and maps move."""

from playwright.sync_api import Browser, Page

from benchmarks.live_page import STAGE, press
from benchmarks.measure import p50_p95, percentile, say
from benchmarks.table import Results, Row
from benchmarks.web import Served

SHOWN = {"width": 1920, "height": 1080}
REST, SECONDS = 60, 8.0  # ms between two moves of the hand; seconds in which drawings are counted
PAD = ".sw-pad"
SEVEN, NINE = [(0.25, 0.2), (0.75, 0.2), (0.45, 0.9)], [(0.65, 0.4), (0.4, 0.5), (0.35, 0.25), (0.65, 0.2), (0.6, 0.9)]
# From the move of the hand to the first frame that shows what the network makes of all that has been drawn until then.
WATCH = """() => {
  const [pad, read] = [document.querySelector(".sw-pad"), document.querySelector(".sw-reads")];
  window.seconds = [];
  pad.addEventListener("pointermove", ({ timeStamp }) => {
    if (read.ariaBusy !== "true" || window.waits) return;
    window.waits = true;
    const look = () => {
      if (read.ariaBusy === "true") return requestAnimationFrame(look);
      window.waits = false;
      window.seconds.push((performance.now() - timeStamp) / 1000);
    };
    requestAnimationFrame(look);
  });
}"""
MOVES = """(seconds) => new Promise((resolve) => {
  let drawn = 0;
  const canvas = document.querySelector("[data-panel=layers] canvas");
  new MutationObserver(() => (drawn += 1)).observe(canvas, { attributes: true, attributeFilter: ["data-reads"] });
  setTimeout(() => resolve(drawn / seconds), 1000 * seconds);
})"""


def drawing(browser: Browser, served: Served) -> Results:
    """Rows about a hand that draws: while the run is held, and while it trains at full speed."""
    say("browser: a digit is drawn")
    page = browser.new_page(viewport=SHOWN)  # type: ignore[arg-type]  # its own keys
    page.set_default_timeout(60_000)
    page.goto(f"{served.url}digits?lang=en&speed=max&epochs=1000000")
    page.wait_for_selector("[data-panel=layers] canvas[data-reads]")
    page.evaluate(WATCH)
    held = _drawn(page)
    press(page, "Train")
    page.wait_for_function(f"Number(document.querySelector('{STAGE}').dataset.step) > 500")
    moved = page.evaluate(MOVES, SECONDS)
    training = _drawn(page)
    page.close()
    most = [percentile(seconds, 0.95) for seconds in (held, training)]
    return Results(
        [
            Row("p95 seconds from a move of the pen until it is read, held", "–", most[0], "≤", 0.1, p50_p95(held)),
            Row("the same while it trains at full speed", "–", most[1], "≤", 0.1, p50_p95(training)),
            Row("drawings of kernels and maps a second meanwhile", "–", moved, "≥", 10, "1920 × 1080, software rendering"),
        ]
    )


def _drawn(page: Page) -> list[float]:
    """Seconds from each move of a few strokes that has changed the squares."""
    page.evaluate("window.seconds = []")
    box = page.locator(PAD).bounding_box()
    assert box
    side = min(box["width"], box["height"])
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    for corners in (SEVEN, NINE, SEVEN, NINE):
        page.locator(PAD).press("Delete")
        for place, (x, y) in enumerate(corners):
            for part in range(1, 9) if place else [8]:
                before = corners[max(0, place - 1)]
                across, down = (old + (new - old) * part / 8 for old, new in zip(before, (x, y), strict=True))
                page.mouse.move(left + across * side, top + down * side)
                if not place:
                    page.mouse.down()
                page.wait_for_timeout(REST)
        page.mouse.up()
    page.wait_for_function("!window.waits")
    return list(page.evaluate("window.seconds"))
