// The order of a search's trials: who came to the end, and as long as nobody has, who runs.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./side_by_side.js";

const { Trials } = await import("../../ui/search/search_trials.js");

const PICTURE = { fields: [{ name: "lr", label: "lr" }], goal: "loss", greatest: false };
const OVER = { lr: { low: 0, high: 1, log: false, choices: [] } };

function told(...trials) {
  const found = new Trials(PICTURE);
  found.take({ begins: true, over: OVER, trials });
  found.order();
  return found;
}

function trial(number, state, value, ...points) {
  return { number, state, value, step: points.length, values: { lr: number / 10 }, points: points.map((one, step) => [step, one]) };
}

test("as long as nobody has come to the end, those that run stand by their last points, and what is no number stands nowhere", () => {
  const trials = told(trial(0, "running", null, 3, 2), trial(1, "running", null, 4, 1), trial(2, "running", null, 2, "NaN"), trial(3, "running", null));
  assert.deepEqual(trials.standing.map(({ number, rank, value }) => [number, rank, value]), [[1, 1, 1], [0, 2, 2]]);
  assert.deepEqual([trials.ranked.length, trials.over, trials.rankOf(0)], [0, 0, null]);
  assert.deepEqual([0, 1, 2].map((number) => trials.place("goal", trials.all.get(number))), [0, 1, NaN]);
});

test("as soon as one has, those that run stand nowhere", () => {
  const trials = told(trial(0, "running", null, 0.5), trial(1, "complete", 1, 1), trial(2, "pruned", 0.7, 0.7));
  trials.take({ begins: false, over: OVER, trials: [{ ...trial(0, "running", null), points: [[1, 0.1]] }] });
  trials.order();
  assert.deepEqual(trials.standing.map(({ number, rank }) => [number, rank]), [[1, 1], [2, 2]]);
  assert.deepEqual([trials.all.get(0).rank, trials.place("goal", trials.all.get(0))], [undefined, NaN]);
});
