// Stylesheets: each is in the page once, whoever asks; one that cannot be had holds nothing up.

import assert from "node:assert/strict";
import test from "node:test";

const links = [];
globalThis.document = { head: { append: (link) => links.push(link) }, createElement: () => ({}) };
const { styles } = await import("../../ui/stage/styles.js");

test("a stylesheet is asked for once, beside the modules, and both who asked wait until it is there", async () => {
  const there = [];
  const both = [styles("loop.css"), styles("loop.css")].map((asked, place) => asked.then(() => there.push(place)));
  await Promise.resolve();
  assert.deepEqual([links.map(({ rel, href }) => [rel, href.slice(href.lastIndexOf("/") + 1)]), there], [[["stylesheet", "loop.css"]], []]);
  links[0].onload();
  await Promise.all([...both, styles("loop.css")]);
  assert.deepEqual([links.length, there], [1, [0, 1]]);
});

test("one that cannot be had holds nothing up", async () => {
  const asked = styles("gone.css");
  links.at(-1).onerror();
  await asked;
});
