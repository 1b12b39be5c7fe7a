// Numbers and settings as the stage writes them.

import assert from "node:assert/strict";
import test from "node:test";

import { fill, fixed, reach, setting, short, toNumber } from "../../ui/stage/format.js";

const LABELS = { "field.lr": "lr", "field.optimizer": "optimizer", "choice.Adam": "Adam", "field.hidden": "hidden", on: "yes", off: "no", "field.standardize": "standardize", "field.batch_size": "batch size", "zero.batch_size": "all rows" };

test("a number with so many decimals, by powers of ten where those would show nothing or too much", () => {
  const written = [[0.5, 4], [0, 4], [-0.00004, 4], [0.00005, 4], [1234567, 2], [999999, 0], [249, 0], [undefined, 3], [NaN, 3], [-Infinity, 3], [null, 3]];
  assert.deepEqual(
    written.map(([value, digits]) => fixed(value, digits)),
    ["0.5000", "0.0000", "-4.00e-5", "0.0001", "1.23e+6", "999999", "249", "–", "NaN", "-inf", "NaN"],
  );
});

test("a number to four significant digits, without needless zeros", () => {
  const numbers = [0.1, 0.18034, 1 / 3, 2, 123456789, 1e12, 1.5e-7, -0.00001234, 12345.678, Infinity, "Adam", true];
  assert.deepEqual(numbers.map(short), ["0.1", "0.1803", "0.3333", "2", "123456789", "1.00e+12", "1.5e-7", "-1.23e-5", "12350", "inf", "Adam", "true"]);
});

test("a template is filled with what there is, shares in percent", () => {
  assert.equal(fill("lr {lr} is above {limit}: {share:%}, {other}", { lr: 0.19, limit: 0.18034, share: 0.1234 }), "lr 0.19 is above 0.1803: 12.3 %, {other}");
  assert.equal(fill("{share:%}", { share: NaN }), "NaN");
  assert.equal(fill("{name}", { name: "<b>{lr}</b>", lr: 1 }), "<b>{lr}</b>", "what is filled in is not a template");
});

test("a path into nested data, undefined where it ends early", () => {
  assert.equal(reach({ best: { loss: 0.5 } }, "best.loss"), 0.5);
  assert.equal(reach({ best: null }, "best.loss"), undefined);
  assert.equal(reach(undefined, "best.loss"), undefined);
});

test("a setting in a word or two", () => {
  const written = [
    ["lr", 0.1], ["lr", [0.01, 0.1]], ["optimizer", "Adam"], ["optimizer", ["SGD", "Adam"]], ["standardize", true],
    ["hidden", { items: [10, 5] }], ["hidden", { items: [] }], ["unheard", 3], ["lr", null], ["lr", undefined],
    ["batch_size", [0, 16]], ["lr", 0],
  ];
  assert.deepEqual(
    written.map(([name, value]) => setting(name, value, LABELS)),
    ["lr 0.1", "lr 0.01 → 0.1", "Adam", "optimizer SGD → Adam", "standardize yes", "hidden 10, 5", "hidden –", "unheard 3", "lr", "lr", "batch size all rows → 16", "lr 0"],
  );
});

test("numbers of JSON are read with their infinities and with what is none", () => {
  assert.deepEqual([1.5, 0, "Infinity", "-Infinity", null, undefined].map(toNumber), [1.5, 0, Infinity, -Infinity, NaN, NaN]);
});
