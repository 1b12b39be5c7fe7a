"""The whole behind nginx: under a path prefix, with buffers and compression, with little patience; and a line that really breaks."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from tests.browser.app_server import AppServer, free_port, serving_app, until_answering
from tests.browser.plain import descend
from tests.browser.stage_server import StageServer, serving
from tests.browser.visitors import (
    STAGE,
    Line,
    Profiles,
    Visitors,
    curve,
    fill,
    hasten,
    press,
    run_id,
    stage,
    traces,
    until_drawn,
    until_quiet,
    until_ready,
    until_status,
    until_step,
)
from tests.ui.scripted_run import ScriptedRun

pytestmark = pytest.mark.browser
PREFIX = "/lab/stepwise"
# What nginx's own documentation says for WebSockets, and nothing about buffering or compression of the stream.
CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off; gzip on; gzip_types *;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port};
        {settings}
        location {prefix}/ {{
            proxy_pass {behind};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }}
    }}
}}
"""
COMPRESSING = "gzip_types text/event-stream; gzip_proxied any; gzip_min_length 1;"
BUFFERING = "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;"  # whatever the app wishes
IMPATIENT = "proxy_read_timeout 10s; send_timeout 10s;"
DISCONNECTED = ["WebSocket", "Cannot send rerun backMessage when disconnected"]  # Streamlit's own words
AT_ONCE = 4_000  # ms; sooner than a ping could flush what was held back
Proxy = Callable[[str], AbstractContextManager[str]]  # starts nginx with these further settings; its address for visitors


def proxy(folder: Path, behind: str, health: str = "/_stcore/health") -> Proxy:
    """An nginx that hands requests under PREFIX to `behind`; each start is at the same address, of which a browser remembers files."""
    port, program = free_port(), shutil.which("nginx") or "/usr/sbin/nginx"
    configuration, log = folder / "nginx.conf", folder / "nginx.log"
    url = f"http://127.0.0.1:{port}{PREFIX}"

    @contextmanager
    def started(settings: str) -> Iterator[str]:
        filled = CONFIGURATION.format(folder=folder, port=port, prefix=PREFIX, behind=behind, settings=settings)
        configuration.write_text(filled, encoding="utf-8")
        command = [program, "-p", str(folder), "-c", str(configuration), "-e", "stderr"]
        with log.open("ab") as output, subprocess.Popen(command, stderr=output) as process:
            try:
                until_answering(f"{url}{health}", process, log)
                yield url
            finally:
                process.terminate()

    return started


@pytest.fixture(scope="module")
def with_prefix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app knows its prefix (`server.baseUrlPath`), and the proxy leaves it in the address."""
    folder = tmp_path_factory.mktemp("prefixed")
    with serving_app(folder, base_path=PREFIX.strip("/")) as server, proxy(folder, server.url.removesuffix(PREFIX))("") as url:
        yield url


@pytest.fixture(scope="module")
def stripping(tmp_path_factory: pytest.TempPathFactory, app: str) -> Proxy:
    """The app knows of no prefix: the proxy takes it off."""
    return proxy(tmp_path_factory.mktemp("stripping"), f"{app}/")


def trains(visit: Visitors) -> None:
    """The card on the home page leads to a page whose curve is drawn while it runs, and which a reload finds again."""
    page = visit("")
    page.get_by_role("link", name="Linear regression").last.click()
    until_ready(page)
    press(page, "Train")
    until_step(page, 30)
    assert stage(page)[0] == "running", "the first steps are drawn while it runs: nothing holds them back"
    hasten(page, "max")
    until_status(page, "finished")
    until_drawn(page, 1000)
    x, y = curve(page)
    assert x == list(range(1001))
    assert y == pytest.approx(descend(1000)["loss"], rel=1e-6, abs=1e-9)
    run = run_id(page)
    page.reload()
    until_ready(page)
    until_drawn(page, 1000)
    assert (run_id(page), traces(page, "loss")[-1]["x"]) == (run, x)


def test_under_a_prefix_that_the_app_knows(browser: Browser, with_prefix: str) -> None:
    visit = Visitors(browser, with_prefix)
    trains(visit)
    visit.leave()
    assert visit.faults == []


def test_under_a_prefix_that_the_proxy_takes_off(browser: Browser, stripping: Proxy, strangers: Profiles) -> None:
    with stripping("") as url:
        visit = Visitors(browser, url, strangers)
        trains(visit)
        visit.leave()
        assert visit.faults == []


@pytest.fixture(scope="module")
def one_stage() -> Iterator[StageServer]:
    """A stage without Streamlit, whose run does what the test says."""
    with serving(StageServer(ScriptedRun(epochs=100_000), [], prefix=PREFIX)) as server:
        yield server


@pytest.mark.parametrize("settings", [COMPRESSING, BUFFERING, COMPRESSING + BUFFERING], ids=["compressing", "buffering", "both"])
def test_rows_come_at_once_through(browser: Browser, one_stage: StageServer, tmp_path: Path, settings: str) -> None:
    with proxy(tmp_path, one_stage.url.removesuffix(f"{PREFIX}/page"), health="/page")(settings) as url:
        page = browser.new_page()
        page.goto(f"{url}/page")
        for _ in range(3):
            one_stage.run.descend(2)
            last = one_stage.run.history.last_step
            page.wait_for_function(f"document.querySelector('{STAGE}')?.dataset.step === '{last}'", timeout=AT_ONCE)
        page.close()


def test_a_page_that_stands_still_keeps_its_lines_though_the_proxy_cuts_silent_ones(
    browser: Browser, stripping: Proxy, strangers: Profiles
) -> None:
    with stripping(IMPATIENT) as url:
        visit = Visitors(browser, url, strangers)
        page = visit("linear_regression")
        cut: list[str] = []

        def ended(request: Request) -> None:
            if "/events" in request.url and request.failure != "net::ERR_ABORTED":  # so ends what the page itself closes
                cut.append(f"{request.url} {request.failure}")

        page.on("websocket", lambda opened: cut.append(opened.url))  # the first one is open already
        page.on("requestfailed", ended)
        page.on("requestfinished", ended)
        page.wait_for_timeout(11_000)
        press(page, "Step")
        until_step(page, 1)
        assert cut == []
        visit.leave()
        assert visit.faults == []


def test_a_line_that_breaks_is_resumed_with_no_step_lost_or_doubled(
    browser: Browser, stripping: Proxy, strangers: Profiles, app_server: AppServer
) -> None:
    with stripping("") as url:
        visit = Visitors(browser, url, strangers)
        broken = "CONNECTION_(REFUSED|RESET|CLOSED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH"
        visit.expected += [f"net::ERR_({broken})"]  # its name hangs on where in the exchange the line broke
        visit.expected += DISCONNECTED
        page = visit("linear_regression?epochs=100000")
        press(page, "Train")
        until_step(page, 30)
    expect(page.locator(".sw-link")).to_have_text("Reconnecting…")
    _, lost, _ = stage(page)
    assert app_server.process.is_running()
    with stripping(""):
        until_step(page, lost + 60)
        expect(page.locator(".sw-link")).to_have_text("")
        press(page, "Pause")
        until_status(page, "paused")
        until_drawn(page, stage(page)[1])
        x, y = curve(page)
        assert x == list(range(len(x)))
        assert y == pytest.approx(descend(x[-1])["loss"], rel=1e-6, abs=1e-9)
        visit.leave()
    assert visit.faults == []


def test_a_line_that_breaks_while_the_script_runs_leaves_the_page_whole(browser: Browser, app: str, strangers: Profiles) -> None:
    visit = Visitors(browser, app, strangers)
    visit.expected += DISCONNECTED
    page = visit("linear_regression")
    line = Line(page)
    page.reload()
    until_ready(page)
    line.breaks = True
    fill(page, "Epochs", "300")
    page.wait_for_function("() => document.querySelector('.stApp').dataset.testConnectionState !== 'CONNECTED'")
    until_quiet(page)
    until_ready(page)
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("300")
    visit.leave()
    assert visit.faults == []
