"""Streamlit's page and its files for slow connections: few requests, files compressed once, and a page that is told its own address.

Streamlit sends its files as they are (4 MB for a page's first load) and counts on a proxy to compress them. Its page looks for
its server in a folder called like the page first, and hears 404 twice; it has no style before its script has run, and so jumps.
It asks for a hundred scripts, most of a few hundred bytes, and a browser opens six connections: the small ones are in the page.
"""

import gzip
import hashlib
import json
import mimetypes
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.frame import shell
from ui.stage import assets

STATIC = Path(streamlit.__file__).parent / "static"
INLINED = Path(__file__).with_name("first_load.js")
# What every page needs and Streamlit asks for only when it knows the page.
EARLY = re.compile(r"js/(StreamlitMarkdown|Selectbox|NumberInput|Slider|Tabs|Button|ButtonGroup|BidiComponent|Checkbox|Html)\.")
PRELOADED = re.compile(r'\s*<link rel="modulepreload" crossorigin href="\./static/([^"]+)">')
NEIGHBOUR = re.compile(r'\b(?:from|import)\s*"\./([^"]+\.js)"')
WHERE_IT_LIES = re.compile(r"\bimport\s*[.(]")  # a module that asks for its own address or loads others by theirs must be a file
SMALL = 8_000  # characters: a larger one is better off as a file, which the browser keeps compiled
COMPRESSED = (".js", ".css")
CACHED = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}  # a file's name holds a hash of it
# Pages lie one level below the app's address, so the folder of any of them is that address, also behind a proxy that adds a path.
WHEREABOUTS = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };</script>'


class FirstLoad:
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
        headers = Headers(scope=scope)
        gzips = "gzip" in headers.get("accept-encoding", "")
        if path in self._pages:
            return await run_in_threadpool(_page_response, gzips, headers.get("if-none-match"))
        name = path.removeprefix(self._files)
        if name == path or name not in files() or not gzips:
            return None
        media_type, _encoding = mimetypes.guess_type(name)
        body = await run_in_threadpool(compressed, name)
        return Response(body, media_type=media_type, headers={**CACHED, "Content-Encoding": "gzip"})


def _page_response(gzips: bool, known: str | None) -> Response:
    """The page, compressed where that is understood; 304 without a body to a browser that has this very page."""
    tag = page_tag() if gzips else page_tag().replace("-gzip", "")
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "ETag": tag}
    if known and tag in known:
        return Response(status_code=304, headers=headers)
    body = compressed_page() if gzips else page().encode()
    return Response(body, media_type="text/html", headers={**headers, **({"Content-Encoding": "gzip"} if gzips else {})})


@cache
def page() -> str:
    """Streamlit's page, which is told its server's address, has the frame's style from its first moment, and holds the small modules."""
    style = "".join(path.read_text(encoding="utf-8") for path in shell.STYLES)
    html = (STATIC / "index.html").read_text(encoding="utf-8")
    asked = [*PRELOADED.findall(html), *sorted(filter(EARLY.match, files()))]
    sources = dict(small_modules(asked))
    preloads = [
        f'<link rel="modulepreload" crossorigin href="./{address}">' for address in _with_neighbours(asked) if address not in sources
    ]
    small = INLINED.read_text(encoding="utf-8").replace("window.SOURCES", json.dumps(sources, ensure_ascii=False).replace("<", "\\u003c"))
    html = PRELOADED.sub("", html)
    for place, more in (  # the style is not in the head: Streamlit's own would come later there
        ("<head>", f"{WHEREABOUTS}<script>{small}</script>"),
        ("<body>", f"<style>{style}</style>"),
    ):
        html = html.replace(place, place + more, 1)
    return html.replace("</head>", f"{''.join(preloads)}</head>", 1)


@cache
def page_tag() -> str:
    """Names the page's text for a browser that asks whether it has changed; a compressed answer has a name of its own."""
    return f'"{hashlib.sha256(page().encode()).hexdigest()[:16]}-gzip"'


@cache
def compressed_page() -> bytes:
    """The page, compressed once for all visitors."""
    return gzip.compress(page().encode(), compresslevel=9, mtime=0)


def small_modules(asked: Collection[str]) -> Iterator[tuple[str, str]]:
    """Address and text of the small modules: those that Streamlit loads at first, with all that they import, and the stage's."""
    texts = _with_neighbours(asked)
    own = {f"assets/{assets.assets_version()}/{name}": path for name, path in assets.files().items()}
    texts |= {address: path.read_text(encoding="utf-8") for address, path in own.items() if path.suffix == ".js"}
    for address, text in texts.items():
        if len(text) < SMALL and not WHERE_IT_LIES.search(text):
            yield address, text


def _with_neighbours(asked: Collection[str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    waiting = list(asked)
    while waiting:
        name = waiting.pop()
        if (address := f"static/{name}") in texts or name not in files():
            continue
        texts[address] = (STATIC / address).read_text(encoding="utf-8")
        waiting += [f"js/{neighbour}" for neighbour in NEIGHBOUR.findall(texts[address])]
    return texts


@cache
def files() -> frozenset[str]:
    """The files that are worth compressing, by their place under `static/`: nothing else of the disk is reachable."""
    folder = STATIC / "static"
    return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in COMPRESSED)


@cache
def compressed(name: str) -> bytes:
    """A file, compressed once for all visitors."""
    return gzip.compress((STATIC / "static" / name).read_bytes(), compresslevel=6, mtime=0)
