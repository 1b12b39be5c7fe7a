"""Streamlit's page and its files, for a browser on a thin line: files compressed once, and a page that knows where it is.

Streamlit sends its files as they are (4 MB for a page's first load) and counts on a proxy to compress them. Its page looks for
its server in a folder called like the page first, and hears 404 twice; it has no style before its script has run, and so jumps.
"""

import gzip
import mimetypes
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

STATIC = Path(streamlit.__file__).parent / "static"
STYLES = [Path(__file__).with_name(name) for name in ("shell.css", "workbench.css")]
EARLY = re.compile(r"js/(StreamlitMarkdown|Selectbox|NumberInput|Slider|Tabs|Button|ButtonGroup|BidiComponent)\.")  # every page needs them
COMPRESSED = (".js", ".css")
CACHED = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}  # a file's name holds a hash of it
# Pages lie one level below the app's address, so the folder of any of them is that address, also behind a proxy that adds a path.
WHEREABOUTS = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };</script>'


class Front:
    """Middleware that answers for Streamlit's page and compressible files, and passes everything else on.

    Args:
        prefix: under which the app lies: "" or "/some/base".
        pages: the url paths of the app's pages.
    """

    def __init__(self, app: ASGIApp, prefix: str, pages: Collection[str]) -> None:
        self._app = app
        self._pages = {f"{prefix}/{page}" for page in ("", *pages)}
        self._files = f"{prefix}/static/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        answer = await self._answer(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        path: str = scope["path"]
        if path in self._pages:
            return HTMLResponse(page(), headers={"Cache-Control": "no-cache"})
        name = path.removeprefix(self._files)
        if name == path or name not in files() or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        media_type, _encoding = mimetypes.guess_type(name)
        body = await run_in_threadpool(compressed, name)
        return Response(body, media_type=media_type, headers={**CACHED, "Content-Encoding": "gzip"})


@cache
def page() -> str:
    """Streamlit's page, which is told its server's address and has the frame's style from its first moment."""
    style = "".join(path.read_text(encoding="utf-8") for path in STYLES)
    html = (STATIC / "index.html").read_text(encoding="utf-8")
    early = "".join(f'<link rel="modulepreload" crossorigin href="./static/{name}">' for name in sorted(files()) if EARLY.match(name))
    for place, more in (("<head>", WHEREABOUTS), ("<body>", f"<style>{style}</style>")):  # in the head, Streamlit's styles would come later
        html = html.replace(place, place + more, 1)
    return html.replace("</head>", f"{early}</head>", 1)


@cache
def files() -> frozenset[str]:
    """The files that are worth compressing, by their place under `static/`: nothing else of the disk is reachable."""
    folder = STATIC / "static"
    return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in COMPRESSED)


@cache
def compressed(name: str) -> bytes:
    """A file, compressed once for all visitors."""
    return gzip.compress((STATIC / "static" / name).read_bytes(), compresslevel=6, mtime=0)
