"""Panel specs, the palette, and the stage's files."""

import asyncio
import gzip
import json
from itertools import combinations

import pytest
from starlette.requests import Request

from core.run.status import Status
from ui.frame.palette import COLORS, palette
from ui.stage import Chart, Column, Log, Panel, Readout, Readouts, Reference, Sentences, Trace, assets
from ui.stage.labels import labels
from ui.stage.panels import specs

BACKGROUNDS = {"light": "#ffffff", "dark": "#11151b"}


def test_specs_are_json() -> None:
    panels: list[Panel] = [
        Readouts("numbers", "Numbers", [Readout("W", "W", 3, "W")]),
        Chart(
            "loss",
            "Loss",
            [Trace("loss", ("step", "loss"), color="loss"), Trace("data", fact="points"), Trace(view="line")],
            alt="Loss {loss}",
            references=[Reference("best.loss", "best {value}")],
            past=("step", "loss"),
        ),
        Sentences("words", "In words", {"converged": "It has converged."}),
        Log("log", "Log", [Column("step", "epoch", 0)]),
    ]
    written = json.loads(json.dumps(specs(panels)))
    assert [spec["kind"] for spec in written] == ["readouts", "chart", "words", "log"]
    chart = written[1]
    line = {"type": "scatter", "mode": "lines", "name": "loss"}
    assert chart["traces"][0] == {"trace": line, "color": "loss", "metrics": ["step", "loss"]}
    assert chart["traces"][1]["fact"] == "points"
    assert chart["traces"][2]["view"] == "line"
    assert chart["past"] == ["step", "loss"]
    assert written[3]["columns"] == [["step", "epoch", 0]]


@pytest.mark.parametrize("sources", [{}, {"metrics": ("step", "loss"), "view": "line"}, {"view": "line", "fact": "points"}])
def test_a_trace_has_one_source(sources: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Trace("loss", **sources)  # type: ignore[arg-type]  # a mixture on purpose


def test_panel_ids_differ() -> None:
    with pytest.raises(ValueError, match="must differ"):
        specs([Sentences("words", "", {}), Sentences("words", "", {})])


def test_a_log_has_a_distance() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        Log("log", "Log", [], every=0)


def linear(color: str) -> list[float]:
    """Linear red, green, blue of `#rrggbb`."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def contrast(color: str, background: str) -> float:
    """WCAG contrast ratio."""
    low, high = sorted(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (color, background))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_stands_out(theme: str) -> None:
    for role, color in COLORS[theme].items():
        assert contrast(color, BACKGROUNDS[theme]) >= 3, role
    for role in ("reference", "bad"):  # these are also the colour of small text
        assert contrast(COLORS[theme][role], BACKGROUNDS[theme]) >= 4.5, role


# Red, green and blue as they are seen without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", DEFICIENCIES)
def test_quantities_drawn_together_differ_for_every_eye(theme: str, kind: str) -> None:
    def seen(color: str) -> list[float]:
        rgb = [sum(w * c for w, c in zip(row, linear(color), strict=True)) for row in DEFICIENCIES[kind]]
        return [max(0.0, c) ** (1 / 2.2) for c in rgb]

    for together in (("loss", "validation", "reference"), ("W", "b", "reference"), ("data", "W")):
        for one, other in combinations(together, 2):
            apart = sum((a - b) ** 2 for a, b in zip(seen(COLORS[theme][one]), seen(COLORS[theme][other]), strict=True)) ** 0.5
            assert apart > 0.12, (one, other, apart)


def test_both_themes_have_the_same_roles() -> None:
    light, dark = palette()["light"], palette()["dark"]
    for part in ("colors", "scales"):
        assert light[part].keys() == dark[part].keys()
    json.dumps(palette())


def test_labels_say_every_status() -> None:
    assert {f"status.{status}" for status in Status} <= labels().keys()


def request(name: str, version: str, encoding: str = "") -> Request:
    """A request for one of the stage's files."""
    headers = [(b"accept-encoding", encoding.encode())]
    path = {"name": name, "version": version}
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, "path_params": path})


async def fetched(name: str, version: str, encoding: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    response = await assets.asset(request(name, version, encoding))
    return response.status_code, dict(response.headers), bytes(response.body)


def test_files_are_cached_for_a_year_and_compressed() -> None:
    status, headers, body = asyncio.run(fetched("stage.js", assets.assets_version(), "gzip, br"))
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("text/javascript")
    assert gzip.decompress(body) == (assets.FOLDER / "stage.js").read_bytes()
    _, plain, _ = asyncio.run(fetched("stage.css", assets.assets_version()))
    assert "content-encoding" not in plain


@pytest.mark.parametrize("name", ["__init__.py", "../events.py", "nothing.js"])
def test_nothing_else_can_be_fetched(name: str) -> None:
    assert asyncio.run(fetched(name, assets.assets_version()))[0] == 404


def test_files_of_another_version_are_not_mixed_in() -> None:
    assert asyncio.run(fetched("stage.js", "0" * 12))[0] == 404


def test_plotly_is_the_bundle_of_flat_charts_with_its_licence() -> None:
    (plotly,) = (path for name, path in assets.files().items() if name.startswith("plotly"))
    assert plotly.stat().st_size < 1_600_000
    assert "Plotly" in plotly.with_name("plotly-cartesian.LICENSE").read_text(encoding="utf-8")
