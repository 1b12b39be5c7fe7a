// The plotly layout of a chart: theme, axes, reference lines, and the marks of live changes.

import { fill, reach, setting } from "./format.js";
import { color, resolved } from "./theme.js";

const DRAG = 40; // px at most between two changes of one drag
const SINGLE = 6; // changes so close to each other that are not taken for a drag yet
const LEVELS = 4; // rows of mark labels; where more would overlap, the line stands alone

// Half of a drawing's time goes into tick labels: few of them, none measured to be turned or hidden.
const QUICK = { nticks: 6, tickangle: 0, ticklabeloverflow: "allow", automargin: false };

// The letters that a chart's widest tick label beside its y axis has: counted, for to measure them costs a layout of the page.
export function lettersOf(plot) {
  const labels = [...plot.querySelectorAll(".ytick text")];
  return Math.max(0, ...labels.map((label) => label.textContent.replaceAll("\u200b", "").length));
}

// Whether a chart's x is the steps of the run: such charts share their x axis.
export function overSteps(spec) {
  return spec.traces.every(({ metrics }) => metrics?.[0] === "step");
}

// The range that the visitor has zoomed an axis to, if any.
export function zoomOf(name, spec, { memory, steps }) {
  return name === "x" && overSteps(spec) ? steps.range : memory[`${name}axis`];
}

export function layoutOf(spec, context, width, height, letters = 0) {
  const { theme, projector, memory } = context;
  const size = projector ? 17 : 12;
  const legend = spec.traces.filter((trace) => trace.trace.name).length > 1;
  const margin = projector ? { l: 84, r: 20, t: legend ? 38 : 12, b: 58 } : { l: 58, r: 12, t: legend ? 28 : 8, b: 42 };
  margin.l = Math.max(margin.l, Math.ceil(letters * size * 0.54 + 10 + (spec.y_title ? size * 1.3 : 0))); // for 1.5×10²⁰ and the title
  const own = resolved(spec.layout, theme);
  const axis = (name) => axisOf(name, spec, context, own[`${name}axis`]);
  const references = spec.references.map((reference) => referenceOf(reference, spec, context, size)).filter(Boolean);
  const marks = spec.marks ? marksOf(context, width - margin.l - margin.r, size) : [];
  const lines = [...references, ...marks, ...momentsOf(spec, context, size)];
  return {
    width,
    height,
    margin,
    autosize: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size, color: theme.text },
    uirevision: `${Boolean(memory.log)} ${context.steps.range}`,
    hovermode: overSteps(spec) ? "x unified" : "closest",
    hoverlabel: { font: { size }, bgcolor: theme.surface, bordercolor: theme.border },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    modebar: { bgcolor: "rgba(0,0,0,0)", color: theme.colors.reference, activecolor: theme.text },
    showlegend: legend,
    legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom", font: { size }, bgcolor: "rgba(0,0,0,0)" },
    ...own,
    xaxis: axis("x"),
    yaxis: axis("y"),
    shapes: [...lines.map((line) => line.shape), ...(own.shapes ?? [])],
    annotations: [...lines.map((line) => line.annotation).filter(Boolean), ...(own.annotations ?? [])],
  };
}

function axisOf(name, spec, context, own = {}) {
  const { theme, memory, allViews, store, run } = context;
  const bare = store.length <= 1 && !(spec.past && allViews.past?.length) && spec.traces.some(({ metrics }) => metrics?.[0] === "step");
  const range = zoomOf(name, spec, context) ?? extentOf(name, spec, allViews) ?? (bare && name === "x" && run.last ? [0, run.last] : null);
  const log = spec.log_toggle === name && memory.log;
  return {
    gridcolor: theme.border,
    linecolor: theme.border,
    zeroline: false,
    exponentformat: "power",
    ...QUICK,
    ...own,
    title: { text: spec[`${name}_title`], standoff: 6 },
    type: log ? "log" : own.type ?? "linear",
    rangemode: bare && store.length && !log && spec.references.length < 2 ? "tozero" : "normal", // one point has no scale of its own
    showticklabels: !bare || store.length > 0 || name === "x" || spec.references.length > 0, // of nothing there is none at all
    ...(range ? { range: [...range], autorange: false } : own.range ? {} : { autorange: true }),
  };
}

// The stretch that the points of some facts take up, where the axis is to stay on it: a run that diverges leaves the picture.
function extentOf(name, { extent }, { facts }) {
  const values = (extent?.facts ?? []).flatMap((fact) => reach(facts ?? {}, fact)?.[name] ?? []);
  if (!values.length) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || 1) * extent.margin;
  return [low - margin, high + margin];
}

// A dashed line across the chart at a fact's number, labelled at its end: of several the lowest below, where the others are not.
function referenceOf({ fact, view, label, axis, at }, spec, { allViews, theme, memory }, size) {
  const value = reach(allViews[view || "facts"], fact);
  const log = spec.log_toggle === axis && memory.log;
  if (!Number.isFinite(value) || (log && value <= 0)) return null;
  const values = spec.references.map((one) => reach(allViews[one.view || "facts"], one.fact)).filter(Number.isFinite);
  const below = values.length > 1 && value === Math.min(...values);
  const along = axis === "y" ? "x" : "y";
  const shade = theme.colors.reference;
  const text = { text: fill(label, { value }), showarrow: false, font: { color: shade, size: size - 1 }, bgcolor: theme.background, opacity: 0.85 };
  const place = axis === "y" ? { x: at, xanchor: at < 1 ? "center" : "right", yanchor: below ? "top" : "bottom" } : { y: 1, xanchor: "left", yanchor: "top" };
  return {
    shape: {
      type: "line", [`${axis}0`]: value, [`${axis}1`]: value, [`${axis}ref`]: axis,
      [`${along}0`]: 0, [`${along}1`]: 1, [`${along}ref`]: "paper", line: { color: shade, width: 1.5, dash: "dash" },
    },
    annotation: { ...text, ...place, [axis]: log ? Math.log10(value) : value, [`${axis}ref`]: axis, [`${along}ref`]: "paper" },
  };
}

// An upright line at the moment that a finding speaks of.
function momentsOf({ moments }, { run, theme }, size) {
  const shade = color(theme, "bad");
  return (run.findings ?? []).filter(({ code, values }) => code in (moments ?? {}) && "step" in values).map(({ code, values }) => ({
    shape: {
      type: "line", x0: values.step, x1: values.step, xref: "x", y0: 0, y1: 1, yref: "paper", line: { color: shade, width: 2, dash: "dot" },
    },
    annotation: {
      text: fill(moments[code], values), showarrow: false, x: values.step, xref: "x", xshift: 4, y: 0.86, yref: "paper", xanchor: "left",
      yanchor: "top", font: { size, color: shade }, bgcolor: theme.background,
    },
  }));
}

// A dashed upright line at each live change, its label in the first row where it covers no other. A field that was dragged has one
// mark, as wide as the drag.
function marksOf({ run, store, theme, labels, steps }, width, size) {
  const { step } = store.columns;
  const [low, high] = steps.range ?? [step[0] ?? 0, store.lastStep];
  const ends = Array.from({ length: LEVELS }, () => -Infinity);
  const pixels = width / Math.max(1e-9, high - low);
  return dragged(run.changes ?? [], DRAG / pixels).map((one) => {
    const text = setting(one.field, [one.old, one.new], labels);
    const room = text.length * size * 0.56 + 10;
    const place = (one.step - low) * pixels;
    const left = place + room > width ? place - room : place;
    const level = ends.findIndex((end) => end < left);
    const shade = color(theme, "gradient");
    const shape = { x0: one.step, x1: one.until, xref: "x", y0: 0, y1: 1, yref: "paper", line: { color: shade, width: 1.5, dash: "dash" } };
    Object.assign(shape, one.until > one.step ? { type: "rect", fillcolor: `${shade}24` } : { type: "line" });
    if (level < 0 || place < 0 || place > width) return { shape };
    ends[level] = left + room;
    const annotation = {
      text, showarrow: false, x: one.step, xref: "x", xshift: left < place ? -3 : 3, y: 1, yref: "paper", yshift: -level * size * 1.4,
      xanchor: left < place ? "right" : "left", yanchor: "top", font: { size: size - 1, color: theme.text }, bgcolor: theme.background,
    };
    return { shape, annotation };
  });
}

// Changes of one field, each at most so many steps after the one before, are one change, from the first value to the last.
function dragged(changes, apart) {
  const chains = [];
  for (const one of changes) {
    const before = chains.at(-1)?.at(-1);
    if (before?.field === one.field && one.step - before.step <= apart) chains.at(-1).push(one);
    else chains.push([one]);
  }
  return chains.flatMap((chain) => {
    const last = chain.at(-1);
    return chain.length > SINGLE ? [{ ...chain[0], new: last.new, until: last.step }] : chain.map((one) => ({ ...one, until: one.step }));
  });
}
