"""The modules of the stage that need no browser, by node's own test runner: every `*.test.js` beside this file.

The node is the one that Playwright brings, so that nothing further has to be installed.
"""

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

FOLDER = Path(__file__).parent
NODE = compute_driver_executable()[0]


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.test.js")), ids=lambda file: file.name)
def test_module(file: Path) -> None:
    done = subprocess.run([NODE, "--test", file], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nℹ tests 0\n" not in done.stdout, "no test was found"
