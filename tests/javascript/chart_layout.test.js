// The plotly layout of a chart: its axes before and after the first row, its reference lines, and the marks of live changes.

import assert from "node:assert/strict";
import test from "node:test";

import { layoutOf } from "../../ui/stage/chart_layout.js";
import { pastTraces } from "../../ui/stage/chart_past.js";
import { Store } from "../../ui/stage/store.js";

globalThis.matchMedia = () => ({ matches: false });

const COLORS = { reference: "#777777", gradient: "#aa00aa", bad: "#cc0000", W: "#0000aa", b: "#00aa00", validation: "#00aaaa" };
const THEME = { colors: COLORS, scales: {}, text: "#111111", border: "#dddddd", surface: "#f5f5f5", background: "#ffffff", font: "sans-serif" };
const SPEC = { traces: [{ trace: { name: "loss" }, metrics: ["step", "loss"] }], references: [], marks: true, log_toggle: "y", past: ["step", "loss"], layout: {}, x_title: "epoch", y_title: "loss" };

function contextOf(steps, more = {}) {
  const store = new Store();
  if (steps) store.append({ step: Array.from({ length: steps }, (_, step) => step), loss: Array.from({ length: steps }, (_, step) => 1 / (1 + step)) });
  return { theme: THEME, labels: { "field.lr": "lr" }, projector: false, memory: {}, steps: { range: null }, allViews: {}, run: { last: 1000 }, store, ...more };
}

const changes = (...steps) => steps.map((step, index) => ({ step, field: "lr", old: 0.1 * index, new: 0.1 * (index + 1) }));

test("before the first row the axis spans the whole run and the other has no scale; with rows both find their own", () => {
  const before = layoutOf(SPEC, contextOf(0), 600, 300);
  assert.deepEqual([before.xaxis.range, before.xaxis.autorange, before.yaxis.showticklabels], [[0, 1000], false, false]);
  const after = layoutOf(SPEC, contextOf(20), 600, 300);
  assert.deepEqual([after.xaxis.range, after.xaxis.autorange, after.yaxis.showticklabels], [undefined, true, true]);
});

test("where somebody has zoomed, the range stays", () => {
  const { xaxis, yaxis } = layoutOf(SPEC, contextOf(20, { steps: { range: [3, 7] }, memory: { yaxis: [0, 1] } }), 600, 300);
  assert.deepEqual([xaxis.range, xaxis.autorange, yaxis.range, yaxis.autorange], [[3, 7], false, [0, 1], false]);
});

test("an axis stays on the data of a run that leaves the picture", () => {
  const spec = { ...SPEC, extent: { facts: ["points"], margin: 0.5 } };
  const { xaxis, yaxis } = layoutOf(spec, contextOf(5, { allViews: { facts: { points: { x: [1, 3], y: [2, 2] } } } }), 600, 300);
  assert.deepEqual([xaxis.range, yaxis.range], [[0, 4], [1.5, 2.5]], "a single value has an extent too");
});

test("a reference line stands at its number, on a logarithmic axis at its exponent, and nowhere if it has none there", () => {
  const spec = { ...SPEC, references: [{ fact: "best.loss", label: "best {value}", axis: "y", at: 1 }] };
  const views = (loss) => ({ allViews: { facts: { best: { loss } } } });
  const linear = layoutOf(spec, contextOf(5, views(0.01)), 600, 300);
  assert.deepEqual([linear.shapes[0].y0, linear.annotations[0].y, linear.annotations[0].text], [0.01, 0.01, "best 0.01"]);
  const log = layoutOf(spec, contextOf(5, { ...views(0.01), memory: { log: true } }), 600, 300);
  assert.deepEqual([log.yaxis.type, log.shapes[0].y0, log.annotations[0].y], ["log", 0.01, -2]);
  for (const context of [contextOf(5, views(NaN)), contextOf(5), contextOf(5, { ...views(0), memory: { log: true } })]) {
    assert.deepEqual(layoutOf(spec, context, 600, 300).shapes, []);
  }
});

test("of two reference lines the lower one has its label below", () => {
  const references = ["a", "b"].map((fact) => ({ fact, label: fact, axis: "y", at: 1 }));
  const { annotations } = layoutOf({ ...SPEC, references }, contextOf(5, { allViews: { facts: { a: 2, b: 1 } } }), 600, 300);
  assert.deepEqual(annotations.map(({ yanchor }) => yanchor), ["bottom", "top"]);
});

test("every live change is a dashed line with its words, and no two labels cover each other", () => {
  const { shapes, annotations } = layoutOf(SPEC, contextOf(101, { run: { changes: changes(50, 52, 54) } }), 600, 300);
  assert.deepEqual(shapes.map(({ x0, line }) => [x0, line.dash]), [[50, "dash"], [52, "dash"], [54, "dash"]]);
  assert.deepEqual(annotations.map(({ text }) => text), ["lr 0 → 0.1", "lr 0.1 → 0.2", "lr 0.2 → 0.3"]);
  assert.equal(new Set(annotations.map(({ yshift }) => yshift)).size, 3);
});

test("labels that are far apart share the first row, one at the right edge stands to the left of its line", () => {
  const { annotations } = layoutOf(SPEC, contextOf(101, { run: { changes: changes(5, 99) } }), 600, 300);
  assert.deepEqual(annotations.map(({ yshift, xanchor }) => [Math.abs(yshift), xanchor]), [[0, "left"], [0, "right"]]);
});

test("where more labels would overlap than there are rows, and outside of what is zoomed in on, the line stands alone", () => {
  const many = layoutOf(SPEC, contextOf(101, { run: { changes: changes(50, 51, 52, 53, 54, 55) } }), 600, 300);
  assert.deepEqual([many.shapes.length, many.annotations.length], [6, 4]);
  const zoomed = layoutOf(SPEC, contextOf(101, { run: { changes: changes(5, 50) }, steps: { range: [40, 60] } }), 600, 300);
  assert.deepEqual([zoomed.shapes.length, zoomed.annotations.map(({ x }) => x)], [2, [50]]);
});

test("what a drag has done is one mark, from the first value to the last; another field in it is a mark of its own", () => {
  const drag = changes(...Array.from({ length: 12 }, (_, place) => 20 + 2 * place));
  const decay = { step: 90, field: "weight_decay", old: 0, new: 0.5 };
  const { shapes, annotations } = layoutOf(SPEC, contextOf(101, { run: { changes: [...drag, decay] } }), 600, 300);
  assert.deepEqual(shapes.map(({ type, x0, x1 }) => [type, x0, x1]), [["rect", 20, 42], ["line", 90, 90]]);
  assert.deepEqual(annotations.map(({ text, x }) => [text, x]), [["lr 0 → 1.2", 20], ["weight_decay 0 → 0.5", 90]]);
});

test("the moment that a finding speaks of is marked with its words", () => {
  const spec = { ...SPEC, moments: { overfit: "turns up at {step}" } };
  const findings = [{ code: "overfit", values: { step: 30 } }, { code: "other", values: { step: 9 } }, { code: "overfit", values: {} }];
  const { annotations } = layoutOf(spec, contextOf(50, { run: { findings } }), 600, 300);
  assert.deepEqual(annotations.map(({ text, x }) => [text, x]), [["turns up at 30", 30]]);
});

test("an earlier run that diverged hides nothing: it is drawn up to a little above the present one", () => {
  const past = [{ label: {}, columns: { step: [0, 1, 2, 3], loss: [1, 1.2, 5, 1e9] } }];
  const legend = { text: () => "before", hidden: new Set() };
  const values = (context) => pastTraces(["step", "loss"], context, legend)[0].y;
  assert.deepEqual(values(contextOf(4, { allViews: { past } })), [1, 1.2, null, null]);
  assert.deepEqual(values(contextOf(4, { allViews: { past }, memory: { log: true } })), [1, 1.2, 5, 1e9]);
  assert.deepEqual(values(contextOf(0, { allViews: { past } })), [1, 1.2, 5, 1e9], "without a present one there is no limit");
});
