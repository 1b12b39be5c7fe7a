"""What fetches a component's module: the newest data stay, in whatever order a browser answers."""

import json
import subprocess

from tests.javascript.test_modules import NODE
from ui.stage.assets import loader

OUT_OF_ORDER = """
globalThis.location = { pathname: "/", origin: "http://here" };
const answers = [];
globalThis.fetched = () => new Promise((resolve) => answers.push(resolve));
const { default: update } = await import("data:text/javascript," + encodeURIComponent(LOADER));
const mounted = [];
const module = { mount: ({ data }) => mounted.push(data.number), unmount: () => {} };
const parentElement = {};
for (const number of [1, 2, 3]) update({ data: { number, page_path: "", assets: "a" }, parentElement });
for (const place of [1, 2, 0]) {
  answers[place](module);
  await new Promise((resolve) => setTimeout(resolve));
}
console.log(JSON.stringify(mounted));
"""


def test_data_that_arrive_late_do_not_take_the_place_of_newer_ones() -> None:
    script = OUT_OF_ORDER.replace("LOADER", json.dumps(loader("x.js").replace("import(", "fetched(")))
    done = subprocess.run([NODE, "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [3]
