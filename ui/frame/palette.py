"""The colours of Stepwise: one for each quantity, the same on every page, distinguishable with the common colour vision deficiencies.

Okabe and Ito's palette (https://jfly.uni-koeln.de/color/), each hue moved in lightness until it stands at least 3:1
against the light or the dark background (WCAG 2.2, 1.4.11). Colour is never the only sign: lines also differ in dash.
"""

from typing import Any

Shades = dict[str, str]

COLORS: dict[str, Shades] = {
    "light": {
        "loss": "#0072b2",
        "validation": "#d55e00",
        "W": "#00785a",
        "b": "#8b1e7e",
        "gradient": "#946200",
        "reference": "#6b7280",
        "data": "#3f4652",
        "path": "#c2410c",
        "good": "#00785a",
        "bad": "#c2330a",
        "positive": "#0072b2",
        "negative": "#d55e00",
    },
    "dark": {
        "loss": "#56b4e9",
        "validation": "#ff9142",
        "W": "#2fd0a0",
        "b": "#ee9fcf",
        "gradient": "#f0c23c",
        "reference": "#9aa3b0",
        "data": "#c9d0da",
        "path": "#ff9142",
        "good": "#2fd0a0",
        "bad": "#ff8a6b",
        "positive": "#56b4e9",
        "negative": "#ff9142",
    },
}

# Low to high; pale, so that a path drawn over them stands out.
SCALES: dict[str, dict[str, list[list[Any]]]] = {
    "light": {"surface": [[0, "#9cc9e6"], [0.25, "#cfe4f2"], [1, "#f7f9fb"]]},
    "dark": {"surface": [[0, "#1d6a94"], [0.25, "#1b4059"], [1, "#161b22"]]},
}

# Of ten classes some hues are near each other: the marks of the classes (ui/stage/picture.js) tell them apart.
CLASSES: dict[str, list[str]] = {
    "light": ["#0072b2", "#d55e00", "#00785a", "#8b1e7e", "#946200", "#3f4652", "#c2185b", "#4d7c0f", "#7a4f2b", "#0e7490"],
    "dark": ["#56b4e9", "#ff9142", "#2fd0a0", "#ee9fcf", "#f0c23c", "#c9d0da", "#ff8fab", "#b5d33d", "#d6a77a", "#67e8f9"],
}


def palette() -> dict[str, Any]:
    """Both themes as plain data, for the stage: `{"light": {"colors", "scales", "classes"}, "dark": …}`."""
    return {theme: {"colors": COLORS[theme], "scales": SCALES[theme], "classes": CLASSES[theme]} for theme in ("light", "dark")}
