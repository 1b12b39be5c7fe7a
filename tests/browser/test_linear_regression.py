"""The linear regression page in a real Chromium: what is drawn is what plain PyTorch computes, and every field does its work."""

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.plain import descend
from tests.browser.visitors import (
    PLOT,
    STAGE,
    Visitors,
    choose,
    curve,
    fill,
    marks,
    press,
    traces,
    trained,
    until_address,
    until_drawn,
    until_quiet,
    until_status,
    until_step,
)

pytestmark = pytest.mark.browser
TOP = "document.querySelector('[data-panel=loss]').offsetTop"
ROUNDING = 1e-6  # one of float32


def test_the_drawn_curves_and_the_figures_are_those_of_a_plain_loop(visit: Visitors) -> None:
    page = visit("linear_regression?speed=max")
    trained(page, 1000)
    plain = descend(1000)
    for panel, name in (("loss", "loss"), ("parameters", "W"), ("parameters", "b")):
        until_drawn(page, 1000, panel)
        x, y = curve(page, panel, name)
        assert x == list(range(1001))
        assert y == pytest.approx(plain[name], rel=ROUNDING, abs=1e-9)
    line = next(trace for trace in traces(page, "line") if trace["name"] == "xW + b")
    assert line["y"] == pytest.approx([plain["W"][-1] * x + plain["b"][-1] for x in line["x"]], rel=1e-5)
    page.get_by_role("tab", name="Log").click()
    rows = page.locator("[data-panel=log_tab] tbody tr")
    expect(rows).to_have_count(11)
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    assert cells[0] == ["0", "0.000", "0.000", "4.666667"]
    assert cells[1] == ["100", "0.873", "0.290", "0.012043"]
    assert cells[10] == ["1000", "0.985", "0.033", "0.000158"]
    expect(page.locator("#sw-alt-parameters")).to_contain_text("0.985")
    expect(page.locator("[data-finding=lr_below_limit]")).to_contain_text("0.1803")
    page.get_by_role("button", name="Read all of this note").click()
    expect(page.locator("[data-finding=converged]")).to_be_visible()


def test_lr_bends_the_running_curve_into_a_divergence_that_is_explained_and_mended(visit: Visitors) -> None:
    page = visit("linear_regression?speed=300&epochs=100000")
    until_drawn(page, 0)
    [loss] = traces(page, "loss")
    assert (loss["x"], loss["y"]) == ([0], [pytest.approx(14 / 3)]), "the first view shows where the loss begins"
    assert page.evaluate(f"{PLOT.format('loss')}.data[0].mode") == "markers"
    traces(page, "line")
    low, high = page.evaluate(f"{PLOT.format('line')}.layout.yaxis.range")
    assert low < 0 < 3 < high, "and the line y = 0 that it begins with"
    top = page.evaluate(TOP)
    press(page, "Train")
    until_step(page, 100)
    fill(page, "Learning rate (lr)", "0.19")
    page.wait_for_function("() => document.querySelector('[data-finding=lr_above_limit]')")
    until_status(page, "diverged")
    expect(page.locator("[data-finding=diverged]")).to_contain_text("0.19")
    expect(page.locator("[data-panel=numbers] dd").nth(1)).to_have_text("inf")
    assert page.evaluate(TOP) == top, "what is said moves no panel"
    [(label, step)] = marks(page)
    assert label == "lr 0.01 → 0.19"
    x, y = curve(page)
    plain = descend(x[-1], lr_from={step: 0.19})["loss"]
    assert x[-1] > step + 100, "it takes a while from the change to the end"
    drawn = [(a, b) for a, b in zip(x, y, strict=True) if b is not None and b < 1e30]
    assert [b for _, b in drawn] == pytest.approx([plain[a] for a, _ in drawn], rel=1e-4)
    page.get_by_role("button", name="Start again with a learning rate of").click()
    until_status(page, "running")
    page.wait_for_function(f"() => Number(document.querySelector('{STAGE}').dataset.runGeneration) > 0")
    until_drawn(page, 50)
    assert len(traces(page, "loss")) == 2, "the curve that diverged stays, faint"
    assert float(page.get_by_role("spinbutton", name="Learning rate (lr)").input_value()) < 0.18
    until_address(page, lr=page.get_by_role("spinbutton", name="Learning rate (lr)").input_value())


def test_refused_values_in_a_link_are_named_as_they_stand_with_their_bounds(visit: Visitors) -> None:
    planted = "![x](http://elsewhere.example/x.png) **b** $a$ :red[c]"  # a request to anywhere else would fail this test
    page = visit(f"linear_regression?lr=99&momentum=abc&optimizer={quote(planted)}&epochs=50")
    alerts = page.get_by_test_id("stAlert")
    expect(alerts).to_have_count(3)
    said = "\n".join(alerts.all_inner_texts())
    for part in ("“99”", "1e-06 … 10", "“abc” is not a number", "0 … 0.999", f"“{planted}”", "SGD | Momentum"):
        assert part in said
    assert alerts.locator("img, a, strong").count() == 0
    expect(page.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.01")
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("50")
    trained(page, 50)


def test_earlier_runs_stay_are_hidden_and_come_back(visit: Visitors) -> None:
    page = visit("linear_regression?epochs=60&speed=max&lr=0.05")
    trained(page, 60)
    fill(page, "Learning rate (lr)", "0.1")
    page.wait_for_selector(f"{STAGE}[data-run-generation='1'][data-run-status=paused]", state="attached")
    trained(page, 60)
    page.wait_for_function("() => document.querySelectorAll('[data-panel=loss] .sw-chip').length === 1")
    earlier = traces(page, "loss")[0]
    assert earlier["name"] == "lr 0.05"
    plain = descend(60, 0.05)["loss"]
    present = curve(page)[1]
    shown = [(step, value) for step, value in zip(earlier["x"], earlier["y"], strict=True) if value is not None]
    assert [value for _, value in shown] == pytest.approx([plain[step] for step, _ in shown], rel=1e-5)
    assert present == pytest.approx(descend(60, 0.1)["loss"], rel=1e-5)
    chip = page.get_by_role("button", name="lr 0.05", exact=True)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("() => document.querySelector('[data-panel=loss] .sw-plot')?.data?.[0]?.visible === false")
    page.get_by_role("button", name="Bring back the settings of this run: lr 0.05").click()
    expect(page.get_by_role("spinbutton", name="Learning rate (lr)")).to_have_value("0.05")
    page.wait_for_selector(f"{STAGE}[data-run-generation='2']", state="attached")
    until_address(page, lr="0.05")


def points(page: Page) -> list[tuple[float, float]]:
    """The data as the chart draws them."""
    data = traces(page, "line")[0]
    return list(zip(data["x"], data["y"], strict=True))


def until_points(page: Page, wanted: list[tuple[float, float]]) -> None:
    """Wait until these are the data that the chart draws; what is not on the screen is not drawn."""
    page.locator("[data-panel=line]").scroll_into_view_if_needed()
    page.wait_for_function(
        """(wanted) => {
            const data = document.querySelector('[data-panel=line] .sw-plot')?.data?.[0];
            return JSON.stringify([...(data?.x ?? [])].map((x, row) => [x, data.y[row]])) === JSON.stringify(wanted);
        }""",
        arg=[list(point) for point in wanted],
    )


def test_own_points_are_typed_and_uploaded(visit: Visitors, tmp_path: Path) -> None:
    page = visit("linear_regression?data=own&epochs=50&speed=max")
    until_points(page, [(1, 1), (2, 2), (3, 3)])
    table = page.locator(".st-key-settings").get_by_test_id("stDataFrame")
    table.locator("canvas").first.wait_for()
    table.dblclick(position={"x": 225, "y": 52})  # the first row's y; a row is 35 px high
    cell = page.locator("#portal .gdg-input")
    cell.fill("7.5")
    cell.press("Enter")
    until_points(page, [(1, 7.5), (2, 2), (3, 3)])
    until_address(page, data="own", table="1.0,7.5;2.0,2.0;3.0,3.0")
    trained(page, 50)
    file = tmp_path / "trees.csv"
    file.write_text("이름,키,나이,너비\n느릅,10,1,3\n참,20,2,5\n물푸레,30,4,9\n", encoding="cp949")  # as Korean spreadsheets do
    page.locator("input[type=file]").set_input_files(file)
    choose(page, "Column for x", "나이")
    choose(page, "Column for y", "너비")
    until_quiet(page)
    press(page, "Use these columns")  # the tools of the table that was typed in do not cover it
    until_points(page, [(1, 3), (2, 5), (4, 9)])
    trained(page, 50)


def upload(page: Page, name: str, content: bytes) -> None:
    """Drop a file of this content."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})


def test_a_table_is_shown_as_it_was_read_and_can_be_corrected(visit: Visitors) -> None:
    page = visit("linear_regression?data=own&epochs=50&speed=max")
    cities = "Ort;Einwohner;Fläche;Höhe\nBerlin;3.645;891,7;1\nHamburg;1.841;755,2;2\nKöln;?;405,2;3\nBonn;330;141,1;1e99\n"
    upload(page, "cities.tsv", cities.encode("cp1252"))
    settings = page.locator(".st-key-settings")
    for label, found in {
        "Encoding": "Windows-1252", "Separator": "semicolon ;", "Decimal sign": "comma 1,5", "First row": "names of the columns",
        "Column for x": "Einwohner", "Column for y": "Fläche",
    }.items():  # fmt: skip
        expect(page.get_by_role("combobox", name=label, exact=True)).to_have_value(found)
    expect(settings.get_by_text("Ort cannot be used. Cells that are no numbers: 4 – line 2: Berlin (no number); line 3:")).to_be_visible()
    expect(settings.get_by_text("Rows left out: 1 – line 4: ? (no value)")).to_be_visible()
    choose(page, "Decimal sign", "point 1.5")
    expect(settings.get_by_text("Fläche cannot be used. Cells that are no numbers: 4")).to_be_visible()
    expect(settings.get_by_text("Rows left out: 2 – line 4: ? (no value); line 5: 1e99 (beyond float32)")).to_be_visible()
    until_quiet(page)
    press(page, "Use these columns")
    until_points(page, [(3.645, 1), (1.841, 2)])
    upload(page, "words.csv", b"name,kind\nelm,tree\n")
    alert = settings.get_by_test_id("stAlert")  # of a rerun there may be two for a moment: the old one goes last
    expect(alert.filter(has_text="The file has no column of numbers")).to_be_visible()
    expect(settings.get_by_text("name cannot be used.")).to_be_visible()
    upload(page, "book.csv", b"PK\x03\x04\x14\x00")
    expect(alert.filter(has_text="save it as CSV")).to_be_visible()
    assert points(page) == [(3.645, 1), (1.841, 2)]


def test_a_file_that_is_too_large_is_refused_in_our_words(visit: Visitors) -> None:
    page = visit("linear_regression?data=own", language="ko")
    upload(page, "large.csv", b"1,2\n" * 2_100_000)
    refused = page.get_by_test_id("stFileChips")
    expect(refused.get_by_role("alert")).to_have_text("오류: 파일은 8.0MB 이하여야 합니다.")
    assert refused.get_by_role("alert").evaluate("(one) => one.offsetHeight") > 15, "it is there to be read"
    refused.get_by_text("large.csv").hover()
    expect(page.get_by_test_id("stTooltipErrorContent")).to_have_text("파일은 8.0MB 이하여야 합니다.")
    expect(page.get_by_role("button", name="large.csv 빼기")).to_be_visible()


def test_float64_meets_pytorchs_own_error_and_its_mend(visit: Visitors) -> None:
    page = visit("linear_regression?formulation=module&dtype=float64", ready=False)
    until_status(page, "failed")
    expect(page.locator("[data-panel=words] pre")).to_contain_text("must have the same dtype")
    expect(page.locator("[data-panel=words] .sw-error")).to_contain_text("x = x.float()")


CROWDED = """() => {
    const drawn = [...document.querySelectorAll(".stepwise-stage .sw-plot")].filter((plot) => plot.querySelector(".ytick text"));
    const box = (node) => node.getBoundingClientRect();
    const edge = (plot) => Math.min(...[...plot.querySelectorAll(".ytick text")].map((label) => box(label).left));
    const title = (plot) => plot.querySelector(".ytitle");
    return drawn.map((plot) => edge(plot) < (title(plot) ? box(title(plot)).right : box(plot).left));
}"""


def test_wide_labels_have_room_beside_the_axis(visit: Visitors) -> None:
    page = visit("linear_regression?data=own&table=1,1e20;2,2e20", size=(1366, 900))
    page.wait_for_function(f"() => ({CROWDED})().length === 4 && !({CROWDED})().includes(true)")
