"""A new experiment is one folder in core/experiments and one in pages, and no line elsewhere: a toy is laid over a copy of the house."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.programs import printed

ROOT = Path(__file__).parents[1]
HOUSE = ("core", "ui", "pages", "streamlit_app.py", ".streamlit")
RUN = ("toy", "--set", "epochs=40", "--set", "lr=0.3", "--change", "20:lr=0.05", "--change", "30:shrink=0.01")
UNDER_THE_MICROSCOPE = """
from core import experiments
from core.program.pieces import whole
from core.program.microscope import Microscope
from core.program.microscope.mistakes import MISTAKES
from core.run.spec import RunSpec

spec = RunSpec("toy", experiments.config_class("toy")(epochs=10))
for mistake in ("", *MISTAKES):
    microscope = Microscope(spec, mistake)
    microscope.at(3)
    seen = whole(microscope.whole_pass())
    assert [parameter["name"] for parameter in seen["pictures"][0]["parameters"]] == ["weight"], mistake
    edited = [line for line in seen["lines"] if line["edit"]]
    assert bool(edited) == bool(mistake), mistake
    assert (seen["pictures"][-1]["error"] is not None) == (mistake in ("backward_twice", "float64")), mistake
"""
ON_ITS_PAGE = """
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from core.engine import pool

class Ours(PagesManager):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        PagesManager.uses_pages_directory = False

AppTest.from_file.__globals__["PagesManager"] = Ours
if __name__ == "__main__":
    pool().start()
    app = AppTest.from_file("streamlit_app.py", default_timeout=60)
    app.query_params.update({"slope": "3.0", "replay": "5:lr=0.2,8:loss=0", "epochs": "8"})
    app.run()
    assert any("Toy" in link.proto.label for link in app.get("page_link")), "its card stands on the first page"
    app.switch_page("pages/toy/page.py").run()
    assert not app.exception
    (run,) = pool().runs
    assert (run.experiment, run.config.slope) == ("toy", 3.0)
    assert run.wait_for(lambda: run.status.ended, 60), run.snapshot()
    assert [(change.step, change.field, change.new) for change in run.changes] == [(5, "lr", 0.2)]
    assert len(run.history) == 8
    past = pool().at(run, 3, ["weight"]).result(60)
    assert past.views["weight"] == past.row["weight"]
    pool().close()
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house with the toy in it."""
    place = tmp_path_factory.mktemp("house")
    for name in HOUSE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, place / name)
    shutil.copytree(ROOT / "tests" / "toy", place, dirs_exist_ok=True)
    return place


def run(house: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(house), "STEPWISE_WORKERS": "1"}
    done = subprocess.run([sys.executable, *command], cwd=house, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def rows(house: Path) -> list[dict[str, Any]]:
    """What the command line prints of the toy's run."""
    return [json.loads(line) for line in run(house, "-m", "core", "train", *RUN, "--json").splitlines()]


def test_the_command_line_knows_it(house: Path, rows: list[dict[str, Any]]) -> None:
    assert "toy" in json.loads(run(house, "-m", "core", "list", "--json"))
    assert [change["field"] for change in rows[-1]["run"]["changes"]] == ["lr", "shrink"]
    assert len(rows) == 41


@pytest.mark.parametrize("form", ["py", "ipynb"])
def test_its_script_and_notebook_end_in_the_same_loss(house: Path, rows: list[dict[str, Any]], form: str, tmp_path: Path) -> None:
    written = tmp_path / f"toy.{form}"
    run(house, "-m", "core", "export", *RUN, "--lang", "ko", "-o", str(written))
    code = written.read_text(encoding="utf-8")
    if form == "ipynb":
        code = "\n".join(cell.source for cell in nbformat.reads(code, as_version=4).cells if cell.cell_type == "code")
    assert not {"core", "toy"} & set(code.split()), "it runs where there is no house"
    alone = tmp_path / "alone.py"
    alone.write_text(code, encoding="utf-8")
    assert printed(alone)[-1] == f"loss: {rows[-2]['metrics']['loss']!r}"


def test_it_is_held_statement_by_statement_and_broken_on_purpose(house: Path) -> None:
    run(house, "-c", UNDER_THE_MICROSCOPE)


def test_it_has_a_page_and_a_link_that_does_a_run_again(house: Path) -> None:
    (house / "visit.py").write_text(ON_ITS_PAGE, encoding="utf-8")
    run(house, "visit.py")


def test_where_keras_has_no_such_program_the_reason_is_told(house: Path) -> None:
    code = "from core import experiments; from core.keras.counterpart import counterpart; from core.run.spec import RunSpec;"
    told = run(house, "-c", f"{code} print(counterpart(RunSpec('toy', experiments.config_class('toy')())).reason)")
    assert told.strip() == "A toy has no Keras program."
