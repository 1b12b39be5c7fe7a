"""The linear regression page in a browser, and its buttons."""

from playwright.sync_api import Browser, Locator, Page

from benchmarks.web import Served

PAGE = "linear_regression?lang=en&epochs=100000&speed="
STAGE = ".stepwise-stage"
LOSS = "document.querySelector('[data-panel=loss] .sw-plot')"


def opened(browser: Browser, served: Served, speed: int) -> Page:
    """A page of its own, with a run that is built and waits."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.set_default_timeout(60_000)
    page.goto(f"{served.url}{PAGE}{speed}")
    page.wait_for_selector(f"{STAGE}[data-run-status=paused]")
    page.wait_for_function(f"{LOSS}?.data?.at(-1)?.x?.length === 1")
    return page


def press(page: Page, name: str) -> None:
    """Click on a button of the run."""
    button(page, name).click()


def button(page: Page, name: str) -> Locator:
    """A button by its word; its icon and its shortcut are part of its name too."""
    return page.locator(".sw-run").get_by_role("button", name=name)
