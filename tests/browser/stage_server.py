"""A page with nothing but a stage, and a run that does what the test says: no Streamlit, no worker, no torch."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from core.run.handle import Run
from ui.frame.palette import palette
from ui.stage import LOADER, Panel, assets
from ui.stage.labels import labels
from ui.stage.panels import specs
from ui.stream import events

PAINTED = ("background-color", "text-color", "border-color", "secondary-background-color", "primary-color")
LIGHT = dict(zip(PAINTED, ("#ffffff", "#1c2430", "#d5d9e0", "#f3f5f8", "#0b62a8"), strict=True))
DARK = dict(zip(PAINTED, ("#11151b", "#e8ecf1", "#3a424e", "#1b212a", "#6db6f2"), strict=True))
PAGE = """<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Stage</title>
<style>body {{ margin: 12px; background: var(--st-background-color); }}</style></head>
<body><main><div id="parent"><div class="stepwise-mount"></div></div></main><script type="module">
const loader = await import(URL.createObjectURL(new Blob([{loader}], {{ type: "text/javascript" }})));
const parentElement = document.querySelector("#parent");
window.triggers = [];
const setTriggerValue = (name, value) => window.triggers.push([name, value]);
window.paint = (theme) => {{
  for (const [name, value] of Object.entries(theme)) document.body.style.setProperty(`--st-${{name}}`, value);
}};
window.rerun = (changes) => {{
  Object.assign(window.data, changes);
  window.leave = loader.default({{ data: structuredClone(window.data), parentElement, setTriggerValue }});
}};
window.data = {data};
window.paint({theme});
window.rerun({{}});
</script></body></html>"""


@dataclass
class StageServer:
    """One run behind a real server; `fault` is a status code with which the event stream is refused."""

    run: Any  # a Run; most tests write its rows themselves (`ScriptedRun`)
    panels: list[Panel]
    prefix: str = ""
    theme: dict[str, str] = field(default_factory=lambda: LIGHT)
    fault: int = 0
    url: str = ""

    def find(self, run_id: str, /) -> tuple[Run, bool] | None:
        """The only run there is."""
        return (self.run, True) if run_id in (self.run.id, self.run.watch_id) else None

    def data(self) -> dict[str, Any]:
        """What Streamlit would hand to the component."""
        words = {"field.lr": "lr", "choice.Adam": "Adam", "device.no_gpu": "no GPU", "device.waiting": "waiting"}
        return {
            **assets.whereabouts("page"), "run": self.run.id, "panels": specs(self.panels),
            "labels": labels() | words, "palette": palette(), "projector": False, "steered": True, "status": "",
        }  # fmt: skip

    async def page(self, request: Request) -> Response:
        """The page."""
        parts = {"loader": LOADER, "data": self.data(), "theme": self.theme}
        return HTMLResponse(PAGE.format(**{name: json.dumps(part).replace("</", "<\\/") for name, part in parts.items()}))

    def app(self) -> Starlette:
        """The page, the stage's files and the event stream under `prefix`."""
        stream = events.routes(lambda: self, self.prefix)[0]
        answer = stream.endpoint

        async def faulty(request: Request) -> Response:
            response: Response = Response(status_code=self.fault) if self.fault else await answer(request)
            return response

        pages = [Route(f"{self.prefix}/page", self.page), Route(stream.path, faulty)]
        return Starlette(routes=[*pages, *assets.routes(self.prefix)])


@contextmanager
def serving(server: StageServer) -> Iterator[StageServer]:
    """The server at `server.url` while the block runs."""
    web = uvicorn.Server(uvicorn.Config(server.app(), port=0, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=web.run, daemon=True)
    listening = threading.Event()
    started = web.startup

    async def startup(sockets: Any = None) -> None:
        await started(sockets)
        listening.set()

    web.startup = startup  # type: ignore[method-assign]  # uvicorn says no other way when it listens
    thread.start()
    if not listening.wait(20):
        raise RuntimeError("The test's server did not start.")
    port = web.servers[0].sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}{server.prefix}/page"
    try:
        yield server
    finally:
        web.should_exit = True
        thread.join(20)
