// Frames: panels are drawn in turn, each with what it was asked for last; with a hand-cranked clock.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Frames } from "../../ui/stage/frames.js";

let now;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  now = 0;
  mock.method(performance, "now", () => now);
  globalThis.requestAnimationFrame = (call) => setTimeout(call, 16);
});

function pass(ms) {
  for (; ms > 0; ms--) {
    now++;
    mock.timers.tick(1);
  }
}

test("a panel that waits for its turn is drawn once, with the newest it was asked for, and keeps its turn", () => {
  const frames = new Frames();
  const drawn = [];
  frames.request("probe", () => drawn.push("probe: old"));
  frames.request("table", () => drawn.push("table"));
  frames.request("probe", () => drawn.push("probe: new"));
  pass(300);
  assert.deepEqual(drawn, ["probe: new", "table"]);
});

test("a panel that is gone is not drawn", () => {
  const frames = new Frames();
  const drawn = [];
  frames.request("probe", () => drawn.push("probe"));
  frames.forget("probe");
  pass(300);
  assert.deepEqual(drawn, []);
});

test("what a hand has done is drawn next, without the rest that a heavy drawing before it asks for", () => {
  const frames = new Frames();
  const drawn = [];
  const heavy = (name) => () => {
    now += 100;
    drawn.push(name);
  };
  const names = ["map", "network", "loss"];
  for (const name of names) frames.request(name, heavy(name));
  pass(40);
  assert.deepEqual(drawn, ["map"]);
  frames.hurry("loss");
  frames.hurry("nothing that waits");
  pass(40);
  assert.deepEqual(drawn, ["map", "loss"]);
  pass(400);
  assert.deepEqual(drawn, ["map", "loss", "network"]);
});
