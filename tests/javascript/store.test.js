// The columns of a run: appended in order, bounded, and thinned without losing an extreme.

import assert from "node:assert/strict";
import test from "node:test";

import { Store } from "../../ui/stage/store.js";

const range = (first, end) => Array.from({ length: end - first }, (_, index) => first + index);

test("rows are appended, and those already known are dropped", () => {
  const store = new Store();
  assert.equal(store.append({ step: [0, 1, 2], loss: [3, 2, 1] }), 0);
  assert.equal(store.append({ step: [1, 2, 3, 4], loss: [9, 9, 0.5, 0.25] }), 3);
  assert.deepEqual(store.columns, { step: [0, 1, 2, 3, 4], loss: [3, 2, 1, 0.5, 0.25] });
  assert.equal(store.append({ step: [3, 4], loss: [7, 7] }), 5);
  assert.deepEqual(store.latest(), { step: 4, loss: 0.25 });
  assert.equal(store.lastStep, 4);
});

test("a column that comes later is NaN before, one that stays away is NaN after, and so is a number that is not there", () => {
  const store = new Store();
  store.append({ step: [0], loss: [1] });
  store.append({ step: [1, 2], loss: [2, null], accuracy: [0.5, 0.6] });
  assert.deepEqual(store.columns, { step: [0, 1, 2], loss: [1, 2, NaN], accuracy: [NaN, 0.5, 0.6] });
});

test("infinity comes as a word", () => {
  const store = new Store();
  store.append({ step: [0, 1, 2], loss: [1, "Infinity", "-Infinity"] });
  assert.deepEqual(store.columns.loss, [1, Infinity, -Infinity]);
});

test("an empty store has no last step", () => {
  const store = new Store();
  assert.deepEqual([store.length, store.lastStep, store.latest()], [0, -1, { step: undefined }]);
  store.append({ step: [5], loss: [1] });
  const before = store.thinnings;
  store.clear();
  assert.deepEqual([store.length, store.lastStep], [0, -1]);
  assert.ok(store.thinnings > before, "whoever drew by index begins again");
});

test("beyond its bound a store keeps first, last and every column's extremes, in the order of steps", () => {
  const store = new Store(200);
  const loss = range(0, 1000).map((step) => Math.sin(step / 40) + (step === 137 ? 50 : 0) - (step === 611 ? 70 : 0));
  const accuracy = range(0, 1000).map((step) => (step === 402 ? 9 : step / 1000));
  for (let start = 0; start < 1000; start += 10) {
    const rows = range(start, start + 10);
    store.append({ step: rows, loss: rows.map((row) => loss[row]), accuracy: rows.map((row) => accuracy[row]) });
    assert.ok(store.length <= 200);
  }
  const { step } = store.columns;
  assert.deepEqual([step[0], step.at(-1)], [0, 999]);
  for (const special of [137, 402, 611]) assert.ok(step.includes(special), `step ${special}`);
  assert.deepEqual(step, [...step].sort((a, b) => a - b));
  assert.equal(new Set(step).size, step.length);
  step.forEach((row, index) => assert.deepEqual([store.columns.loss[index], store.columns.accuracy[index]], [loss[row], accuracy[row]]));
});

test("a store is bounded however many rows one batch brings", () => {
  const store = new Store(100);
  store.append({ step: range(0, 5000), loss: range(0, 5000).map((step) => step % 7) });
  assert.ok(store.length <= 100);
  assert.deepEqual([store.columns.step[0], store.lastStep], [0, 4999]);
});
