// Strokes: digits as a hand draws them, 26 shapes of them, each with jitter: turned, leaned, stretched, shaken, at any place and of any
// size. One hand has drawn the shapes; jitter does not make it many.

import { inkOf } from "../../ui/stage/ink.js";
import { steps } from "../../ui/stage/nist.js";

// A piece of an ellipse round (x, y), from one angle to another, in turns clockwise from the top.
function arc(x, y, wide, tall, from, to) {
  const count = Math.max(4, Math.ceil(24 * Math.abs(to - from)));
  return Array.from({ length: count + 1 }, (_, place) => {
    const angle = 2 * Math.PI * (from + ((to - from) * place) / count);
    return [x + wide * Math.sin(angle), y - tall * Math.cos(angle)];
  });
}

// Each digit's shapes, in a box of 1 × 1.6; a shape is its strokes.
const SHAPES = [
  [[arc(0.5, 0.8, 0.45, 0.8, 0, 1)], [arc(0.5, 0.8, 0.38, 0.8, -0.1, 0.95)], [arc(0.5, 0.8, 0.5, 0.75, 0.1, -0.92)]],
  [[[[0.5, 0], [0.5, 1.6]]], [[[0.3, 0.3], [0.55, 0], [0.55, 1.6]]], [[[0.62, 0], [0.45, 1.6]]]],
  [
    [[...arc(0.5, 0.42, 0.42, 0.42, -0.22, 0.3), [0.05, 1.55], [0.95, 1.55]]],
    [[...arc(0.48, 0.4, 0.4, 0.4, -0.28, 0.33), ...arc(0.2, 1.4, 0.17, 0.17, 0.4, 1.0), [0.5, 1.45], [0.95, 1.6]]],
    [[...arc(0.5, 0.45, 0.45, 0.45, -0.2, 0.28), [0.5, 1.1], [0.1, 1.6], [1, 1.55]]],
  ],
  [
    [[...arc(0.45, 0.4, 0.42, 0.4, -0.2, 0.48), ...arc(0.45, 1.18, 0.48, 0.42, 0.02, 0.7)]],
    [[...arc(0.42, 0.42, 0.4, 0.42, -0.22, 0.42), [0.4, 0.8], ...arc(0.42, 1.18, 0.5, 0.42, 0.05, 0.68)]],
    [[[0.1, 0.02], [0.85, 0.02], [0.4, 0.65], ...arc(0.42, 1.1, 0.48, 0.48, 0.02, 0.68)]],
  ],
  [
    [[[0.62, 0], [0.05, 1.05], [1, 1.05]], [[0.72, 0.55], [0.7, 1.6]]],
    [[[0.15, 0], [0.1, 0.75], [0.9, 0.75]], [[0.85, 0], [0.8, 1.6]]],
    [[[0.2, 0.05], [0.15, 0.85], [0.95, 0.8]], [[0.7, 0.4], [0.65, 1.6]]],
  ],
  [
    [[[0.85, 0.03], [0.2, 0.03], [0.15, 0.7], ...arc(0.42, 1.1, 0.48, 0.48, -0.08, 0.66)]],
    [[[0.2, 0.05], [0.15, 0.7], ...arc(0.45, 1.1, 0.46, 0.48, -0.1, 0.65)], [[0.2, 0.05], [0.9, 0]]],
  ],
  [
    [[[0.65, 0], [0.25, 0.6], ...arc(0.5, 1.15, 0.42, 0.44, -0.25, 0.8)]],
    [[[0.75, 0.02], [0.3, 0.45], [0.1, 1.05], ...arc(0.5, 1.15, 0.4, 0.42, -0.3, -1.2)]],
  ],
  [[[[0.05, 0.02], [0.95, 0.02], [0.4, 1.6]]], [[[0.05, 0.05], [0.95, 0], [0.6, 0.8], [0.45, 1.6]]], [[[0.05, 0.3], [0.08, 0.03], [0.95, 0.03], [0.4, 1.6]]]],
  [
    [[...arc(0.5, 0.4, 0.36, 0.4, 0.2, -0.5), ...arc(0.5, 1.2, 0.45, 0.4, 0, 1), ...arc(0.5, 0.4, 0.36, 0.4, 0.5, 0.2)]],
    [[...arc(0.5, 0.38, 0.38, 0.38, 0.5, 1.5), ...arc(0.5, 1.18, 0.42, 0.42, 0, 1)]],
  ],
  [
    [[...arc(0.48, 0.45, 0.42, 0.45, 0.25, -0.75), [0.88, 0.5], [0.8, 1.6]]],
    [[...arc(0.45, 0.45, 0.4, 0.42, 0.2, -0.8), [0.86, 0.3], [0.85, 1.1], [0.6, 1.6]]],
  ],
];

// A generator of numbers from 0 to 1 that follow from the seed (mulberry32).
function randoms(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// So many drawings of each digit, as [digit, strokes].
export function drawings(each, seed) {
  const random = randoms(seed);
  const about = (middle, most) => middle + most * (2 * random() - 1);
  return SHAPES.flatMap((shapes, digit) => Array.from({ length: each }, (_, place) => {
    const [turn, lean, size, wide] = [about(0, 0.14), about(0.05, 0.2), about(60, 50), about(1, 0.25)];
    const [left, top] = [about(200, 150), about(200, 150)];
    const moved = ([x, y]) => {
      const [across, down] = [wide * (x - 0.5) - lean * (y - 0.8) + about(0, 0.025), y - 0.8 + about(0, 0.025)];
      return [left + size * (across * Math.cos(turn) - down * Math.sin(turn)), top + size * (across * Math.sin(turn) + down * Math.cos(turn))];
    };
    return [digit, shapes[place % shapes.length].map((stroke) => stroke.map(moved))];
  }));
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const [each, seed] = process.argv.slice(2).map(Number);
  process.stdout.write(JSON.stringify(drawings(each, seed).map(([digit, strokes]) => [digit, inkOf(steps(strokes).squares)])));
}
