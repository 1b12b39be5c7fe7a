// NIST's steps against bitmaps made by hand.

import assert from "node:assert/strict";
import test from "node:test";

import { blocks, count, cropped, deslanted, steps, stretch, strokeWidth } from "../../ui/stage/nist.js";

function bitmap(width, height, ink) {
  return { width, height, bits: Uint8Array.from({ length: width * height }, (_, place) => (ink(place % width, Math.floor(place / width)) ? 1 : 0)) };
}

const square = (ink) => bitmap(32, 32, ink);
const rows = ({ width, bits }) => Array.from({ length: bits.length / width }, (_, y) => bits.slice(y * width, (y + 1) * width).join(""));

test("what is empty round a digit is cut off", () => {
  const found = cropped(bitmap(6, 5, (x, y) => (x === 2 && y > 0 && y < 4) || (x === 3 && y === 2)));
  assert.deepEqual([found.width, found.height, rows(found)], [2, 3, ["10", "11", "10"]]);
});

test("a digit of any shape is stretched to 20 × 32, with 6 empty columns on each side", () => {
  for (const [width, height] of [[1, 1], [7, 3], [20, 32], [100, 40]]) {
    assert.deepEqual(rows(stretch(bitmap(width, height, () => true))), Array.from({ length: 32 }, () => `${"0".repeat(6)}${"1".repeat(20)}${"0".repeat(6)}`));
  }
  const left = stretch(bitmap(40, 64, (x) => x < 20));
  assert.deepEqual([count(left), rows(left)[0]], [10 * 32, `${"0".repeat(6)}${"1".repeat(10)}${"0".repeat(16)}`]);
});

test("thick strokes are thinned and thin ones thickened, by four neighbours, once or twice", () => {
  const bar = (wide) => square((x) => x < wide + 8 && x >= 8);
  const found = [2, 4, 8, 12, 13, 18].map((wide) => strokeWidth(bar(wide)));
  assert.deepEqual(found.map(({ ink, times }) => [ink, times]), [[64, 2], [128, 1], [256, 0], [384, 0], [416, -1], [576, -2]]);
  assert.equal(rows(found[0].bitmap)[0], `${"0".repeat(6)}${"1".repeat(6)}${"0".repeat(20)}`);
  assert.equal(rows(found[4].bitmap)[1], `${"0".repeat(9)}${"1".repeat(11)}${"0".repeat(12)}`);
  assert.equal(count({ bits: rows(found[4].bitmap)[0] === "0".repeat(32) ? [1] : [0] }), 1, "beyond the edge there is no ink");
  const dot = strokeWidth(square((x, y) => x === 9 && y === 9)).bitmap;
  assert.deepEqual(rows(dot).slice(7, 12).map((row) => row.slice(7, 12)), ["00100", "01110", "11111", "01110", "00100"]);
});

test("a slanted stroke is sheared until it stands", () => {
  const leaning = square((x, y) => x >= 12 + Math.round((16 - y) / 4) && x < 16 + Math.round((16 - y) / 4));
  const { bitmap: upright, slant } = deslanted(leaning);
  assert.ok(Math.abs(slant - 0.25) < 0.02, String(slant));
  const lefts = rows(upright).map((row) => row.indexOf("1"));
  assert.ok(Math.max(...lefts) - Math.min(...lefts) <= 1, String(lefts));
  const standing = square((x) => x >= 12 && x < 16);
  assert.deepEqual([deslanted(standing).slant, rows(deslanted(standing).bitmap)], [0, rows(standing)]);
});

test("each 4 × 4 block becomes the number of its pixels", () => {
  const found = blocks(square((x, y) => (x < 4 && y < 4) || (x === 31 && y >= 28) || (x === 5 && y === 0)));
  const wanted = Array.from({ length: 64 }, () => 0);
  Object.assign(wanted, { 0: 16, 1: 1, 63: 4 });
  assert.deepEqual(found, wanted);
});

test("the same strokes are the same digit at any place and of any size", () => {
  const seven = [[[0.2, 0.2], [0.7, 0.2], [0.4, 0.9]]];
  const moved = [[[310, 40], [360, 40], [330, 110]]];
  assert.deepEqual(steps(seven).squares, steps(moved).squares);
  assert.equal(steps([]), null);
  const dot = steps([[[5, 5]]]);
  assert.ok(dot.squares.every((ink) => ink >= 0 && ink <= 16));
});

test("a stroke across is filled from edge to edge of its box", () => {
  const { stretched, squares } = steps([[[0, 0], [0, 50]]]);
  assert.ok(count(stretched) > 0.9 * 640);
  assert.deepEqual(squares.filter((_, place) => place % 8 === 0 || place % 8 === 7), Array.from({ length: 16 }, () => 0));
});
