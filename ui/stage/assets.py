"""The stage's files under `/assets/{version}/…`: cached for a year, new when they change.

Among them is Plotly, in its bundle of flat charts: the whole, as the Python package brings it, takes a browser 1.5 s of work where
this one takes 0.6 s, before the first line is drawn, and 1.5 MB over the line in place of 0.5 MB.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ui.locale import _

FOLDER = Path(__file__).parent
FOLDERS = (
    FOLDER,
    *(FOLDER.parent / name for name in ("bench", "lab", "by_hand", "tensors", "sequences", "search")),
)  # no two files of these may have the same name
# Streamlit sends this with every rerun, so it only fetches the rest, which is cached.
_LOADER = """
export default function ({ data, parentElement, setTriggerValue }) {
  const path = location.pathname.replace(/\\/$/, "");
  const page = "/" + data.page_path;
  if (data.page_path && path.endsWith(page)) globalThis.stepwiseHome = path.slice(0, -page.length);
  const home = (globalThis.stepwiseHome ??= path); // the page may have been left while it was drawn: the address is another one's by now
  const base = location.origin + home; // in full: Streamlit runs this file from an address of its own
  const assets = `${base}/assets/${data.assets}/`;
  const loaded = import(`${assets}MODULE`);
  parentElement.stepwiseNewest = data; // a browser may answer two imports of one module in either order: older data must not come last
  const asked = { data, parentElement, setTriggerValue };
  const mount = (module) => parentElement.stepwiseNewest === data && module.mount(asked, `${base}/`, assets); // it may fail later
  loaded.then(mount).catch((error) => {
    const told = parentElement.querySelector("[role=alert]") ?? parentElement.appendChild(document.createElement("p"));
    told.setAttribute("role", "alert");
    told.textContent = data.unloaded;
    throw error;
  });
  return () => loaded.then((module) => module.unmount(parentElement), () => {});
}
"""
TYPES = {".js": "text/javascript", ".css": "text/css"}
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


@cache
def files() -> dict[str, Path]:
    """Every file that may be fetched, by name: nothing else of the disk is reachable."""
    return {path.name: path for folder in FOLDERS for path in sorted(folder.iterdir()) if path.suffix in TYPES}


@cache
def assets_version() -> str:
    """Twelve hex digits that change with any of the files."""
    digest = hashlib.sha256()
    for path in files().values():
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def loader(module: str) -> str:
    """The script of a component whose `mount` and `unmount` are in this file; its data hold what `whereabouts` says."""
    return _LOADER.replace("MODULE", module)


def whereabouts(page_path: str) -> dict[str, str]:
    """From where a component on this page loads its files, and what it says if it cannot."""
    return {
        "page_path": page_path.strip("/"),
        "assets": assets_version(),
        "unloaded": _("This part of the page could not be loaded. Please reload the page."),
    }


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(files()[name].read_bytes(), compresslevel=6, mtime=0)


async def asset(request: Request) -> Response:
    """One file, compressed once for all visitors; 404 for an unknown name or for the files of another version."""
    name = request.path_params["name"]
    if name not in files() or request.path_params["version"] != assets_version():
        return JSONResponse({"error": "unknown_asset"}, status_code=404, headers={"Cache-Control": "no-store"})
    media_type = TYPES[files()[name].suffix]
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = await run_in_threadpool(_compressed, name)
        return Response(body, media_type=media_type, headers={**HEADERS, "Content-Encoding": "gzip"})
    return Response(await run_in_threadpool(files()[name].read_bytes), media_type=media_type, headers=HEADERS)


def routes(prefix: str = "") -> list[Route]:
    """The route of the stage's files under `prefix`: "" or "/some/base"."""
    return [Route(f"{prefix}/assets/{{version}}/{{name}}", asset, methods=["GET"])]
