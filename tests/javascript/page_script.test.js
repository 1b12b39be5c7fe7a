// Whether what was pressed on the page is still to be made by its script: told by what Streamlit sends, hears and shows.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const listeners = {};
const app = { dataset: { testScriptState: "notRunning" } };
let changed, sockets = 0;
globalThis.addEventListener = (type, listener) => (listeners[type] = listener);
globalThis.MutationObserver = class {
  constructor(callback) {
    changed = callback;
  }
  observe() {}
};
globalThis.WebSocket = class extends EventTarget {
  send() {
    sockets += 1;
  }
};
globalThis.document = { body: {}, querySelector: () => app };
const { pageSettled, underWay } = await import("../../ui/stage/page_script.js");

const RUNS = [0x4a, 2, 0x10, 1], RESTS = [0x4a, 0], OTHER = [0x2a, 3, 0x10, 1, 0];
const socket = new WebSocket();
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const hears = (...bytes) => socket.dispatchEvent(Object.assign(new Event("message"), { data: new Uint8Array(bytes).buffer }));
const press = (inside = null) => listeners.click({ target: { closest: () => inside } });

function shows(state) {
  app.dataset.testScriptState = state;
  changed();
}

// True if the page settles within these milliseconds.
const settles = (ms) => Promise.race([pageSettled().then(() => true), after(ms).then(() => false)]);

beforeEach(async () => {
  app.dataset.testScriptState = "notRunning";
  press(); // so that nothing is left of the test before
  assert.ok(await settles(2000));
});

test("what makes Streamlit send nothing is settled soon, and a press on our own parts at once", async () => {
  press();
  assert.ok(underWay());
  assert.ok(await settles(2000));
  press({});
  assert.ok(!underWay());
});

test("what was sent is settled once the page has shown that the script ran and has ended", async () => {
  press();
  socket.send("");
  assert.ok(!(await settles(500)), "nothing has been heard yet");
  shows("running");
  assert.ok(!(await settles(500)));
  shows("notRunning");
  assert.ok(await settles(2000));
});

test("a busy page, which shows the beginning and the end at once, is settled by what it has heard", async () => {
  press();
  socket.send("");
  hears(...RUNS);
  assert.ok(!(await settles(500)));
  hears(...OTHER);
  hears(...RESTS);
  assert.ok(underWay(), "it has still to show what it has heard");
  assert.ok(await settles(2000));
});

test("a busy page has no turns, and what it sends late counts", async () => {
  press();
  const until = performance.now() + 500;
  while (performance.now() < until);
  socket.send("");
  assert.ok(!(await settles(600)));
  hears(...RUNS);
  hears(...RESTS);
  assert.ok(await settles(2000));
});

test("the end of a run that had begun before is no answer", async () => {
  hears(...RUNS);
  press();
  hears(...RESTS);
  socket.send("");
  assert.ok(!(await settles(600)));
  hears(...RUNS);
  hears(...RESTS);
  assert.ok(await settles(2000));
  assert.ok(sockets > 0);
});

test("runs that follow each other without a rest are one", async () => {
  press();
  socket.send("");
  hears(...RUNS);
  hears(...RESTS);
  await after(100);
  hears(...RUNS);
  assert.ok(!(await settles(500)));
  shows("running");
  hears(...RESTS);
  assert.ok(!(await settles(500)), "it is still shown to run");
  shows("notRunning");
  assert.ok(await settles(2000));
});
