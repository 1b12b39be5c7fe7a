"""Exported programs on another machine: a smaller default integer, an ASCII locale, other hashes, threads and Keras settings."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from core import experiments
from core.keras.counterpart import counterpart
from core.program.export import script
from core.program.trainer import Trainer
from core.program.translation import translation
from core.run.change import Change
from core.run.spec import RunSpec

ROOT = Path(__file__).parents[3]
ELSEWHERE = {
    "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii", "PYTHONHASHSEED": "271",
    "OMP_NUM_THREADS": "3", "MKL_NUM_THREADS": "3", "KERAS_BACKEND": "jax",
}  # fmt: skip
DRIVER = """
import runpy, sys
import numpy as np
import torch
from sklearn import datasets
threads = torch.get_num_threads()
loaded = datasets.load_iris
def load_iris(**asked):
    x, y = loaded(**asked)
    return x, y.astype(np.int32)
if sys.argv[1] == "int32":
    datasets.load_iris = load_iris
for program in sys.argv[2:]:
    torch.set_num_threads(threads)  # a script takes them down itself
    runpy.run_path(program, run_name="__main__")
"""
NOISY = {"epochs": 30, "test_share": 0.3, "label_noise": 0.2, "standardize": True}
RUNS: list[tuple[str, dict[str, Any]]] = [
    ("linear_regression", {"epochs": 30, "data": "diabetes", "standardize": True}),
    ("linear_regression", {"epochs": 30}),
    ("iris", NOISY),
    ("iris", NOISY | {"batch_size": 16, "dropout": 0.2}),
    ("char_rnn", {"epochs": 5, "text": "korean"}),
    ("char_rnn", {"epochs": 5, "text": "korean", "alphabet": "jamo", "cell": "gru", "head": "linear", "encoding": "embedding"}),
]


def last_loss(experiment: str, values: Mapping[str, Any], changes: Sequence[Change] = ()) -> float:
    config = experiments.config_class(experiment).checked(values)
    trainer = Trainer(experiments.watch(experiment), config, torch.device("cpu"), changes)
    with trainer.stream():
        return [row["loss"] for _, row in trainer][-1]


def executed(sources: Sequence[str], folder: Path, integers: str, environment: Mapping[str, str]) -> list[str]:
    """The last lines that programs print, one after the other in one process that stands in `folder`."""
    files = [folder / f"{number}.py" for number in range(len(sources))]
    for file, source in zip(files, sources, strict=True):
        file.write_text(source, encoding="utf-8")
    command = [sys.executable, "-c", DRIVER, integers, *map(str, files)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return [line for line in done.stdout.decode("ascii").splitlines() if line.startswith("loss: ")]


def bare(**more: str) -> dict[str, str]:
    """This environment without Python's and Keras' own variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KERAS"))} | more


def test_the_programs_end_in_the_same_loss(tmp_path: Path) -> None:
    """The scripts in that of their runs, and Keras' programs as they do here; a keras.json asks for float64 and channels first.

    One process executes all of them elsewhere: each process would load torch, scikit-learn and what an optimizer imports.
    """
    korean = translation("ko")
    specs = [RunSpec(name, experiments.config_class(name).checked(values)) for name, values in RUNS]
    scripts = [script(spec, translate=korean).source for spec in specs]
    in_keras = [found.source for spec in specs[::2] if (found := counterpart(spec, translate=korean).script)]
    assert len(in_keras) == len(specs[::2])
    home = tmp_path / "keras"
    home.mkdir()
    (home / "keras.json").write_text(json.dumps({"floatx": "float64", "epsilon": 0.1, "image_data_format": "channels_first"}))
    said = executed([*in_keras, *scripts], tmp_path, "int32", bare(KERAS_HOME=str(home), **ELSEWHERE))
    assert said[len(in_keras) :] == [f"loss: {last_loss(name, values)!r}" for name, values in RUNS]
    assert said[: len(in_keras)] == executed(in_keras, tmp_path, "int64", bare(KERAS_HOME=str(tmp_path), PYTHONUTF8="1"))


def test_a_program_sent_to_a_file_is_utf8_whatever_the_locale() -> None:
    command = [sys.executable, "-m", "core", "export", "char_rnn", "--set", "text=korean", "--lang", "ko"]
    done = subprocess.run(command, cwd=ROOT, env=bare(**ELSEWHERE), capture_output=True, check=True)
    config = experiments.config_class("char_rnn").checked({"text": "korean"})
    assert done.stdout.decode("utf-8") == script(RunSpec("char_rnn", config), translate=translation("ko")).source
