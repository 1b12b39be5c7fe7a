"""What the browser tests need is asked of the package manager where it is missing, and only there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import NAMES, program

PROVIDE = Path(__file__).parent / "browser" / "provide.sh"
ORDINARY = ("sh", "dirname", "mkdir", "cat", "chmod", "uname")  # what a bare system has beside Python

FONT = "/usr/share/fonts/NotoSansCJK.ttc: Noto Sans CJK KR:style=Regular"
APT_GET = """
echo "apt-get $*" >> "$ASKED"
for package in "$@"; do
    case " $UNKNOWN " in *" $package "*) echo "E: Unable to locate package $package" >&2; exit 100 ;; esac
    [ ! -e "$STORE/$package" ] || for file in "$STORE/$package"/*; do cp "$file" "$BIN"; done
done
"""
PYTHON = """
case "$*" in
"-m playwright --version") [ -e "$BIN/libatomic.so.1" ]; exit ;;
"-m playwright"*) echo "playwright ${*#-m playwright }" >> "$ASKED"; exit 1 ;;
*chromium.py) [ -e "$BIN/libatomic.so.1" ] || exit 1 ;;
esac
exec "$REAL_PYTHON" "$@"
"""


class Done(NamedTuple):
    """What a run of the provisioning asked for, line by line, its exit status, and what it said of faults."""

    asked: list[str]
    status: int
    said: str


class Machine:
    """A machine on whose PATH nothing lies but the ordinary tools, Python, and what its stand-in package manager put there."""

    def __init__(self, folder: Path, browser: str) -> None:
        self.bin, self.store, self._asked = folder / "bin", folder / "store", folder / "asked"
        self.bin.mkdir()
        for tool in (*ORDINARY, "cp"):
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)
        self.has("python", PYTHON)
        self.has("apt-get", APT_GET)
        self.user(0)
        self._offers("chromium-headless-shell", "chromium-headless-shell", starting(browser))
        self._offers("libatomic1", "libatomic.so.1", "")
        self._offers("fontconfig", "fc-list", '[ ! -e "$BIN/noto.ttc" ] || cat "$BIN/noto.ttc"')
        self._offers("fonts-noto-cjk", "noto.ttc", FONT, script=False)
        self._offers("nginx-light", "nginx", "exit 0")
        self.unknown = ""
        self._own = folder / "playwright"

    def has(self, name: str, text: str) -> None:
        """Puts a program on the PATH."""
        _program(self.bin / name, text)

    def user(self, number: int) -> None:
        """Who runs the provisioning; 0 is root."""
        self.has("id", f"echo {number}")

    def _offers(self, package: str, name: str, text: str, *, script: bool = True) -> None:
        (self.store / package).mkdir(parents=True)
        if script:
            _program(self.store / package / name, text)
        else:
            (self.store / package / name).write_text(text)

    def provide(self) -> Done:
        """Runs the provisioning."""
        self._asked.write_text("")
        places = {"PATH": self.bin, "BIN": self.bin, "STORE": self.store, "ASKED": self._asked, "SBIN": self.bin / "none"}
        environment = {**os.environ, **{name: str(place) for name, place in places.items()}}
        environment |= {"UNKNOWN": self.unknown, "REAL_PYTHON": sys.executable, "PLAYWRIGHT_BROWSERS_PATH": str(self._own)}
        command = [self.bin / "sh", PROVIDE, self.bin / "python"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return Done(self._asked.read_text().splitlines(), done.returncode, done.stderr)


def starting(browser: str) -> str:
    """A program that starts this machine's own browser, which needs this machine's own PATH."""
    return f'PATH="{os.environ["PATH"]}" exec "{browser}" "$@"'


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def browser() -> str:
    """Where this machine's own browser lies."""
    with sync_playwright() as playwright:
        path = program(playwright)
    assert path is not None
    return path


@pytest.fixture
def machine(tmp_path: Path, browser: str) -> Machine:
    """A machine that has Python and nothing else."""
    return Machine(tmp_path, browser)


def test_a_bare_machine_is_given_what_is_missing_and_a_second_time_asks_for_nothing(machine: Machine) -> None:
    done = machine.provide()
    packages = [line.rsplit(" ", 1)[1] for line in done.asked[1:]]
    assert done.asked[0] == "apt-get update"
    assert packages == ["libatomic1", "chromium-headless-shell", "fontconfig", "fonts-noto-cjk", "nginx-light"]
    assert (done.status, done.said) == (0, "")
    assert machine.provide() == Done([], 0, "")


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ({"fc-list": "exit 0", "nginx": "exit 0"}, ["chromium-headless-shell", "fontconfig", "fonts-noto-cjk"]),
        (
            {"fc-list": f"echo '{FONT}'", "chromium-browser": "echo install the snap >&2; exit 1", "nginx": "exit 0"},
            ["chromium-headless-shell"],
        ),
    ],
)
def test_only_what_is_missing_is_asked_for(machine: Machine, there: dict[str, str], asked: list[str]) -> None:
    for name, text in {"libatomic.so.1": "", **there}.items():
        machine.has(name, text)
    done = machine.provide()
    assert [line.rsplit(" ", 1)[1] for line in done.asked[1:]] == asked
    assert done.status == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_of_any_name_will_do(machine: Machine, monkeypatch: pytest.MonkeyPatch, browser: str, name: str) -> None:
    machine.has(name, starting(browser))
    monkeypatch.setenv("PATH", str(machine.bin))
    with sync_playwright() as playwright:
        assert program(playwright) == str(machine.bin / name)


def test_who_may_not_install_is_told_what_to_install(machine: Machine) -> None:
    machine.user(1000)
    done = machine.provide()
    assert done.asked == ["playwright install chromium"]
    assert done.status == 1
    assert "sudo apt-get install libatomic1 chromium-headless-shell fontconfig fonts-noto-cjk nginx-light" in done.said


def test_where_the_system_has_no_such_browser_its_own_is_fetched_and_the_rest_still_comes(machine: Machine) -> None:
    machine.unknown = "chromium-headless-shell"
    done = machine.provide()
    assert done.asked[-2:] == ["apt-get install -y --no-install-recommends nginx-light", "playwright install --with-deps chromium"]
    assert done.status == 1
    assert "sudo apt-get install chromium-headless-shell" in done.said


def test_without_a_package_manager_the_words_say_what_is_missing(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()
    done = machine.provide()
    assert done.status == 1
    assert "The browser tests need: libatomic1 chromium-headless-shell fontconfig fonts-noto-cjk nginx-light" in done.said
