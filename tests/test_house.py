"""The rules of the house: imports run one way, and the web process starts without torch."""

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
LAYERS = ["streamlit_app", "pages", "ui", "core"]
CORE_LAYERS = ["core.engine", "core.run.handle", "core.program.trainer", "core.program.experiment", "core.settings.config"]
UI_LAYERS = ["ui.bench", "ui.stream", "ui.frame"]
HEAVY = {"torch", "sklearn", "scipy"}
NEVER_IN_CORE = {"streamlit", "starlette", "sse_starlette", "plotly"}


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _imports(path: Path) -> set[str]:
    """The dotted names that a file imports, `from a import b` as a.b, those for type checking left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _layer(name: str, layers: list[str]) -> int | None:
    """Which layer a dotted name belongs to; `core.program.experiment` is not `core.experiments`."""
    return next((i for i, layer in enumerate(layers) if name == layer or name.startswith(f"{layer}.")), None)


def _upward(paths: list[Path], layers: list[str]) -> list[str]:
    found = []
    for path in paths:
        own = _layer(_module(path), layers)
        for name in _imports(path):
            other = _layer(name, layers)
            if own is not None and other is not None and other < own:
                found.append(f"{_module(path)} imports {name}")
    return found


def test_layers() -> None:
    assert _upward(_sources("pages", "ui", "core"), LAYERS) == []


def test_layers_of_core() -> None:
    assert _upward(_sources("core"), CORE_LAYERS) == []


def test_layers_of_ui() -> None:
    assert _upward(_sources("ui"), UI_LAYERS) == []


def test_experiments_know_nothing_of_running() -> None:
    above = ("core.engine", "core.run.handle", "core.program.trainer")
    found = [
        f"{_module(path)} imports {name}"
        for path in _sources("core/experiments")
        for name in _imports(path)
        if name in above or name.startswith(tuple(f"{layer}." for layer in above))
    ]
    assert found == []


def test_core_knows_no_browser() -> None:
    found = [
        f"{_module(path)} imports {name}" for path in _sources("core") for name in _imports(path) if name.split(".")[0] in NEVER_IN_CORE
    ]
    assert found == []


def test_one_file_knows_streamlits_internals() -> None:
    """And one speaks its protocol, to measure it.

    The others import `streamlit` itself, and reach no module in it but the two that its documentation names.
    """
    import streamlit as st

    found = []
    for path in [*_sources("pages", "ui", "benchmarks"), ROOT / "streamlit_app.py"]:
        inner = [name for name in _imports(path) if name.startswith("streamlit.")]
        attributes = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st"
        }
        modules = {name for name in attributes if isinstance(getattr(st, name), ModuleType)} - {"column_config", "components"}
        private = {name for name in attributes if name.startswith("_")}
        if path not in (ROOT / "ui" / "frame" / "_compat.py", ROOT / "benchmarks" / "protocol.py"):
            found += [f"{_module(path)} uses {name}" for name in [*inner, *modules, *private]]
    assert found == []


def test_the_web_process_starts_light() -> None:
    """In a process of its own: everything that serves pages is imported, as when the app starts."""
    modules = [_module(path) for path in _sources("ui") if path.stem != "__main__"]
    code = (
        "import importlib, sys\n"
        f"for name in ['streamlit_app', 'core.engine', *{modules!r}]:\n"
        "    importlib.import_module(name)\n"
        "import core.experiments as experiments\n"
        "for name in experiments.names():\n"
        "    experiments.config_class(name)\n"
        f"print(sorted({HEAVY!r} & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines()[-1:], done.returncode) == (["[]"], 0), done.stderr[-2000:]


def test_every_page_is_in_the_navigation() -> None:
    from pages import PAGES

    assert {page.name for page in PAGES} == {path.parent.name for path in (ROOT / "pages").glob("*/page.py")}
    assert all((ROOT / "pages" / page.name / "picture.svg").is_file() for page in PAGES)
