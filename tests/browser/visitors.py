"""Visitors of the app, each with a language, theme and size of screen; and what they see.

Visitors of one language share a browser profile and take over each other's tabs, wiped: a tab that has shown the app before holds
its scripts compiled, and opens a page in a third of the time. What the app keeps for a visitor belongs to the page, not to the tab.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    TimeoutError,  # noqa: A004  # its own
    WebSocketRoute,
)
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core import experiments

Language = Literal["en", "ko"]
Theme = Literal["light", "dark"]
LOCALES: dict[Language, str] = {"en": "en-US", "ko": "ko-KR"}
TRAINED = experiments.names()
PATIENCE = 60_000  # ms; a slow machine with other work
STAGE = ".stepwise-stage"
HOLD = f"() => document.querySelector('{STAGE}[data-run-status=running] .sw-run-main')?.click()"
PLOT = "document.querySelector('.stepwise-stage [data-panel={}] .sw-plot')"


class Profile:
    """A browser profile of one language, and the tabs of visitors who have left."""

    def __init__(self, browser: Browser, language: Language) -> None:
        self.context = browser.new_context(locale=LOCALES[language])
        self.context.set_default_timeout(PATIENCE)
        self._left: list[Page] = []

    def tab(self, theme: Theme, size: tuple[int, int]) -> Page:
        """A tab that nobody uses."""
        tab = self._left.pop() if self._left else self.context.new_page()
        tab.set_viewport_size({"width": size[0], "height": size[1]})
        tab.emulate_media(media="null", color_scheme=theme, reduced_motion="null")
        tab.mouse.move(0, 0)
        return tab

    def leave(self, tab: Page, address: str) -> None:
        """Take a tab back: on a bare page of the same site, for another would take its process away, with nothing remembered.

        A run that trains is held first: it would go on for `FORGOTTEN` seconds and take the machine from the next tests.
        """
        if tab.is_closed():
            return
        tab.unroute_all()
        with suppress(Error):  # the page may be on its way to another one
            tab.evaluate(HOLD)
        tab.goto(address)
        tab.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
        self._left.append(tab)


Profiles = dict[Language, Profile]


class Visitors:
    """Opens pages, and notes every fault that a developer would see in the browser's console."""

    def __init__(self, browser: Browser, app: str, profiles: Profiles | None = None) -> None:
        self.app, self.expected = app, list[str]()  # regular expressions of faults that the test brings about
        self._browser, self._faults = browser, list[str]()
        self._profiles: Profiles = {} if profiles is None else profiles
        self._own = profiles is None  # nobody comes after these visitors
        self._open: list[tuple[Page, Profile | None]] = []  # None: a further tab of a visitor
        self._listening = {"pageerror": self._thrown, "console": self._heard, "request": self._asked}

    def __call__(
        self,
        path: str = "",
        *,
        language: Language = "en",
        theme: Theme = "light",
        size: tuple[int, int] = (1280, 900),
        ready: bool = True,
    ) -> Page:
        """A new visitor's page at `path` of the app; `ready`: wait until it can be used."""
        if language not in self._profiles:
            self._profiles[language] = Profile(self._browser, language)
        profile = self._profiles[language]
        return self._at(path, profile.tab(theme, size), profile, ready)

    def tab(self, context: BrowserContext, path: str, *, ready: bool = True) -> Page:
        """One more tab of a visitor; `path` may be a whole address."""
        return self._at(path, context.new_page(), None, ready)

    def leave(self) -> None:
        """Close or give back every visitor's tab, and leave nothing behind in the browser."""
        for page, profile in self._open:
            for event, listener in self._listening.items():
                page.remove_listener(event, listener)
            if profile:
                profile.leave(page, f"{self.app}/_stcore/health")
            else:
                page.close()
        for profile in self._profiles.values():
            profile.context.clear_cookies()
            if self._own:
                profile.context.close()

    @property
    def faults(self) -> list[str]:
        """The faults that no test has expected."""
        return [fault for fault in self._faults if not any(re.search(known, fault) for known in self.expected)]

    def _at(self, path: str, page: Page, profile: Profile | None, ready: bool) -> Page:
        self._open.append((page, profile))
        for event, listener in self._listening.items():
            page.on(event, listener)  # type: ignore[call-overload]  # one signature for each event
        page.goto(path if "://" in path else f"{self.app}/{path}")
        if ready:
            until_ready(page)
        return page

    def _thrown(self, error: Error) -> None:
        self._faults.append(f"{error.message}\n{error.stack}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._faults.append(f"{message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        """Nothing may come from the internet."""
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            self._faults.append(f"asked for {request.url}")


class Line:
    """What Streamlit's server says to a page, from its next load on; `holds` is asked which message is to wait, with all after it.

    `keeps`: what the page asks for waits as well.
    `breaks`: the line breaks as soon as the page has asked for something.
    """

    def __init__(self, page: Page) -> None:
        self.holds: Callable[[ForwardMsg], bool] | None = None
        self.breaks = self.keeps = False
        self._waiting, self._routes = list[str | bytes](), list[WebSocketRoute]()
        self._kept = list[tuple[WebSocketRoute, str | bytes]]()
        page.route_web_socket("**/_stcore/stream", self._opened)

    @property
    def kept(self) -> int:
        """How many things the page has asked for that still wait."""
        return len(self._kept)

    def let_go(self) -> None:
        """All that has waited arrives, and what comes after it."""
        self.holds, self.keeps = None, False
        while self._kept:
            server, message = self._kept.pop(0)
            server.send(message)
        while self._waiting:
            self._routes[-1].send(self._waiting.pop(0))

    def _opened(self, route: WebSocketRoute) -> None:
        def comes(message: str | bytes) -> None:
            if self._waiting or (self.holds and isinstance(message, bytes) and self.holds(ForwardMsg.FromString(message))):
                self._waiting.append(message)
            else:
                route.send(message)

        def goes(message: str | bytes) -> None:
            if self.keeps:
                self._kept.append((server, message))
                return
            server.send(message)
            if self.breaks:
                self.breaks = False
                server.close()
                route.close()

        self._waiting.clear()
        self._routes.append(route)
        server = route.connect_to_server()
        server.on_message(comes)
        route.on_message(goes)


def until_ready(page: Page) -> None:
    """Wait until the page's script has run; where there is a stage, until its run is built, its panels are there and its address.

    The run of a demonstration is nobody's, and stands in no address.
    """
    page.locator("h1").first.wait_for()
    if urlsplit(page.url).path.rstrip("/").split("/")[-1] in TRAINED:
        page.wait_for_function(
            f"""() => {{
                const stage = document.querySelector("{STAGE}");
                const placed = new URL(location.href).searchParams.has("run") || document.querySelector(".sw-waiting");
                return placed && stage && !["", "queued"].includes(stage.dataset.runStatus) && stage.querySelector("[data-panel]");
            }}"""
        )
    until_quiet(page)


def until_quiet(page: Page) -> None:
    """Wait until Streamlit has run the page's script to its end."""
    page.wait_for_function(
        "() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"
        " && document.querySelector('.stApp')?.dataset.testConnectionState === 'CONNECTED'"
    )


def until_status(page: Page, *statuses: str) -> None:
    """Wait until the stage shows one of these statuses."""
    page.wait_for_selector(",".join(f'{STAGE}[data-run-status="{status}"]' for status in statuses), state="attached")


def until_step(page: Page, step: int) -> None:
    """Wait until the stage has come to this step or beyond."""
    page.wait_for_function(f"(step) => Number(document.querySelector('{STAGE}')?.dataset.step) >= step", arg=step)


def stage(page: Page) -> tuple[str, int, int]:
    """Status, step and generation, as the stage's element says them."""
    status, step, generation = page.evaluate(
        f"(({{ dataset: d }}) => [d.runStatus, Number(d.step), Number(d.runGeneration)])(document.querySelector('{STAGE}'))"
    )
    return status, step, generation


def traces(page: Page, panel: str) -> list[dict[str, Any]]:
    """The traces of a chart as plotly holds them: name, x, y and whether it is shown; only what is on screen is drawn.

    A chart is there before its first point: whoever means the points waits for them (`until_drawn`).
    """
    page.locator(f"{STAGE} [data-panel={panel}]").scroll_into_view_if_needed()
    page.wait_for_function(f"() => {PLOT.format(panel)}?.data")
    read = f"""() => {PLOT.format(panel)}.data.map(({{ name, x, y, visible, line }}) =>
        ({{ name, x: [...(x ?? [])], y: [...(y ?? [])], visible: visible ?? true, dash: line?.dash }}))"""
    found: list[dict[str, Any]] = page.evaluate(read)
    return found


def curve(page: Page, panel: str = "loss", trace: str = "loss") -> tuple[list[int], list[float]]:
    """x and y of the present run's trace of this name; earlier runs are drawn before it."""
    found = [one for one in traces(page, panel) if one["name"] == trace][-1]
    return found["x"], found["y"]


def until_drawn(page: Page, step: int, panel: str = "loss") -> None:
    """Wait until the last trace of a chart has come to this step or beyond; only what is on screen is drawn.

    Raises:
        AssertionError: it was not in time; with what was drawn, and what was held and where.
    """
    chart = page.locator(f"{STAGE} [data-panel={panel}]")
    chart.scroll_into_view_if_needed()
    try:
        page.wait_for_function(f"(step) => {PLOT.format(panel)}?.data?.at(-1)?.x?.at(-1) >= step", arg=step)
    except TimeoutError as error:
        drawn = page.evaluate(f"() => {PLOT.format(panel)}?.data?.map(({{ name, x }}) => [name, x?.at(-1)])")
        raise AssertionError(f"{stage(page)} at {page.url}; drawn {drawn} of {step}, at {chart.bounding_box()}") from error


def marks(page: Page, panel: str = "loss") -> list[tuple[str, int]]:
    """The labelled marks of live changes, as soon as there is one: their words, and the step they stand at."""
    page.wait_for_function(f"() => {PLOT.format(panel)}?.layout?.annotations?.some(({{ xref }}) => xref === 'x')")
    found = page.evaluate(
        f"() => {PLOT.format(panel)}.layout.annotations.filter(({{ xref }}) => xref === 'x').map(({{ text, x }}) => [text, x])"
    )
    return [(text, step) for text, step in found]


def run_id(page: Page) -> str:
    """The id of the run in the page's address."""
    page.wait_for_function("() => new URL(location.href).searchParams.has('run')")
    found: str = page.evaluate("() => new URL(location.href).searchParams.get('run')")
    return found


def steered(page: Page) -> str:
    """The id by which this visitor steers their only run, which the address does not tell."""
    page.wait_for_function("() => document.cookie.includes('stepwise-steers=')")
    return next(str(cookie["value"]) for cookie in page.context.cookies() if cookie["name"] == "stepwise-steers").split(".")[0]


def until_address(page: Page, **parameters: str | None) -> None:
    """Wait until the address holds these parameters; None: not there.

    Raises:
        AssertionError: it was not in time; with what the address was instead.
    """
    holds = "(wanted) => Object.entries(wanted).every(([name, text]) => new URL(location.href).searchParams.get(name) === text)"
    try:
        page.wait_for_function(holds, arg=parameters)
    except TimeoutError as error:
        raise AssertionError(f"{page.url} does not come to hold {parameters}") from error


def press(page: Page, label: str) -> None:
    """Press the button of this name; Streamlit writes a button's shortcut beside its label."""
    page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(label)}(\s|$)")).first.click()


def read_note(page: Page, panel: str = "words") -> None:
    """Open a note, which shows its first sentence alone until then."""
    page.locator(f"[data-panel={panel}] .sw-more").click()


def fill(page: Page, label: str, value: str) -> None:
    """Type a number into the field of this name, and leave it."""
    field = page.get_by_role("spinbutton", name=label)
    field.fill(value)
    field.press("Enter")


def hasten(page: Page, speed: str) -> None:
    """Choose a speed by its words: "5/s", "max"."""
    page.get_by_role("combobox", name="Steps per second").select_option(label=speed)


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list; opened while the page is drawn anew it closes, and is opened again."""
    until_quiet(page)
    wanted = page.get_by_role("option", name=option, exact=True)
    field = page.get_by_role("combobox", name=label, exact=True)
    field.scroll_into_view_if_needed()
    field.click()
    try:
        wanted.click(timeout=5_000)
    except TimeoutError:
        field.click()
        wanted.click()
    until_quiet(page)


def trained(page: Page, last: int) -> None:
    """Press Train and wait for the end."""
    press(page, "Train")
    until_status(page, "finished")
    until_drawn(page, last)
