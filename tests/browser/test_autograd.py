"""Autograd by hand in a real Chromium: a path is clicked, x is changed, a program is typed, and PyTorch agrees."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.labs.by_hand.expressions import DEFAULT, EXPRESSIONS
from tests.browser.visitors import Language, Line, Visitors, choose, press, until_address, until_quiet
from tests.programs import printed
from tests.words import said
from ui.by_hand.words import expressions

pytestmark = pytest.mark.browser
ROOT = ".stepwise-by-hand"
X_LABEL = "x: numbers with commas between them"
PROGRAM_LABEL = "Program: one assignment a line"


def opened(visit: Visitors, path: str = "autograd", language: Language = "en", size: tuple[int, int] = (1280, 900)) -> Page:
    """The page with PyTorch's answer on it."""
    page = visit(path, language=language, size=size)
    page.wait_for_selector(f"{ROOT}[data-pytorch=answered]")
    until_quiet(page)
    return page


def path(page: Page) -> str:
    """The names on the chosen path, the output first."""
    return page.locator(ROOT).get_attribute("data-path") or ""


def until_path(page: Page, names: str) -> None:
    page.wait_for_selector(f"{ROOT}[data-path='{names}']")


def products(page: Page) -> list[str]:
    """What the chosen path brings to each element."""
    return page.locator("[data-panel=chain] .bh-result").all_inner_texts()


def line(page: Page, element: int) -> str:
    """The product for one element of x, as it is read."""
    return " ".join(page.locator(f"[data-panel=chain] [data-element='{element}'] > *").all_inner_texts())


def table(page: Page) -> list[list[str]]:
    """By hand and PyTorch: name, both numbers, verdict."""
    rows = page.locator("[data-panel=pytorch] tbody tr")
    return [rows.nth(place).locator("th, td").all_inner_texts() for place in range(rows.count())]


def until_gradient(page: Page, *numbers: str) -> None:
    """Wait until PyTorch's x.grad stands there."""
    for index, number in enumerate(numbers):
        expect(page.locator(f"[data-panel=pytorch] [data-row='x.grad[{index}]'] td").nth(1)).to_have_text(number)


def type_program(page: Page, text: str) -> None:
    page.get_by_role("textbox", name=PROGRAM_LABEL).fill(text)
    press(page, "Compute")
    until_quiet(page)


def test_the_lesson_by_hand_and_by_pytorch_in_both_languages(visit: Visitors) -> None:
    page = opened(visit)
    lesson(page, "en")
    page.get_by_role("radio", name="한국어").click()
    expect(page.locator("[data-panel=pytorch] td").last).to_have_text(f"✓ {said('equal')}")
    until_quiet(page)
    lesson(page, "ko")


def lesson(page: Page, language: Language) -> None:
    same = f"✓ {said('equal', language)}"
    assert table(page) == [
        ["y", "12.6667", "12.6667", same],
        ["x.grad[0]", "1.3333", "1.3333", same],
        ["x.grad[1]", "2.0000", "2.0000", same],
        ["x.grad[2]", "2.6667", "2.6667", same],
    ]
    assert path(page) == "y c b a x"
    assert line(page, 1) == "∂y/∂x₁ = 1/3 · 1 · 2·3 · 1 = 2.0000"
    nodes = page.locator(".bh-node")
    assert nodes.nth(0).inner_text().split("\n") == ["y = c.mean()", "12.6667", "MeanBackward0"]
    assert nodes.nth(2).inner_text().split("\n") == ["b = a ** 2", "4", "9", "16", "PowBackward0"]
    assert page.locator(".bh-slope").all_inner_texts() == ["∂y/∂c\n1/3", "∂c/∂b\n1", "∂b/∂a\n2·a", "∂a/∂x\n1"]


def test_a_pressed_derivative_and_a_node_reached_by_the_keyboard_choose_the_path(visit: Visitors) -> None:
    page = opened(visit, "autograd?expression=two_paths")
    assert path(page) == "y b a x"
    assert products(page) == ["= 0.0000", "= 2.0000", "= 8.0000"]
    page.get_by_role("button", name="∂b/∂x = a").click()
    until_path(page, "y b x")
    assert products(page) == ["= 0.0000", "= 1.0000", "= 4.0000"]
    expect(page.get_by_role("button", name="∂b/∂x = a")).to_have_attribute("aria-pressed", "true")
    node = page.get_by_role("button", name="a = x ** 2")
    expect(node).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="∂b/∂a = x").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(node).to_be_focused()
    page.keyboard.press("Enter")
    until_path(page, "y b a x")
    expect(node).to_be_focused()


def test_the_contributions_of_all_paths_add_up_and_another_language_keeps_the_path(visit: Visitors) -> None:
    page = opened(visit, "autograd?expression=two_paths")
    rows = page.locator("[data-panel=chain] .bh-paths tr")
    assert rows.nth(3).locator("th, td").all_inner_texts() == ["Sum = ∂y/∂x", "0.0000", "3.0000", "12.0000"]
    page.get_by_role("button", name="y ← b ← x").click()
    until_path(page, "y b x")
    expect(page.get_by_role("button", name="y ← b ← x")).to_be_focused()
    page.get_by_role("radio", name="한국어").click()
    expect(page.locator("h1")).to_have_text(said("Autograd by hand"))
    until_quiet(page)
    assert path(page) == "y b x"
    expect(page.locator("[data-panel=pytorch] td").last).to_have_text(f"✓ {said('equal')}")


def test_one_number_for_all_elements_is_a_sum_over_them(visit: Visitors) -> None:
    page = opened(visit, "autograd?expression=variance&x=0,1,5")
    page.get_by_role("button", name="m = x.mean()").click()
    until_path(page, "y s d m x")
    assert line(page, 0) == "x₀ = (1.3333 + 0.6667 + (−2.0000)) · 1/3 = 0.0000"
    until_gradient(page, "−1.3333", "−0.6667", "2.0000")


def test_x_is_changed(visit: Visitors) -> None:
    page = opened(visit)
    field = page.get_by_role("textbox", name=X_LABEL)
    field.fill("3, -1")
    field.press("Enter")
    until_gradient(page, "5.0000", "1.0000")
    assert [row[3] for row in table(page)] == ["✓ equal"] * 3
    assert line(page, 0) == "∂y/∂x₀ = 1/2 · 1 · 2·5 · 1 = 5.0000"
    until_address(page, x="3, -1")


def test_a_program_of_ones_own_is_kept_by_the_link_and_back_leaves_the_page(visit: Visitors) -> None:
    page = visit("")
    page.locator(".st-key-card-autograd a").click()
    page.wait_for_selector(f"{ROOT}[data-pytorch=answered]")
    until_quiet(page)
    type_program(page, "u = sin(x)\nv = u * u + x\ny = v.sum()")
    until_gradient(page, "1.0000", "1.9093", "0.2432")
    until_address(page, program="u = sin(x)\nv = u * u + x\ny = v.sum()")
    page.reload()
    until_gradient(page, "1.0000", "1.9093", "0.2432")
    expect(page.get_by_role("textbox", name=PROGRAM_LABEL)).to_have_value("u = sin(x)\nv = u * u + x\ny = v.sum()")
    page.go_back()
    expect(page.locator(".st-key-home")).to_be_visible()


def test_a_refused_program_is_named_and_nothing_is_lost(visit: Visitors) -> None:
    page = opened(visit, "autograd?x=1,2")
    type_program(page, "a = x\ny = softmax(a)")
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("Line 2: softmax is no function here. Allowed: mean sum exp")
    assert table(page)[1][:3] == ["x.grad[0]", "3.0000", "3.0000"], "the last good program stays"
    type_program(page, "a = x\ny = sum(a)")
    until_gradient(page, "1.0000", "1.0000")
    expect(alert).to_have_count(0)


def test_what_is_refused_stays_through_a_reload_as_soon_as_the_refusal_is_read(visit: Visitors) -> None:
    """The rest of the page is still on its way then: it waits for PyTorch's answer."""
    page = visit("", ready=False)
    line = Line(page)
    page.goto(f"{visit.app}/autograd?x=1,2")
    until_quiet(page)
    line.holds = lambda message: message.delta.new_element.checkbox.label == "Call backward() twice"  # comes after the refusal
    typed = page.get_by_role("textbox", name=PROGRAM_LABEL)
    typed.fill("a = x\ny = softmax(a)")
    press(page, "Compute")
    refusal = page.get_by_test_id("stAlert")
    expect(refusal).to_contain_text("softmax")
    line.holds = None
    page.reload()
    expect(refusal).to_contain_text("softmax")
    expect(typed).to_have_value("a = x\ny = softmax(a)")
    page.close()


def test_a_vector_stops_pytorch_and_one_press_mends_it(visit: Visitors) -> None:
    page = opened(visit)
    choose(page, "Expression", said("a vector at the end: (3x)²", "en"))
    expect(page.locator("[data-panel=pytorch] pre")).to_have_text("RuntimeError: grad can be implicitly created only for scalar outputs")
    page.get_by_role("button", name=".mean()", exact=True).click()
    until_gradient(page, "0.0000", "6.0000", "12.0000")
    expect(page.get_by_role("textbox", name=PROGRAM_LABEL)).to_have_value("a = 3 * x\ny = (a ** 2).mean()")


def test_a_second_backward_stops_or_adds_up(visit: Visitors) -> None:
    page = opened(visit)
    page.get_by_text("Call backward() twice", exact=True).click()
    expect(page.locator("[data-panel=pytorch] pre")).to_contain_text("Trying to backward through the graph a second time")
    assert [row[2] for row in table(page)[4:]] == ["2.6667", "4.0000", "5.3333"]
    until_address(page, backwards="2")


def test_a_corner_where_hand_and_pytorch_part_is_explained(visit: Visitors) -> None:
    page = opened(visit, "autograd?expression=corner")
    assert [row[1:] for row in table(page)[1:]] == [
        ["nan", "0", "✕ different"],
        ["nan", "0", "✕ different"],
        ["0.5000", "0.5000", "✓ equal"],
    ]
    notes = page.locator("[data-panel=pytorch] .bh-note").all_inner_texts()
    assert [note.split(":")[0] for note in notes[:2]] == ["a₁", "b₀"]
    assert "PyTorch does not multiply there" in notes[2]


def test_the_script_at_home_prints_what_the_screen_shows(visit: Visitors, tmp_path: Path) -> None:
    page = opened(visit, "autograd?expression=neuron&x=0.5,-2")
    page.get_by_role("tab", name="Code").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Script (.py)").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    last = printed(file)[-1]
    numbers = [float(number) for number in last.removeprefix("x.grad: [").removesuffix("]").split(", ")]
    assert [f"{number:.4f}".replace("-", "−") for number in numbers] == [row[2] for row in table(page)[1:]]


def test_on_a_phone_the_graph_runs_downwards_and_fits(visit: Visitors) -> None:
    page = opened(visit, "autograd?expression=two_paths", size=(390, 844))
    tops = page.evaluate("() => [...document.querySelectorAll('.bh-node')].map((node) => node.getBoundingClientRect().top)")
    assert tops == sorted(tops, reverse=True), "y, the first in the order of backward(), stands lowest"
    fits = page.evaluate("() => [...document.querySelectorAll('.bh-graph')].every((box) => box.scrollWidth <= box.clientWidth)")
    assert fits


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_no_two_boxes_of_the_graph_lie_on_each_other(visit: Visitors, size: tuple[int, int]) -> None:
    page = opened(visit, "autograd?x=1,2,3,4,5,6,7,8", size=size)
    for name, program in EXPRESSIONS.items():
        if name != DEFAULT:
            choose(page, "Expression", expressions()[name])
        assigned = [line.split(" = ")[0] for line in program.splitlines()]
        page.wait_for_function(  # t1 is what a program has not named
            """(wanted) => {
                const named = ({ innerText }) => innerText.split("\\n")[0].split(" = ")[0];
                const names = [...document.querySelectorAll(".bh-node")].map(named);
                return names.filter((name) => !/^t\\d$/.test(name)).sort().join() === wanted;
            }""",
            arg=",".join(sorted(["x", *assigned])),
        )
        assert meeting(page) == [], name


def meeting(page: Page) -> list[tuple[str, str]]:
    """The pairs of boxes that lie on each other."""
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('.bh-node, .bh-slope')].map((box) => {
            const { left, right, top, bottom } = box.getBoundingClientRect();
            return { name: box.innerText, left, right, top, bottom };
        })"""
    )
    assert len(boxes) > 2
    return [
        (one["name"], other["name"])
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if one["left"] < other["right"] and other["left"] < one["right"] and one["top"] < other["bottom"] and other["top"] < one["bottom"]
    ]
