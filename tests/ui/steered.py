"""What the stage and the live settings are given on a page without a browser, and what they send to the run."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from core.run.handle import Press, Run


def given(app: AppTest, component: str) -> dict[str, Any]:
    """The data of the component of this name."""
    [mounted] = [one for one in app.get("bidi_component") if one.proto.component_name.endswith(component)]
    data: dict[str, Any] = json.loads(mounted.proto.json)
    return data


def stage(app: AppTest) -> dict[str, Any]:
    """What the stage is given."""
    return given(app, "stepwise_stage")


def live(app: AppTest) -> dict[str, dict[str, Any]]:
    """The live settings by name."""
    return {row["name"]: row for row in given(app, "stepwise_live_settings")["rows"]}


def send(app: AppTest, run: Run, press: Press | None = None, **changes: Any) -> None:
    """What is sent to the run beside the page; then its script runs, for it has been told."""
    if changes:
        run.settle(changes)
    if press:
        run.press(press)
    app.run()
