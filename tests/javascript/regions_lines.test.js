// The grid of a network's regions, as it is sent, and the border in it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { borders, rowsOf } from "../../ui/stage/regions_lines.js";

test("a grid of 16 bit numbers comes in rows, the low byte first", () => {
  const numbers = [0, 999, 1000, 1999, 2500, 9999];
  const cells = Buffer.from(Uint16Array.from(numbers).buffer).toString("base64");
  assert.deepEqual(rowsOf({ columns: 3, cells }).map((row) => [...row]), [[0, 999, 1000], [1999, 2500, 9999]]);
});

test("where one class gives way to another there is a border", () => {
  const cells = Buffer.from(Uint16Array.from([900, 1900, 900, 1900]).buffer).toString("base64");
  assert.deepEqual(borders(rowsOf({ columns: 2, cells })), [[0.5, 0, 0.5, 1]]);
});
