"""The browser that tests and benchmarks drive, looked up in one place.

`python tests/browser/chromium.py` fails where there is none that starts: so the provisioning asks.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

# First the one without a window: the others draw tabs and toolbars that nobody sees, a quarter of what a test costs.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SHORT_LIVED = "--js-flags=--no-maglev --no-turbofan"  # a page of a test is gone before what is compiled with care has paid: a tenth of all


def program(playwright: Playwright) -> str | None:
    """The path of the first browser that can be started: one of the system's, else Playwright's own; None without any.

    Ubuntu's `chromium-browser` may be a note that asks for a snap: only what answers to `--version` counts.
    """
    candidates = [*filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path]
    return next((path for path in candidates if Path(path).exists() and _answers(path)), None)


def _answers(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextmanager
def chromium(*further: str) -> Iterator[Browser]:
    """A headless Chromium, with further arguments; software rendering, so what is measured in it is measured for a weak machine."""
    with sync_playwright() as playwright:
        path = program(playwright)
        if path is None:
            raise FileNotFoundError(f"no browser: none of {', '.join(NAMES)} starts, nor Playwright's own; `make test` installs one")
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *further])
        try:
            yield browser
        finally:
            browser.close()


def main() -> int:
    """0 if a browser starts and shows a page; else 1, and stderr says what is wrong."""
    try:
        with chromium() as browser:
            browser.new_page().goto("about:blank")
    except (Error, FileNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
