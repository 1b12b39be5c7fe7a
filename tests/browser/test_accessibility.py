"""axe-core finds nothing serious on any page, in both languages and both themes, before and after training; and Korean is Korean."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pages import PAGES
from tests.browser.test_shell import changes_language, english
from tests.browser.visitors import STAGE, TRAINED, Language, Theme, Visitors, press, until_quiet, until_status
from tests.words import said

pytestmark = pytest.mark.browser
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
PAIRS: tuple[tuple[Language, Theme], ...] = (("en", "light"), ("ko", "dark"))
GROUND: dict[Theme, str] = {"light": "rgb(252, 252, 253)", "dark": "rgb(17, 21, 28)"}
SHORT = "epochs=5"
# Streamlit's own elements, which nobody but Streamlit can mend: (rule, part of the element's selector).
STREAMLITS_OWN = (
    ("scrollable-region-focusable", ".stCode"),  # `st.code` scrolls sideways and cannot be given a tab stop
)


def findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical, without Streamlit's own: rule, element, its HTML, and why."""
    page.wait_for_function("() => document.getAnimations().every((one) => one.playState === 'finished')")  # half faded is pale
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']} {target}\n{node['html'][:300]}\n{node['failureSummary']}\n"
        for rule in found["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
        for target in [" ".join(map(str, node["target"]))]
        if not any(rule["id"] == own and part in target for own, part in STREAMLITS_OWN)
    ]


def check(page: Page) -> None:
    """Fail, with everything that was found."""
    found = findings(page)
    assert not found, "\n".join(found)


def check_all(page: Page, title: str, unfold: Callable[[Language], None] = lambda _: None) -> None:
    """The open page in both languages and both themes, once its folded parts are unfolded.

    A theme is nothing but colours and a language nothing but words, so each is looked at once: English in light, Korean in dark.
    All four pairs would find the same and cost twice as much; axe computes for two seconds each time it goes over a page.
    """
    for language, theme in PAIRS:
        page.emulate_media(color_scheme=theme)
        if language == "ko":
            page.get_by_role("radio", name="한국어").click()
            expect(page.locator("h1")).to_have_text(said(title))
            until_quiet(page)
        unfold(language)
        page.wait_for_function(
            "(ground) => getComputedStyle(document.querySelector('.stApp')).backgroundColor === ground", arg=GROUND[theme]
        )
        if page.locator(f"{STAGE}[data-theme]").count():
            page.wait_for_selector(f"{STAGE}[data-theme={theme}]")
        check(page)


def test_home(visit: Visitors) -> None:
    check_all(visit(""), "Watch a real PyTorch program learn.")


@pytest.mark.parametrize("name", TRAINED)
def test_page(visit: Visitors, name: str) -> None:
    korean = "&text=korean" if name == "char_rnn" else ""  # else what it learns is English on the Korean page, too
    page = visit(f"{name}?speed=max&{SHORT}{korean}")
    press(page, "Train")
    until_status(page, "finished")
    until_quiet(page)

    def unfold(language: Language) -> None:
        until_quiet(page)  # in another language it is another one, which is folded
        settings = page.get_by_test_id("stExpander").filter(has_text=said("More settings", language))
        if not settings.locator("details[open]").count():
            settings.get_by_text(said("More settings", language)).click()
        settings.locator("details[open]").wait_for()

    title = next(page.title for page in PAGES if page.name == name)
    check_all(page, title, unfold)
    assert not english(page)
    changes_language(page, title, unfold)


@pytest.mark.parametrize("settings", ["expression=two_paths&backwards=2", "expression=vector&x=one", "expression=corner"])
def test_autograd(visit: Visitors, settings: str) -> None:
    page = visit(f"autograd?{settings}")
    page.wait_for_selector("[data-pytorch=answered]")
    until_quiet(page)
    check_all(page, "Autograd by hand")


def test_a_phone(visit: Visitors) -> None:
    check(visit("linear_regression", size=(390, 844)))


def test_a_divergence_and_its_remedy(visit: Visitors) -> None:
    page = visit("linear_regression?lr=1&speed=max", theme="dark")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).backgroundColor") == GROUND["dark"]
    press(page, "Train")
    until_status(page, "diverged")
    until_quiet(page)
    check(page)
