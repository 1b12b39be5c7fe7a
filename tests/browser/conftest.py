"""The app itself behind a real server, and a Chromium to visit it with."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    """The address of the app, served as `make run` does, on a port of its own."""
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", "0", "--server.headless", "true"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout
        for line in server.stdout:
            if "Local URL:" in line:
                yield line.split("Local URL:")[1].strip()
                break
        server.terminate()
        server.communicate(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab; a fault in any script of the page fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(getattr(fault, "stack", None) or str(fault)))
    yield page
    context.close()
    assert not faults
