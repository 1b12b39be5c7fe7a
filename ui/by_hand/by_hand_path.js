// Path: the ways from the output of a graph back to x, as lists of edge numbers, and what the chain rule makes of one.

import { toNumber } from "./format.js";

// The names on a path, the output first.
export function nodesOf({ edges, output }, path) {
  return [output, ...path.map((number) => edges[number].by)];
}

export function arrows(picture, path) {
  return nodesOf(picture, path).join(" ← ");
}

// The path that leads through a node's name or an edge's number and otherwise stays as it was, where that is possible.
export function rerouted(picture, path, through) {
  const { edges } = picture;
  const isEdge = typeof through === "number";
  const to = isEdge ? edges[through].of : through;
  const names = nodesOf(picture, path);
  for (let kept = path.length; kept >= 0; kept--) {
    const on = way(picture, names[kept], to, path);
    if (!on) continue;
    const via = isEdge ? [through] : [];
    return [...path.slice(0, kept), ...on, ...via, ...way(picture, isEdge ? edges[through].by : to, "x", path)];
  }
  return path;
}

// A way from one result back to another, along preferred edges where there are any; undefined if there is none.
function way({ edges }, from, to, preferred) {
  const dead = new Set();
  const walk = (name) => {
    if (name === to) return [];
    if (dead.has(name)) return undefined;
    const next = edges.map((edge, number) => ({ ...edge, number })).filter(({ of }) => of === name);
    next.sort((a, b) => preferred.includes(b.number) - preferred.includes(a.number) || a.number - b.number);
    for (const { by, number } of next) {
      const rest = walk(by);
      if (rest) return [number, ...rest];
    }
    dead.add(name);
    return undefined;
  };
  return walk(from);
}

// The path in pieces: { edges, summed }. In a summed piece a vector becomes one number, so its elements are added up.
export function pieces({ edges, nodes, output }, path) {
  const found = [];
  let open = nodes.find(({ name }) => name === output).vector ? [] : null; // the edges since the path entered a vector
  for (const number of path) {
    const { kind } = edges[number];
    if (kind === "reduced") open = [number];
    else if (kind === "each") open.push(number);
    else if (kind === "spread") {
      found.push({ edges: [...open, number], summed: true });
      open = null;
    } else found.push({ edges: [number], summed: false });
  }
  return [...found, ...(open ?? []).map((number) => ({ edges: [number], summed: false }))];
}

// What a piece brings to each element: a list of products if it is summed, else one number.
export function products({ edges }, piece, index) {
  const at = (edge, place) => toNumber(edges[edge].numbers[edges[edge].kind === "single" ? 0 : place]);
  if (!piece.summed) return [at(piece.edges[0], index)];
  const size = edges[piece.edges.at(-1)].numbers.length;
  return Array.from({ length: size }, (_, place) => piece.edges.reduce((product, edge) => product * at(edge, place), 1));
}

// How many characters the longest of a product's lines has, roughly.
export function written(picture, path) {
  const widest = ({ of, by, formula, filled }) => Math.max(3 + of.length + by.length, ...[formula, ...filled].map(({ length }) => length));
  return pieces(picture, path).reduce((total, { edges: numbers, summed }) => {
    const factors = numbers.reduce((length, number) => length + widest(picture.edges[number]), 0);
    return total + (summed ? Math.max(factors, 9 * picture.elements) : factors);
  }, 0);
}

// The product along the whole path for one element of x.
export function contribution(picture, path, index) {
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  return pieces(picture, path).reduce((product, piece) => product * sum(products(picture, piece, index)), 1);
}

// Four decimals, as PyTorch prints numbers.
export function four(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "−inf";
  const size = Math.abs(value);
  const text = size >= 1e6 || (size > 0 && size < 5e-5) ? value.toExponential(3) : (value + 0).toFixed(4);
  return text.replace("-", "−");
}

// x, 1 → x₁
export function sub(name, index) {
  return name + [...String(index)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
}
