// The columns of a run: appended in order, and begun anew.

import assert from "node:assert/strict";
import test from "node:test";

import { Store } from "../../ui/stage/store.js";

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
  const before = store.clearings;
  store.clear();
  assert.deepEqual([store.length, store.lastStep], [0, -1]);
  assert.ok(store.clearings > before, "whoever drew by index begins again");
});
