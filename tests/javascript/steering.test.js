// The way to a run: commands go one after the other, whoever gives them, and what cannot be sent says so.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { steering } from "../../ui/stage/steering.js";

let posted, answers, run = 0;

beforeEach(() => {
  [posted, answers, run] = [[], [], run + 1];
  globalThis.fetch = (url, { method, body, headers }) => {
    posted.push([method, url, headers["Content-Type"], JSON.parse(body)]);
    return new Promise((resolve, reject) => answers.push((answer) => (answer ? resolve({ json: async () => answer }) : reject(new TypeError("no network")))));
  };
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

function held() {
  const one = steering(`run ${run}`);
  one.hold("the right", "https://here/base/");
  return one;
}

test("a command is posted as JSON to the run that is held", async () => {
  held().send({ command: "pause" });
  await settled();
  assert.deepEqual(posted, [["POST", "https://here/base/runs/the%20right/commands", "application/json", { command: "pause" }]]);
});

test("the next one waits for the answer, from whatever part of the page it comes, and for what it has to wait for itself", async () => {
  let ready;
  const first = held().send({ command: "change", field: "lr", value: 0.1 });
  const second = steering(`run ${run}`).send({ command: "train" }, () => new Promise((resolve) => (ready = resolve)));
  await settled();
  assert.deepEqual([posted.length, ready], [1, undefined]);
  answers[0]({ generation: 1 });
  assert.deepEqual(await first, { generation: 1 });
  await settled();
  assert.equal(posted.length, 1);
  ready();
  await settled();
  assert.deepEqual(posted[1][3], { command: "train" });
  answers[1]({ generation: 1 });
  await second;
});

test("what cannot be sent has an error, and does not hold up the next", async () => {
  const lost = held().send({ command: "train" });
  await settled();
  answers[0](null);
  assert.deepEqual(await lost, { error: "unreachable" });
  held().send({ command: "train" });
  await settled();
  assert.equal(posted.length, 2);
});

test("who follows hears the last status at once, and each that comes, until it leaves", () => {
  const heard = [];
  held().hear({ status: "paused" });
  const leave = held().follow(({ status }) => heard.push(status));
  held().hear({ status: "running" });
  leave();
  held().hear({ status: "finished" });
  assert.deepEqual(heard, ["paused", "running"]);
});

test("a place is lent to the stage until it is taken back, and a later one for the same panel stays", () => {
  const one = steering("a run with a log");
  let moves = 0;
  one.moved = () => moves++;
  const back = one.lend("log", "below");
  const again = one.lend("log", "beside");
  back();
  assert.deepEqual([...one.places], [["log", "beside"]]);
  again();
  assert.deepEqual([one.places.size, moves], [0, 3]);
});
