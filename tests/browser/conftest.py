"""What the browser tests share: one app, one Chromium, and visitors whose faults fail the test.

The scope is this folder, not the session: Playwright's event loop must not outlive its tests, since others run loops of their
own in the same thread; and where tests are shared out among processes, each has an app and a Chromium of its own.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.app_server import AppServer, serving_app
from tests.browser.chromium import SHORT_LIVED, chromium
from tests.browser.visitors import PATIENCE, Profiles, Visitors

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app, started once for all tests; its pages wait for the workers by themselves."""
    with serving_app(tmp_path_factory.mktemp("app")) as served:
        yield served


@pytest.fixture(scope="package")
def app(app_server: AppServer) -> str:
    """The address of the app, without a slash at its end."""
    return app_server.url


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium, launched once: a launch takes longer than many a test."""
    with chromium(SHORT_LIVED) as running:
        yield running


@pytest.fixture(scope="package")
def profiles(browser: Browser) -> Profiles:
    """The browser profiles of visitors, one for each language; they end with the browser."""
    return {}


@pytest.fixture(scope="package")
def strangers(browser: Browser) -> Profiles:
    """The profiles of somebody else's browser, which knows nothing of what the first one holds."""
    return {}


@pytest.fixture
def visit(browser: Browser, app: str, profiles: Profiles) -> Iterator[Visitors]:
    """`visit("linear_regression?lr=0.1", language="ko", theme="dark", size=(390, 844))` → a page of a new visitor.

    An uncaught error, an error on the console, or a request to anywhere but the app fails the test, unless the test has
    named it in `visit.expected`.
    """
    visitors = Visitors(browser, app, profiles)
    yield visitors
    visitors.leave()
    assert visitors.faults == []


@pytest.fixture
def other(browser: Browser, visit: Visitors, strangers: Profiles) -> Iterator[Visitors]:
    """Somebody else's browser."""
    visitors = Visitors(browser, visit.app, strangers)
    yield visitors
    visitors.leave()
    assert visitors.faults == []
