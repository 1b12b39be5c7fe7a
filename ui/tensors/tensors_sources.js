// Sources: from which cells of which results a cell comes, and the arithmetic, out of what core/labs/tensors/provenance.py says.

import { toNumber } from "./format.js";

const TERMS = 8; // that are written out

// A number as it stands in a cell.
export function written(value) {
  if (value === "") return "·"; // a cell that belongs to no tensor: what lies there is nobody's
  if (typeof value === "boolean") return value ? "True" : "False";
  const number = toNumber(value);
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "−inf";
  if (Number.isInteger(number) && Math.abs(number) < 1e7) return String(number).replace("-", "−");
  const text = number.toPrecision(4);
  return (text.includes("e") ? text : String(Number(text))).replace("-", "−");
}

// [2, 3], 4 → "1, 1": the index of a cell in row-major order.
export function indexOf(shape, cell) {
  const found = [];
  for (const size of [...shape].reverse()) {
    found.unshift(cell % size);
    cell = Math.floor(cell / size);
  }
  return found;
}

export function called(name, shape, cell) {
  return shape.length ? `${name}[${indexOf(shape, cell).join(", ")}]` : name;
}

// { cells: [[result, cell], …], text } of a cell; no text where it is what it was, only elsewhere. With the results that are `named`, the
// arithmetic of those that are not is written out.
export function sources(results, number, cell, named = null) {
  const { how } = results[number];
  const value = (result, at) => {
    const own = named && !named.has(result) ? sources(results, result, at, named).text : "";
    return own ? `(${own})` : bracketed(written(results[result].cells[at]));
  };
  if (how.kind === "move") return { cells: moved(results, how, cell), text: "" };
  if (how.kind === "each") {
    const cells = how.of.flatMap((result, side) => (result === null ? [] : [[result, how.maps[side][cell]]]));
    const sides = how.of.map((result, side) => (result === null ? bracketed(written(how.texts[side])) : value(result, how.maps[side][cell])));
    const text = sides.length === 1 ? `−${sides[0]}` : how.sign.length > 2 ? `${how.sign}(${sides.join(", ")})` : sides.join(` ${how.sign} `);
    return { cells, text };
  }
  if (how.kind === "reduce") {
    const cells = how.into.flatMap((to, at) => (to === cell ? [[how.of[0], at]] : []));
    return { cells, text: reduced(how.name, cells.map(([result, at]) => value(result, at))) };
  }
  if (how.kind === "dot") {
    const pairs = Array.from({ length: how.count }, (_, step) => how.starts.map((starts, side) => [how.of[side], starts[cell] + step * how.steps[side]]));
    return { cells: pairs.flat(), text: joined(pairs.map((pair) => pair.map(([result, at]) => value(result, at)).join(" · ")), " + ") };
  }
  if (how.kind === "all") return { cells: how.of.flatMap((result) => results[result].cells.map((_, at) => [result, at])), text: "" };
  return { cells: [], text: "" };
}

// The same, through parts of a line that have no name, to the results in `named`.
export function namedSources(results, number, cell, named) {
  const found = new Map();
  const walk = (result, at, depth) => {
    for (const [of, place] of sources(results, result, at).cells) {
      if (named.has(of) || depth > 6) found.set(`${of}/${place}`, [of, place]);
      else walk(of, place, depth + 1);
    }
  };
  walk(number, cell, 0);
  return [...found.values()];
}

function moved(results, how, cell) {
  let at = how.from[cell];
  if (at < 0) return [];
  for (const result of how.of) {
    const size = results[result].cells.length;
    if (at < size) return [[result, at]];
    at -= size;
  }
  return [];
}

function reduced(name, terms) {
  if (name === "sum") return joined(terms, " + ");
  if (name === "mean") return `(${joined(terms, " + ")}) / ${terms.length}`;
  return `${name}(${joined(terms, ", ")})`;
}

function joined(terms, sign) {
  return terms.length <= TERMS ? terms.join(sign) : [...terms.slice(0, TERMS - 2), "…", terms.at(-1)].join(sign);
}

function bracketed(text) {
  return text.startsWith("−") ? `(${text})` : text;
}
