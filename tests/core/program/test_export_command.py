"""`python -m core export`, and the languages that it speaks."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from core import experiments
from core.__main__ import main
from core.program.export import script
from core.program.translation import languages, translation
from core.run.change import Change
from core.run.spec import RunSpec

ROOT = Path(__file__).parents[3]


def test_without_a_file_the_program_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "linear_regression", "--set", "lr=0.02"]) == 0
    config = experiments.config_class("linear_regression").checked({"lr": 0.02})
    assert capsys.readouterr().out == script(RunSpec("linear_regression", config)).source


def test_the_program_of_a_run_with_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["iris", "--set", "lr=0.05", "--change", "100:lr=0.01"]
    assert main(["program", *asked]) == main(["export", *asked]) == 0
    config = experiments.config_class("iris").checked({"lr": 0.05})
    spec = RunSpec("iris", config, (Change(100, "lr", 0.05, 0.01),))
    assert capsys.readouterr().out == 2 * script(spec).source


@pytest.mark.parametrize("language", languages())
def test_files(language: str, tmp_path: Path) -> None:
    for name in ("a.py", "a.ipynb"):
        assert main(["export", "iris", "--set", "epochs=3", "--lang", language, "-o", str(tmp_path / name)]) == 0
    written = script(RunSpec("iris", experiments.config_class("iris").checked({"epochs": 3})), translate=translation(language))
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == written.source
    notebook = nbformat.read(tmp_path / "a.ipynb", as_version=4)
    assert notebook.cells[0].source == f"# {written.title}\n\n{written.about}"


@pytest.mark.parametrize("wrong", [["-o", "a.txt"], ["--lang", "fr"], ["--set", "lr"]])
def test_wrong_use_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["export", "iris", *wrong])
    assert left.value.code == 2


def test_a_bad_value_and_a_place_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "iris", "--set", "lr=-1"]) == 2
    assert main(["export", "iris", "-o", str(tmp_path / "absent" / "a.py")]) == 2
    assert "absent" in capsys.readouterr().err


def test_no_torch_is_needed_to_write_a_program() -> None:
    code = (
        "import sys\n"
        "from core import experiments\n"
        "from core.program.export import script\n"
        "from core.run.spec import RunSpec\n"
        "for name in experiments.names():\n"
        "    script(RunSpec(name, experiments.config_class(name)())).source\n"
        "sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_in_korean_every_comment_is_korean() -> None:
    said: list[str] = []
    korean = translation("ko")

    def remembered(message: str) -> str:
        said.append(message)
        return korean(message)

    for name in experiments.names():
        script(RunSpec(name, experiments.config_class(name)()), translate=remembered)
    assert said
    assert [message for message in said if korean(message) == message] == []
