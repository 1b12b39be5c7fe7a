"""The stage's files and plotly.min.js under `/assets/{version}/…`: cached for a year, new when they change."""

import gzip
import hashlib
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent
TYPES = {".js": "text/javascript", ".css": "text/css"}
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


@cache
def files() -> dict[str, Path]:
    """Every file that may be fetched, by name: nothing else of the disk is reachable."""
    own = {path.name: path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}
    spec = find_spec("plotly")  # found, not imported: that would cost the start of the app
    if spec is None or spec.origin is None:
        raise RuntimeError("plotly is not installed; see requirements.txt.")
    return {**own, "plotly.min.js": Path(spec.origin).parent / "package_data" / "plotly.min.js"}


@cache
def assets_version() -> str:
    """Twelve hex digits that change with any of the stage's files or with plotly."""
    digest = hashlib.sha256(version("plotly").encode())
    for path in files().values():
        if path.parent == FOLDER:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


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


def routes(base_path: str = "") -> list[Route]:
    """The route of the stage's files under `base_path` (Streamlit's `server.baseUrlPath`)."""
    prefix = f"/{base_path.strip('/')}" if base_path.strip("/") else ""
    return [Route(f"{prefix}/assets/{{version}}/{{name}}", asset, methods=["GET"])]
