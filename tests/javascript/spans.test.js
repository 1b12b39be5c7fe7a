// Spans: no row of the grid has a hole, and what is beside it keeps its place.

import assert from "node:assert/strict";
import { test } from "node:test";

import { spans } from "../../ui/stage/spans.js";

test("the last panel of a row takes what is left of it", () => {
  assert.deepEqual(spans([1, 1, 1, 1, 1], 3), [1, 1, 1, 1, 2]);
  assert.deepEqual(spans([1, 1, 1, 1, 1], 2), [1, 1, 1, 1, 2]);
});

test("a wide panel that does not fit leaves its place to a later one, and a whole row is one", () => {
  assert.deepEqual(spans([1, 1, 2, 1], 3), [1, 1, 3, 1]);
  assert.deepEqual(spans([1, 1, 2, 2, Infinity], 3), [1, 2, 3, 3, 3]);
  assert.deepEqual(spans([1, Infinity, 1], 2), [1, 2, 1]);
});
