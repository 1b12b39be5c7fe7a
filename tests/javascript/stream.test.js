// The event stream's line: when it is opened, asked anew, given up, and how long it waits; with a hand-cranked clock.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Stream } from "../../ui/stage/stream.js";

let opened, links, position, page, answers;

class EventSource {
  static CLOSED = 2;

  constructor(url) {
    this.url = new URL(url, "http://here");
    this.readyState = 0;
    opened.push(this);
  }

  get asked() {
    return Object.fromEntries(this.url.searchParams);
  }

  close() {
    this.readyState = EventSource.CLOSED;
  }

  refused() {
    this.readyState = EventSource.CLOSED;
    this.onerror();
  }
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  [opened, links, answers, position] = [[], [], [], { generation: null, since: -1, rows: 0, views: ["line"], keep: 100 }];
  page = { hidden: false, addEventListener: (_, listener) => (page.shown = listener), removeEventListener: () => (page.shown = null) };
  const fetch = async () => answers.shift() ?? Promise.reject(new TypeError("no network"));
  Object.assign(globalThis, { EventSource, document: page, fetch });
});

function streamed() {
  const outdated = (views) => JSON.stringify(views) !== JSON.stringify(position.views);
  return new Stream("/runs/a/events", { link: (state) => links.push(state), news: (message) => links.push(message) }, { position: () => position, outdated });
}

const open = () => opened.filter(({ readyState }) => readyState !== EventSource.CLOSED);
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("it asks for what the stage lacks, and hands on what comes", () => {
  streamed();
  assert.deepEqual(opened[0].asked, { views: "line", since: "-1", rows: "0", keep: "100" });
  opened[0].onopen();
  opened[0].onmessage({ data: '{"step": [0]}' });
  assert.deepEqual(links, ["open", { step: [0] }]);
});

test("a picture of which only parts have come is completed from what came before on this connection", () => {
  streamed();
  opened[0].onmessage({ data: '{"views": {"line": {"x": [1], "y": [1]}, "other": {"z": 1}}}' });
  opened[0].onmessage({ data: '{"parts": {"line": {"y": [2]}}}' });
  opened[0].onmessage({ data: '{"parts": {"line": {"x": [3]}}, "views": {"other": {"z": 2}}}' });
  assert.deepEqual(links.slice(1), [
    { views: { line: { x: [1], y: [2] } } },
    { views: { other: { z: 2 }, line: { x: [3], y: [2] } } },
  ]);
});

test("a hidden tab rests, and goes on from the last step", () => {
  streamed();
  page.hidden = true;
  page.shown();
  assert.equal(open().length, 0);
  [page.hidden, position] = [false, { generation: 2, since: 41, rows: 40, views: ["line"], keep: 0 }];
  page.shown();
  assert.deepEqual(open().map(({ asked }) => asked), [{ views: "line", since: "41", rows: "40", keep: "0", generation: "2" }]);
});

test("a broken connection is left to the browser, which retries by itself; only when it never comes it is opened anew", () => {
  streamed();
  opened[0].onerror();
  assert.deepEqual(links, ["lost"]);
  mock.timers.tick(14_000);
  assert.equal(opened.length, 1);
  mock.timers.tick(2_000);
  assert.deepEqual([opened.length, open().length], [2, 1]);
});

test("an answer that is an error is asked again, later each time, and at once again after one success", async () => {
  streamed();
  answers = [{ status: 503 }, { status: 503 }, { status: 503 }];
  for (const [wait, count] of [[500, 2], [1000, 3], [2000, 4]]) {
    opened.at(-1).refused();
    mock.timers.tick(wait - 1);
    await settled();
    assert.equal(opened.length, count - 1);
    mock.timers.tick(1);
    await settled();
    assert.equal(opened.length, count);
  }
  opened.at(-1).onopen();
  opened.at(-1).refused();
  mock.timers.tick(500);
  await settled();
  assert.equal(opened.length, 5);
  assert.ok(!links.includes("gone"));
});

test("a run that is gone is said once, and nothing is asked again", async () => {
  streamed();
  answers = [{ status: 404 }];
  opened[0].refused();
  mock.timers.tick(500);
  await settled();
  mock.timers.tick(60_000);
  await settled();
  assert.deepEqual([links, opened.length], [["lost", "gone"], 1]);
});

test("views that come and go while one scrolls are asked for once, when it has settled", () => {
  const stream = streamed();
  for (const views of [["line", "map"], ["map"], ["map", "table"]]) {
    position = { ...position, views };
    stream.retarget();
    mock.timers.tick(100);
  }
  assert.equal(opened.length, 1);
  mock.timers.tick(250);
  assert.deepEqual(open().map(({ asked }) => asked.views), ["map,table"]);
  stream.retarget();
  mock.timers.tick(250);
  assert.equal(opened.length, 2, "nothing has changed since");
});

test("what is closed stays closed", () => {
  const stream = streamed();
  stream.retarget();
  opened[0].onerror();
  stream.close();
  mock.timers.tick(60_000);
  assert.deepEqual([open().length, opened.length, page.shown], [0, 1, null]);
});
