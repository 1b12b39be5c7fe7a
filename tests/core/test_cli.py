"""`python -m core` as a person or a script uses it."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from core.__main__ import main
from tests.programs import printed

ROOT = Path(__file__).parents[2]


class Done(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def core(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    def run(*arguments: str) -> Done:
        try:
            code = main(arguments)
        except SystemExit as left:  # argparse
            code = int(left.code or 0)
        return Done(code, *capsys.readouterr())

    return run


Core = Callable[..., Done]


def test_training_prints_the_log_of_linear_regression(core: Core) -> None:
    done = core("train", "linear_regression", "--steps", "1000")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert done.stderr == ""
    assert lines[0].split()[:3] == ["0", "loss", "4.666667"]
    assert lines[5].split()[:3] == ["500", "loss", "0.001756"]
    assert lines[10].split()[:7] == ["1000", "loss", "0.000158", "W", "0.985391", "b", "0.033209"]
    assert lines[-1] == "finished after 1001 rows"


def test_json_has_one_object_a_step_and_one_about_the_run(core: Core) -> None:
    done = core("train", "linear_regression", "--set", "lr=0.05", "--set", "optimizer=Adam", "--set", "seed=3", "--steps", "20", "--json")
    *rows, end = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["step"] for row in rows] == list(range(21))
    assert set(rows[0]["metrics"]) >= {"loss", "W", "b"}
    assert end["status"] == "finished"
    assert end["run"]["experiment"] == "linear_regression"
    assert end["run"]["seed"] == 3
    assert end["run"]["changes"] == []
    assert (end["run"]["config"]["lr"], end["run"]["config"]["optimizer"], end["run"]["config"]["epochs"]) == (0.05, "Adam", 20)


def test_a_change_bends_the_run_and_the_script_does_the_same(core: Core, tmp_path: Path) -> None:
    wanted = ("linear_regression", "--change", "12:lr=0.05", "--change", "30:lr=0.1", "--set", "epochs=60")
    *rows, end = [json.loads(line) for line in core("train", *wanted, "--json").stdout.splitlines()]
    assert [(change["step"], change["old"], change["new"]) for change in end["run"]["changes"]] == [(12, 0.01, 0.05), (30, 0.05, 0.1)]
    assert core("export", *wanted, "-o", str(tmp_path / "script.py")).returncode == 0
    assert printed(tmp_path / "script.py")[-1] == f"loss: {rows[-1]['metrics']['loss']}"


def test_every_thins_the_rows_but_not_the_last(core: Core) -> None:
    done = core("train", "linear_regression", "--steps", "25", "--every", "10", "--json")
    assert [json.loads(line).get("step") for line in done.stdout.splitlines()] == [0, 10, 20, 25, None]


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def test_divergence_is_strict_json_and_has_its_own_exit_code(core: Core) -> None:
    done = core("train", "linear_regression", "--set", "lr=0.3", "--json")
    *_, last, end = [json.loads(line, parse_constant=refuse) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert end["status"] == "diverged"
    assert last["metrics"]["loss"] is None


def test_a_failure_is_told_in_the_words_of_pytorch(core: Core) -> None:
    done = core("train", "linear_regression", "--set", "dtype=float64", "--json")
    end = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 1
    assert end["status"] == "failed"
    assert "same dtype" in end["message"]["text"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "lr=99"], ["lr", "99", "10"]),
        (["--set", "lr=fast"], ["lr", "'fast'"]),
        (["--set", "optimizer=Rprop"], ["optimizer", "Rprop", "SGD | Momentum"]),
        (["--set", "speeed=1"], ["speeed", "no such field", "batch_size"]),
        (["--steps", "0"], ["epochs", "'0'", "1 …"]),
        (["--set", "lr"], ["FIELD=VALUE"]),
        (["--every", "0"], ["whole number"]),
        (["--change", "12:lr=99"], ["lr", "99", "10"]),
        (["--change", "12:seed=5"], ["12:seed=5", "no change", "lr, momentum"]),
        (["--change", "20:lr=0.1", "--change", "10:lr=0.2"], ["10:lr=0.2", "order"]),
    ],
)
def test_a_bad_value_is_named_with_its_bounds(core: Core, arguments: list[str], words: list[str]) -> None:
    done = core("train", "linear_regression", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert all(word in done.stderr for word in words), done.stderr


CITIES = "Ort;Einwohner;Höhe;Fläche\nBerlin;3.645;34;891,7\nHamburg;1.841;6;755,2\nKöln;?;37;405,2\nBonn;330;60;141,1\n"


def test_a_file_is_read_as_the_page_reads_it(core: Core, tmp_path: Path) -> None:
    file = tmp_path / "cities.csv"
    file.write_bytes(CITIES.encode("cp1252"))
    done = core("train", "linear_regression", "--data-file", str(file), "--y", "Fläche", "--set", "standardize=1", "--steps", "5", "--json")
    end = json.loads(done.stdout.splitlines()[-1])
    assert (end["run"]["config"]["data"], end["run"]["config"]["table"]) == ("own", [[3645, 891.7], [1841, 755.2], [330, 141.1]])
    assert done.stderr.splitlines() == [
        "Encoding Windows-1252 · separator: semicolon ; · decimal sign: comma 1,5 · first row: names of the columns",
        "The column “Ort” cannot be used. Cells that are no numbers: 4 – line 2: “Berlin” (no number); line 3: “Hamburg” (no number); "
        "line 4: “Köln” (no number); …",
        "x: Einwohner · y: Fläche · points: 3",
        "Rows left out: 1 – line 4: “?” (no value)",
    ]
    exported = core("export", "linear_regression", "--data-file", str(file), "--x", "Höhe", "--y", "4").stdout
    assert "[37.0, 405.2]" in exported or "(37.0, 405.2)" in exported
    corrected = core("train", "linear_regression", "--data-file", str(file), "--read-as", "decimal=.", "--steps", "1", "--json")
    assert json.loads(corrected.stdout.splitlines()[-1])["run"]["config"]["table"] == [[3.645, 34], [1.841, 6], [330, 60]]


FRUIT = "name;kind;weight;length\nf1;apple;150,5;7,5\nf2;apple;?;7\nf3;pear;60;12\nf4;apple;40;7\nf5;pear;70;13\nf6;fig;1;1\n"


@pytest.mark.parametrize("experiment", ["iris", "plane"])
def test_a_table_with_classes_is_learned(core: Core, tmp_path: Path, experiment: str) -> None:
    file = tmp_path / "fruit.csv"
    file.write_text(FRUIT, encoding="utf-8")
    chosen = ("--data-file", str(file), "--target", "kind", "--x", "length", "--x", "4")
    done = core("train", experiment, *chosen, "--x", "weight", "--steps", "3", "--json")
    if experiment == "plane":
        assert (done.returncode, "row 1 holds 150.5" in done.stderr) == (2, True), "a place in the plane goes up to 100"
        file.write_text(FRUIT.replace("150,5", "50,5"), encoding="utf-8")
        done = core("train", experiment, *chosen, "--x", "weight", "--steps", "3", "--json")
    assert done.returncode == 0
    first = 50.5 if experiment == "plane" else 150.5
    config = json.loads(done.stdout.splitlines()[-1])["run"]["config"]
    assert config["data"] == "own"
    assert config["table"] == [[first, 7.5, 0], [60, 12, 1], [40, 7, 0], [70, 13, 1]]
    if experiment == "iris":
        assert (config["column_names"], config["class_names"]) == (["weight", "length"], ["apple", "pear"])
    assert done.stderr.splitlines()[1:] == [
        "The column “name” cannot be used. Cells that are no numbers: 6 – line 2: “f1” (no number); line 3: “f2” (no number); "
        "line 4: “f3” (no number); …",
        "classes: kind · from: weight, length · rows: 4 (apple 2, pear 2)",
        "Rows left out: 2 – line 3: “?” (no value); line 7: “fig” (the only row of its class)",
    ]
    script = tmp_path / "script.py"
    assert core("export", experiment, *chosen, "--x", "weight", "--set", "epochs=3", "-o", str(script)).returncode == 0
    assert printed(script)[-1] == f"loss: {json.loads(done.stdout.splitlines()[-2])['metrics']['loss']}"


@pytest.mark.parametrize(
    ("experiment", "arguments", "said"),
    [
        ("iris", ["--y", "a"], "name their column by --target"),
        ("iris", ["--target", "0"], "There is no column 0"),
        ("plane", ["--x", "a"], "has two columns to learn from; these are 1"),
        ("linear_regression", ["--target", "k"], "this one takes --x and --y"),
        ("linear_regression", ["--x", "a", "--x", "b"], "give --x once"),
    ],
)
def test_columns_that_an_experiment_does_not_take(core: Core, tmp_path: Path, experiment: str, arguments: list[str], said: str) -> None:
    file = tmp_path / "table.csv"
    file.write_text("a,b,k\n" + "".join(f"{row},{row % 3},{'uv'[row % 2]}\n" for row in range(8)), encoding="utf-8")
    done = core("train", experiment, "--data-file", str(file), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_text_file_is_learned(core: Core, tmp_path: Path) -> None:
    file = tmp_path / "weather.txt"
    file.write_bytes("today’s".encode("cp1252"))
    done = core("train", "char_rnn", "--text-file", str(file), "--steps", "2", "--json")
    config = json.loads(done.stdout.splitlines()[-1])["run"]["config"]
    assert (config["text"], config["own_text"]) == ("own", "today’s")
    assert done.stderr == "Encoding Windows-1252 · 7 characters\n"
    assert "today’s" in core("export", "char_rnn", "--text-file", str(file)).stdout


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        (b"x,y\n1,2\n3,4\n", ["--x", "z"], ["no column z", "x, y"]),
        (b"x,y\n1,a\n3,b\n", ["--y", "y"], ["column y cannot be used", "line 2: “a”"]),
        (b"x,y\na,b\nc,d\n", [], ["no column of numbers", "“x” cannot be used", "line 2: “a”"]),
        (b"x,y\n1,2\n1,3\n", ["--x", "x"], ["two different x"]),
        (b"PK\x03\x04", [], ["save it as CSV"]),
        (b"x,y\n1,2\n3,4\n", ["--read-as", "decimal=;"], ["; is no way to read the decimal", "., ,"]),
        (b"x,y\n1,2\n3,4\n", ["--read-as", "quotes=no"], ["quotes=no is no correction", "encoding, separator"]),
        (b"x,y\n1,2\n3,4\n", ["--set", "data=points"], ["data is given twice"]),
        (None, [], ["No such file"]),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    core: Core, tmp_path: Path, content: bytes | None, arguments: list[str], words: list[str]
) -> None:
    file = tmp_path / "table.csv"
    if content is not None:
        file.write_bytes(content)
    done = core("train", "linear_regression", "--data-file", str(file), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert all(word in done.stderr for word in words), done.stderr


def test_an_experiment_without_a_place_for_a_file_says_so(core: Core, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(b"x,y\n1,2\n3,4\n")
    for option, said in (("--data-file", "takes no table"), ("--text-file", "takes no text"), ("--x", "say which file by --data-file")):
        done = core("export", "overfitting", option, str(file))
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr


def test_an_unknown_experiment_is_refused(core: Core) -> None:
    done = core("train", "quadratic_regression")
    assert done.returncode == 2
    assert "linear_regression" in done.stderr


def test_list_names_fields_bounds_and_defaults(core: Core) -> None:
    done = core("list")
    assert done.returncode == 0
    assert "linear_regression" in done.stdout.splitlines()
    lr = next(line.split() for line in done.stdout.splitlines() if line.split()[:2] == ["lr", "0.01"])
    assert lr == ["lr", "0.01", "1e-06", "…", "10", "live"]
    listed = json.loads(core("list", "--json").stdout)
    setting = listed["linear_regression"]["lr"]
    assert (setting["default"], setting["low"], setting["high"], setting["liveness"]) == (0.01, 1e-6, 10.0, "live")


def test_list_does_not_wait_for_torch() -> None:
    code = "import sys; from core.__main__ import main; main(['list']); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_stops_between_two_steps() -> None:
    command = [sys.executable, "-m", "core", "train", "linear_regression", "--steps", "1000000", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        *_, last, end = [first, *map(json.loads, process.stdout)]
        assert end["status"] == "stopped"
        assert last["step"] >= 0
        assert process.stderr.read() == ""
    assert process.returncode == 130


@pytest.mark.skipif(sys.platform == "win32", reason="no POSIX pipes")
def test_a_reader_that_leaves_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    reader = threading.Thread(target=read_a_line, args=(reading,))
    reader.start()
    with os.fdopen(writing, "w", encoding="utf-8") as left:
        monkeypatch.setattr(sys, "stdout", left)
        assert main(["train", "linear_regression", "--steps", "1000000", "--json"]) == 0
        left.write("whatever is written when an interpreter ends reaches nobody, and disturbs nobody")
        monkeypatch.undo()
    reader.join()


def read_a_line(reading: int) -> None:
    """What `head -1` does."""
    with os.fdopen(reading, encoding="utf-8") as lines:
        lines.readline()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_shows_progress(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        done = core("train", "linear_regression", "--steps", "300")
        shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "300/300  100 %" in shown
    assert "steps/s" in shown
    assert "finished" in done.stdout
